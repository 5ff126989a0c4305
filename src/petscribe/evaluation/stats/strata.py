"""Scores within strata (tracer, lesion size, uptake, region, language): a mean can hide a failure.

Knows labels and numbers; a stratum keeps its name, its cases and its own interval. Patients may
stand in several strata.
"""

from collections.abc import Mapping, Sequence
from itertools import pairwise

import numpy as np
from jaxtyping import Num

from petscribe.evaluation.stats.bootstrap import DEFAULT_RESAMPLES, Interval, bootstrap_all
from petscribe.evaluation.stats.statistic import Statistic

UNKNOWN = "unknown"
SIZE_EDGES_MM = (10.0, 20.0, 40.0)
SUV_EDGES = (2.5, 5.0, 10.0)


def by_stratum(
    statistics: Mapping[str, Statistic],
    labels: Sequence[str],
    patients: Sequence[str],
    *,
    resamples: int = DEFAULT_RESAMPLES,
    seed: int,
) -> dict[str, dict[str, Interval]]:
    """Return every score with its interval in each stratum, strata in alphabetical order."""
    found = {}
    for label in sorted(set(labels)):
        cases = np.array([i for i, x in enumerate(labels) if x == label], np.int64)
        found[label] = bootstrap_all(
            {name: statistic.take(cases) for name, statistic in statistics.items()},
            [patients[i] for i in cases.tolist()],
            resamples=resamples,
            seed=seed,
        )
    return found


def bands(values: Num[np.ndarray, " n"], edges: Sequence[float], unit: str) -> list[str]:
    """Return the band of each value in words; a value on an edge belongs to the higher band.

    >>> bands(np.array([3.0, 10.0, 55.0, np.nan]), (10.0, 20.0), "mm")
    ['under 10 mm', '10-20 mm', '20 mm and more', 'unknown']
    """
    names = [f"under {edges[0]:g} {unit}"]
    names += [f"{a:g}-{b:g} {unit}" for a, b in pairwise(edges)]
    names.append(f"{edges[-1]:g} {unit} and more")
    places = np.searchsorted(np.asarray(edges), values, side="right")
    return [
        UNKNOWN if np.isnan(value) else names[place]
        for value, place in zip(values.tolist(), places.tolist(), strict=True)
    ]
