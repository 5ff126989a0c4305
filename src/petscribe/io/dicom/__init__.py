"""DICOM in: a folder, zip or file of any mixture becomes an inspected, chosen, stacked exam.

Knows PET and CT objects and their headers; does not compute SUV (`io.suv`) or read masks
(`io.masks`). Reading order: `exam` (inspect a folder, read an exam: start here), `scan` (files to
series), `roles` (what each series is for, which is used), `stack` (slices to a grid), `pixels` and
`compressed` (stored values to arrays), `multiframe` (enhanced objects as single frames),
`acquisition` (header to facts), `tracer`; underneath
`headers` (a bounded DICOM parser), `tags`, `archive` (zip).
"""
