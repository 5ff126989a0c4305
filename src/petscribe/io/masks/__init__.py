"""Lesion masks from files, onto the PET grid.

Knows NIfTI label maps, DICOM SEG and RTSTRUCT; does not know what is drawn. Reading order:
`reading` (any of them, checked: start here), `files` (which file is the mask), `seg`, `rtstruct`
with `polygons`, `parts` (frames and contours placed in space).
"""
