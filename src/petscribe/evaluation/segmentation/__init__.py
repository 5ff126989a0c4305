"""How well a mask agrees with the truth: voxels, lesions, surfaces; every empty case defined.

Knows boolean arrays on one grid and its spacing; not files, units of uptake or anatomy. Masks of
different grids must be brought together before. Reading order: `overlap` (Dice, autoPET's false
positive and negative volumes), `detection` (lesions matched one to one), `surface` (distances).
"""
