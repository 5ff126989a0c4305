"""Header facts to SUV factors: pure functions, no files.

Knows units, decay, vendors' clocks and body size. Reading order: `scale` (facts to factor, or the
code why there is none: start here), `facts`, `reference_time` (which clock the dose is decayed
to), `subject` (weight, height, dose judged), `body_size`, `nuclides` (half lives), `moments` (DICOM
dates and times).
"""
