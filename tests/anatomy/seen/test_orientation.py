"""Wrong tags are noticed, right ones are not suspected."""

import pytest

from petscribe.anatomy.frame import ORIENTATION_SUSPECT
from petscribe.anatomy.landmarks import body_frame
from petscribe.anatomy.seen.orientation import Votes


@pytest.mark.parametrize("with_ct", [True, False])
def test_a_rightly_tagged_person_is_not_suspected(person, with_ct):
    assert body_frame(person.exam, person.ct if with_ct else None).warnings == ()


@pytest.mark.parametrize("axis", [0, 1, 2], ids=["upside-down", "back-to-front", "mirrored"])
def test_wrong_tags_are_suspected_and_no_side_is_said(person, axis):
    turned = person.flipped(axis)
    frame = body_frame(turned.exam, turned.ct)
    assert ORIENTATION_SUSPECT in frame.warnings
    assert frame.side(90.0) is None
    assert frame.quality <= 0.2


@pytest.mark.parametrize("axis", [0, 2], ids=["upside-down", "mirrored"])
def test_the_pet_alone_shows_wrong_tags(person, axis):
    frame = body_frame(person.flipped(axis).exam, None)
    assert ORIENTATION_SUSPECT in frame.warnings


def test_a_torso_upside_down_is_suspected(person):
    turned = person.cut(6.5, 22.0).flipped(0)
    assert ORIENTATION_SUSPECT in body_frame(turned.exam, turned.ct).warnings


def test_without_votes_nothing_is_suspected():
    assert not Votes(left_is_left=0.0, head_is_up=0.0, back_is_back=0.0).suspect
    assert Votes(left_is_left=-1.2, head_is_up=1.0, back_is_back=1.0).suspect
