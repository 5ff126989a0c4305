"""Bones: all there, in order, on their sides, compact outside and marrow inside."""

import numpy as np
import pytest

from petscribe.phantom.drawing.tissues import TISSUES
from petscribe.phantom.parts.skeleton import rib_line

SPINE = [*(f"L{n}" for n in range(5, 0, -1)), *(f"T{n}" for n in range(12, 0, -1))]
SPINE += [f"C{n}" for n in range(7, 0, -1)]


def centre(body, name):
    voxels = body.labels.named(name)
    assert voxels.any(), name
    return body.labels.grid.to_world(np.argwhere(voxels).mean(axis=0))


def test_vertebrae_stand_one_above_the_other(man):
    heights = [centre(man, f"vertebrae_{name}")[2] for name in SPINE]
    assert heights == sorted(heights)


def test_vertebrae_stand_on_the_midline(man):
    assert all(abs(centre(man, f"vertebrae_{name}")[0]) < 3 for name in SPINE)


@pytest.mark.parametrize("side", ["left", "right"])
def test_twelve_ribs_a_side_in_order(man, side):
    heights = [centre(man, f"rib_{side}_{n}")[2] for n in range(1, 13)]
    assert heights == sorted(heights, reverse=True)
    sign = 1 if side == "left" else -1
    assert all(sign * centre(man, f"rib_{side}_{n}")[0] > 25 for n in range(1, 13))


def test_ribs_slope_down_to_the_front():
    line = rib_line(6, 1)
    assert line[0][2] > line[-1][2] + 60
    assert line[0][1] > line[-1][1] + 100


def test_paired_bones_are_mirror_images(man):
    for name in ("hip", "femur", "humerus", "scapula", "clavicula"):
        left = man.labels.named(f"{name}_left").sum()
        assert man.labels.named(f"{name}_right").sum() == pytest.approx(left, rel=0.1)


def test_a_vertebra_is_compact_outside_and_marrow_inside(man):
    tissues = man.canvas.tissues[man.labels.named("vertebrae_L3")]
    assert (tissues == TISSUES["marrow"]).sum() > 50
    assert (tissues == TISSUES["cortex"]).sum() > 50


def test_a_prosthesis_is_metal_on_one_side(woman):
    metal = woman.canvas.tissues == TISSUES["metal"]
    assert metal.any()
    assert set(np.unique(woman.canvas.labels[metal])) == {
        next(i for i, n in woman.labels.names.items() if n == "femur_left")
    }


def test_the_sternum_lies_in_front_of_the_heart(man):
    assert centre(man, "sternum")[1] < centre(man, "heart")[1] - 40
