"""Labels on another grid: volumes survive, small ones are not lost, ties are decided once."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from petscribe.core.errors import GeometryError
from petscribe.core.label_grids import (
    Share,
    block_mean,
    combine,
    label_boxes,
    labels_to,
    occupancy_to,
    refined,
    shares,
)
from petscribe.core.volume import Grid, Mask, bounding_box

FINE = Grid(shape=(30, 40, 40), spacing_mm=(1.0, 1.0, 1.0), origin_mm=(0.0, 0.0, 0.0))


def turned(degrees, shape=(12, 14, 14), spacing=(3.0, 3.0, 3.0), origin=(0.0, 0.0, 0.0)):
    angle = np.deg2rad(degrees)
    c, s = float(np.cos(angle)), float(np.sin(angle))
    return Grid(
        shape=shape,
        spacing_mm=spacing,
        origin_mm=origin,
        axes=((0.0, -s, c), (0.0, c, s), (1.0, 0.0, 0.0)),
    )


def ball(radius=7.0, label=1):
    z, y, x = np.indices(FINE.shape)
    inside = (z - 15) ** 2 + (y - 20) ** 2 + (x - 20) ** 2 <= radius**2
    return Mask(labels=(inside * label).astype(np.uint8), grid=FINE, names={label: "node"})


@given(
    spacing=st.tuples(*[st.floats(0.7, 5.0)] * 3),
    shift=st.tuples(*[st.floats(-2.0, 0.0)] * 3),
)
def test_occupancy_preserves_volume_exactly(spacing, shift):
    shape = tuple(int(np.ceil(50.0 / s)) for s in spacing)
    target = Grid(shape=shape, spacing_mm=spacing, origin_mm=shift)
    filled = occupancy_to(ball(), target, 1)
    total = float(filled.array.sum(dtype=np.float64)) * target.voxel_volume_ml
    assert total == pytest.approx(ball().labels.sum() * FINE.voxel_volume_ml, rel=1e-4)
    assert filled.array.max() <= 1.0 + 1e-5


def test_occupancy_preserves_volume_on_a_tilted_grid():
    target = turned(20.0, shape=(24, 24, 24), origin=(-5.0, -3.0, -12.0))
    total = occupancy_to(ball(), target, 1).array.sum() * target.voxel_volume_ml
    assert total == pytest.approx(ball().labels.sum() * FINE.voxel_volume_ml, rel=0.01)


def test_both_ways_of_computing_shares_agree():
    nearly = Grid(shape=(10, 13, 13), spacing_mm=(3.0, 3.0, 3.0), origin_mm=(1.0, 1.2, 0.4))
    by_volume = occupancy_to(ball(), nearly, 1).array
    by_points = occupancy_to(ball(), turned(0.4, (10, 13, 13), origin=(1.0, 1.2, 0.4)), 1).array
    assert np.abs(by_volume - by_points).max() < 0.2
    assert by_volume.sum() == pytest.approx(by_points.sum(), rel=0.01)


def test_labels_on_their_own_grid_stay():
    assert np.array_equal(labels_to(ball(), FINE).labels, ball().labels)


def test_labels_of_another_frame_are_refused():
    other = Grid(shape=(2, 2, 2), spacing_mm=(1.0,) * 3, origin_mm=(0.0,) * 3, frame_uid="1.3")
    mask = Mask(labels=np.ones((2, 2, 2), np.uint8), grid=FINE.crop((slice(0, 2),) * 3))
    labels_to(mask, other)
    known = Grid(shape=(2, 2, 2), spacing_mm=(1.0,) * 3, origin_mm=(0.0,) * 3, frame_uid="1.2")
    with pytest.raises(GeometryError):
        labels_to(Mask(labels=np.ones((2, 2, 2), np.uint8), grid=known), other)


@pytest.mark.parametrize(("spacing", "first"), [((1.5, 2.1, 2.1), 0.0), ((0.5,) * 3, -0.25)])
def test_a_ball_keeps_its_volume_and_name(spacing, first):
    shape = tuple(int(40 / s) for s in spacing)
    target = Grid(shape=shape, spacing_mm=spacing, origin_mm=(first,) * 3)
    got = labels_to(ball(label=7), target)
    volume = np.count_nonzero(got.labels == 7) * target.voxel_volume_ml
    assert volume == pytest.approx(ball().labels.sum() * FINE.voxel_volume_ml, rel=0.06)
    assert got.names == {7: "node"}
    assert got.labels.dtype == np.uint8


def test_finer_is_nearest():
    rng = np.random.default_rng(1)
    coarse = Grid(shape=(4, 5, 6), spacing_mm=(2.0,) * 3, origin_mm=(0.0,) * 3)
    labels = rng.integers(0, 4, coarse.shape).astype(np.uint8)
    fine = Grid(shape=(8, 10, 12), spacing_mm=(1.0,) * 3, origin_mm=(-0.5,) * 3)
    got = labels_to(Mask(labels=labels, grid=coarse), fine)
    assert np.array_equal(got.labels, labels.repeat(2, 0).repeat(2, 1).repeat(2, 2))


def test_a_voxel_of_half_organ_half_neighbour_is_not_a_gap():
    labels = np.zeros((6, 6, 6), np.uint8)
    labels[:, :, :3], labels[:, :, 3:] = 1, 2
    mask = Mask(
        labels=labels, grid=Grid(shape=(6, 6, 6), spacing_mm=(1.0,) * 3, origin_mm=(0.0,) * 3)
    )
    target = Grid(shape=(2, 2, 2), spacing_mm=(2.0, 2.0, 2.0), origin_mm=(1.4, 1.5, 1.5))
    assert np.all(labels_to(mask, target).labels[:, :, 0] == 1)
    assert np.all(labels_to(mask, target).labels > 0)


@pytest.mark.parametrize("degrees", [0.0, 12.0])
def test_a_lesion_smaller_than_a_voxel_is_not_lost(degrees):
    labels = np.zeros(FINE.shape, np.uint16)
    labels[15, 20, 20], labels[9:21, 4:10, 4:10] = 300, 2
    mask = Mask(labels=labels, grid=FINE)
    got = labels_to(mask, turned(degrees, spacing=(4.0, 4.0, 4.0)))
    where = np.argwhere(got.labels == 300)
    assert len(where) == 1
    assert np.linalg.norm(got.grid.to_world(where[0]) - [20.0, 20.0, 15.0]) <= 3.5
    assert 2 in got.ids


def test_a_small_lesion_yields_to_one_that_has_no_other_voxel():
    labels = np.zeros(FINE.shape, np.uint8)
    labels[15, 20, 20:23] = 1  # wholly inside the target voxel around (21, 21, 15)
    labels[15, 21:25, 21] = 2  # mostly there, but it reaches into the next one
    target = Grid(shape=(6, 8, 8), spacing_mm=(5.0,) * 3, origin_mm=(1.0, 1.0, 0.0))
    got = labels_to(Mask(labels=labels, grid=FINE), target)
    assert got.ids == [1, 2]


def test_of_equal_shares_the_first_wins():
    box = (slice(0, 1),) * 3
    one = np.ones((1, 1, 1), np.float32)
    grid = Grid(shape=(1, 1, 2), spacing_mm=(1.0,) * 3, origin_mm=(0.0,) * 3)
    parts = [Share(label=5, box=box, fraction=one), Share(label=2, box=box, fraction=one)]
    assert combine(parts, grid, names={5: "a"}).labels.tolist() == [[[5, 0]]]
    assert combine([], grid, names={}).ids == []


def test_a_label_beyond_the_grid_has_no_share():
    labels = np.zeros(FINE.shape, np.uint8)
    labels[:, :, 35:] = 1
    target = Grid(shape=(30, 40, 20), spacing_mm=(1.0,) * 3, origin_mm=(0.0,) * 3)
    assert list(shares(Mask(labels=labels, grid=FINE), target)) == []
    assert labels_to(Mask(labels=labels, grid=FINE), target).ids == []


@given(st.integers(0, 2**32 - 1))
def test_boxes_agree_with_one_search_per_label(seed):
    rng = np.random.default_rng(seed)
    labels = np.zeros((6, 9, 11), np.uint16)
    for _ in range(12):
        z, y, x = (int(rng.integers(0, n)) for n in labels.shape)
        labels[z : z + 3, y : y + 4, x : x + 5] = rng.integers(0, 9)
    mask = Mask(
        labels=labels, grid=Grid(shape=labels.shape, spacing_mm=(1.0,) * 3, origin_mm=(0.0,) * 3)
    )
    assert label_boxes(mask) == {i: bounding_box(labels == i) for i in mask.ids}


def test_a_boolean_mask_is_label_one():
    voxels = np.zeros((3, 4, 5), dtype=bool)
    grid = Grid(shape=(3, 4, 5), spacing_mm=(1.0,) * 3, origin_mm=(0.0,) * 3)
    assert label_boxes(Mask(labels=voxels, grid=grid)) == {}
    voxels[1, 2:4, 3] = True
    assert label_boxes(Mask(labels=voxels, grid=grid)) == {
        1: (slice(1, 2), slice(2, 4), slice(3, 4))
    }


def test_points_lie_evenly_inside_their_voxel():
    fine = refined(turned(20.0, (2, 2, 2)), (2, 1, 3))
    assert fine.shape == (4, 2, 6)
    assert fine.bounds_mm[0] == pytest.approx(turned(20.0, (2, 2, 2)).bounds_mm[0])
    mean = block_mean(np.arange(48, dtype=np.float32).reshape(4, 2, 6), (2, 1, 3))
    assert mean[0, 0, 0] == pytest.approx(np.mean([0, 1, 2, 12, 13, 14]))
