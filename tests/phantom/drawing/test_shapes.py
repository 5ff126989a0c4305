"""Solids: known volumes, boxes that hold them, turned ellipsoids that stay themselves."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from petscribe.phantom.drawing.shapes import Capsule, Column, Cut, Ellipsoid, shrunk, tube


def axes(step=1.0, reach=40.0):
    line = np.arange(-reach, reach + step / 2, step).astype(np.float32)
    return line[None, None, :], line[None, :, None], line[:, None, None]


def test_an_ellipsoid_has_its_volume():
    volume = Ellipsoid((1, 2, 3), (10, 15, 20)).inside(*axes()).sum()
    assert volume == pytest.approx(4 / 3 * np.pi * 10 * 15 * 20, rel=0.02)


def test_a_capsule_is_a_cylinder_and_a_ball():
    volume = Capsule((0, 0, -10), (0, 0, 10), (8.0, 8.0)).inside(*axes()).sum()
    assert volume == pytest.approx(np.pi * 64 * 20 + 4 / 3 * np.pi * 512, rel=0.03)


def test_a_column_is_a_stack_of_ellipses():
    column = Column(((-20.0, 0.0, 0.0, 10.0, 5.0), (20.0, 0.0, 0.0, 10.0, 5.0)))
    assert column.inside(*axes()).sum() == pytest.approx(np.pi * 50 * 41, rel=0.03)


def test_a_column_interpolates_between_its_rows():
    column = Column(((0.0, 0.0, 0.0, 10.0, 4.0), (10.0, 2.0, 0.0, 20.0, 8.0)))
    assert column.at(5.0) == (1.0, 0.0, 15.0, 6.0)


@given(
    st.tuples(*[st.floats(7, 25)] * 3),
    st.tuples(*[st.floats(-90, 90)] * 3),
)
def test_a_turned_ellipsoid_keeps_its_volume_and_fits_its_box(radii, turn):
    shape = Ellipsoid((0.0, 0.0, 0.0), radii, turn)
    inside = shape.inside(*axes(2.0))
    assert inside.sum() * 8 == pytest.approx(4 / 3 * np.pi * np.prod(radii), rel=0.15, abs=60)
    z, y, x = (axes(2.0)[2].ravel()[i] for i in np.nonzero(inside))
    for values, (low, high) in zip((x, y, z), shape.box, strict=True):
        assert values.min() >= low - 1e-3
        assert values.max() <= high + 1e-3


def test_a_turn_about_the_z_axis_moves_x_to_y():
    long = Ellipsoid((0, 0, 0), (20, 5, 5), (0, 90, 0))
    assert long.inside(np.array(0.0), np.array(18.0), np.array(0.0))
    assert not long.inside(np.array(18.0), np.array(0.0), np.array(0.0))


def test_a_cut_keeps_what_it_is_told():
    half = Cut(Ellipsoid((0, 0, 0), (10, 10, 10)), lambda x, _y, _z: x > 0.0)
    whole = Ellipsoid((0, 0, 0), (10, 10, 10)).inside(*axes()).sum()
    assert half.inside(*axes()).sum() == pytest.approx(whole / 2, rel=0.1)


def test_a_smooth_tube_passes_through_its_points():
    rods = tube([(0, 0, 0, 2), (10, 5, 0, 2), (20, 0, 0, 2)], fine=3)
    ends = {rod.start for rod in rods} | {rods[-1].end}
    assert {(0.0, 0.0, 0.0), (10.0, 5.0, 0.0), (20.0, 0.0, 0.0)} <= ends


def test_shrinking_drops_rods_that_vanish():
    assert shrunk(tube([(0, 0, 0, 2), (9, 0, 0, 2)]), 2.5) == []
