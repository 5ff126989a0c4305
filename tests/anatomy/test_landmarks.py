"""The whole survey on a simple person, whole, cut, turned and damaged."""

from dataclasses import replace

import numpy as np
import pytest

from petscribe.anatomy.landmarks import NO_LANDMARKS, body_frame
from petscribe.anatomy.levels import level_at
from petscribe.core.volume import Grid


def true_levels(person):
    grid = person.exam.pet.grid
    heights = grid.origin_mm[2] + np.arange(grid.shape[0]) * grid.spacing_mm[0]
    return level_at(-heights)


@pytest.mark.parametrize("with_ct", [True, False])
def test_levels_are_right_within_one_vertebra(person, with_ct):
    frame = body_frame(person.exam, person.ct if with_ct else None)
    inside = (true_levels(person) > 0.5) & (true_levels(person) < 25.0)
    assert np.abs(frame.level - true_levels(person))[inside].max() < 1.0
    assert frame.quality_z > 0.6


@pytest.mark.parametrize(
    ("top", "bottom"), [(6.5, 22.0), (-6.5, 12.0), (13.0, 33.0)], ids=["chest", "head", "belly"]
)
def test_a_part_of_the_body_gets_its_levels(person, top, bottom):
    part = person.cut(top, bottom)
    frame = body_frame(part.exam, part.ct)
    inside = (true_levels(part) > 0.5) & (true_levels(part) < 25.0)
    error = np.abs(frame.level - true_levels(part))[inside]
    assert np.median(error) < 1.2


def test_a_head_alone_has_no_sure_levels_but_its_sides(person):
    part = person.cut(-6.5, 4.0)
    frame = body_frame(part.exam, part.ct)
    assert frame.level[-1] < 3.0
    assert frame.side(40.0) == "left"


def test_nothing_to_see_gives_no_confidence(person):
    empty = replace(person.exam.pet, array=np.zeros_like(person.exam.pet.array))
    frame = body_frame(replace(person.exam, pet=empty), None)
    assert frame.quality == 0.0
    assert NO_LANDMARKS in frame.warnings
    assert frame.side(50.0) is None


def test_thighs_alone_are_unsure(person):
    part = person.cut(33.6, 35.5)
    assert body_frame(part.exam, part.ct).quality_z < 0.6


def test_thighs_with_the_crotch_in_view_have_their_level(person):
    part = person.cut(30.0, 35.0)
    frame = body_frame(part.exam, part.ct)
    assert np.abs(frame.level - true_levels(part)).max() < 1.0


def test_a_ct_of_the_chest_only_leaves_the_rest_to_the_pet(person):
    hu = person.ct.array.copy()
    hu[: person.index(0, 0, 20)[0]] = np.nan
    frame = body_frame(person.exam, replace(person.ct, array=hu))
    inside = (true_levels(person) > 0.5) & (true_levels(person) < 25.0)
    assert np.abs(frame.level - true_levels(person))[inside].max() < 1.5


def test_metal_does_not_break_the_frame(person):
    hu = person.ct.array.copy()
    z, y, x = person.index(88.0, 0.0, 29.0)
    hu[z - 6 : z + 6, y - 3 : y + 3, x - 3 : x + 3] = 3000.0
    hu[z, y, :] = 1200.0
    frame = body_frame(person.exam, replace(person.ct, array=hu))
    assert frame.quality > 0.5
    assert frame.warnings == ()


def test_an_oblique_pet_is_handled_in_its_own_axes(person):
    angle = np.deg2rad(8.0)
    axes = (
        (0.0, -np.sin(angle), np.cos(angle)),
        (0.0, np.cos(angle), np.sin(angle)),
        (1.0, 0.0, 0.0),
    )
    old = person.exam.pet.grid
    grid = Grid(shape=old.shape, spacing_mm=old.spacing_mm, origin_mm=old.origin_mm, axes=axes)
    exam = replace(person.exam, pet=replace(person.exam.pet, grid=grid))
    frame = body_frame(exam, replace(person.ct, grid=grid))
    assert frame.quality > 0.6


def test_the_frame_is_the_same_twice(person):
    first, second = (body_frame(person.exam, person.ct) for _ in range(2))
    assert np.array_equal(first.level, second.level)
    assert np.array_equal(first.midline, second.midline)
