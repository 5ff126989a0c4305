"""Great vessels: aorta left of the cava, both before the spine, the fork at L4."""

import numpy as np

from petscribe.phantom.drawing.layout import LEVELS, spine_y
from petscribe.phantom.parts.vessels import aorta_line, cava_line


def test_the_aorta_forks_at_l4():
    assert LEVELS["L4"][0] - 20 < aorta_line()[-1][2] < LEVELS["L4"][1]


def test_the_aorta_lies_left_of_the_cava_and_before_the_spine():
    for z in (70.0, 120.0, 180.0):
        aorta, cava = (
            min(line, key=lambda r: abs(r[2] - z)) for line in (aorta_line(), cava_line())
        )
        assert aorta[0] > cava[0] + 10
        assert aorta[1] < spine_y(z)


def test_vessels_hold_blood_along_their_whole_course(man):
    for name in ("aorta", "inferior_vena_cava", "iliac_artery_left", "iliac_artery_right"):
        slices = man.labels.named(name).any(axis=(1, 2))
        filled = np.flatnonzero(slices)
        assert slices[filled[0] : filled[-1] + 1].mean() > 0.9, name
