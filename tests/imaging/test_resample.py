"""Resampling: ramps and integrals survive, small hot spheres stay visible, holes stay holes."""

import sys
import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from petscribe.core.errors import GeometryError
from petscribe.core.volume import Grid, Mask, Volume
from petscribe.imaging.oblique import image_sums
from petscribe.imaging.resample import labels_to, occupancy_to, resample_to


def grid_of(shape, spacing, origin=(0.0, 0.0, 0.0), **more):
    return Grid(shape=shape, spacing_mm=spacing, origin_mm=origin, **more)


def points_of(grid):
    index = np.stack(np.meshgrid(*[np.arange(n) for n in grid.shape], indexing="ij"), axis=-1)
    return grid.to_world(index)


def ramp(grid, slope=(1.5, -2.0, 0.7)):
    values = points_of(grid) @ np.array(slope) + 3.0
    return Volume(array=values.astype(np.float32), grid=grid, unit="HU")


def tilted(grid, degrees):
    turn = np.deg2rad(degrees)
    c, s = np.cos(turn), np.sin(turn)
    axes = ((0.0, -s, c), (0.0, c, s), (1.0, 0.0, 0.0))
    return Grid(shape=grid.shape, spacing_mm=grid.spacing_mm, origin_mm=grid.origin_mm, axes=axes)


FINE = grid_of((20, 40, 44), (2.0, 1.0, 1.1), (-20.0, -18.0, 5.0))
TARGETS = {
    "finer": grid_of((20, 50, 50), (1.3, 0.6, 0.7), (-12.0, -10.0, 12.0)),
    "coarser": grid_of((5, 5, 5), (4.7, 4.1, 4.3), (-8.0, -7.0, 12.0)),
    "mixed": grid_of((15, 5, 20), (1.0, 4.1, 1.4), (-8.0, -7.0, 12.0)),
    "tilted": tilted(grid_of((6, 5, 5), (3.1, 2.9, 3.3), (-8.0, -5.0, 15.0)), 20.0),
}


@pytest.mark.parametrize("name", TARGETS)
def test_a_linear_ramp_survives(name):
    target = TARGETS[name]
    got = resample_to(ramp(FINE), target)
    assert np.nanmax(np.abs(got.array - ramp(target).array)) < 1e-3
    assert np.isfinite(got.array).all()


def test_resampling_to_its_own_grid_changes_nothing():
    rng = np.random.default_rng(3)
    volume = Volume(array=rng.normal(size=FINE.shape).astype(np.float32), grid=FINE, unit="HU")
    assert np.array_equal(resample_to(volume, FINE).array, volume.array)


def test_a_grid_shifted_by_whole_voxels_only_moves_values():
    rng = np.random.default_rng(4)
    volume = Volume(array=rng.normal(size=FINE.shape).astype(np.float32), grid=FINE, unit="HU")
    box = (slice(2, 9), slice(5, 30), slice(3, 40))
    got = resample_to(volume, FINE.crop(box))
    assert np.allclose(got.array, volume.array[box], atol=1e-5)


@given(
    shift=st.tuples(*[st.floats(-2.0, 2.0)] * 3),
    spacing=st.tuples(*[st.floats(3.0, 6.0)] * 3),
)
def test_going_coarser_preserves_the_integral(shift, spacing):
    fine = grid_of((30, 30, 30), (1.5, 1.5, 1.5))
    centre = np.array([21.0, 22.0, 23.0])
    distance = np.linalg.norm(points_of(fine) - centre, axis=-1)
    values = (10.0 * (distance < 6.0)).astype(np.float32)
    coarse = grid_of((16, 16, 16), spacing, tuple(-8.0 + s for s in shift))
    got = resample_to(Volume(array=values, grid=fine, unit="g/ml"), coarse, fill=0.0)
    total = got.array.sum() * coarse.voxel_volume_ml
    assert total == pytest.approx(values.sum() * fine.voxel_volume_ml, rel=1e-3)


