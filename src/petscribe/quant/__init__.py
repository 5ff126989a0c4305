"""Numbers a physician would check: lesion measurements, reference uptake, thresholds, proposals.

Knows voxels in SUV (or relative units) on the PET grid, organ labels by their TotalSegmentator
names, and tracers. Does not know files, words, or where a lesion lies in the body's language; never
resamples. Reading order: `suv_metrics` (uptake and SUVpeak of every lesion at once), `extents`
(axes in millimetres), `lesions` (Mask -> Measurement), `reference` (liver, blood pool,
Deauville-type class), `burden` (totals, Dmax), `thresholds` (fixed, percent, adapted, Jentzen,
Nestle, Schaefer), `proposals` (every hot region explained) and its steps in `judging`.
"""
