"""A whole body: complete, repeatable, and left stays left."""

import numpy as np

from petscribe.phantom.body import draw_body
from petscribe.terms.anatomy import TOTALSEGMENTATOR


def test_about_two_hundred_structures_are_drawn(man):
    assert len(man.labels.ids) > 170


def test_nearly_every_totalsegmentator_class_is_there(man):
    drawn = {man.labels.names[i] for i in man.labels.ids}
    missing = set(TOTALSEGMENTATOR) - drawn
    assert missing <= {"kidney_cyst_left", "kidney_cyst_right", "vertebrae_S1"}


def test_a_seed_draws_the_same_body_twice(man):
    again = draw_body(man.person, man.canvas.grid, 1)
    assert np.array_equal(again.canvas.labels, man.canvas.labels)
    assert np.array_equal(again.canvas.tissues, man.canvas.tissues)


def test_left_structures_lie_left_and_right_ones_right(man):
    x = man.labels.grid.to_world(
        np.stack(
            [np.zeros(man.labels.grid.shape[2])] * 2 + [np.arange(float(man.labels.grid.shape[2]))],
            axis=1,
        )
    )[:, 0]
    for number in man.labels.ids:
        name = man.labels.names[number]
        words = name.split("_")
        if "left" in words or "right" in words:
            share = man.labels.where(number).sum(axis=(0, 1))
            mean = float((share * x).sum() / share.sum())
            assert (mean > 0) == ("left" in words), name


def test_air_has_no_structure_and_tissue_inside_has_one(man):
    assert not man.canvas.labels[man.canvas.tissues == 0].any()
