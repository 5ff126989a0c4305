"""How hot regions are found, described and judged; `quant.proposals` is the door.

Knows voxels, tracers and organ classes; not files, words or `anatomy`. Reading order: `tracers`
(what each tracer marks normally, and from which uptake on), `hot_regions` (voxels to regions),
`scene` (the patient around them), `regions` (what is known of each), `places` (normal uptake where
no map shows the organ), `verdicts` (lesion, physiologic or undecided, and why).
"""
