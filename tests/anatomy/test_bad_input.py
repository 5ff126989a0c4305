"""Exams that are not as they should be: less sure, or no side at all, but never a wrong side."""

from dataclasses import replace

import numpy as np
import pytest

from petscribe.anatomy.frame import ORIENTATION_SUSPECT
from petscribe.anatomy.localise import locate
from petscribe.anatomy.organs import BuiltInSegmenter

SIDED = [
    ((-60.0, 42.0, 21.2), "right"),
    ((60.0, 42.0, 20.7), "left"),
    ((-95.0, 0.0, 12.0), "right"),
    ((95.0, 0.0, 12.0), "left"),
    ((-40.0, 30.0, 4.6), "right"),
    ((60.0, -60.0, 30.5), "left"),
    ((-45.0, 10.0, -2.0), "right"),
    ((45.0, 10.0, -2.0), "left"),
]
"""Places in the person, and their side."""


def segmented(part, *, ct=True):
    return BuiltInSegmenter().segment(part.exam, part.ct if ct else None)


def sides_in(part, anatomy):
    """Return (true side, side said, confidence) of the places that the part shows."""
    found = []
    for place, side in SIDED:
        z = part.index(*place)[0]
        if 2 <= z < part.exam.pet.grid.shape[0] - 2:
            said = locate(part.lesion(*place), 1, anatomy.organs, anatomy.frame)
            found.append((side, said.laterality, said.confidence))
    assert found
    return found


def with_ct(part, array):
    ct = replace(part.ct, array=array.astype(np.float32))
    return replace(part, exam=replace(part.exam, ct=ct), ct=ct)


@pytest.mark.parametrize("ct", [True, False])
@pytest.mark.parametrize(
    "cut",
    [(19.0, 33.0), (21.0, 34.5), (-6.0, 4.9), (-6.0, 9.0)],
    ids=["no lungs", "pelvis", "head only", "head and neck"],
)
def test_a_part_of_the_body_gets_no_wrong_side(person, cut, ct):
    part = person.cut(*cut)
    anatomy = segmented(part, ct=ct)
    for true, said, _ in sides_in(part, anatomy):
        assert said in {true, None}


@pytest.mark.parametrize("cut", [(21.0, 34.5), (-6.0, 4.9)])
def test_a_part_of_the_body_is_less_sure_than_the_whole(person, anatomy, cut):
    assert segmented(person.cut(*cut)).frame.quality < anatomy.frame.quality


@pytest.mark.parametrize("ct", [True, False])
def test_feet_first_with_the_tags_of_head_first_has_no_side(person, ct):
    anatomy = segmented(person.flipped(0), ct=ct)
    assert ORIENTATION_SUSPECT in anatomy.frame.warnings
    assert not anatomy.frame.can_tell_sides


@pytest.mark.parametrize("ct", [True, False])
def test_a_body_turned_back_to_front_has_no_side(person, ct):
    anatomy = segmented(person.flipped(1), ct=ct)
    assert ORIENTATION_SUSPECT in anatomy.frame.warnings
    assert not anatomy.frame.can_tell_sides


def test_left_and_right_swapped_by_the_tags_is_noticed_with_ct(person):
    anatomy = segmented(person.flipped(2))
    assert ORIENTATION_SUSPECT in anatomy.frame.warnings
    assert not anatomy.frame.can_tell_sides


def test_a_prone_patient_with_right_tags_keeps_his_sides(person):
    table, air = 120.0, person.ct.array.min()
    grid = person.ct.grid
    rows = grid.origin_mm[1] + np.arange(grid.shape[1]) * grid.spacing_mm[1]
    hu = person.ct.array.copy()
    hu[:, rows > table] = air
    hu[:, (rows < -125.0) & (rows > -137.0), 4:-4] = 80.0
    prone = with_ct(person, hu)
    anatomy = segmented(prone)
    assert anatomy.frame.orientation_is_sure
    for true, said, _ in sides_in(prone, anatomy):
        assert said == true


def test_a_ct_that_does_not_overlap_is_no_ct(person, anatomy):
    apart = with_ct(person, np.full(person.ct.array.shape, np.nan))
    found = segmented(apart)
    assert found.frame.quality < anatomy.frame.quality
    assert found.frame.tissues.density is None
    for true, said, _ in sides_in(apart, found):
        assert said in {true, None}


def test_a_ct_of_half_the_body_gives_no_wrong_side(person):
    hu = person.ct.array.copy()
    hu[: hu.shape[0] // 2] = np.nan
    half = with_ct(person, hu)
    for true, said, _ in sides_in(half, segmented(half)):
        assert said in {true, None}


def test_metal_in_the_hip_and_teeth_changes_no_side(person):
    hu = person.ct.array.copy()
    rng = np.random.default_rng(3)
    for place in ((92.0, 0.0, 28.5), (20.0, -60.0, 2.0)):
        z, y, x = person.index(*place)
        hu[z - 4 : z + 5, y - 3 : y + 4, x - 3 : x + 4] = 3071.0
        hu[z - 4 : z + 5] += rng.normal(0.0, 150.0, hu[z - 4 : z + 5].shape)
    metal = with_ct(person, hu)
    anatomy = segmented(metal)
    assert anatomy.frame.orientation_is_sure
    for true, said, _ in sides_in(metal, anatomy):
        assert said == true
