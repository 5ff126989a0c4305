"""Thresholds: exact counts on the analytic blob, Jentzen's balance, leaks, voxels that leave."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from petscribe.quant.thresholds import (
    JentzenSettings,
    adapted_percent,
    fixed,
    jentzen,
    mean_of_hottest,
    nestle,
    percent_of_max,
    piece_with,
    ring_mean,
    schaefer,
)

SEED_B = (27, 20, 20)
VOXEL_B_ML = 3.0 * 4.0728**2 / 1000.0


def _ball(radius_mm, uptake, *, background=1.0, size=41, spacing=2.0):
    z, y, x = np.meshgrid(*[(np.arange(size) - size // 2) * spacing] * 3, indexing="ij")
    distance = np.sqrt(z**2 + y**2 + x**2)
    # an edge blurred over some 6 mm
    return background + (uptake - background) / (1.0 + np.exp((distance - radius_mm) / 1.5))


@pytest.mark.parametrize(("fraction", "voxels"), [(0.41, 123), (0.5, 91)])
def test_percent_of_maximum_gives_exact_counts_on_phantom_b(phantom_b, fraction, voxels):
    array = phantom_b()
    found = percent_of_max(array, fraction, seed=SEED_B, region=array > 1.5)
    assert int(found.sum()) == voxels


@pytest.mark.parametrize(("threshold", "voxels"), [(2.5, 351), (4.0, 189)])
def test_a_fixed_threshold_gives_exact_counts_on_phantom_b(phantom_b, threshold, voxels):
    array = phantom_b()
    everywhere = np.ones(array.shape, bool)
    assert int(fixed(array, threshold, seed=SEED_B, region=everywhere).sum()) == voxels


def test_percent_refers_to_the_lesions_own_maximum_not_to_the_hottest_of_all():
    array = np.ones((5, 5, 30))
    array[1:4, 1:4, 2:6] = 4.0
    array[1:4, 1:4, 20:25] = 40.0
    found = percent_of_max(array, 0.5, seed=(2, 2, 3), region=array > 2)
    assert int(found.sum()) == 36
    assert not found[:, :, 15:].any()


def test_a_threshold_never_leaves_its_region():
    array = np.full((6, 6, 6), 5.0)
    region = np.zeros(array.shape, bool)
    region[2:4, 2:4, 2:4] = True
    assert int(fixed(array, 1.0, seed=(2, 2, 2), region=region).sum()) == 8


def test_a_seed_below_the_threshold_gives_nothing():
    array = np.ones((4, 4, 4))
    assert not fixed(array, 2.0, seed=(1, 1, 1), region=array > 0).any()


def test_percent_outside_zero_to_one_is_refused():
    array = np.ones((3, 3, 3))
    with pytest.raises(ValueError, match="fraction"):
        percent_of_max(array, 41.0, seed=(1, 1, 1), region=array > 0)


def test_pieces_that_touch_at_a_corner_are_apart_by_faces():
    voxels = np.zeros((4, 4, 4), bool)
    voxels[1, 1, 1] = voxels[2, 2, 2] = True
    assert int(piece_with(voxels, (1, 1, 1)).sum()) == 1
    assert int(piece_with(voxels, (1, 1, 1), connectivity=26).sum()) == 2


def test_nestle_and_schaefer_use_the_stated_coefficients():
    array = np.ones((3, 3, 10))
    array[1, 1] = [1, 1, 3, 6, 10, 8, 5, 2, 1, 1]
    region = np.ones(array.shape, bool)
    assert mean_of_hottest(array, region) == pytest.approx(9.0)
    low = nestle(array, seed=(1, 1, 4), region=region, background=1.0)
    high = nestle(array, seed=(1, 1, 4), region=region, background=1.0, beta=0.5)
    assert low[1, 1].tolist() == [False, False, True, True, True, True, True, False, False, False]
    assert high[1, 1].tolist() == [False] * 3 + [True] * 3 + [False] * 4
    other = schaefer(array, seed=(1, 1, 4), region=region, background=1.0, ab=(0.5, 1.0))
    np.testing.assert_array_equal(other, high)


def test_the_ring_lies_around_the_lesion_and_not_on_it():
    array = np.zeros((15, 15, 15))
    voxels = np.zeros(array.shape, bool)
    voxels[7, 7, 7] = True
    array[7, 7, 10] = 25.0
    # faces only: the third shell around a voxel is the octahedron |z|+|y|+|x| = 3
    z, y, x = np.indices(array.shape) - 7
    ring = np.abs(z) + np.abs(y) + np.abs(x) == 3
    assert ring_mean(array, voxels, 3) == pytest.approx(25.0 / ring.sum())
    assert np.isnan(ring_mean(array, np.zeros_like(voxels), 3))


@pytest.mark.parametrize(("radius", "uptake"), [(8.0, 10.0), (12.0, 8.0), (16.0, 20.0)])
def test_jentzen_comes_near_the_volume_of_a_ball(radius, uptake):
    array = _ball(radius, uptake)
    found = jentzen(array, seed=(20, 20, 20), region=array > 0, voxel_ml=0.008)
    truth = 4 / 3 * np.pi * radius**3 / 1000.0
    assert found.outcome == "converged"
    assert float(found.voxels.sum()) * 0.008 == pytest.approx(truth, rel=0.4)


def test_jentzen_stops_where_its_formula_balances():
    array = _ball(10.0, 9.0)
    found = jentzen(array, seed=(20, 20, 20), region=array > 0, voxel_ml=0.008)
    volume = float(found.voxels.sum()) * 0.008
    ratio = 0.078 / volume + 0.617 * found.background / 9.0 + 0.316
    assert found.threshold / array.max() == pytest.approx(ratio, rel=0.02)


def test_voxels_may_leave_again():
    # a faint halo joins at the first threshold; the halo's own surroundings raise the next one
    array = np.full((41, 41, 41), 3.2)
    array[8:33, 8:33, 8:33] = 3.9
    array[17:24, 17:24, 17:24] = 10.0
    first = fixed(array, 0.316 * 10.0, seed=(20, 20, 20), region=array > 0)
    found = jentzen(array, seed=(20, 20, 20), region=array > 0, voxel_ml=0.008)
    assert int(first.sum()) == array.size
    assert int(found.voxels.sum()) == 7**3


def test_a_lesion_without_contrast_is_given_up():
    array = np.full((21, 21, 21), 5.0)
    array[10, 10, 10] = 5.2
    region = np.zeros(array.shape, bool)
    region[6:15, 6:15, 6:15] = True
    found = jentzen(array, seed=(10, 10, 10), region=region, voxel_ml=0.008)
    assert found.outcome == "no-contrast"


def test_a_lesion_that_fills_the_image_has_leaked():
    array = np.full((9, 9, 9), 7.0)
    array[4, 4, 4], array[0, 0] = 9.0, 0.5
    found = jentzen(array, seed=(4, 4, 4), region=array > 0, voxel_ml=0.008)
    assert found.outcome == "leaked"


def test_cold_surroundings_are_surroundings_too():
    array = np.where(_ball(10.0, 9.0) > 4.0, 9.0, 0.0)
    found = jentzen(array, seed=(20, 20, 20), region=array >= 0, voxel_ml=0.008)
    assert found.outcome == "converged"
    assert found.background == 0.0


def test_growing_past_the_cap_is_a_leak():
    array = np.full((30, 30, 30), 6.0)
    array[15, 15, 15] = 7.0
    region = np.zeros(array.shape, bool)
    region[2:28, 2:28, 2:28] = True
    array[~region] = 0.1
    rules = JentzenSettings(max_volume_ml=50.0)
    found = jentzen(array, seed=(15, 15, 15), region=region, voxel_ml=0.064, settings=rules)
    assert found.outcome == "leaked"


@pytest.mark.parametrize("uptake", [2.0, 5.0, 20.0])
def test_the_adapted_level_keeps_a_balls_volume_at_any_contrast(uptake):
    array = _ball(12.0, uptake)
    level = adapted_percent(float(array.max()), 1.0)
    truth = 4 / 3 * np.pi * 12.0**3 / 1000.0
    assert float((array >= level).sum()) * 0.008 == pytest.approx(truth, rel=0.15)


@given(scale=st.floats(0.1, 50.0))
def test_jentzen_finds_the_same_voxels_in_any_unit(scale):
    array = _ball(8.0, 8.0, size=25)
    one = jentzen(array, seed=(12, 12, 12), region=array > 0, voxel_ml=0.008)
    two = jentzen(array * scale, seed=(12, 12, 12), region=array > 0, voxel_ml=0.008)
    np.testing.assert_array_equal(one.voxels, two.voxels)
