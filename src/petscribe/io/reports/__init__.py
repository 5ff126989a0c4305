"""Report texts from archives: plain text, tables, JSON Lines, DICOM SR, FHIR DiagnosticReport.

Knows where each format keeps the text, the language and whose it is; does not know what a text
says. One report that cannot be read is a `BadText` with its code, and the rest goes on.

Reading order: `reading` (a path to its texts), `columns` (what users call their columns), `tables`
(CSV, Parquet), `lines` (JSON Lines), `fhir` on `markup` (HTML to text), `structured` (DICOM SR).
"""
