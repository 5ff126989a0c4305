"""A score of many cases as a function of sums of per-case counts.

A mean is sum / count, micro-F1 is 2 TP / (2 TP + FP + FN), corpus BLEU a function of eight summed
counts: each is a table of numbers per case and a rule that turns summed rows into scores. Any
resampling is then a matrix product, and no case is scored twice.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Num

Combine = Callable[[Float[np.ndarray, "r k"]], Float[np.ndarray, " r"]]
"""Turns rows of sums into one score each; NaN where the score is not defined."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Statistic:
    """Per-case counts and the rule that makes a score of their sums."""

    table: Float[np.ndarray, "n k"]
    combine: Combine

    @property
    def value(self) -> float:
        """The score of all cases; NaN when it is not defined."""
        return float(self.combine(self.table.sum(axis=0, keepdims=True))[0])

    def per_case(self) -> Float[np.ndarray, " n"]:
        """Return the score of each case alone."""
        return self.combine(self.table)

    def take(self, cases: Num[np.ndarray, " m"]) -> "Statistic":
        """Return the statistic of some cases, by index."""
        return Statistic(table=self.table[cases], combine=self.combine)


def ratio(sums: Float[np.ndarray, "r 2"]) -> Float[np.ndarray, " r"]:
    """Return first / second; NaN for a zero second."""
    top, bottom = sums[:, 0], sums[:, 1]
    return np.divide(top, bottom, out=np.full(len(sums), np.nan), where=bottom != 0)


def f1(sums: Float[np.ndarray, "r 3"]) -> Float[np.ndarray, " r"]:
    """Return 2 TP / (2 TP + FP + FN) of (TP, FP, FN); NaN when all three are 0."""
    hits = 2.0 * sums[:, 0]
    return ratio(np.stack([hits, hits + sums[:, 1] + sums[:, 2]], axis=1))


def mean_of(values: Num[np.ndarray, " n"]) -> Statistic:
    """Return the mean over cases; a NaN case has no value and does not count."""
    numbers = np.asarray(values, np.float64)
    known = ~np.isnan(numbers)
    table = np.stack([np.where(known, numbers, 0.0), known.astype(np.float64)], axis=1)
    return Statistic(table=table, combine=ratio)


def ratio_of(numerators: Num[np.ndarray, " n"], denominators: Num[np.ndarray, " n"]) -> Statistic:
    """Return sum of numerators / sum of denominators (precision, recall, error rates)."""
    table = np.stack([numerators, denominators], axis=1).astype(np.float64)
    return Statistic(table=table, combine=ratio)


def micro_f1(
    true_positive: Num[np.ndarray, " n"],
    false_positive: Num[np.ndarray, " n"],
    false_negative: Num[np.ndarray, " n"],
) -> Statistic:
    """Return F1 over the pooled counts of all cases."""
    table = np.stack([true_positive, false_positive, false_negative], axis=1).astype(np.float64)
    return Statistic(table=table, combine=f1)
