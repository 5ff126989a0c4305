"""Where things are: a body frame, organs and the place of every lesion, without any network.

Knows geometry of the human body (levels of the spine, sides, sizes of organs); knows no files, no
SUV rules, no sentences. Everything comes out on the PET grid. Reading order: `frame` (the result:
the body's own coordinates), `levels` (heights of the spine), `landmarks` (`body_frame`: the frame
from the images, with what `seen` finds), `tissues` (what is around every place), `organs` (label
maps: the user's, or the built-in one), `reframe` (the frame from a label map), `external` (an
installed TotalSegmentator), `localise` (lesion to place, weighed in `placing`), `coverage` (what
the field of view holds).
"""
