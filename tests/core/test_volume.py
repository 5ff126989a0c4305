"""Geometry: where voxels are, and that left stays left."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.spatial.transform import Rotation

from petscribe.core.errors import GeometryError
from petscribe.core.volume import (
    CANONICAL_AXES_LPS,
    Grid,
    Mask,
    Volume,
    bounding_box,
    to_canonical,
)

UNIT = Grid(shape=(4, 5, 6), spacing_mm=(1.0, 1.0, 1.0), origin_mm=(0.0, 0.0, 0.0))


@st.composite
def grids(draw: st.DrawFn) -> Grid:
    """Any rotated, reflected, anisotropic lattice."""
    angles = draw(st.tuples(*[st.floats(-180, 180)] * 3))
    rotation = Rotation.from_euler("zyx", angles, degrees=True).as_matrix()
    if draw(st.booleans()):
        rotation[:, 0] *= -1
    affine = np.eye(4)
    affine[:3, :3] = rotation * np.array(draw(st.tuples(*[st.floats(0.5, 8.0)] * 3)))
    affine[:3, 3] = draw(st.tuples(*[st.floats(-500, 500)] * 3))
    shape = draw(st.tuples(*[st.integers(1, 6)] * 3))
    return Grid.from_affine(affine, shape)


def test_a_ten_millimetre_cube_has_one_millilitre():
    grid = Grid(shape=(1, 1, 1), spacing_mm=(10.0, 10.0, 10.0), origin_mm=(0.0, 0.0, 0.0))
    assert grid.voxel_volume_ml == pytest.approx(1.0)


def test_volume_of_a_sheared_voxel_comes_from_the_determinant():
    affine = np.eye(4)
    affine[:3, :3] = np.array([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.5, 0.0, 1.0]])
    assert Grid.from_affine(affine, (2, 2, 2)).voxel_volume_ml == pytest.approx(0.001)


def test_x_grows_to_the_left_y_to_the_back_z_to_the_head():
    world = UNIT.to_world(np.array([[1, 2, 3]]))
    assert world.tolist() == [[3.0, 2.0, 1.0]]


@given(grids(), st.tuples(*[st.floats(-50, 50)] * 3))
def test_index_to_world_and_back_is_identity(grid: Grid, index: tuple[float, float, float]):
    point = np.array([index])
    assert grid.to_index(grid.to_world(point)) == pytest.approx(point, abs=1e-6)


@given(grids())
def test_an_affine_survives_the_grid(grid: Grid):
    again = Grid.from_affine(grid.affine, grid.shape)
    assert again.affine == pytest.approx(grid.affine, abs=1e-6)


@given(grids(), st.integers(0, 2**32 - 1))
def test_canonical_order_moves_no_voxel_in_space(grid: Grid, seed: int):
    array = np.random.default_rng(seed).random(grid.shape)
    view, canonical = to_canonical(array, grid)
    index = np.argwhere(np.ones(view.shape, dtype=bool))
    found = np.rint(grid.to_index(canonical.to_world(index))).astype(int)
    assert np.array_equal(view[tuple(index.T)], array[tuple(found.T)])


@given(grids())
def test_canonical_axes_point_to_head_back_and_left(grid: Grid):
    _, canonical = to_canonical(np.zeros(grid.shape), grid)
    along = np.sum(np.asarray(canonical.axes) * CANONICAL_AXES_LPS, axis=1)
    assert along.min() >= -1e-9


def test_a_crop_keeps_its_place_in_space():
    box = (slice(1, 3), slice(2, 4), slice(3, 6))
    crop = UNIT.crop(box)
    assert crop.shape == (2, 2, 3)
    assert crop.to_world(np.zeros(3)).tolist() == UNIT.to_world(np.array([1, 2, 3])).tolist()


def test_bounds_include_voxel_edges():
    assert UNIT.bounds_mm == ((-0.5, -0.5, -0.5), (5.5, 4.5, 3.5))


def test_a_point_on_the_last_voxels_edge_is_inside():
    assert UNIT.contains(np.array([[5.5, 4.5, 3.5], [5.6, 0.0, 0.0]])).tolist() == [True, False]


def test_grids_half_a_voxel_apart_do_not_match():
    moved = Grid(shape=UNIT.shape, spacing_mm=UNIT.spacing_mm, origin_mm=(0.5, 0.0, 0.0))
    assert UNIT.matches(UNIT)
    assert not UNIT.matches(moved)


def test_different_frames_of_reference_share_no_space():
    one = Grid(shape=(1, 1, 1), spacing_mm=(1.0,) * 3, origin_mm=(0.0,) * 3, frame_uid="1.2")
    other = Grid(shape=(1, 1, 1), spacing_mm=(1.0,) * 3, origin_mm=(0.0,) * 3, frame_uid="1.3")
    assert not one.shares_frame(other)
    assert one.shares_frame(UNIT)


@pytest.mark.parametrize(
    ("spacing", "axes"),
    [
        ((0.0, 1.0, 1.0), UNIT.axes),
        ((float("nan"), 1.0, 1.0), UNIT.axes),
        ((1.0, 1.0, 1.0), ((0.0, 0.0, 1.0), (0.0, 0.0, 1.0), (1.0, 0.0, 0.0))),
        ((1.0, 1.0, 1.0), ((0.0, 0.0, 2.0), (0.0, 1.0, 0.0), (1.0, 0.0, 0.0))),
    ],
)
def test_a_lattice_that_cannot_exist_is_refused(spacing, axes):
    with pytest.raises(GeometryError) as fault:
        Grid(shape=(2, 2, 2), spacing_mm=spacing, origin_mm=(0.0, 0.0, 0.0), axes=axes)
    assert fault.value.code == "bad-geometry"


def test_an_array_off_its_grid_is_refused():
    with pytest.raises(GeometryError):
        Volume(array=np.zeros((4, 5, 7), np.float32), grid=UNIT, unit="g/ml")


def test_padding_and_nan_count_as_not_measured():
    ct = np.full(UNIT.shape, -3024, np.int16)
    ct[0, 0, 0] = 40
    assert Volume(array=ct, grid=UNIT, unit="HU", padding=-3024).measured.sum() == 1
    pet = np.ones(UNIT.shape, np.float32)
    pet[1, 1, 1] = np.nan
    assert (~Volume(array=pet, grid=UNIT, unit="g/ml").measured).sum() == 1


def test_signed_labels_are_refused():
    with pytest.raises(ValueError, match="unsigned"):
        Mask(labels=np.zeros(UNIT.shape, np.int16), grid=UNIT)


def test_a_mask_answers_by_name():
    labels = np.zeros(UNIT.shape, np.uint8)
    labels[0, 0, 0], labels[1, 1, 1] = 1, 2
    mask = Mask(labels=labels, grid=UNIT, names={1: "liver", 2: "spleen"})
    assert mask.ids == [1, 2]
    assert mask.named("spleen").sum() == 1
    assert not mask.named("heart").any()


def test_the_box_of_nothing_is_none():
    voxels = np.zeros(UNIT.shape, dtype=bool)
    assert bounding_box(voxels) is None
    voxels[1, 2, 3] = voxels[3, 2, 5] = True
    assert bounding_box(voxels) == (slice(1, 4), slice(2, 3), slice(3, 6))
