"""Rows of counts to clinical scores, each as a statistic that can be resampled.

Names and meaning of every score stand in `CLINICAL` and `NUMERIC`.
"""

from collections.abc import Mapping
from functools import partial
from typing import Final

import numpy as np
from jaxtyping import Float

from petscribe.evaluation.clinical.faults import CRITICAL
from petscribe.evaluation.clinical.grids import FORM_LABELS, UPTAKE_LABELS, macro_f1
from petscribe.evaluation.clinical.lesion_f1 import VARIANTS
from petscribe.evaluation.run.scoring import COLUMNS
from petscribe.evaluation.stats.statistic import Combine, Statistic, mean_of, ratio

Rows = Float[np.ndarray, "n columns"]

CLINICAL: Final[Mapping[str, str]] = {
    "pet_finding_score": "credit of best-matched findings over all findings, harmonic mean; 0-1",
    "pet_finding_precision": "share of what is predicted that is right; 0-1",
    "pet_finding_recall": "share of what the reference states that is predicted right; 0-1",
    "detection_f1": "F1 of finding the lesions at all, on the right side; 0-1",
    "region_uptake_f1": "region x 5 uptake labels, macro-F1, normal included (as PETRG-Score); 0-1",
    "region_uptake_f1_abnormal": "the same over abnormal labels; 0-1",
    "region_form_f1": "region x 8 labels of form, macro-F1, normal included; 0-1",
    "region_form_f1_abnormal": "the same over abnormal labels; 0-1",
    "lesion_f1_t": "exact lesion tuples: type; micro-F1; 0-1",
    "lesion_f1_tp": "exact lesion tuples: type, region and side; 0-1",
    "lesion_f1_tf": "exact lesion tuples: type, uptake raised; 0-1",
    "lesion_f1_tpf": "exact lesion tuples: all of them; 0-1",
    "vipet_original_t": "ViMed-PET's published arithmetic, faults included; for comparison only",
    "vipet_original_tp": "the same with its coarse site",
    "vipet_original_tf": "the same with its uptake",
    "vipet_original_tpf": "the same with all of them",
}
"""What each clinical score is."""
NUMERIC: Final[Mapping[str, str]] = {
    "suv_mae": "mean |difference| of SUVmax where both state one",
    "suv_mean_error_frac": "the same as a share of the reference's",
    "suv_wrong_frac": "share of SUVmax off by more than max(0.1, 5 %)",
    "size_mae_mm": "mean |difference| of the longest axis where both state one",
    "deauville_mae": "mean |difference| of the Deauville score where both state one",
}


def clinical_statistics(rows: Rows) -> dict[str, Statistic]:
    """Return the scores of `CLINICAL`."""
    found = {
        "pet_finding_score": _of(rows, *_CREDITS, combine=_harmonic),
        "pet_finding_precision": _of(rows, *_CREDITS[:2], combine=ratio),
        "pet_finding_recall": _of(rows, *_CREDITS[2:], combine=ratio),
        "detection_f1": _of(rows, "pairs", "num_predicted", "num_reference", combine=_f1),
    }
    for name, labels in (("uptake", UPTAKE_LABELS), ("form", FORM_LABELS)):
        for suffix, abnormal in (("", False), ("_abnormal", True)):
            found[f"region_{name}_f1{suffix}"] = Statistic(
                table=_block(rows, f"{name}_"),
                combine=partial(_macro, len(labels), abnormal=abnormal),
            )
    for name, source in (("lesion_f1", "lesion"), ("vipet_original", "vipet")):
        for variant in VARIANTS:
            columns = (f"{source}_{variant}_{x}" for x in ("right", "predicted", "reference"))
            found[f"{name}_{variant}"] = _of(rows, *columns, combine=_f1)
    return found


def error_statistics(rows: Rows) -> dict[str, Statistic]:
    """Return each critical error per case, and all of them together."""
    counts = {name: rows[:, COLUMNS.index(name)] for name in CRITICAL}
    found = {name: mean_of(values) for name, values in counts.items()}
    found["any"] = mean_of(np.minimum(np.sum(list(counts.values()), axis=0), 1.0))
    return found


def numeric_statistics(rows: Rows) -> dict[str, Statistic]:
    """Return the errors of `NUMERIC`; NaN where nothing was compared."""
    return {
        "suv_mae": _of(rows, "suv_error", "suv_compared", combine=ratio),
        "suv_mean_error_frac": _of(rows, "suv_error_frac", "suv_compared", combine=ratio),
        "suv_wrong_frac": _of(rows, "suv_wrong", "suv_compared", combine=ratio),
        "size_mae_mm": _of(rows, "size_error_mm", "size_compared", combine=ratio),
        "deauville_mae": _of(rows, "deauville_error", "deauville_compared", combine=ratio),
    }


def error_counts(rows: Rows) -> dict[str, int]:
    """Return how many critical errors of each kind there are, in all."""
    counts = {name: int(rows[:, COLUMNS.index(name)].sum()) for name in CRITICAL}
    return {**counts, "total": sum(counts.values())}


def normal_counts(rows: Rows) -> dict[str, int]:
    """Return the second table: places called normal by each side, and by both."""
    names = ("normals_reference", "normals_predicted", "normals_agreed")
    return {name.removeprefix("normals_"): int(_column(rows, name).sum()) for name in names}


_CREDITS: Final = ("credit_predicted", "predicted", "credit_reference", "reference")


def _column(rows: Rows, name: str) -> Float[np.ndarray, " n"]:
    return rows[:, COLUMNS.index(name)]


def _of(rows: Rows, *names: str, combine: Combine) -> Statistic:
    return Statistic(table=np.stack([_column(rows, x) for x in names], axis=1), combine=combine)


def _block(rows: Rows, prefix: str) -> Float[np.ndarray, "n k"]:
    return rows[:, [i for i, name in enumerate(COLUMNS) if name.startswith(prefix)]]


def _harmonic(sums: Float[np.ndarray, "r 4"]) -> Float[np.ndarray, " r"]:
    """Return the score; 1 where neither side has a finding, 0 where one side has none."""
    one, other = (
        np.divide(top, bottom, out=np.zeros_like(top), where=bottom > 0)
        for top, bottom in ((sums[:, 0], sums[:, 1]), (sums[:, 2], sums[:, 3]))
    )
    both = one + other
    score = np.divide(2 * one * other, both, out=np.zeros_like(both), where=both > 0)
    return np.where((sums[:, 1] == 0) & (sums[:, 3] == 0), 1.0, score)


def _f1(sums: Float[np.ndarray, "r 3"]) -> Float[np.ndarray, " r"]:
    """Return 2 right / (predicted + reference); NaN when there is nothing on either side."""
    return ratio(np.stack([2 * sums[:, 0], sums[:, 1] + sums[:, 2]], axis=1))


def _macro(
    labels: int, sums: Float[np.ndarray, "r k"], *, abnormal: bool
) -> Float[np.ndarray, " r"]:
    return macro_f1(sums.reshape(len(sums), labels, 3), abnormal=abnormal)
