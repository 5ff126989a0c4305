"""Rank correlation against scipy, with ties and with resampling weights."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from petscribe.evaluation.stats.correlation import correlate, kendall, spearman

SMALL = st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4), st.integers(0, 3)), min_size=3)


def test_the_same_order_is_one_and_the_opposite_minus_one():
    marks, patients = np.arange(10.0), [f"p{i}" for i in range(10)]
    found = correlate({"up": marks**3, "down": -marks}, marks, patients, seed=1)
    for name, value in (("up", 1.0), ("down", -1.0)):
        assert found[name].spearman.mean == pytest.approx(value)
        assert found[name].kendall.high == pytest.approx(value)


@given(SMALL)
def test_weighted_samples_correlate_as_scipy_says(rows):
    stats = pytest.importorskip("scipy.stats")
    first, second, times = (np.array(x) for x in zip(*rows, strict=True))
    index = np.repeat(np.arange(len(rows)), times)
    if len(index) < 2 or len({*first[index]}) < 2 or len({*second[index]}) < 2:
        return
    weights = times[None, :].astype(float)
    one, two = first.astype(float), second.astype(float)
    rho = stats.spearmanr(one[index], two[index]).statistic
    tau = stats.kendalltau(one[index], two[index]).statistic
    assert spearman(one, two, weights)[0] == pytest.approx(rho, abs=1e-9)
    assert kendall(one, two, weights)[0] == pytest.approx(tau, abs=1e-9)


def test_the_interval_holds_the_true_correlation():
    rng = np.random.default_rng(0)
    marks = rng.normal(size=120)
    scores = marks + rng.normal(size=120)
    patients = [f"p{i // 2}" for i in range(120)]
    found = correlate({"m": scores}, marks, patients, resamples=300, seed=1)["m"].spearman
    assert found.low < 0.69 < found.high
    assert (found.n, found.patients) == (120, 60)


def test_cases_without_a_mark_are_left_out():
    marks = np.array([1.0, np.nan, 3.0, 2.0])
    found = correlate({"m": np.array([1.0, 9.0, 3.0, 2.0])}, marks, list("abcd"), seed=1)["m"]
    assert (found.spearman.n, found.spearman.mean) == (3, pytest.approx(1.0))


def test_a_constant_metric_has_no_correlation():
    found = correlate({"m": np.ones(4)}, np.arange(4.0), list("abcd"), seed=1)["m"]
    assert found.spearman.mean is found.kendall.mean is found.kendall.low is None


def test_no_case_is_no_correlation():
    found = correlate({"m": np.zeros(0)}, np.zeros(0), [], seed=1)["m"]
    assert found.spearman.mean is None


def test_numbers_that_do_not_match_are_refused():
    with pytest.raises(ValueError, match="2 scores, 3 marks"):
        correlate({"m": np.ones(2)}, np.ones(3), list("abc"), seed=1)
