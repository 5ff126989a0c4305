"""The training corpus made from phantoms: exams with exact truth, as cases of the store.

Knows how widely appearance must vary, which masks people and programs draw around a lesion, what of
an exam is true, and what the built-in anatomy believes at inference; knows no model. The texts come
from `wording` and `questions`.

Reading order: `appearance` (what is drawn at random), `outlines` (masks as found in the wild),
`regions` (masked organs, physiologic and plain), `corpus` (one case), `samples` (its questions and
answers), `build` (many cases to a store, resumable).
"""
