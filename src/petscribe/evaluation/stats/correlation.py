"""Do metrics rank texts as readers do: Spearman's rho and Kendall's tau-b with intervals.

Both are computed for all resamples at once: a resample is a weight per case, ranks and concordant
pairs of a weighted sample are matrix products with the signs of all differences. Intervals are over
resampled patients. Sources: Spearman 1904; Kendall 1945 (tau-b); ties get mean ranks.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Num

from petscribe.evaluation.stats.bootstrap import (
    DEFAULT_RESAMPLES,
    Interval,
    draw_cases,
    interval_of,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class RankCorrelation:
    """How a metric's order of the cases agrees with the readers' order."""

    spearman: Interval
    kendall: Interval


def correlate(
    metrics: Mapping[str, Num[np.ndarray, " m"]],
    readers: Num[np.ndarray, " n"],
    patients: Sequence[str],
    *,
    resamples: int = DEFAULT_RESAMPLES,
    seed: int,
) -> dict[str, RankCorrelation]:
    """Return the rank correlation of each metric with the readers' mark (their mean, for several).

    Cases without a mark or without a score are left out, metric by metric.

    Raises:
        ValueError: a metric, the marks and the patients differ in number.
    """
    marks = np.asarray(readers, np.float64)
    found = {}
    for name, scores in metrics.items():
        values = np.asarray(scores, np.float64)
        if not len(values) == len(marks) == len(patients):
            raise ValueError(f"{name}: {len(values)} scores, {len(marks)} marks")
        known = ~(np.isnan(values) | np.isnan(marks))
        who = [p for p, k in zip(patients, known.tolist(), strict=True) if k]
        draws = draw_cases(who, resamples=resamples, seed=seed)
        found[name] = _correlate(values[known], marks[known], who, draws)
    return found


def spearman(
    first: Float[np.ndarray, " n"],
    second: Float[np.ndarray, " n"],
    weights: Float[np.ndarray, "r n"],
) -> Float[np.ndarray, " r"]:
    """Return Spearman's rho of weighted samples; NaN where one side is constant."""
    one, two = _ranks(first, weights), _ranks(second, weights)
    total = weights.sum(axis=1, keepdims=True)
    one = one - (weights * one).sum(axis=1, keepdims=True) / total
    two = two - (weights * two).sum(axis=1, keepdims=True) / total
    spread = (weights * one**2).sum(axis=1) * (weights * two**2).sum(axis=1)
    return _over_root((weights * one * two).sum(axis=1), spread)


def kendall(
    first: Float[np.ndarray, " n"],
    second: Float[np.ndarray, " n"],
    weights: Float[np.ndarray, "r n"],
) -> Float[np.ndarray, " r"]:
    """Return Kendall's tau-b of weighted samples; NaN where one side is constant."""
    one, two = _signs(first), _signs(second)
    agree = _quadratic(one * two, weights)
    return _over_root(agree, _quadratic(np.abs(one), weights) * _quadratic(np.abs(two), weights))


def _correlate(
    values: Float[np.ndarray, " n"],
    marks: Float[np.ndarray, " n"],
    patients: Sequence[str],
    draws: Float[np.ndarray, "r n"],
) -> RankCorrelation:
    whole = np.ones((1, len(values)))
    made = {}
    for name, measure in (("spearman", spearman), ("kendall", kendall)):
        if len(values):
            value, sampled = float(measure(values, marks, whole)[0]), measure(values, marks, draws)
        else:
            value, sampled = float("nan"), np.zeros(0)
        made[name] = interval_of(value, sampled, patients)
    return RankCorrelation(**made)


def _signs(values: Float[np.ndarray, " n"]) -> Float[np.ndarray, "n n"]:
    return np.sign(values[:, None] - values)


def _ranks(
    values: Float[np.ndarray, " n"], weights: Float[np.ndarray, "r n"]
) -> Float[np.ndarray, "r n"]:
    below = (values < values[:, None]).astype(np.float64)
    same = (values == values[:, None]).astype(np.float64)
    return weights @ (below + same / 2.0).T + 0.5


def _quadratic(
    matrix: Float[np.ndarray, "n n"], weights: Float[np.ndarray, "r n"]
) -> Float[np.ndarray, " r"]:
    return ((weights @ matrix) * weights).sum(axis=1)


def _over_root(
    top: Float[np.ndarray, " r"], squared: Float[np.ndarray, " r"]
) -> Float[np.ndarray, " r"]:
    return np.divide(top, np.sqrt(squared), out=np.full(len(top), np.nan), where=squared > 0)
