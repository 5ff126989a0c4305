"""Windows, the root scale and the projection."""

import numpy as np
import pytest

from petscribe.core.volume import Grid, Volume
from petscribe.imaging.intensity import BONE, LUNG, SOFT_TISSUE, coronal_mip, root_scaled, windowed

GRID = Grid(shape=(2, 3, 4), spacing_mm=(3.0, 5.0, 4.0), origin_mm=(-6.0, -10.0, 7.0))


def volume(array, **more):
    return Volume(array=np.asarray(array), grid=GRID, unit="HU", **more)


@pytest.mark.parametrize(
    ("window", "low", "high"),
    [(LUNG, -1350, 150), (SOFT_TISSUE, -160, 240), (BONE, -500, 1300)],
)
def test_a_window_is_zero_below_half_in_the_middle_one_above(window, low, high):
    array = np.full(GRID.shape, (low + high) // 2, np.int16)
    array[0, 0, 0], array[0, 0, 1] = low - 500, high + 500
    got = windowed(volume(array), window).array
    assert (got[0, 0, 0], got[0, 0, 1], got[1, 1, 1]) == pytest.approx((0.0, 1.0, 0.5), abs=1e-3)


def test_padding_is_not_drawn_as_air():
    array = np.full(GRID.shape, 40, np.int16)
    array[1, 2, 3] = -3024
    got = windowed(volume(array, padding=-3024), SOFT_TISSUE).array
    assert np.isnan(got[1, 2, 3])
    assert np.isfinite(got).sum() == got.size - 1


def test_the_root_scale_shows_a_quarter_at_half():
    array = np.full(GRID.shape, 7.5, np.float32)
    array[0, 0, 0], array[0, 0, 1] = -1.0, 99.0
    got = root_scaled(volume(array)).array
    assert got[1, 1, 1] == pytest.approx(0.5)
    assert (got[0, 0, 0], got[0, 0, 1]) == (0.0, 1.0)


def test_a_scale_without_top_is_refused():
    with pytest.raises(ValueError, match="positive"):
        root_scaled(volume(np.ones(GRID.shape, np.float32)), 0.0)


def test_the_projection_keeps_the_brightest_and_its_place():
    array = np.zeros(GRID.shape, np.float32)
    array[1, 2, 3] = 9.0
    mip = coronal_mip(volume(array))
    assert mip.grid.shape == (2, 1, 4)
    assert mip.array[1, 0, 3] == 9.0
    assert mip.array.sum() == 9.0
    there, flat = GRID.to_world(np.array([1, 2, 3])), mip.grid.to_world(np.array([1, 0, 3]))
    assert (flat[0], flat[2]) == (there[0], there[2])
    assert mip.grid.bounds_mm == GRID.bounds_mm


def test_the_projection_ignores_what_was_not_measured():
    array = np.full(GRID.shape, 40, np.int16)
    array[:, 0] = -3024
    array[:, :, 0] = -3024
    got = coronal_mip(volume(array, padding=-3024)).array
    assert np.isnan(got[:, 0, 0]).all()
    assert np.all(got[:, 0, 1:] == 40.0)
