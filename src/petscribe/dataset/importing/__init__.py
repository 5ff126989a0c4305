"""Published data sets that the user holds a licence for -> work for the builder.

Knows how their folders and tables are laid out, as far as that is public, and takes names of
columns from a file of the user's where it is not. Knows no voxels: nothing is read but tables and
names. Reading order: `columns` (the user's names of columns), `petarseg` (a table of findings, each
with PET, CT and mask), `autopet` (PET, CT and segmentation without text), `vimed` (bare arrays and
report texts).
"""
