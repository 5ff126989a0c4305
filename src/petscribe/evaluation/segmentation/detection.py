"""Lesions found, missed and invented, with the matching rule named.

Lesions are the labels of two label maps (or the components of two masks). A pair is possible when
they overlap at all (`touch`), when their intersection over union reaches a threshold (`iou`), or
when their hottest voxels agree within 0.1 SUV (`suv_max`, how text-guided PET segmentation is
counted). Among possible pairs the matching is one to one and as large as possible, so a lesion in
two pieces is one hit and one false positive. Counts pool over cases by addition; a case without
lesions takes part with its false positives.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from jaxtyping import Bool, Float, Int, Num

from petscribe.evaluation.segmentation.overlap import components, require_same_shape

Rule = Literal["touch", "iou", "suv_max"]
IOU_THRESHOLD = 0.5
SUV_TOLERANCE = 0.1


@dataclass(frozen=True, slots=True, kw_only=True)
class Detection:
    """Lesion counts of one case, and which label was matched with which."""

    true_positive: int
    false_positive: int
    false_negative: int
    pairs: tuple[tuple[int, int], ...]
    """Predicted and true label of every match."""
    matched_iou: tuple[float, ...]

    @property
    def f1(self) -> float:
        """Lesion F1; NaN when there is no lesion on either side."""
        whole = 2 * self.true_positive + self.false_positive + self.false_negative
        return 2 * self.true_positive / whole if whole else float("nan")


def detect(
    prediction: Int[np.ndarray, "z y x"] | Bool[np.ndarray, "z y x"],
    truth: Int[np.ndarray, "tz ty tx"] | Bool[np.ndarray, "tz ty tx"],
    *,
    rule: Rule = "touch",
    iou_threshold: float = IOU_THRESHOLD,
    suv: Num[np.ndarray, "z y x"] | None = None,
) -> Detection:
    """Match predicted with true lesions.

    Args:
        prediction: a label map, or a mask whose 18-connected components are the lesions.
        truth: the same.
        rule: when a pair is possible.
        iou_threshold: for `iou`.
        suv: the PET in SUV, for `suv_max`.

    Raises:
        GeometryError: the arrays differ in shape (code `shape-mismatch`).
        ValueError: `suv_max` without SUV.
    """
    require_same_shape(prediction, truth)
    ours, theirs = _labels(prediction), _labels(truth)
    our_ids, our_sizes = np.unique(ours[ours > 0], return_counts=True)
    their_ids, their_sizes = np.unique(theirs[theirs > 0], return_counts=True)
    shared = _shared(ours, theirs, our_ids, their_ids)
    iou = shared / np.maximum(our_sizes[:, None] + their_sizes[None, :] - shared, 1)
    if rule == "touch":
        possible = shared > 0
    elif rule == "iou":
        possible = iou >= iou_threshold
    else:
        possible = _same_maximum(suv, (ours, our_ids), (theirs, their_ids))
    rows, columns = _match(possible, iou)
    return Detection(
        true_positive=len(rows),
        false_positive=len(our_ids) - len(rows),
        false_negative=len(their_ids) - len(rows),
        pairs=tuple(
            (int(our_ids[i]), int(their_ids[j])) for i, j in zip(rows, columns, strict=True)
        ),
        matched_iou=tuple(iou[rows, columns].tolist()),
    )


def _labels(array: np.ndarray) -> Int[np.ndarray, "z y x"]:
    return components(array) if array.dtype == np.bool_ else array


def _shared(
    ours: Int[np.ndarray, "z y x"],
    theirs: Int[np.ndarray, "z y x"],
    our_ids: Int[np.ndarray, " p"],
    their_ids: Int[np.ndarray, " t"],
) -> Float[np.ndarray, "p t"]:
    both = (ours > 0) & (theirs > 0)
    rows = np.searchsorted(our_ids, ours[both])
    columns = np.searchsorted(their_ids, theirs[both])
    counts = np.bincount(rows * len(their_ids) + columns, minlength=len(our_ids) * len(their_ids))
    return counts.reshape(len(our_ids), len(their_ids)).astype(np.float64)


def _same_maximum(
    suv: Num[np.ndarray, "z y x"] | None,
    ours: tuple[Int[np.ndarray, "z y x"], Int[np.ndarray, " p"]],
    theirs: tuple[Int[np.ndarray, "z y x"], Int[np.ndarray, " t"]],
) -> Bool[np.ndarray, "p t"]:
    if suv is None:
        raise ValueError("the rule suv_max needs the PET in SUV")
    require_same_shape(ours[0], suv)
    first, second = (_maxima(suv, labels, ids) for labels, ids in (ours, theirs))
    return np.abs(first[:, None] - second[None, :]) <= SUV_TOLERANCE + 1e-6


def _maxima(
    suv: Num[np.ndarray, "z y x"], labels: Int[np.ndarray, "z y x"], ids: Int[np.ndarray, " k"]
) -> Float[np.ndarray, " k"]:
    found = np.full(len(ids), -np.inf)
    inside = labels > 0
    np.maximum.at(found, np.searchsorted(ids, labels[inside]), suv[inside])
    return found


def _match(
    possible: Bool[np.ndarray, "p t"], iou: Float[np.ndarray, "p t"]
) -> tuple[Int[np.ndarray, " m"], Int[np.ndarray, " m"]]:
    from scipy.optimize import linear_sum_assignment

    # every possible pair outweighs all overlap together: first as many pairs as can be
    worth = np.where(possible, 1.0 + iou / (1.0 + min(possible.shape, default=0)), 0.0)
    rows, columns = linear_sum_assignment(worth, maximize=True)
    kept = possible[rows, columns]
    return rows[kept], columns[kept]
