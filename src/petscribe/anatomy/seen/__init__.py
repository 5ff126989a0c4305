"""What the images show: outline, skeleton, lungs, organs, found from density, uptake and shape.

Knows the working lattice (PET and CT block-averaged to about 6 mm) and adult anatomy; knows no
labels and no lesions. Reading order: `view` (the exam made small), `body` (the patient without the
table), `silhouette` (heights from the outline), `head`, `spine`, `lungs`, `chest`, `axes` (body
coordinates of every voxel), `abdomen`, `bones` (which bone a dense voxel is), `orientation` (does
all this agree with the header).
"""
