"""Approximate randomisation and Holm's correction."""

from itertools import product

import numpy as np
import pytest

from petscribe.evaluation.stats.paired import holm, randomisation_test
from petscribe.evaluation.stats.statistic import micro_f1


def _patients(count: int) -> list[str]:
    return [f"p{i}" for i in range(count)]


def test_a_system_is_no_better_than_itself():
    values = np.arange(10.0)
    found = randomisation_test(values, values, _patients(10), seed=1)
    assert (found.difference, found.p_value) == (0.0, 1.0)


def test_few_patients_are_swapped_in_every_way():
    one, other = np.array([3.0, 2.0, 5.0]), np.array([1.0, 1.5, 1.0])
    gaps = one - other
    means = [np.mean(gaps * signs) for signs in product((1, -1), repeat=3)]
    expected = np.mean(np.abs(means) >= gaps.mean() - 1e-12)
    found = randomisation_test(one, other, _patients(3), seed=1)
    assert found.exact
    assert found.p_value == pytest.approx(expected) == 0.25


def test_a_clear_difference_is_found_and_its_sign_is_kept():
    rng = np.random.default_rng(1)
    other = rng.normal(size=60)
    found = randomisation_test(other - 1.0, other, _patients(60), seed=1)
    assert found.difference == pytest.approx(-1.0)
    assert found.p_value < 0.001


def test_noise_is_significant_as_rarely_as_it_should_be():
    rng = np.random.default_rng(7)
    small = 0
    for seed in range(200):
        one, other = rng.normal(size=(2, 20))
        small += randomisation_test(one, other, _patients(20), swaps=400, seed=seed).p_value <= 0.1
    assert 0.04 <= small / 200 <= 0.17


def test_cases_of_one_patient_are_swapped_together():
    one, other = np.ones(20), np.zeros(20)
    found = randomisation_test(one, other, ["a"] * 10 + ["b"] * 10, seed=1)
    assert (found.patients, found.p_value) == (2, 0.5)


def test_pooled_scores_are_compared_by_their_counts():
    good = micro_f1(np.full(30, 5), np.full(30, 0), np.full(30, 1))
    bad = micro_f1(np.full(30, 2), np.full(30, 3), np.full(30, 4))
    assert randomisation_test(good, bad, _patients(30), swaps=500, seed=1).p_value < 0.01


def test_a_case_that_one_system_lacks_is_no_pair():
    one, other = np.array([1.0, np.nan, 2.0]), np.array([0.0, 9.0, 1.0])
    assert randomisation_test(one, other, _patients(3), seed=1).difference == 1.0


def test_different_numbers_of_cases_are_refused():
    with pytest.raises(ValueError, match="same cases"):
        randomisation_test(np.ones(3), np.ones(3), _patients(2), seed=1)


def test_holms_published_example():
    found = holm({"a": 0.01, "b": 0.04, "c": 0.03, "d": 0.005})
    assert found == pytest.approx({"a": 0.03, "b": 0.06, "c": 0.06, "d": 0.02})


def test_holm_never_exceeds_one_and_never_reverses():
    found = holm({"a": 0.9, "b": 0.5})
    assert found == {"a": 1.0, "b": 1.0}
    assert holm({}) == {}
