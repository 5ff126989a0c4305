"""Scores as functions of sums."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from petscribe.evaluation.stats.statistic import f1, mean_of, micro_f1, ratio, ratio_of

NUMBERS = st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=20)


@given(NUMBERS)
def test_the_mean_is_the_mean(values: list[float]):
    assert mean_of(np.array(values)).value == pytest.approx(np.mean(values), rel=1e-9, abs=1e-6)


def test_a_case_without_a_value_does_not_count():
    assert mean_of(np.array([1.0, np.nan, 3.0])).value == 2.0


def test_no_value_at_all_is_not_a_zero():
    assert np.isnan(mean_of(np.array([np.nan])).value)


def test_whole_numbers_and_truth_values_have_means():
    assert mean_of(np.array([1, 0, 1, 1])).value == 0.75


def test_a_ratio_pools_its_parts():
    assert ratio_of(np.array([1, 0]), np.array([1, 3])).value == 0.25


def test_micro_f1_pools_counts():
    statistic = micro_f1(np.array([2, 0]), np.array([1, 0]), np.array([0, 1]))
    assert statistic.value == pytest.approx(2 * 2 / (2 * 2 + 1 + 1))
    assert statistic.per_case() == pytest.approx([0.8, 0.0])


def test_nothing_to_find_and_nothing_found_is_undefined():
    assert np.isnan(f1(np.zeros((1, 3)))[0])
    assert np.isnan(ratio(np.array([[1.0, 0.0]]))[0])


def test_some_cases_can_be_taken():
    assert mean_of(np.array([1.0, 2.0, 6.0])).take(np.array([0, 2])).value == 3.5
