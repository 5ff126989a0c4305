"""Is one system better than another: approximate randomisation by patient, and Holm's correction.

Under the null hypothesis the two systems' outputs for a patient can be swapped. All swaps are tried
when there are few patients, else a seeded sample; p counts the swaps whose difference is at least
as large as the one observed. Sources: Noreen 1989; Yeh 2000; Holm 1979.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Num

from petscribe.evaluation.stats.bootstrap import patient_index
from petscribe.evaluation.stats.statistic import Statistic, mean_of

DEFAULT_SWAPS = 10_000
_EXACT_PATIENTS = 12
_TOLERANCE = 1e-12
_BLOCK = 2_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class PairedTest:
    """The difference `first - second` and how often chance makes one as large."""

    difference: float
    p_value: float
    swaps: int
    """Swaps tried; 2 to the number of patients when all were."""
    patients: int
    exact: bool


def randomisation_test(
    first: Statistic | Num[np.ndarray, " n"],
    second: Statistic | Num[np.ndarray, " n"],
    patients: Sequence[str],
    *,
    swaps: int = DEFAULT_SWAPS,
    seed: int,
) -> PairedTest:
    """Compare two systems on the same cases, two-sided.

    Args:
        first: a score, or one value per case.
        second: the same score of the other system, case by case.
        patients: the patient of each case; a patient's cases are swapped together.
        swaps: how many swaps to draw when they are too many to try all.
        seed: the same seed gives the same draws.

    Raises:
        ValueError: the numbers of cases differ.
    """
    one, two = _paired(first, second)
    if not len(one.table) == len(two.table) == len(patients):
        raise ValueError("both systems must score the same cases, with one patient each")
    index = patient_index(patients)
    num_patients = int(index.max(initial=-1)) + 1
    gap = np.zeros((num_patients, one.table.shape[1]))
    np.add.at(gap, index, two.table - one.table)
    sum_one, sum_two = one.table.sum(axis=0), two.table.sum(axis=0)
    observed = one.value - two.value
    exact = num_patients <= _EXACT_PATIENTS
    reached = tried = 0
    for mask in _swaps(num_patients, None if exact else swaps, seed):
        moved = mask @ gap
        difference = one.combine(sum_one + moved) - two.combine(sum_two - moved)
        reached += int(np.sum(np.abs(difference) >= abs(observed) - _TOLERANCE))
        tried += len(mask)
    # the observed labelling is one of all swaps when they are exact, and is added when drawn
    p_value = reached / tried if exact else (reached + 1) / (tried + 1)
    return PairedTest(
        difference=observed, p_value=p_value, swaps=tried, patients=num_patients, exact=exact
    )


def holm(p_values: Mapping[str, float]) -> dict[str, float]:
    """Return p-values adjusted for their number; each can be held against the same level.

    >>> holm({"a": 0.01, "b": 0.04, "c": 0.03})
    {'a': 0.03, 'b': 0.06, 'c': 0.06}
    """
    adjusted: dict[str, float] = {}
    largest = 0.0
    ranked = sorted(p_values, key=lambda name: p_values[name])
    for rank, name in enumerate(ranked):
        largest = max(largest, min(1.0, (len(ranked) - rank) * p_values[name]))
        adjusted[name] = largest
    return {name: adjusted[name] for name in p_values}


def _paired(
    first: Statistic | Num[np.ndarray, " n"], second: Statistic | Num[np.ndarray, " n"]
) -> tuple[Statistic, Statistic]:
    if isinstance(first, Statistic) and isinstance(second, Statistic):
        return first, second
    if isinstance(first, Statistic) or isinstance(second, Statistic):
        raise ValueError("compare two statistics or two arrays, not one of each")  # noqa: TRY004
    both = ~(np.isnan(first) | np.isnan(second))  # a case that only one system has is no pair
    one, two = (np.where(both, x, np.nan) for x in (first, second))
    return mean_of(one), mean_of(two)


def _swaps(num_patients: int, count: int | None, seed: int) -> Iterator[Float[np.ndarray, "r p"]]:
    if count is None:
        numbers = np.arange(2**num_patients)
        yield ((numbers[:, None] >> np.arange(num_patients)) & 1).astype(np.float64)
        return
    rng = np.random.default_rng(seed)
    rows = max(1, _BLOCK // num_patients)
    for start in range(0, count, rows):
        yield rng.integers(0, 2, (min(rows, count - start), num_patients)).astype(np.float64)
