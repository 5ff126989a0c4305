"""Polygons to pixels: areas, holes, neighbours."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from petscribe.io.masks.polygons import inside_even_odd


def box(top, left, bottom, right):
    return np.array([[top, left], [top, right], [bottom, right], [bottom, left]], float)


def test_a_box_covers_the_centres_inside_it():
    got = inside_even_odd([box(1.5, 2.5, 4.5, 7.5)], (8, 10))
    want = np.zeros((8, 10), dtype=bool)
    want[2:5, 3:8] = True
    assert np.array_equal(got, want)


def test_neighbours_that_share_an_edge_share_no_pixel_and_leave_none():
    left = inside_even_odd([box(1, 1, 6, 4)], (8, 10))
    right = inside_even_odd([box(1, 4, 6, 8)], (8, 10))
    whole = inside_even_odd([box(1, 1, 6, 8)], (8, 10))
    assert not (left & right).any()
    assert np.array_equal(left | right, whole)


def test_a_polygon_inside_another_is_a_hole_and_one_inside_that_is_filled():
    rings = [box(0.5, 0.5, 8.5, 8.5), box(2.5, 2.5, 6.5, 6.5), box(3.5, 3.5, 5.5, 5.5)]
    assert inside_even_odd(rings, (10, 10)).sum() == 64 - 16 + 4


def test_a_keyhole_contour_has_its_hole():
    outer, inner = box(0.5, 0.5, 8.5, 8.5), box(2.5, 2.5, 6.5, 6.5)[::-1]
    key = np.concatenate([outer, outer[:1], inner, inner[:1]])
    assert inside_even_odd([key], (10, 10)).sum() == 64 - 16


@pytest.mark.parametrize("turned", [False, True])
def test_direction_does_not_matter(turned):
    triangle = np.array([[1.2, 1.1], [7.9, 2.2], [4.1, 8.3]])
    got = inside_even_odd([triangle[::-1] if turned else triangle], (10, 10))
    assert got.sum() == inside_even_odd([triangle], (10, 10)).sum()


def test_what_reaches_beyond_the_picture_is_cut():
    assert inside_even_odd([box(-5, -5, 50, 50)], (4, 6)).all()
    assert not inside_even_odd([box(-5, -5, -1, -1)], (4, 6)).any()
    assert not inside_even_odd([], (4, 6)).any()


@given(
    corners=st.lists(st.tuples(*[st.floats(0.0, 20.0)] * 2), min_size=3, max_size=9),
)
def test_every_centre_agrees_with_a_count_of_crossings(corners):
    polygon = np.round(np.array(corners), 2) + 0.003  # off the centres: no ties
    got = inside_even_odd([polygon], (21, 21))
    closed = np.concatenate([polygon, polygon[:1]])
    want = np.zeros((21, 21), dtype=bool)
    tied = np.zeros((21, 21), dtype=bool)
    for (v0, u0), (v1, u1) in pairwise(closed):
        rows = np.arange(21)
        crosses = (v0 > rows) != (v1 > rows)
        at = u0 + (rows[crosses] - v0) * (u1 - u0) / (v1 - v0)
        want[rows[crosses]] ^= np.arange(21) >= at[:, None]
        tied[rows[crosses]] |= np.abs(np.arange(21) - at[:, None]) < 1e-3
    assert np.array_equal(got | tied, want | tied)


def test_the_area_of_a_circle_is_right():
    angle = np.linspace(0, 2 * np.pi, 200, endpoint=False)
    circle = np.stack([50.3 + 40 * np.sin(angle), 49.8 + 40 * np.cos(angle)], axis=1)
    assert inside_even_odd([circle], (100, 100)).sum() == pytest.approx(np.pi * 1600, rel=0.005)
