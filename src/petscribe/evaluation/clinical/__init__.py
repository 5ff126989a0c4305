"""What two texts say about the patient, compared: clinical scores over findings, not over words.

Knows `core.finding` records and the term base; knows no files, no text metrics, no resampling. A
score here is a sum over cases (`Tally` and its kin), so that corpora pool and bootstraps resample.
Nothing here is proven to agree with physicians: that is what `evaluation.study` measures.

Reading order: `sites` (are two places one place), `attributes` (credit of each thing said),
`pairs` (two findings as one), `score` (two texts: the PET finding score), `faults` (critical
errors), `grids` (region by region, as PETRG-Score does), `lesion_f1` (exact tuples, repaired) and
`vipet_original` (the published arithmetic of the same, kept for comparison only).
"""
