"""The pictures: true colours, marks that do not overlap, PET-only too."""

import io
import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from petscribe.core.volume import Volume
from petscribe.reporting.pictures import draw_pictures, page_width, place_marks, spread, with_marks
from petscribe.reporting.projection import Frame


def _pixels(png: bytes) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(png)).convert("RGB")).astype(int)


@pytest.fixture
def pictures(scan):
    return draw_pictures(scan.pet, scan.ct, scan.mask, scan.report)


def test_uptake_is_dark_on_white(pictures):
    shown = _pixels(pictures.mip_png)
    assert shown.shape == (pictures.height, pictures.width, 3)
    for mark in pictures.marks:
        assert shown[int(mark.y), int(mark.x)].max() < 80
    assert shown[2, 2].min() > 240


def test_the_mark_of_a_right_lesion_is_on_the_viewers_left(pictures):
    right, left = pictures.marks
    assert (right.lesion, right.side) == (1, -1)
    assert (left.lesion, left.side) == (2, 1)
    assert right.x < pictures.width / 2 < left.x
    assert right.y < left.y


def test_bone_is_drawn_with_ct_and_not_without(scan, pictures):
    coloured = np.ptp(_pixels(pictures.mip_png), axis=2) > 20
    assert pictures.has_bone
    assert coloured.any()
    alone = draw_pictures(scan.pet, None, scan.mask, scan.report)
    assert not alone.has_bone
    assert np.ptp(_pixels(alone.mip_png), axis=2).max() == 0


def test_every_lesion_has_an_axial_picture_with_its_hot_middle(scan, pictures):
    assert sorted(pictures.thumbnails) == [1, 2]
    shown = _pixels(pictures.thumbnails[1])
    middle, corner = shown[128, 128], shown[4, 4]
    assert middle[0] > 180
    assert corner.max() < 120
    grey = _pixels(draw_pictures(scan.pet, None, scan.mask, scan.report).thumbnails[1])
    assert grey[128, 128].max() < 40


def test_the_window_is_stated_and_adapts_to_relative_units(scan, pictures):
    assert pictures.window == (0.0, 10.0)
    raw = Volume(array=scan.pet.array * 1000, grid=scan.pet.grid, unit="relative")
    relative = draw_pictures(raw, None, scan.mask, scan.report)
    assert relative.unit == "relative"
    assert 500.0 < relative.window[1] <= 12000.0


@given(
    st.lists(st.floats(0.0, 500.0), max_size=30).map(sorted),
    st.floats(1.0, 60.0),
)
def test_labels_never_overlap_nor_leave_the_picture(wanted, gap):
    placed = spread(wanted, gap=gap, length=500.0)
    gap = min(gap, 500.0 / max(1, len(wanted)))
    assert len(placed) == len(wanted)
    assert all(b - a >= gap - 1e-6 for a, b in itertools.pairwise(placed))
    assert all(gap / 2 - 1e-6 <= p <= 500.0 - gap / 2 + 1e-6 for p in placed)


@given(st.lists(st.integers(1, 9), min_size=1, max_size=9, unique=True))
def test_labels_with_room_stay_at_their_height(steps):
    wanted = sorted(50.0 * step for step in steps)
    assert spread(wanted, gap=40.0, length=500.0) == wanted


def test_a_lesion_outside_the_frame_is_marked_at_its_edge(make_lesion):
    frame = Frame(left_mm=0.0, top_mm=10.0, width=100, height=100, pixel_mm=1.0, downwards=-1)
    (mark,) = place_marks([make_lesion(1, "liver", 3.0, slice_pet=900)], frame)
    assert (mark.x, mark.y) == (0.0, 100.0)


def test_marks_can_be_burnt_in(pictures):
    burnt = _pixels(with_marks(pictures))
    assert burnt.shape[1] == round(page_width(pictures.width, pictures.height))
    red = (burnt == (176, 48, 32)).all(axis=2)
    assert red.sum() > 500


def test_the_picture_is_the_same_every_time(scan, pictures):
    again = draw_pictures(scan.pet, scan.ct, scan.mask, scan.report)
    assert again.mip_png == pictures.mip_png
