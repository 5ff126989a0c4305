"""Drawing on a grid: later covers earlier, `over` protects, the map to the patient inverts."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from petscribe.core.volume import Grid
from petscribe.phantom.drawing.canvas import BodyMap, Canvas
from petscribe.phantom.drawing.shapes import Ellipsoid
from petscribe.phantom.drawing.tissues import LABELS, TISSUES, only

GRID = Grid(shape=(41, 41, 41), spacing_mm=(2.0, 2.0, 2.0), origin_mm=(-40.0, -40.0, -40.0))


def canvas(**scale):
    return Canvas(GRID, BodyMap(**scale))


def test_what_is_drawn_later_covers():
    board = canvas()
    board.paint(Ellipsoid((0, 0, 0), (20, 20, 20)), tissue="fat", label="visceral_fat")
    board.paint(Ellipsoid((0, 0, 0), (5, 5, 5)), tissue="liver", label="liver")
    assert board.labels[20, 20, 20] == LABELS["liver"]
    assert board.tissues[20, 20, 25] == TISSUES["fat"]


def test_over_protects_other_tissues():
    board = canvas()
    board.paint(Ellipsoid((0, 0, 0), (5, 5, 5)), tissue="cortex", label="sacrum")
    board.paint(Ellipsoid((0, 0, 0), (20, 20, 20)), tissue="fat", over=only(["air"]))
    assert board.tissues[20, 20, 20] == TISSUES["cortex"]


def test_left_is_drawn_at_larger_x():
    board = canvas()
    board.paint(Ellipsoid((20, 0, 0), (5, 5, 5)), tissue="liver")
    z, y, x = np.argwhere(board.tissues == TISSUES["liver"]).mean(axis=0)
    assert board.grid.to_world(np.array([z, y, x]))[0] == pytest.approx(20.0)


def test_a_shape_off_the_grid_leaves_no_trace():
    board = canvas()
    board.paint(Ellipsoid((900, 0, 0), (5, 5, 5)), tissue="liver")
    assert not board.tissues.any()


def test_a_scaled_body_is_larger_on_the_grid():
    plain, large = canvas(), canvas(scale=(1.5, 1.0, 1.0))
    for board in (plain, large):
        board.paint(Ellipsoid((0, 0, 0), (15, 15, 15)), tissue="liver")
    ratio = (large.tissues > 0).sum() / (plain.tissues > 0).sum()
    assert ratio == pytest.approx(1.5, rel=0.03)


@given(
    st.tuples(*[st.floats(0.7, 1.3)] * 3),
    st.floats(-20, 20),
    st.tuples(*[st.floats(-300, 700)] * 3),
)
def test_to_patient_and_back(scale, bend, point):
    body_map = BodyMap(scale=scale, bend_mm=bend)
    assert body_map.to_reference(body_map.to_patient(point)) == pytest.approx(point, abs=1e-6)


def test_a_bent_spine_moves_what_is_drawn():
    bent = Canvas(
        Grid(shape=(3, 5, 81), spacing_mm=(2.0, 2.0, 1.0), origin_mm=(-40.0, -4.0, 120.0)),
        BodyMap(bend_mm=12.0),
    )
    bent.paint(Ellipsoid((0, 0, 122), (4, 4, 40)), tissue="marrow")
    x = np.argwhere(bent.tissues > 0)[:, 2].mean() - 40.0
    assert x == pytest.approx(12.0, abs=0.6)
