"""What was learnt from phantoms, asked about a person that is none."""

import numpy as np
import pytest

from petscribe.anatomy.placing.evidence import look_around
from petscribe.anatomy.placing.learnt import learnt_place, names, of_other_sex
from petscribe.core.volume import bounding_box
from petscribe.terms.anatomy import ORGANS, organ_key


def asked(person, anatomy, *place):
    mask = person.lesion(*place, radius_mm=8.0)
    around = look_around(mask, (1, bounding_box(mask.where(1))), anatomy.organs, anatomy.frame)
    return learnt_place(around, anatomy.frame)


@pytest.mark.parametrize(
    ("place", "organ"),
    [
        ((-80.0, -10.0, 18.5), "liver"),
        ((58.0, 42.0, 20.7), "kidney"),
        ((0.0, 48.0, 21.0), "vertebrae"),
        ((0.0, -5.0, -2.4), "brain"),
    ],
)
def test_a_person_drawn_otherwise_is_understood(person, anatomy, place, organ):
    chances = asked(person, anatomy, *place).chances
    assert max(chances, key=chances.__getitem__) == organ


def test_chances_sum_to_about_one(person, anatomy):
    found = asked(person, anatomy, 95.0, 0.0, 13.0)
    assert sum(found.chances.values()) == pytest.approx(1.0, abs=0.1)
    assert 0.0 <= found.trust <= 1.0


def test_every_name_is_an_organ_on_one_side_at_least():
    for name in names():
        assert name == "vertebrae" or name in ORGANS or _sided(name)


def _sided(name: str) -> bool:
    return any(organ_key(name, s) or f"{name}_{s}" in ORGANS for s in ("left", "right"))


def test_surroundings_unlike_all_that_was_learnt_are_not_trusted(person, anatomy):
    inside, beyond = (asked(person, anatomy, *p) for p in ((-80, -10, 18.5), (215, -145, 34.0)))
    assert beyond.trust < inside.trust


def test_a_frame_without_images_teaches_nothing(person, anatomy, make_frame):
    mask = person.lesion(0.0, 0.0, 12.0)
    around = look_around(mask, (1, bounding_box(mask.where(1))), anatomy.organs, anatomy.frame)
    assert learnt_place(around, make_frame()) is None


def test_no_organ_of_the_other_sex_is_named():
    assert of_other_sex("prostate", "F")
    assert not of_other_sex("prostate", "M")
    assert not of_other_sex("prostate", None)
    assert not np.any([of_other_sex("liver", s) for s in ("M", "F", None)])
