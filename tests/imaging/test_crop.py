"""Boxes: margins in millimetres, cutting beyond the edge, pasting back."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from petscribe.core.volume import Grid, Mask, Volume
from petscribe.imaging.crop import box_around, cut, grow, inside, paste

GRID = Grid(shape=(10, 12, 14), spacing_mm=(3.0, 2.0, 1.0), origin_mm=(5.0, 6.0, 7.0))


def volume():
    array = np.arange(10 * 12 * 14, dtype=np.float32).reshape(GRID.shape)
    return Volume(array=array, grid=GRID, unit="g/ml")


def mask():
    labels = np.zeros(GRID.shape, np.uint8)
    labels[4:6, 5:7, 8:10] = 2
    return Mask(labels=labels, grid=GRID)


def test_a_box_without_margin_is_tight():
    assert box_around(mask(), 2) == (slice(4, 6), slice(5, 7), slice(8, 10))


def test_a_margin_is_at_least_what_was_asked_on_every_axis():
    assert box_around(mask(), 2, 3.0) == (slice(3, 7), slice(3, 9), slice(5, 13))


def test_a_margin_stops_at_the_grid():
    assert box_around(mask(), 2, 500.0) == (slice(0, 10), slice(0, 12), slice(0, 14))


def test_an_absent_label_has_no_box():
    with pytest.raises(ValueError, match="label 9"):
        box_around(mask(), 9)


def test_a_negative_margin_is_refused():
    with pytest.raises(ValueError, match="margin"):
        grow((slice(0, 1),) * 3, GRID, -1.0)


def test_a_box_outside_the_grid_is_refused():
    with pytest.raises(ValueError, match="outside"):
        inside((slice(20, 22), slice(0, 1), slice(0, 1)), GRID)


boxes = st.tuples(
    *[
        st.tuples(st.integers(-4, n - 1), st.integers(1, 8)).map(lambda p: slice(p[0], p[0] + p[1]))
        for n in GRID.shape
    ]
).filter(lambda b: all(s.stop > 0 for s in b))


@given(box=boxes)
def test_cut_then_paste_is_the_identity(box):
    part = cut(volume(), box, fill=-1.0)
    assert part.grid.shape == tuple(s.stop - s.start for s in box)
    blank = Volume(array=np.zeros(GRID.shape, np.float32), grid=GRID, unit="g/ml")
    back = paste(part, blank, box)
    within = inside(box, GRID)
    assert np.array_equal(back.array[within], volume().array[within])
    assert np.count_nonzero(back.array) <= part.array.size


@given(box=boxes)
def test_a_cut_voxel_stays_where_it_was_in_the_body(box):
    part = cut(volume(), box, fill=-1.0)
    index = np.argwhere(part.array >= 0.0)[0]
    world = part.grid.to_world(index)
    z, y, x = np.rint(GRID.to_index(world)).astype(int)
    assert volume().array[z, y, x] == part.array[tuple(index)]


def test_a_part_of_another_shape_is_refused():
    with pytest.raises(ValueError, match="does not fit"):
        paste(volume(), volume(), (slice(0, 1),) * 3)
