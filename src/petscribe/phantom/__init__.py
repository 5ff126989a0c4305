"""Seeded digital PET/CT exams whose truth is known exactly: anatomy, uptake, lesions, places.

Knows anatomy as solids in millimetres of a reference body, tissue numbers (HU, SUV ranges by
tracer) and how scanners blur and count. Does not know real patients: nothing here is fitted to a
person. Does not measure (that is `quant`), reads no files, has no words of its own (`terms`).
Reading order: `person` (who lies in the scanner), `drawing` (how bodies are drawn), `parts` (what
is drawn), `body` (all of it, in order), `uptake` (how hot each tissue is), `sites`, `places` and
`lesions` (disease), `motion`, `blur`, `artefacts` and `acquire` (the scanner), `exam` (the whole
phantom), `dicom_headers` and `dicom_writer` (as DICOM).
"""