@pytest.mark.parametrize("degrees", [0.0, 17.0])
@pytest.mark.parametrize("offset", [0.0, 1.9, 3.7])
def test_a_6_mm_hot_sphere_stays_visible_on_a_coarse_grid(degrees, offset):
    fine = grid_of((60, 60, 60), (1.0, 1.0, 1.0))
    distance = np.linalg.norm(points_of(fine) - np.array([30.0, 30.0, 30.0]), axis=-1)
    values = np.where(distance <= 3.0, 100.0, 0.0).astype(np.float32)
    target = tilted(grid_of((9, 9, 9), (6.0, 6.0, 6.0), (offset, offset, offset)), degrees)
    got = resample_to(Volume(array=values, grid=fine, unit="g/ml"), target, fill=0.0)
    # 113 mm3 of 100 in voxels of 216 mm3, split at worst over eight of them
    assert got.array.max() > 100.0 * 113.0 / 216.0 / 8.0 * 0.9
    assert got.array.sum() * 216.0 == pytest.approx(values.sum(), rel=0.1)


def test_a_checkerboard_averages_instead_of_aliasing():
    fine = grid_of((40, 40, 40), (1.0, 1.0, 1.0))
    parity = np.indices(fine.shape).sum(axis=0) % 2
    coarse = grid_of((6, 6, 6), (4.0, 4.0, 4.0), (8.0, 8.0, 8.0))
    got = resample_to(Volume(array=parity.astype(np.float32), grid=fine, unit="1"), coarse)
    assert np.allclose(got.array, 0.5, atol=0.02)


def test_the_fast_path_agrees_with_simpleitk_inside_the_field():
    import SimpleITK as sitk  # noqa: N813 - its own documentation's name

    rng = np.random.default_rng(5)
    volume = Volume(array=rng.normal(size=FINE.shape).astype(np.float32), grid=FINE, unit="HU")
    target = TARGETS["finer"]
    image = sitk.GetImageFromArray(volume.array)
    image.SetSpacing(FINE.spacing_mm[::-1])
    image.SetOrigin(FINE.origin_mm)
    reference = sitk.Image(*target.shape[::-1], sitk.sitkFloat32)
    reference.SetSpacing(target.spacing_mm[::-1])
    reference.SetOrigin(target.origin_mm)
    want = sitk.GetArrayFromImage(sitk.Resample(image, reference))
    assert np.allclose(resample_to(volume, target).array, want, atol=1e-4)


@pytest.mark.parametrize("name", ["finer", "coarser", "mixed"])
def test_the_fast_and_the_oblique_path_agree(name):
    x, y, z = np.moveaxis(points_of(FINE), -1, 0)
    waves = np.sin(x / 3.0) * np.cos(y / 4.0) + np.sin(z / 5.0)
    volume = Volume(array=waves.astype(np.float32), grid=FINE, unit="HU")
    total, weight = image_sums(volume, TARGETS[name])
    assert weight == pytest.approx(1.0)
    assert np.allclose(resample_to(volume, TARGETS[name]).array, total, atol=0.02)


def test_turned_and_flipped_arrays_mean_the_same():
    volume = ramp(FINE)
    flipped = Grid(
        shape=(44, 20, 40),
        spacing_mm=(1.1, 2.0, 1.0),
        origin_mm=tuple(FINE.to_world(np.array([0.0, 39.0, 0.0]))),
        axes=((1.0, 0.0, 0.0), (0.0, 0.0, 1.0), (0.0, -1.0, 0.0)),
    )
    turned = Volume(
        array=np.ascontiguousarray(volume.array.transpose(2, 0, 1)[:, :, ::-1]),
        grid=flipped,
        unit="HU",
    )
    want = resample_to(volume, TARGETS["mixed"]).array
    assert np.allclose(resample_to(turned, TARGETS["mixed"]).array, want, atol=1e-4)


def test_padding_is_left_out_of_averages():
    array = np.full((8, 8, 8), 40, np.int16)
    array[:, :, 4:] = -3024
    fine = grid_of((8, 8, 8), (1.0, 1.0, 1.0))
    coarse = grid_of((2, 2, 2), (3.0, 3.0, 3.0), (1.0, 1.0, 1.0))
    got = resample_to(Volume(array=array, grid=fine, unit="HU", padding=-3024), coarse)
    assert np.allclose(got.array[:, :, 0], 40.0)
    assert np.isnan(got.array[:, :, 1]).all()


