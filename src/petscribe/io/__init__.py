"""The outside world of files: exams, masks and reports in, images and label maps out.

Knows formats: DICOM, NIfTI, zip archives, text, and what headers say about units, times and space.
Does not know lesions, organs or words; imports only `core`. Reading order: `dicom` (folders to
exams), `suv` (header facts to factors, pure functions), `nifti` (the only RAS<->LPS place), `masks`
(label maps, SEG, RTSTRUCT onto the PET grid), `texts` (a text), `reports` (report texts of tables,
FHIR, DICOM SR).
"""
