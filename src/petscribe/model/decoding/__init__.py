"""Around the writing: what may be said, how sure it is, and faster ways to the same words.

Knows tokens, scores and a language model; does not know exams or findings' contents. The loop
itself is `model.generate`. Reading order: `grammar` (constraints on slots and structure),
`confidence` (log-probabilities to calibrated probabilities), `quantise` (8-bit weights on a
processor), `fixed` (a cache of fixed size, for CUDA graphs).
"""
