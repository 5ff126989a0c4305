"""Questions about an exam, answered from what was measured.

Knows which question words want which answer, which lesions lie in a place that is asked about, and
how an answer is said; knows no voxels, no model and no file. Sites are found by whoever calls (the
matcher is mining's) and handed over as `AskedPlace`.

Reading order: `asked` (words to a `Question`), `respond` (the main path), `inside` (does a lesion
lie in a place), `choosing` (which lesions are meant), `saying` (the words of answers),
`about_places`, `about_lesions` and `comparing` (one answer per kind), `opinions` (a model's answer
beside it).
"""
