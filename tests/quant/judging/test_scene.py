"""The patient around the regions: midline, outline, liver height, organs' own uptake."""

import numpy as np
import pytest

from petscribe.core.volume import Mask
from petscribe.quant.judging.hot_regions import smoothed
from petscribe.quant.judging.scene import look_around
from petscribe.quant.reference import reference_regions


@pytest.fixture
def smooth(mini_body):
    pet = mini_body.exam.pet
    return smoothed(pet.array, pet.grid, 5.0)


def _scene(mini_body, smooth, organs):
    references = reference_regions(mini_body.exam, organs)
    return look_around(mini_body.exam.pet.grid, smooth, organs, references)


def test_the_midline_is_found_with_and_without_a_map(mini_body, smooth):
    middle = (mini_body.exam.pet.grid.shape[2] - 1) / 2
    for organs in (mini_body.organs, None):
        assert _scene(mini_body, smooth, organs).middle == pytest.approx(middle, abs=2.0)


def test_left_is_positive_and_the_back_is_deep(mini_body, smooth):
    grid = mini_body.exam.pet.grid
    scene = _scene(mini_body, smooth, mini_body.organs)
    left_back = grid.to_index(np.array([60.0, 60.0, 400.0])).round().astype(int)
    place = scene.place(grid, left_back)
    assert place["lateral_mm"] == pytest.approx(60.0, abs=10.0)
    assert place["depth_frac"] == pytest.approx((60.0 + 110.0) / 220.0, abs=0.06)
    assert place["half_width_mm"] == pytest.approx(180.0, abs=12.0)


def test_heights_count_from_the_livers_centre(mini_body, smooth):
    grid = mini_body.exam.pet.grid
    bladder = grid.to_index(np.array([0.0, -20.0, 90.0])).round().astype(int)
    for organs, within in ((mini_body.organs, 5.0), (None, 60.0)):
        place = _scene(mini_body, smooth, organs).place(grid, bladder)
        assert place["above_liver_mm"] == pytest.approx(-340.0, abs=within)


def test_without_any_liver_there_is_no_height(mini_body, smooth):
    scene = look_around(mini_body.exam.pet.grid, smooth, None, {})
    assert scene.place(mini_body.exam.pet.grid, np.array([5, 5, 5]))["above_liver_mm"] is None


def test_the_end_of_the_scan_is_a_distance_in_millimetres(mini_body, smooth):
    grid = mini_body.exam.pet.grid
    scene = _scene(mini_body, smooth, mini_body.organs)
    assert scene.place(grid, np.array([2, 20, 40]))["to_end_mm"] == pytest.approx(10.0)
    assert scene.place(grid, np.array([grid.shape[0] - 1, 20, 40]))["to_end_mm"] == 0.0


def test_each_class_of_the_map_has_its_own_median(mini_body, smooth):
    medians = _scene(mini_body, smooth, mini_body.organs).medians
    assert medians["liver"] == pytest.approx(2.0, rel=0.05)
    assert medians["brain"] == pytest.approx(8.0, rel=0.05)
    assert "bowel" not in medians
    assert _scene(mini_body, smooth, None).medians == {}


def test_an_empty_image_does_not_break_the_scene(make_grid):
    grid = make_grid((4, 5, 6))
    scene = look_around(grid, np.zeros(grid.shape, np.float32), None, {})
    assert scene.place(grid, np.array([1, 1, 1]))["half_width_mm"] > 0


def test_a_named_organ_without_voxels_counts_as_absent(mini_body, smooth):
    organs = Mask(
        labels=np.ones(smooth.shape, np.uint8),
        grid=mini_body.exam.pet.grid,
        names={1: "body", 2: "heart"},
    )
    assert "heart" not in look_around(mini_body.exam.pet.grid, smooth, organs, {}).medians
