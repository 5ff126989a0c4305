"""From views to visual tokens.

Knows arrays of a view and token grids; does not know text, files, devices or training. Reading
order: `encoder` (patch embedding, trunk), `conv` and `ctvit` (the other two encoders), `mask`,
`fusion` (PET with CT), `tower` (one view to fused tokens), `focal` (focal with body view),
`projector`, `facts`, `heads`.
"""
