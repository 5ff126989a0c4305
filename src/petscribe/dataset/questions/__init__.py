"""Typed questions about an exam's lesions, with answers that can be scored.

Knows presence, side, site, count, size class, uptake class, hottest, largest, comparison, measured
values and what an exam cannot answer; knows measured lesions and the field of view, no voxels.
Numbers are slots, lesions are references (`terms.slots`).

Reading order: `asking` (the questions of an exam), `about_places` (presence and number),
`about_lesions` (the rest), `speech` (their words, from `wording`).
"""