def test_padding_that_differs_by_slice_is_left_out_too():
    rng = np.random.default_rng(7)
    array = np.full((8, 12, 12), 40, np.int16)
    array[rng.random(array.shape) < 0.3] = -2000
    coarse = grid_of((4, 5, 5), (2.0, 2.4, 2.4), (1.0, 1.0, 0.5))
    fine = grid_of(array.shape, (1.0, 1.0, 1.0))
    got = resample_to(Volume(array=array, grid=fine, unit="HU", padding=-2000), coarse)
    assert np.isfinite(got.array).any()
    assert np.allclose(got.array[np.isfinite(got.array)], 40.0, atol=1e-3)


def test_nan_is_left_out_of_averages():
    array = np.full((6, 6, 6), 2.0, np.float32)
    array[2, 2, 2] = np.nan
    fine = grid_of((6, 6, 6), (1.0, 1.0, 1.0))
    coarse = grid_of((2, 2, 2), (3.0, 3.0, 3.0), (1.0, 1.0, 1.0))
    got = resample_to(Volume(array=array, grid=fine, unit="g/ml"), coarse)
    assert np.allclose(got.array, 2.0)


@pytest.mark.parametrize("degrees", [0.0, 10.0])
def test_outside_the_field_is_fill_and_the_edge_reaches_to_the_voxels_border(degrees):
    fine = grid_of((10, 10, 10), (2.0, 2.0, 2.0))
    volume = Volume(array=np.ones((10, 10, 10), np.float32), grid=fine, unit="1")
    line = tilted(grid_of((1, 1, 60), (1.0, 1.0, 0.5), (-5.2, 9.0, 9.0)), degrees)
    x = points_of(line)[0, 0, :, 0]
    got = resample_to(volume, line, fill=-7.0).array[0, 0]
    assert np.all(got[(x > -0.99) & (x < 18.99)] == pytest.approx(1.0))
    assert np.all(got[(x < -1.01) | (x > 19.01)] == -7.0)


def test_another_frame_of_reference_is_refused():
    one, other = (
        grid_of((3, 3, 3), (1.0,) * 3, frame_uid="1.2"),
        grid_of((3, 3, 3), (1.0,) * 3, frame_uid="1.3"),
    )
    with pytest.raises(GeometryError) as fault:
        resample_to(Volume(array=np.zeros((3, 3, 3)), grid=one, unit="1"), other)
    assert fault.value.code == "frame-mismatch"


def test_no_common_space_is_refused():
    far = grid_of((3, 3, 3), (1.0,) * 3, (100.0, 0.0, 0.0))
    with pytest.raises(GeometryError) as fault:
        resample_to(ramp(FINE), far)
    assert fault.value.code == "no-overlap"


def test_ct_to_pet_is_fast_and_needs_no_simpleitk():
    ct = grid_of((32, 512, 512), (3.27, 0.977, 0.977), (-250.0, -250.0, 0.0))
    pet = grid_of((32, 128, 128), (3.27, 4.69, 4.69), (-300.0, -300.0, 0.0))
    array = np.full(ct.shape, 30, np.int16)
    array[:, :60] = -3024
    volume = Volume(array=array, grid=ct, unit="HU", padding=-3024)
    resample_to(volume, pet)
    loaded = "SimpleITK" in sys.modules
    started = time.process_time()
    resample_to(volume, pet)
    assert time.process_time() - started < 1.0
    assert loaded == ("SimpleITK" in sys.modules)


def test_labels_and_occupancy_are_offered_here():
    labels = np.zeros((8, 8, 8), np.uint8)
    labels[2:6, 2:6, 2:6] = 3
    mask = Mask(labels=labels, grid=grid_of((8, 8, 8), (1.0,) * 3), names={3: "liver"})
    coarse = grid_of((4, 4, 4), (2.0,) * 3, (0.5, 0.5, 0.5))
    assert labels_to(mask, coarse).names == {3: "liver"}
    assert occupancy_to(mask, coarse, 3).array.sum() == pytest.approx(8.0)
