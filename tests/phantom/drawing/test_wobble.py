"""Variation: none at strength zero, bounded otherwise, the same for the same stream."""

import numpy as np

from petscribe.phantom.drawing.wobble import Wobble
from petscribe.phantom.person import stream


def test_strength_zero_gives_the_reference_body():
    calm = Wobble(stream(1, "x"), strength=0.0)
    ball = calm.ball((1, 2, 3), (4, 5, 6))
    assert ball.centre == (1.0, 2.0, 3.0)
    assert ball.radii == (4.0, 5.0, 6.0)


def test_shifts_are_bounded_by_two_sigma():
    lively = Wobble(stream(1, "x"))
    shifts = np.array([lively.point((0, 0, 0), 3.0) for _ in range(300)])
    assert np.abs(shifts).max() <= 6.0
    assert shifts.std() > 2.0


def test_the_same_stream_gives_the_same_line():
    rows = [(0, 0, 0, 2), (10, 0, 0, 2), (20, 5, 0, 2)]
    assert Wobble(stream(3, "x")).line(rows) == Wobble(stream(3, "x")).line(rows)
