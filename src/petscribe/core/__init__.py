"""Words everybody shares: geometry, records, errors, their JSON form, safe writing.

Knows numpy and the standard library, nothing of files' formats, medicine or networks, and imports
no other room. Reading order: `volume` (where voxels are), `exam`, `lesion`, `finding`, `report`
(the records, in the order in which the main path makes them), `codec` (their JSON form), `errors`
(what can go wrong, drawn), `files` (atomic writes); then what `io` and `imaging` both need to move
labels between grids: `alignment` (how two grids lie), `axis_weights`, `label_grids` (the rule).
"""
