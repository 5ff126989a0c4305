"""Slices to a grid: order, spacing, holes, copies, time."""

import random

import numpy as np
import pytest

from petscribe.core.errors import PetscribeError
from petscribe.io.dicom.multiframe import frames_of
from petscribe.io.dicom.scan import find_series
from petscribe.io.dicom.stack import build_stack


def stacked(writer, drop=(), shuffle=True):
    (series,) = find_series(writer.folder).series
    frames = [f for i in series.instances for f in frames_of(i)]
    frames = [f for k, f in enumerate(frames) if k not in drop]
    if shuffle:
        random.Random(7).shuffle(frames)
    return build_stack(frames, "PET series ...1")


def refusal(writer, **options):
    with pytest.raises(PetscribeError) as caught:
        stacked(writer, **options)
    assert "Secret" not in str(caught.value)
    return caught.value


def test_slices_are_sorted_by_position_whatever_their_names(writer):
    def change(data_set, k):
        data_set.ImagePositionPatient = [-20, -10, 4.0 * ((k * 5) % 6)]

    writer.pet(6, change=change)
    stack = stacked(writer)
    positions = [f.header.numbers(0x00200032)[2] for f in stack.frames]
    assert positions == [0, 4, 8, 12, 16, 20]
    assert stack.grid.shape == (6, 8, 10)
    assert stack.grid.spacing_mm == (4.0, 4.0, 5.0)
    assert stack.grid.origin_mm == (-20.0, -10.0, 0.0)
    assert stack.warnings == ()


@pytest.mark.parametrize("turn_deg", [0.0, 10.0, 37.0])
def test_oblique_stacks_keep_every_voxel_in_its_place(writer, turn_deg):
    turn = np.deg2rad(turn_deg)
    row = np.array([np.cos(turn), np.sin(turn), 0.0])
    column = np.array([-np.sin(turn) * 0.8, np.cos(turn) * 0.8, 0.6])
    normal = np.cross(row, column)

    def change(data_set, k):
        data_set.ImageOrientationPatient = [f"{x:.12g}" for x in (*row, *column)]
        data_set.ImagePositionPatient = [f"{x:.12g}" for x in 7.0 + 3.0 * k * normal]

    writer.pet(5, change=change)
    grid = stacked(writer).grid
    expected = 7.0 + 3.0 * 2 * normal + 3 * 4.0 * column + 6 * 5.0 * row
    np.testing.assert_allclose(grid.to_world(np.array([2, 3, 6])), expected, atol=1e-6)


def test_spacing_uniform_to_a_hundredth_is_tolerated(writer):
    def change(data_set, k):
        data_set.ImagePositionPatient = [-20, -10, 3.27 * k + 0.015 * (k % 2)]

    writer.pet(6, change=change)
    assert stacked(writer).grid.spacing_mm[0] == pytest.approx(3.273, abs=1e-6)


def test_a_hole_is_counted_and_placed(writer):
    writer.pet(9)
    fault = refusal(writer, drop=(3, 4))
    assert fault.code == "missing-slices"
    assert "2 slice(s) missing between 8.0 and 20.0 mm" in str(fault)


def test_three_slices_with_one_missing_are_seen_too(writer):
    writer.pet(4)
    assert refusal(writer, drop=(1,)).code == "missing-slices"


def test_every_other_slice_missing_is_seen_by_the_stated_number(writer):
    def change(data_set, k):
        data_set.NumberOfSlices = 8

    writer.pet(8, change=change)
    assert refusal(writer, drop=(1, 3, 5, 7)).code == "missing-slices"


def test_fewer_slices_than_stated_without_a_gap_are_used_with_a_warning(writer):
    def change(data_set, k):
        data_set.NumberOfSlices = 9

    writer.pet(6, change=change)
    assert stacked(writer).warnings == ("fewer-slices-than-stated",)


def test_uneven_spacing_is_refused(writer):
    def change(data_set, k):
        data_set.ImagePositionPatient = [-20, -10, 4.0 * k + (1.3 if k == 3 else 0.0)]

    writer.pet(7, change=change)
    assert refusal(writer).code == "uneven-spacing"


def test_copies_of_a_file_are_dropped_with_a_warning(writer):
    paths = writer.pet(5)
    (writer.folder / "copy.dcm").write_bytes(paths[2].read_bytes())
    stack = stacked(writer)
    assert len(stack.frames) == 5
    assert stack.warnings == ("duplicate-files-dropped",)


def test_another_slice_at_the_same_position_is_refused(writer):
    def change(data_set, k):
        data_set.ImagePositionPatient = [-20, -10, 4.0 * min(k, 4)]

    writer.pet(6, change=change)
    assert refusal(writer).code == "duplicated-slices"


def test_every_slice_twice_at_one_time_is_refused_as_duplicated(writer):
    def change(data_set, k):
        data_set.ImagePositionPatient = [-20, -10, 4.0 * (k // 2)]

    writer.pet(6, change=change)
    assert refusal(writer).code == "duplicated-slices"


@pytest.mark.parametrize(
    ("kind", "code"),
    [("DYNAMIC", "dynamic-series"), ("GATED", "gated-series"), ("STATIC", "dynamic-series")],
)
def test_several_times_per_position_are_no_static_scan(writer, kind, code):
    def change(data_set, k):
        data_set.SeriesType = [kind, "IMAGE"]
        data_set.ImagePositionPatient = [-20, -10, 4.0 * (k % 3)]
        data_set.FrameReferenceTime = 60000 * (k // 3)

    writer.pet(6, change=change)
    assert refusal(writer).code == code


def test_one_slice_is_no_volume(writer):
    writer.pet(1)
    assert refusal(writer).code == "single-slice"


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("FrameOfReferenceUID", "1.2.3", "mixed-frames"),
        ("ImageOrientationPatient", [0, 1, 0, 0, 0, -1], "mixed-orientations"),
        ("PixelSpacing", [2.0, 2.0], "mixed-sizes"),
        ("Rows", 4, "mixed-sizes"),
        ("ImagePositionPatient", None, "missing-geometry"),
        ("ImagePositionPatient", [1e300, 0, 0], "missing-geometry"),
        ("Columns", None, "missing-geometry"),
    ],
)
def test_a_slice_that_differs_is_refused(writer, name, value, code):
    def change(data_set, k):
        if k == 2:
            setattr(data_set, name, value)

    writer.pet(5, change=change)
    assert refusal(writer).code == code


def test_orientations_that_are_no_axes_are_refused(writer):
    def change(data_set, k):
        data_set.ImageOrientationPatient = [1, 0, 0, 1, 0, 0]

    writer.pet(3, change=change)
    assert refusal(writer).code == "bad-geometry"


def test_a_tilted_gantry_is_refused_and_a_rounding_kept(writer):
    def tilt(data_set, k):
        data_set.ImagePositionPatient = [-20, -10 + 0.5 * k, 4.0 * k]

    def rounded(data_set, k):
        data_set.ImagePositionPatient = [-20, -10 + 0.001 * k, 4.0 * k]

    writer.pet(5, change=tilt)
    assert refusal(writer).code == "tilted-gantry"
    writer.pet(5, change=rounded)
    assert stacked(writer).grid.to_world(np.array([4, 0, 0]))[1] == pytest.approx(-9.996)
