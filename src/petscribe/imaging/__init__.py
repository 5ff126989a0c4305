"""Geometry and voxels: bring images and labels onto a grid, cut, connect, scale.

Knows arrays in physical space and nothing of medicine, files or SUV. Reading order: `resample` (the
public verbs; the arithmetic of parallel grids is `core.axis_weights`, the rule for labels
`core.label_grids`), `oblique` (grids that are not parallel), `crop`, `components`, `intensity`.
"""
