"""Which lesion does a sentence speak of? Grounding of mined findings in the PET of the same exam.

Knows findings, PET regions and how reports number images; knows no files. Reading order: `claims`
(what of a report can be looked for), `spots` (where it may be), `agreement` (points for and against
a pair), `assignment` (all sentences of a report at once), `masks` (the lesion's voxels), `link`
(the main path, from a mined report to pairs, questions for a reviewer, and a count of every stage).
"""
