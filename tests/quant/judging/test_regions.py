"""What is known of a hot region: organ shares, contrast, shape, CT."""

from dataclasses import replace

import numpy as np
import pytest

from petscribe.core.volume import Grid, Volume
from petscribe.quant.judging.hot_regions import find_regions, smoothed
from petscribe.quant.judging.regions import describe
from petscribe.quant.judging.scene import look_around


def _regions(body, *, organs="map", ct=None, threshold=3.0):
    exam = replace(body.exam, ct=ct)
    smooth = smoothed(exam.pet.array, exam.pet.grid, 5.0)
    hot = find_regions(smooth, smooth >= 0.75 * threshold, prominence=1.25)
    mask = body.organs if organs == "map" else None
    scene = look_around(exam.pet.grid, smooth, mask, {})
    return describe(exam, scene, hot, organs=mask, smooth=smooth, threshold=threshold)


def _at(regions, above_liver_mm, lateral_mm, depth_mm):
    target = np.array([lateral_mm, depth_mm, 430.0 + above_liver_mm])
    return min(regions, key=lambda r: float(np.linalg.norm(r.position_mm - target)))


def _ct(grid, hu):
    return Volume(array=np.full(grid.shape, hu, np.int16), grid=grid, unit="HU", padding=-3024)


def test_normal_organs_lie_inside_their_own_class(mini_body):
    regions = _regions(mini_body)
    for place, name in (
        ((530.0, 0.0, 0.0), "brain"),
        ((-340.0, 0.0, -20.0), "bladder"),
        ((105.0, 35.0, -25.0), "heart"),
    ):
        assert _at(regions, *place).inside[name] > 0.9


def test_without_a_map_no_organ_is_claimed(mini_body):
    assert all(r.inside == {} and r.near == {} for r in _regions(mini_body, organs=None))
    assert all(r.organ is None for r in _regions(mini_body, organs=None))


def test_uptake_beside_an_organ_is_near_it_but_not_inside(mini_body):
    body = mini_body.with_focus(-80.0, -34.0, 45.0, uptake=20.0, radius_mm=7.0)
    focus = _at(_regions(body), -80.0, -34.0, 45.0)
    assert focus.near.get("kidney", 0.0) > focus.inside.get("kidney", 0.0)


def test_a_lung_lesion_beside_the_heart_is_not_near_it(mini_body):
    body = mini_body.with_focus(150.0, 75.0, -20.0, uptake=9.0)
    focus = _at(_regions(body), 150.0, 75.0, -20.0)
    assert focus.organ == "lung_upper_lobe_left"
    assert focus.near.get("heart", 0.0) == 0.0


def test_contrast_is_against_the_surroundings(mini_body):
    body = mini_body.with_focus(0.0, 0.0, -70.0, uptake=9.0, radius_mm=6.0)
    focus = _at(_regions(body), 0.0, 0.0, -70.0)
    assert focus.contrast == pytest.approx(focus.peak / 0.6, rel=0.15)


def test_a_thin_long_region_is_elongated_and_a_ball_is_not(mini_body):
    body = mini_body.with_focus(-200.0, -40.0, 30.0)
    for step in range(1, 7):
        body = body.with_focus(-200.0 - 8.0 * step, -40.0, 30.0)
    assert _at(_regions(body), -224.0, -40.0, 30.0).elongation > 1.8
    ball = mini_body.with_focus(-200.0, -40.0, 30.0, radius_mm=12.0)
    assert _at(_regions(ball), -200.0, -40.0, 30.0).elongation < 1.3


def test_the_ct_tells_fat_gas_and_nothing(mini_body):
    grid = mini_body.exam.pet.grid
    body = mini_body.with_focus(-200.0, 0.0, 0.0)
    fat = _at(_regions(body, ct=_ct(grid, -90)), -200.0, 0.0, 0.0)
    assert (fat.hu, fat.fat_frac, fat.gas_near) == (-90.0, 1.0, False)
    gas = _at(_regions(body, ct=_ct(grid, -900)), -200.0, 0.0, 0.0)
    assert (gas.fat_frac, gas.gas_near) == (0.0, True)
    assert _at(_regions(body), -200.0, 0.0, 0.0).hu is None


def test_ct_padding_and_places_beyond_the_ct_are_no_tissue(mini_body):
    grid = mini_body.exam.pet.grid
    body = mini_body.with_focus(-200.0, 0.0, 0.0)
    padded = _at(_regions(body, ct=_ct(grid, -3024)), -200.0, 0.0, 0.0)
    assert (padded.hu, padded.fat_frac, padded.gas_near) == (None, 0.0, False)
    far = Grid(shape=(4, 4, 4), spacing_mm=(5.0, 5.0, 5.0), origin_mm=(5000.0, 0.0, 0.0))
    assert _at(_regions(body, ct=_ct(far, 40)), -200.0, 0.0, 0.0).hu is None


def test_only_regions_that_reach_the_threshold_are_described(mini_body):
    assert all(r.peak >= 6.0 for r in _regions(mini_body, threshold=6.0))
    assert len(_regions(mini_body, threshold=6.0)) < len(_regions(mini_body, threshold=3.0))


def test_regions_come_hottest_first_and_share_no_voxel(mini_body):
    regions = _regions(mini_body)
    peaks = [r.peak for r in regions]
    assert peaks == sorted(peaks, reverse=True)
    members = np.concatenate([r.members for r in regions])
    assert np.unique(members).size == members.size


def test_distance_and_height_to_the_kidney_are_known(mini_body):
    body = mini_body.with_focus(-95.0, -25.0, 45.0, uptake=20.0, radius_mm=6.0)
    focus = _at(_regions(body), -95.0, -25.0, 45.0)
    assert focus.to_kidney_mm == pytest.approx(13.0, abs=6.0)
    assert focus.below_kidney_top_mm == pytest.approx(-35.0 - -95.0, abs=10.0)
    far = _at(_regions(mini_body.with_focus(190.0, -75.0, 0.0)), 190.0, -75.0, 0.0)
    assert far.to_kidney_mm is None


def test_a_cluster_is_what_hangs_together(mini_body):
    body = mini_body.with_focus(190.0, -60.0, 0.0).with_focus(190.0, -82.0, 0.0, uptake=8.0)
    one, two = (_at(_regions(body), 190.0, x, 0.0) for x in (-60.0, -82.0))
    assert one.cluster_ml == two.cluster_ml
    assert one.cluster_ml < 15.0
    brain = _at(_regions(body), 530.0, 0.0, 0.0)
    assert brain.cluster_ml > 700.0
