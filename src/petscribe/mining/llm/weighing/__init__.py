"""What answers are worth: against their passage, against each other, against the rules.

Knows findings and the words of a passage; sends nothing and asks nobody. Reading order: `evidence`
and `grounding` (what stands in the passage), `pairing` (which findings are one), `voting` (several
models), `agreement` (models and rules).
"""
