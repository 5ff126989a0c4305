"""A lesion's surroundings as numbers."""

from dataclasses import replace

import numpy as np
import pytest

from petscribe.anatomy.placing.evidence import look_around
from petscribe.anatomy.placing.features import features, place_columns
from petscribe.core.volume import bounding_box


def around(mask, anatomy):
    return look_around(mask, (1, bounding_box(mask.where(1))), anatomy.organs, anatomy.frame)


def row(person, anatomy, place, **options):
    return features(around(person.lesion(*place, **options), anatomy), anatomy.frame)


def test_every_number_is_finite_and_small(person, anatomy):
    for place in ((-80.0, -10.0, 18.5), (0.0, 0.0, -2.0), (215.0, -145.0, 34.0)):
        found = row(person, anatomy, place)
        assert np.isfinite(found).all()
        assert np.abs(found).max() < 12.0


def test_the_place_is_the_frames(person, anatomy):
    found = row(person, anatomy, (60.0, -10.0, 18.0))
    assert found[0] == pytest.approx(1.0, abs=0.15)
    assert 8.0 * found[5] + 14.0 == pytest.approx(18.0, abs=0.7)


def test_mirrored_places_differ_in_their_side_only():
    facts = np.array([[40.0, 170.0, 0.4, -20.0, 12.0, -10.0, 15.0, 0.9, 1.0]])
    left, right = place_columns(facts), place_columns(facts * np.array([-1, *[1] * 8]))
    differ = np.flatnonzero(~np.isclose(left[0], right[0]))
    assert np.allclose(left[0][differ], -right[0][differ])


def test_a_focus_deep_in_the_lung_is_surrounded_by_lung(person, anatomy):
    lung, liver = (row(person, anatomy, p) for p in ((95.0, 0.0, 13.0), (-80.0, -10.0, 18.5)))
    assert len(lung) == len(liver)
    assert np.abs(lung - liver).sum() > 20.0


def test_a_frame_without_images_gives_no_features(person, anatomy, make_frame):
    mask = person.lesion(-80.0, -10.0, 18.5)
    with pytest.raises(ValueError, match="no tissues"):
        features(around(mask, anatomy), replace(make_frame(), tissues=None))
