"""Weights along one axis: what they sum to decides what survives."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from petscribe.core.axis_weights import (
    add_slices,
    along_columns,
    along_rows,
    dense,
    interpolating,
    overlapping,
)

steps = st.floats(0.1, 9.0).flatmap(lambda s: st.sampled_from([s, -s]))


def matrix(weights, source_size):
    full = np.zeros((weights.size, source_size))
    full[:, weights.sources] = dense(weights)
    return full


@given(step=steps, offset=st.floats(-5.0, 25.0))
def test_rows_inside_the_field_sum_to_one_and_others_to_zero(step, offset):
    weights = interpolating(20, 15, step=step, offset=offset)
    if weights is None:
        return
    sums = matrix(weights, 20).sum(axis=1)
    assert sums[weights.inside] == pytest.approx(1.0, abs=1e-5)
    assert np.all(sums[~weights.inside] == 0.0)


@given(step=steps, offset=st.floats(8.0, 12.0))
def test_a_ramp_survives_away_from_the_edges(step, offset):
    weights = interpolating(200, 4, step=step, offset=90.0 + offset)
    assert weights is not None
    centres = step * np.arange(4) + 90.0 + offset
    assert matrix(weights, 200) @ np.arange(200) == pytest.approx(centres, abs=1e-3)


@given(step=st.floats(1.25, 9.0), offset=st.floats(-0.4, 0.4))
def test_an_area_average_uses_every_source_voxel_once(step, offset):
    size = int(60 * step)
    weights = interpolating(size, 60, step=step, offset=step / 2.0 - 0.5 + offset)
    assert weights is not None
    columns = matrix(weights, size).sum(axis=0)[12:-12]
    assert columns * step == pytest.approx(1.0, abs=1e-4)


def test_the_same_lattice_is_the_identity():
    weights = interpolating(9, 9, step=1.0, offset=0.0)
    assert weights is not None
    assert np.array_equal(matrix(weights, 9), np.eye(9))


def test_finer_is_plain_linear_interpolation():
    weights = interpolating(5, 9, step=0.5, offset=0.0)
    assert weights is not None
    want = [np.interp(np.arange(9) / 2.0, np.arange(5), row) for row in np.eye(5)]
    assert matrix(weights, 5) == pytest.approx(np.array(want).T)


@given(step=steps, offset=st.floats(-3.0, 10.0))
def test_overlap_is_the_shared_length(step, offset):
    weights = overlapping(10, 6, step=step, offset=offset)
    if weights is None:
        return
    got = matrix(weights, 10)
    for j in range(6):
        low, high = sorted((step * (j - 0.5) + offset, step * (j + 0.5) + offset))
        for i in range(10):
            shared = max(0.0, min(high, i + 0.5) - max(low, i - 0.5))
            assert got[j, i] == pytest.approx(shared / abs(step), abs=2e-5)


def test_a_target_wholly_outside_has_no_weights():
    assert interpolating(5, 4, step=1.0, offset=50.0) is None
    assert overlapping(5, 4, step=1.0, offset=50.0) is None


def test_blocks_do_what_the_whole_matrix_does():
    rng = np.random.default_rng(2)
    array = rng.normal(size=(3, 70, 80)).astype(np.float32)
    y = interpolating(70, 37, step=1.9, offset=0.3)
    x = interpolating(80, 41, step=-1.9, offset=79.0)
    assert y is not None
    assert x is not None
    rows = along_rows(array[:, y.sources], y)
    assert rows == pytest.approx(matrix(y, 70).astype(np.float32) @ array, abs=1e-4)
    columns = along_columns(np.ascontiguousarray(rows[:, :, x.sources]), x)
    assert columns == pytest.approx(rows @ matrix(x, 80).T.astype(np.float32), abs=1e-4)


def test_slices_are_added_with_their_weights():
    rng = np.random.default_rng(3)
    slices = rng.normal(size=(5, 4, 6)).astype(np.float32)
    weights = np.array([[1, 0, 0, 0, 0], [0, 0.25, 0.75, 0, 0]], np.float32)
    out = np.ones((2, 4, 6), np.float32)
    add_slices(out, weights, slices)
    assert out == pytest.approx(1.0 + np.tensordot(weights, slices, axes=1), abs=1e-5)
