"""All sentences of a report at once: the best assignment of claims to spots, and how sure each is.

Points are added over all pairs; a claim may stay without a spot (for `nobody` points); a spot may
be named twice (a report repeats itself) for a price. How the report counts images, and the kind of
its SUV, are unknowns too: the hypothesis with the highest total wins. A claim's margin is what the
best total loses when its pair is forbidden, under any hypothesis: two lesions that could be swapped
have a margin of 0, however well they fit. Knows numbers only.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from jaxtyping import Float

TWICE: Final = 2.0
"""Points that a spot's second claim costs."""
_FORBIDDEN: Final = -1e6


@dataclass(frozen=True, slots=True, kw_only=True)
class Hypothesis:
    """The points of every pair under one way of reading the report."""

    name: str
    gain: Float[np.ndarray, "claims spots"]
    nobody: Float[np.ndarray, " claims"]
    """Points of each claim for being given no spot: what a pair must beat."""
    prior: float
    """Points that this way of reading has from the start."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Assigned:
    """The winning hypothesis, and per claim its spot (or None) and margin."""

    hypothesis: int
    columns: tuple[int | None, ...]
    margins: tuple[float, ...]


def assign(hypotheses: Sequence[Hypothesis]) -> Assigned:
    """Return the best assignment under the best hypothesis."""
    tables = [_table(h) for h in hypotheses]
    solved = [_solve(table) for table in tables]
    best = max(range(len(solved)), key=lambda h: solved[h][0])
    total, columns = solved[best]
    spots = hypotheses[best].gain.shape[1]
    margins = [
        total - max(_solve(_without(table, row, column, spots))[0] for table in tables)
        for row, column in enumerate(columns)
    ]
    named = [None if c >= 2 * spots else c % spots for c in columns]
    return Assigned(hypothesis=best, columns=tuple(named), margins=tuple(margins))


def _table(hypothesis: Hypothesis) -> Float[np.ndarray, "claims choices"]:
    """Return the points of every choice: each spot, each spot a second time, nobody."""
    gain = hypothesis.gain
    nobody = np.full((len(gain), len(gain)), _FORBIDDEN)
    np.fill_diagonal(nobody, hypothesis.nobody)
    share = hypothesis.prior / max(len(gain), 1)
    return np.hstack([gain, gain - TWICE, nobody]) + share


def _solve(table: Float[np.ndarray, "claims choices"]) -> tuple[float, list[int]]:
    from scipy.optimize import linear_sum_assignment

    rows, columns = linear_sum_assignment(table, maximize=True)
    return float(table[rows, columns].sum()), [int(c) for c in columns]


def _without(
    table: Float[np.ndarray, "claims choices"], row: int, choice: int, spots: int
) -> Float[np.ndarray, "claims choices"]:
    """Return the table with the chosen pair forbidden, in both of a spot's places."""
    changed = table.copy()
    if choice >= 2 * spots:
        changed[row, choice] = _FORBIDDEN
    else:
        changed[row, [choice % spots, choice % spots + spots]] = _FORBIDDEN
    return changed
