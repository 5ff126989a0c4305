"""NIfTI in and out: the only place where RAS becomes LPS and back.

Knows files and orientation, not what voxels mean. Reading order: `exam` (images, label maps, a PET
with its CT), `stored` (bytes to voxels, bounded), `names` (label names inside the file).
"""
