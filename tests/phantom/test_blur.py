"""The point spread: sums stay, widths are as told, averages are exact."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from petscribe.phantom.blur import apply_weights, axis_weights

FINE = np.arange(-60.0, 60.0, 1.5)
COARSE = np.arange(-48.0, 49.0, 4.0)


def spread(array, fwhm, axis=2):
    return apply_weights(array, axis_weights(FINE, COARSE, fwhm_mm=fwhm), axis)


@given(st.floats(0.0, 9.0), st.floats(0.1, 20.0))
def test_a_uniform_image_stays_uniform(fwhm, level):
    flat = np.full((2, 3, FINE.size), level, np.float32)
    assert np.allclose(spread(flat, fwhm)[..., 2:-2], level, rtol=1e-4)


def test_without_blur_it_is_the_area_average():
    ramp = np.broadcast_to(FINE.astype(np.float32), (1, 1, FINE.size)).copy()
    assert spread(ramp, 0.0)[0, 0] == pytest.approx(COARSE, abs=0.05)


def test_activity_is_conserved():
    image = np.zeros((1, 1, FINE.size), np.float32)
    image[0, 0, 35:45] = 1.0
    assert spread(image, 6.0).sum() * 4.0 == pytest.approx(10 * 1.5, rel=1e-3)


def test_a_point_spreads_to_the_stated_width():
    fine = np.arange(-60.0, 60.0, 0.5)
    coarse = np.arange(-40.0, 40.0, 0.5)
    point = np.zeros((1, 1, fine.size), np.float32)
    point[0, 0, fine.size // 2] = 1.0
    profile = apply_weights(point, axis_weights(fine, coarse, fwhm_mm=6.0), 2)[0, 0]
    above = coarse[profile > profile.max() / 2]
    assert above[-1] - above[0] == pytest.approx(6.0, abs=0.8)


def test_axes_are_independent():
    rng = np.random.default_rng(1)
    cube = rng.random((FINE.size, 4, FINE.size)).astype(np.float32)
    one = spread(spread(cube, 5.0, 0), 5.0, 2)
    other = spread(spread(cube, 5.0, 2), 5.0, 0)
    assert one == pytest.approx(other, abs=1e-5)


def test_beyond_the_fine_grid_there_is_nothing():
    far = axis_weights(FINE, np.array([400.0, 404.0]), fwhm_mm=5.0)
    assert not apply_weights(np.ones((1, 1, FINE.size), np.float32), far, 2).any()
