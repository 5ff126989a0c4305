"""Pictures keep proportions and sides, whatever the grids."""

import numpy as np
import pytest

from petscribe.core.volume import Grid, Volume
from petscribe.reporting.projection import (
    Frame,
    axial_frame,
    axial_plane,
    axis_positions,
    body_frame,
    bone_edges,
    coronal_maximum,
    mask_plane,
    outline,
    sampled,
)


def _frame(scan) -> Frame:
    return body_frame(coronal_maximum(scan.pet), scan.pet.grid, max_pixels=600)


def test_the_frame_has_the_bodys_proportions(scan):
    frame = _frame(scan)
    assert frame.height == 600
    assert frame.height * frame.pixel_mm == pytest.approx(600.0, abs=2.0)
    assert frame.width * frame.pixel_mm == pytest.approx(318.0, abs=18.0)


def test_the_patients_right_is_on_the_left_and_the_head_is_up(scan):
    frame = _frame(scan)
    right_high = frame.pixel_of(-76.0, 450.0)
    left_low = frame.pixel_of(76.0, 150.0)
    assert right_high[0] < frame.width / 2 < left_low[0]
    assert right_high[1] < frame.height / 2 < left_low[1]


def test_a_hot_spot_is_drawn_where_it_is(scan):
    frame = _frame(scan)
    grid = scan.pet.grid
    shown = sampled(
        coronal_maximum(scan.pet), axis_positions(grid, 0), axis_positions(grid, 2), frame
    )
    column, row = frame.pixel_of(-76.0, 450.0)
    assert shown[int(row), int(column)] == pytest.approx(12.0)
    assert np.nanmax(shown) == pytest.approx(12.0)


def test_never_measured_voxels_are_nothing():
    array = np.full((2, 3, 2), np.nan, np.float32)
    array[0, 1, 0] = 5.0
    grid = Grid(shape=(2, 3, 2), spacing_mm=(1.0, 1.0, 1.0), origin_mm=(0.0, 0.0, 0.0))
    maximum = coronal_maximum(Volume(array=array, grid=grid, unit="g/ml"))
    assert maximum.tolist() == [[5.0, 0.0], [0.0, 0.0]]


def test_an_empty_pet_still_has_a_frame():
    grid = Grid(shape=(4, 3, 2), spacing_mm=(2.0, 1.0, 1.0), origin_mm=(0.0, 0.0, 0.0))
    frame = body_frame(np.zeros((4, 2)), grid, max_pixels=80)
    assert (frame.height, frame.width) == (80, 20)


def test_bone_is_outlined_around_the_spine_only(scan):
    frame = _frame(scan)
    edges = bone_edges(scan.ct, frame)
    columns = np.flatnonzero(edges.any(axis=0))
    middle = frame.pixel_of(-198.0 + 4.0 * 49.5, 0.0)[0]
    assert edges.any()
    assert abs(columns.mean() - middle) < 4.0
    assert np.ptp(columns) * frame.pixel_mm == pytest.approx(40.0, abs=16.0)


def test_an_outline_is_the_rim_and_not_the_pictures_border():
    shape = np.zeros((5, 5), bool)
    shape[1:4, 1:4] = True
    assert outline(shape).sum() == 8
    assert not outline(np.ones((4, 4), bool)).any()


def test_pet_and_ct_fall_on_each_other(scan):
    frame = axial_frame(0.0, 0.0, side_mm=380.0, pixels=190)
    pet = axial_plane(scan.pet, 300.0, frame)
    ct = axial_plane(scan.ct, 300.0, frame)
    body_pet, body_ct = pet > 0.5, ct > -500
    assert (body_pet & body_ct).sum() / (body_pet | body_ct).sum() > 0.9


def test_a_slice_beyond_the_volume_is_no_slice(scan):
    frame = axial_frame(0.0, 0.0, side_mm=100.0, pixels=10)
    assert axial_plane(scan.pet, 5000.0, frame) is None
    assert np.isnan(
        axial_plane(scan.pet, 300.0, axial_frame(900.0, 0.0, side_mm=9.0, pixels=3))
    ).all()


def test_padding_is_not_tissue(scan):
    padded = Volume(array=scan.ct.array, grid=scan.ct.grid, unit="HU", padding=-1000)
    frame = axial_frame(0.0, 0.0, side_mm=390.0, pixels=40)
    shown = axial_plane(padded, 300.0, frame)
    assert np.isnan(shown[0, 0])
    assert shown[20, 20] == pytest.approx(40.0)


def test_a_mask_slice_holds_its_label_alone(scan):
    frame = axial_frame(-76.0, 4.0, side_mm=80.0, pixels=40)
    assert mask_plane(scan.mask, 1, 450.0, frame).sum() * 4.0 == pytest.approx(
        np.pi * 25.0**2, rel=0.2
    )
    assert not mask_plane(scan.mask, 2, 450.0, frame).any()
