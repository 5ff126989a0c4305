"""Totals: volume-weighted mean, Dmax and SDmax, and what one or no lesion gives."""

import numpy as np
import pytest

from petscribe.core.exam import Acquisition
from petscribe.core.lesion import Measurement
from petscribe.quant.burden import dmax, totals


def _lesion(centre, volume_ml, suv_mean=None):
    return Measurement(
        voxels=10,
        mtv_ml=volume_ml,
        long_axis_mm=10.0,
        short_axis_mm=8.0,
        axis_3d_mm=12.0,
        centroid_lps_mm=centre,
        hottest_lps_mm=centre,
        slice_pet=1,
        slice_ct=None,
        suv_max=None if suv_mean is None else 2 * suv_mean,
        suv_mean=suv_mean,
        tlg_g=None if suv_mean is None else suv_mean * volume_ml,
    )


def test_the_total_mean_is_weighted_by_volume():
    total = totals(
        {1: _lesion((0.0, 0.0, 0.0), 9.0, 2.0), 2: _lesion((3.0, 4.0, 0.0), 1.0, 12.0)},
        Acquisition(),
    )
    assert total.suv_mean == pytest.approx(3.0)
    assert total.tlg_g == pytest.approx(30.0)
    assert total.mtv_ml == pytest.approx(10.0)
    assert total.suv_max == 24.0
    assert total.lesions == 2


def test_dmax_is_the_largest_distance_between_centroids():
    centres = [(0.0, 0.0, 0.0), (3.0, 4.0, 0.0), (0.0, 0.0, 12.0)]
    lesions = {k: _lesion(c, 1.0, 1.0) for k, c in enumerate(centres, start=1)}
    assert dmax(lesions) == pytest.approx(13.0)


def test_one_lesion_has_no_spread_and_none_has_none():
    assert dmax({1: _lesion((1.0, 2.0, 3.0), 1.0, 1.0)}) == 0.0
    nothing = totals({}, Acquisition())
    assert nothing.lesions == 0
    assert nothing.mtv_ml == 0.0
    assert nothing.tlg_g == 0.0
    assert nothing.dmax_mm is nothing.suv_max is nothing.suv_mean is None


def test_sdmax_divides_by_body_surface():
    acquisition = Acquisition(weight_kg=70.0, height_cm=170.0)
    lesions = {1: _lesion((0.0, 0.0, 0.0), 1.0, 1.0), 2: _lesion((0.0, 0.0, 579.0), 1.0, 1.0)}
    surface = 0.007184 * 70.0**0.425 * 170.0**0.725
    assert surface == pytest.approx(1.81, abs=0.01)
    assert totals(lesions, acquisition).sdmax_per_m == pytest.approx(0.579 / surface)
    assert totals(lesions, Acquisition(weight_kg=70.0)).sdmax_per_m is None


def test_without_suv_there_is_volume_but_no_glycolysis():
    total = totals({1: _lesion((0.0, 0.0, 0.0), 2.0)}, Acquisition())
    assert total.mtv_ml == 2.0
    assert total.tlg_g is None
    assert total.suv_max is None


def test_moving_all_lesions_together_leaves_dmax():
    rng = np.random.default_rng(1)
    points = rng.uniform(-100, 100, (6, 3))
    far = [tuple(float(v) for v in p + 50) for p in points]
    near = [tuple(float(v) for v in p) for p in points]
    one = dmax({k: _lesion(c, 1.0) for k, c in enumerate(near)})
    assert dmax({k: _lesion(c, 1.0) for k, c in enumerate(far)}) == pytest.approx(one)
