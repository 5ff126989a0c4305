"""Scores within strata."""

import numpy as np
import pytest

from petscribe.evaluation.stats.statistic import mean_of
from petscribe.evaluation.stats.strata import SIZE_EDGES_MM, UNKNOWN, bands, by_stratum


def test_a_mean_hides_what_a_stratum_shows():
    statistics = {"score": mean_of(np.array([1.0, 1.0, 0.0, 0.0]))}
    found = by_stratum(statistics, ["fdg", "fdg", "psma", "psma"], list("abcd"), seed=1)
    assert {k: v["score"].mean for k, v in found.items()} == {"fdg": 1.0, "psma": 0.0}
    assert found["fdg"]["score"].n == 2


@pytest.mark.parametrize(
    ("value", "band"),
    [
        (3.0, "under 10 mm"),
        (10.0, "10-20 mm"),
        (39.9, "20-40 mm"),
        (40.0, "40 mm and more"),
        (float("nan"), UNKNOWN),
    ],
)
def test_values_fall_in_bands(value: float, band: str):
    assert bands(np.array([value]), SIZE_EDGES_MM, "mm") == [band]
