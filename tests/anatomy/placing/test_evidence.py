"""Shares of labels in and around a lesion."""

import numpy as np
import pytest

from petscribe.anatomy.placing.evidence import look_around
from petscribe.core.volume import bounding_box


def around(person, anatomy, mask):
    return look_around(mask, (1, bounding_box(mask.where(1))), anatomy.organs, anatomy.frame)


def test_a_lesion_deep_in_the_liver_is_all_liver(person, anatomy):
    found = around(person, anatomy, person.lesion(-80.0, -10.0, 18.5))
    assert found.share("liver") == pytest.approx(1.0)
    assert found.near("liver") > 0.9


def test_shares_do_not_exceed_one(person, anatomy):
    found = around(person, anatomy, person.lesion(20.0, 40.0, 14.0, radius_mm=25.0))
    assert sum(found.inside.values()) <= 1.0 + 1e-9
    assert sum(found.shell.values()) <= 1.0 + 1e-9


def test_the_size_is_that_of_the_ball(person, anatomy):
    found = around(person, anatomy, person.lesion(-80.0, -10.0, 18.5, radius_mm=20.0))
    assert found.size_mm == pytest.approx(40.0, rel=0.05)


def test_a_lesion_at_the_edge_of_the_image_is_looked_at(person, anatomy):
    mask = person.lesion(0.0, 0.0, 10.0)
    labels = np.zeros_like(mask.labels)
    labels[0, 0, 0] = 1
    edge = type(mask)(labels=labels, grid=mask.grid)
    assert around(person, anatomy, edge).size_mm > 0
