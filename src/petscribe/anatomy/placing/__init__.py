"""Which organ a lesion belongs to: labels around it, node stations, an atlas of usual places.

Knows body coordinates and names of organs; knows no images. Reading order: `evidence` (what the
labels show around a lesion), `guess` (a candidate), `atlas` (where organs usually lie), `nodes`
(stations of the chest), `chest_places`, `candidates` (all together).
"""
