"""The outline: skin outside, muscles on their sides, arms where the posture says."""

import numpy as np

from petscribe.phantom.drawing.tissues import TISSUES
from petscribe.phantom.parts.soft_tissue import arm_line


def centre(body, name):
    index = np.argwhere(body.labels.named(name)).mean(axis=0)
    return body.labels.grid.to_world(index)


def test_the_outermost_tissue_is_skin(man):
    tissues = man.canvas.tissues[60]
    rows = tissues[:, tissues.any(axis=0)]
    first = rows[(rows != 0).argmax(axis=0), np.arange(rows.shape[1])]
    assert np.mean(first == TISSUES["skin"]) > 0.35


def test_paired_muscles_lie_on_their_sides(man):
    for name in ("gluteus_maximus", "gluteus_medius", "iliopsoas", "autochthon"):
        assert centre(man, f"{name}_left")[0] > 15
        assert centre(man, f"{name}_right")[0] < -15


def test_the_back_muscle_lies_behind_the_psoas(man):
    assert centre(man, "autochthon_left")[1] > centre(man, "iliopsoas_left")[1] + 20


def test_raised_arms_end_above_the_head_and_lowered_ones_at_the_hip(man):
    assert arm_line(man.person, 1)[-1][2] > 760


def test_women_have_breasts_and_men_do_not(man, woman):
    assert woman.labels.named("breast_left").any()
    assert not man.labels.named("breast_left").any()
