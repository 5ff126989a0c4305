"""Bootstrap intervals by patient."""

import numpy as np
import pytest

from petscribe.evaluation.stats import bootstrap
from petscribe.evaluation.stats.bootstrap import (
    bootstrap_all,
    bootstrap_difference,
    cluster_bootstrap,
    draw_cases,
    patient_index,
    resampled,
)
from petscribe.evaluation.stats.statistic import mean_of, micro_f1


def _patients(count: int, each: int = 1) -> list[str]:
    return [f"p{i}" for i in range(count) for _ in range(each)]


def test_equal_values_have_no_spread():
    interval = cluster_bootstrap(np.ones(30), _patients(30), seed=1)
    assert (interval.mean, interval.low, interval.high) == (1.0, 1.0, 1.0)
    assert (interval.n, interval.patients) == (30, 30)


def test_the_interval_of_a_mean_is_as_wide_as_theory_says():
    values = np.random.default_rng(0).normal(size=400)
    interval = cluster_bootstrap(values, _patients(400), resamples=4000, seed=1)
    width = 2 * 1.96 * values.std() / 20
    assert interval.high - interval.low == pytest.approx(width, rel=0.06)
    assert interval.low < values.mean() < interval.high


def test_the_interval_covers_the_truth_about_as_often_as_it_says():
    rng = np.random.default_rng(2)
    hits = 0
    for _ in range(200):
        values = rng.normal(size=50)
        interval = cluster_bootstrap(values, _patients(50), resamples=300, seed=1)
        hits += interval.low <= 0.0 <= interval.high
    assert 0.88 <= hits / 200 <= 0.99


def test_findings_of_one_patient_are_not_independent():
    patients = _patients(20, each=10)
    values = np.repeat(np.random.default_rng(3).normal(size=20), 10)
    by_patient = cluster_bootstrap(values, patients, seed=1)
    by_finding = cluster_bootstrap(values, _patients(200), seed=1)
    assert by_patient.high - by_patient.low > 2 * (by_finding.high - by_finding.low)


def test_the_same_seed_gives_the_same_interval_and_another_does_not():
    values, patients = np.arange(20.0), _patients(20)
    first = cluster_bootstrap(values, patients, seed=5)
    assert first == cluster_bootstrap(values, patients, seed=5)
    assert first != cluster_bootstrap(values, patients, seed=6)


def test_a_pooled_score_is_resampled_by_its_counts():
    counts = np.array([[3, 1, 0], [0, 2, 1], [5, 0, 2], [1, 1, 1]])
    statistic = micro_f1(*counts.T)
    patients = _patients(4)
    weights = draw_cases(patients, resamples=50, seed=9)
    sums = weights @ counts
    plain = 2 * sums[:, 0] / (2 * sums[:, 0] + sums[:, 1] + sums[:, 2])
    found = resampled({"f1": statistic}, patients, resamples=50, seed=9)["f1"]
    assert found == pytest.approx(plain)


def test_blocks_of_draws_change_nothing_but_memory(monkeypatch: pytest.MonkeyPatch):
    weights = draw_cases(_patients(7), resamples=20, seed=1)
    monkeypatch.setattr(bootstrap, "_BLOCK", 21)
    assert draw_cases(_patients(7), resamples=20, seed=1).shape == weights.shape
    assert (weights.sum(axis=1) == 7).all()


def test_several_scores_share_their_draws():
    values, patients = np.arange(10.0), _patients(10)
    both = bootstrap_all({"a": values, "b": mean_of(values)}, patients, seed=2)
    assert both["a"] == both["b"] == cluster_bootstrap(values, patients, seed=2)


def test_a_difference_of_two_like_systems_has_a_narrow_interval():
    rng = np.random.default_rng(4)
    one = rng.normal(size=100)
    other = one - 0.1
    interval = bootstrap_difference(one, other, _patients(100), seed=1)
    assert (interval.low, interval.high) == (pytest.approx(0.1), pytest.approx(0.1))


@pytest.mark.parametrize("patients", [[], ["p"], ["p", "p"]])
def test_one_patient_or_none_has_no_interval(patients: list[str]):
    interval = cluster_bootstrap(np.arange(float(len(patients))), patients, seed=1)
    assert interval.low is interval.high is None
    assert (interval.mean is None) == (not patients)


def test_an_undefined_score_has_no_mean():
    assert cluster_bootstrap(np.full(3, np.nan), _patients(3), seed=1).mean is None


def test_a_patient_for_every_case_is_needed():
    with pytest.raises(ValueError, match="3 cases, 2 patients"):
        cluster_bootstrap(np.ones(3), ["a", "b"], seed=1)


def test_patients_are_numbered_as_they_come():
    assert patient_index(["x", "y", "x"]).tolist() == [0, 1, 0]
