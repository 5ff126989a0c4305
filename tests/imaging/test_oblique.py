"""The oblique path: shear, padding, and the same answer as a rotation worked out by hand."""

import numpy as np
import pytest

from petscribe.core.volume import Grid, Volume
from petscribe.imaging.oblique import image_sums


def test_a_sheared_source_keeps_a_ramp():
    tilt = np.deg2rad(15.0)
    source = Grid(
        shape=(20, 20, 20),
        spacing_mm=(2.0, 2.0, 2.0),
        origin_mm=(0.0, 0.0, 0.0),
        axes=((0.0, float(np.sin(tilt)), float(np.cos(tilt))), (0.0, 1.0, 0.0), (1.0, 0.0, 0.0)),
    )
    index = np.stack(np.meshgrid(*[np.arange(20)] * 3, indexing="ij"), axis=-1)
    values = (source.to_world(index) @ np.array([1.0, 2.0, 3.0])).astype(np.float32)
    target = Grid(shape=(3, 3, 3), spacing_mm=(2.5, 2.5, 2.5), origin_mm=(15.0, 22.0, 15.0))
    total, share = image_sums(Volume(array=values, grid=source, unit="HU"), target)
    index = np.stack(np.meshgrid(*[np.arange(3)] * 3, indexing="ij"), axis=-1)
    assert share == pytest.approx(1.0)
    assert total == pytest.approx(target.to_world(index) @ np.array([1.0, 2.0, 3.0]), abs=1e-3)


def test_unmeasured_voxels_carry_no_weight():
    array = np.full((10, 10, 10), 50, np.int16)
    array[:, :, 5:] = -3024
    grid = Grid(shape=(10, 10, 10), spacing_mm=(1.0,) * 3, origin_mm=(0.0,) * 3)
    target = Grid(shape=(1, 1, 3), spacing_mm=(1.0, 1.0, 3.0), origin_mm=(1.0, 4.0, 4.0))
    total, share = image_sums(Volume(array=array, grid=grid, unit="HU", padding=-3024), target)
    assert share[0, 0] == pytest.approx([1.0, 0.5, 0.0], abs=0.2)
    assert total[0, 0, 0] == pytest.approx(50.0)
    assert total[0, 0, 1] / share[0, 0, 1] == pytest.approx(50.0)
