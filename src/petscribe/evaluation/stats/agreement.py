"""How far readers agree: Krippendorff's alpha, intraclass correlation, Gwet's AC1 and AC2.

Ratings are a table of readers by units; NaN is "not rated". Which figure for what: alpha or AC2 for
ordered scales with gaps, AC1 where one category is so common that kappa-like figures collapse, ICC
for continuous marks of a complete table.

Definitions.
- alpha = 1 - D_observed / D_expected over pairs of ratings of the same unit (Krippendorff 2011).
- ICC(1), (2), (3): one-way random, two-way random (absolute agreement), two-way mixed
  (consistency); single mark or mean of k marks (Shrout and Fleiss 1979).
- AC = (p_a - p_e) / (1 - p_e), p_e = sum(weights) sum(pi (1 - pi)) / (q (q - 1)) (Gwet 2008, 2014).
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from jaxtyping import Float

Level = Literal["nominal", "ordinal", "interval"]
Weights = Literal["identity", "linear", "quadratic", "ordinal"]
Ratings = Float[np.ndarray, "readers units"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Icc:
    """The six intraclass correlations; `_k` is the reliability of the readers' mean."""

    icc_1: float
    icc_2: float
    icc_3: float
    icc_1k: float
    icc_2k: float
    icc_3k: float


@dataclass(frozen=True, slots=True, kw_only=True)
class AgreementInterval:
    """A coefficient with its bootstrap interval over units; None where it is not defined."""

    value: float | None
    low: float | None
    high: float | None
    units: int


def krippendorff_alpha(ratings: Ratings, level: Level) -> float:
    """Return Krippendorff's alpha; NaN when no unit has two ratings or all ratings are the same."""
    values, counts = _counts(ratings)
    counts = counts[counts.sum(axis=1) >= 2]
    if not len(counts) or len(values) < 2:
        return float("nan")
    per_unit = counts.sum(axis=1, keepdims=True)
    pairs = (counts / (per_unit - 1)).T @ counts - np.diag((counts / (per_unit - 1)).sum(axis=0))
    totals = pairs.sum(axis=1)
    distance = _distances(values, totals, level)
    expected = totals @ distance @ totals / (totals.sum() - 1)
    return float(1.0 - (pairs * distance).sum() / expected) if expected > 0 else float("nan")


def gwet_ac(ratings: Ratings, weights: Weights = "identity") -> float:
    """Return Gwet's AC1 (identity weights) or AC2 (any other); categories are the marks that occur.

    NaN when no unit has two ratings.
    """
    values, counts = _counts(ratings)
    counts = counts[counts.sum(axis=1) >= 1]
    per_unit = counts.sum(axis=1)
    paired = per_unit >= 2
    if not paired.any():
        return float("nan")
    if len(values) == 1:
        return 1.0
    table = _weights(values, weights)
    shared = counts[paired]
    near = (shared * (shared @ table - 1)).sum(axis=1)
    observed = float(np.mean(near / (per_unit[paired] * (per_unit[paired] - 1))))
    shares = (counts / per_unit[:, None]).mean(axis=0)
    q = len(values)
    expected = float(table.sum() * np.sum(shares * (1.0 - shares)) / (q * (q - 1)))
    return (observed - expected) / (1.0 - expected)


def icc(ratings: Ratings) -> Icc:
    """Return the intraclass correlations of the units that every reader rated.

    Raises:
        ValueError: fewer than two readers or fewer than two complete units.
    """
    complete = ratings[:, ~np.isnan(ratings).any(axis=0)].T
    n, k = complete.shape
    if n < 2 or k < 2:
        raise ValueError(f"ICC needs two readers and two complete units, got {k} and {n}")
    grand = complete.mean()
    between = k * np.sum((complete.mean(axis=1) - grand) ** 2) / (n - 1)
    readers = n * np.sum((complete.mean(axis=0) - grand) ** 2) / (k - 1)
    total = np.sum((complete - grand) ** 2)
    within = (total - between * (n - 1)) / (n * (k - 1))
    error = (total - between * (n - 1) - readers * (k - 1)) / ((n - 1) * (k - 1))
    spread = (readers - error) / n
    return Icc(
        icc_1=_over(between - within, between + (k - 1) * within),
        icc_2=_over(between - error, between + (k - 1) * error + k * spread),
        icc_3=_over(between - error, between + (k - 1) * error),
        icc_1k=_over(between - within, between),
        icc_2k=_over(between - error, between + spread),
        icc_3k=_over(between - error, between),
    )


def agreement_interval(
    coefficient: Callable[[Ratings], float], ratings: Ratings, *, resamples: int = 1000, seed: int
) -> AgreementInterval:
    """Return a coefficient with its 95 % percentile interval over resampled units."""
    units = ratings.shape[1]
    value = coefficient(ratings) if units else float("nan")
    rng = np.random.default_rng(seed)
    drawn = (ratings[:, rng.integers(0, units, units)] for _ in range(resamples if units else 0))
    known = np.array([x for x in map(coefficient, drawn) if np.isfinite(x)])
    low, high = np.percentile(known, [2.5, 97.5]) if len(known) and units > 1 else (None, None)
    return AgreementInterval(
        value=float(value) if np.isfinite(value) else None,
        low=None if low is None else float(low),
        high=None if high is None else float(high),
        units=units,
    )


def _counts(
    ratings: Ratings,
) -> tuple[Float[np.ndarray, " q"], Float[np.ndarray, "units q"]]:
    values = np.unique(ratings[~np.isnan(ratings)])
    return values, (ratings[:, :, None] == values).sum(axis=0).astype(np.float64)


def _distances(
    values: Float[np.ndarray, " q"], totals: Float[np.ndarray, " q"], level: Level
) -> Float[np.ndarray, "q q"]:
    if level == "nominal":
        return 1.0 - np.eye(len(values))
    if level == "interval":
        return (values[:, None] - values) ** 2
    # ordinal: the number of ratings from the middle of one category to the middle of the other
    middles = np.cumsum(totals) - totals / 2.0
    return (middles[:, None] - middles) ** 2


def _weights(values: Float[np.ndarray, " q"], weights: Weights) -> Float[np.ndarray, "q q"]:
    if weights == "identity":
        return np.eye(len(values))
    if weights == "ordinal":
        rank = np.arange(len(values))
        apart = np.abs(rank[:, None] - rank) + 1.0
        return 1.0 - apart * (apart - 1.0) / (len(values) * (len(values) - 1.0))
    gap = np.abs(values[:, None] - values) / (values[-1] - values[0])
    return 1.0 - gap ** (1 if weights == "linear" else 2)


def _over(top: float, bottom: float) -> float:
    return float(top / bottom) if bottom else float("nan")
