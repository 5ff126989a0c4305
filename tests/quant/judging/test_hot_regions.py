"""Hot voxels to regions: touching balls come apart, noise does not, numbers are kept."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from petscribe.core.volume import Grid
from petscribe.quant.judging.hot_regions import find_regions, smoothed


def _two_balls(distance, heights=(10.0, 8.0)):
    z, y, x = np.meshgrid(np.arange(21), np.arange(21), np.arange(45), indexing="ij")
    total = np.zeros(z.shape)
    for height, at in zip(heights, (15, 15 + distance), strict=True):
        total += height * np.exp(-((z - 10) ** 2 + (y - 10) ** 2 + (x - at) ** 2) / (2 * 3.0**2))
    return total


def test_two_touching_lesions_become_two_regions():
    array = _two_balls(11)
    found = find_regions(array, array > 1.0, prominence=1.25)
    assert len(found.peaks) == 2
    assert found.index[found.peaks].tolist() == [[10, 10, 15], [10, 10, 26]]
    assert found.neighbours.tolist() == [1, 0]
    middle = array[10, 10, 15:27].min()
    assert found.saddles == pytest.approx([middle, middle])


def test_a_shoulder_is_no_region_of_its_own():
    array = _two_balls(6)
    assert len(find_regions(array, array > 1.0, prominence=1.25).peaks) == 1


def test_prominence_decides_what_comes_apart():
    array = _two_balls(8)
    counts = [
        len(find_regions(array, array > 1.0, prominence=p).peaks) for p in (1.0001, 1.05, 2.0)
    ]
    assert counts[0] == 2
    assert counts[-1] == 1
    assert counts == sorted(counts, reverse=True)


def test_the_border_between_regions_lies_at_the_saddle():
    array = _two_balls(12, (10.0, 10.0))
    found = find_regions(array, array > 0.5, prominence=1.25)
    side = found.index[:, 2] < 21
    assert np.unique(found.region[side & (found.index[:, 2] != 21)]).size == 1


def test_a_flat_region_is_one_region():
    array = np.zeros((5, 5, 9))
    array[1:4, 1:4, 1:8] = 3.0
    found = find_regions(array, array > 1, prominence=1.25)
    assert len(found.peaks) == 1
    assert found.saddles.tolist() == [0.0]


def test_regions_are_counted_from_the_hottest():
    array = np.zeros((3, 3, 30))
    for x, height in ((3, 4.0), (12, 9.0), (24, 6.0)):
        array[1, 1, x] = height
    found = find_regions(array, array > 0, prominence=1.25)
    assert found.smooth[found.peaks].tolist() == [9.0, 6.0, 4.0]
    assert found.index[found.peaks][:, 2].tolist() == [12, 24, 3]


def test_nothing_hot_gives_nothing():
    found = find_regions(np.ones((3, 3, 3)), np.zeros((3, 3, 3), bool), prominence=1.25)
    assert found.index.shape == (0, 3)
    assert found.peaks.size == found.neighbours.size == 0


@given(seed=st.integers(0, 2**16), share=st.floats(0.1, 1.0))
def test_every_hot_voxel_belongs_to_the_connected_piece_of_its_region(seed, share):
    rng = np.random.default_rng(seed)
    array = rng.uniform(0.0, 10.0, (5, 6, 7))
    hot = rng.random(array.shape) < share
    found = find_regions(array, hot, prominence=1.3)
    assert len(found.index) == int(hot.sum())
    for number, peak in enumerate(found.peaks):
        values = found.smooth[found.region == number]
        assert found.region[peak] == number
        assert found.smooth[peak] == values.max()


@given(seed=st.integers(0, 2**16), axis=st.integers(0, 2))
def test_mirroring_the_image_mirrors_the_regions(seed, axis):
    rng = np.random.default_rng(seed)
    array = rng.uniform(0.0, 10.0, (5, 6, 7))
    hot = array > 4.0
    one = find_regions(array, hot, prominence=1.3)
    two = find_regions(np.flip(array, axis), np.flip(hot, axis), prominence=1.3)
    assert one.smooth[one.peaks].tolist() == two.smooth[two.peaks].tolist()
    assert np.bincount(one.region).tolist() == np.bincount(two.region).tolist()


def test_smoothing_keeps_the_sum_and_forgives_missing_voxels():
    grid = Grid(shape=(15, 15, 15), spacing_mm=(4.0, 2.0, 3.0), origin_mm=(0.0, 0.0, 0.0))
    array = np.zeros(grid.shape, np.float32)
    array[7, 7, 7] = 100.0
    assert smoothed(array, grid, 5.0).sum() == pytest.approx(100.0, rel=1e-4)
    array[0, 0, 0] = np.nan
    assert np.isfinite(smoothed(array, grid, 5.0)).all()
