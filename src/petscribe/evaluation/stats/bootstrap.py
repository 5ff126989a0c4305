"""Bootstrap intervals by patient: patients are drawn with replacement, never single findings.

Findings of one patient are alike, so resampling findings would give intervals that are too narrow.
The interval is the percentile interval. Source: Efron and Tibshirani 1993, chapter 13; Field and
Welsh 2007 (cluster bootstrap).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int, Num

from petscribe.evaluation.stats.statistic import Statistic, mean_of

DEFAULT_RESAMPLES = 1000
LEVEL = 0.95
_BLOCK = 2_000_000
"""Most patient draws held at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """A score with its interval; None is "not defined" (no case, or too few patients)."""

    mean: float | None
    """The score of the whole set (for a mean statistic, the mean)."""
    low: float | None
    high: float | None
    n: int
    """Cases."""
    patients: int
    level: float = LEVEL


def cluster_bootstrap(
    statistic: Statistic | Num[np.ndarray, " n"],
    patients: Sequence[str],
    *,
    resamples: int = DEFAULT_RESAMPLES,
    seed: int,
) -> Interval:
    """Return a score with its interval over resampled patients.

    Args:
        statistic: the score, or one value per case, whose mean is meant (NaN: no value).
        patients: the patient of each case.
        resamples: how often the patients are drawn.
        seed: the same seed gives the same draws.
    """
    return bootstrap_all({"it": statistic}, patients, resamples=resamples, seed=seed)["it"]


def bootstrap_all(
    statistics: Mapping[str, Statistic | Num[np.ndarray, " n"]],
    patients: Sequence[str],
    *,
    resamples: int = DEFAULT_RESAMPLES,
    seed: int,
) -> dict[str, Interval]:
    """Return intervals of several scores of the same cases, from the same draws."""
    scores = {name: _as_statistic(x) for name, x in statistics.items()}
    draws = resampled(scores, patients, resamples=resamples, seed=seed)
    return {
        name: interval_of(statistic.value, draws[name], patients)
        for name, statistic in scores.items()
    }


def bootstrap_difference(
    first: Statistic | Num[np.ndarray, " n"],
    second: Statistic | Num[np.ndarray, " n"],
    patients: Sequence[str],
    *,
    resamples: int = DEFAULT_RESAMPLES,
    seed: int,
) -> Interval:
    """Return `first - second` of two systems on the same cases, from the same draws of patients."""
    pair = {"first": _as_statistic(first), "second": _as_statistic(second)}
    draws = resampled(pair, patients, resamples=resamples, seed=seed)
    difference = pair["first"].value - pair["second"].value
    return interval_of(difference, draws["first"] - draws["second"], patients)


def resampled(
    statistics: Mapping[str, Statistic],
    patients: Sequence[str],
    *,
    resamples: int = DEFAULT_RESAMPLES,
    seed: int,
) -> dict[str, Float[np.ndarray, " r"]]:
    """Return each score on every draw of patients.

    Raises:
        ValueError: a statistic does not hold one row per patient entry.
    """
    for name, statistic in statistics.items():
        if len(statistic.table) != len(patients):
            raise ValueError(f"{name}: {len(statistic.table)} cases, {len(patients)} patients")
    if not statistics or not patients:
        return {name: np.full(resamples, np.nan) for name in statistics}
    wide = np.concatenate([x.table for x in statistics.values()], axis=1)
    by_patient = _sum_by(wide, patients)
    rows = [w @ by_patient for w in _weights(len(by_patient), resamples, seed)]
    sums = np.concatenate(rows)
    edges = np.cumsum([x.table.shape[1] for x in statistics.values()])[:-1]
    parts = np.split(sums, edges, axis=1)
    return {
        name: statistic.combine(part)
        for (name, statistic), part in zip(statistics.items(), parts, strict=True)
    }


def patient_index(patients: Sequence[str]) -> Int[np.ndarray, " n"]:
    """Return the number of each case's patient, counted in order of first appearance."""
    seen: dict[str, int] = {}
    return np.array([seen.setdefault(p, len(seen)) for p in patients], np.int64)


def _sum_by(table: Float[np.ndarray, "n k"], patients: Sequence[str]) -> Float[np.ndarray, "p k"]:
    index = patient_index(patients)
    sums = np.zeros((int(index.max()) + 1, table.shape[1]))
    np.add.at(sums, index, table)
    return sums


def _weights(num_patients: int, resamples: int, seed: int) -> Iterator[Float[np.ndarray, "r p"]]:
    rng = np.random.default_rng(seed)
    rows = max(1, _BLOCK // num_patients)
    for start in range(0, resamples, rows):
        count = min(rows, resamples - start)
        drawn = rng.integers(0, num_patients, size=(count, num_patients))
        drawn += np.arange(count)[:, None] * num_patients
        times = np.bincount(drawn.ravel(), minlength=count * num_patients)
        yield times.reshape(count, num_patients).astype(np.float64)


def _as_statistic(values: Statistic | Num[np.ndarray, " n"]) -> Statistic:
    return values if isinstance(values, Statistic) else mean_of(values)


def interval_of(value: float, draws: Float[np.ndarray, " r"], patients: Sequence[str]) -> Interval:
    """Return the percentile interval around a score, from its values on resampled patients."""
    num_patients = len(set(patients))
    known = draws[np.isfinite(draws)]
    low = high = None
    if num_patients > 1 and known.size:
        tail = 100.0 * (1.0 - LEVEL) / 2.0
        low, high = (float(x) for x in np.percentile(known, [tail, 100.0 - tail]))
    return Interval(
        mean=value if np.isfinite(value) else None,
        low=low,
        high=high,
        n=len(patients),
        patients=num_patients,
    )


def draw_cases(
    patients: Sequence[str], *, resamples: int = DEFAULT_RESAMPLES, seed: int
) -> Float[np.ndarray, "r n"]:
    """Return how often each case occurs in every draw of patients."""
    if not patients:
        return np.zeros((resamples, 0))
    index = patient_index(patients)
    return np.concatenate([w[:, index] for w in _weights(int(index.max()) + 1, resamples, seed)])
