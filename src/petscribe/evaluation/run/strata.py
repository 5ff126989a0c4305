"""The main scores by what kind of case it is: region, lesion size, uptake, and tracer if stated.

A case belongs where the first finding of its reference belongs; the tracer is the reference line's
own key `tracer`. Means hide failures: a system may be good at lungs and useless at bones.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np
from jaxtyping import Float

from petscribe.core.codec import encode
from petscribe.evaluation.run.cases import Case
from petscribe.evaluation.run.scoring import COLUMNS
from petscribe.evaluation.stats.statistic import Statistic
from petscribe.evaluation.stats.strata import SIZE_EDGES_MM, SUV_EDGES, UNKNOWN, bands, by_stratum
from petscribe.terms.anatomy import REGIONS

SCORES: Final = ("pet_finding_score", "detection_f1", "suv_mae", "rouge_l", "any_per_case")


def stratified(
    cases: Sequence[Case],
    rows: Float[np.ndarray, "n columns"],
    statistics: Mapping[str, Statistic],
    *,
    resamples: int,
    seed: int,
) -> dict[str, Any]:
    """Return each of `SCORES` with its interval, by kind of stratum and by stratum."""
    kept = {name: statistics[name] for name in SCORES}
    patients = [case.patient for case in cases]
    return {
        kind: {
            stratum: {name: encode(interval) for name, interval in found.items()}
            for stratum, found in by_stratum(
                kept, labels, patients, resamples=resamples, seed=seed
            ).items()
        }
        for kind, labels in _labels(cases, rows).items()
    }


def _labels(
    cases: Sequence[Case], rows: Float[np.ndarray, "n columns"]
) -> dict[str, Sequence[str]]:
    region, suv, size = (
        rows[:, COLUMNS.index(name)] for name in ("first_region", "first_suv_max", "first_size_mm")
    )
    labels: dict[str, Sequence[str]] = {
        "region": [UNKNOWN if np.isnan(x) else REGIONS[int(x)] for x in region.tolist()],
        "size": bands(size, SIZE_EDGES_MM, "mm"),
        "uptake": bands(suv, SUV_EDGES, "SUVmax"),
    }
    if any("tracer" in case.more for case in cases):
        labels["tracer"] = [str(case.more.get("tracer", UNKNOWN)) for case in cases]
    return labels
