"""Which organ a lesion belongs to: labels around it, node stations, an atlas of usual places.

Knows body coordinates and names of organs, and of the images only what the frame carries. Reading
order: `evidence` (what the labels show around a lesion), `guess` (a candidate), `atlas` (where
organs usually lie), `nodes` (stations of the chest), `chest_places`, `features` and `learnt` (what
phantoms taught), `candidates` (all together).
"""
