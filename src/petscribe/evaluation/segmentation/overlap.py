"""Dice, and false positive and false negative volumes by the autoPET challenge's definitions.

Components are 18-connected. False positive volume: predicted components that do not touch the truth
at all; false negative volume: true components that the prediction does not touch. Too large an
outline of a true lesion therefore costs Dice, not false positive volume.

Empty masks (autoPET III and IV): no truth -> Dice and false negative volume undefined (NaN), false
positive volume as it is; no prediction -> Dice 0, false positive volume 0. Means leave NaN out.
"""

from dataclasses import dataclass
from typing import Final

import cc3d
import numpy as np
from jaxtyping import Bool, Int

from petscribe.core.errors import GeometryError

Spacing = tuple[float, float, float]
CONNECTIVITY: Final = 18


@dataclass(frozen=True, slots=True, kw_only=True)
class Overlap:
    """Voxel agreement of one case; NaN where it is not defined."""

    dice: float
    false_positive_ml: float
    false_negative_ml: float
    predicted_ml: float
    true_ml: float


def overlap(
    prediction: Bool[np.ndarray, "z y x"], truth: Bool[np.ndarray, "tz ty tx"], spacing_mm: Spacing
) -> Overlap:
    """Compare a predicted mask with the true one.

    Raises:
        GeometryError: the masks differ in shape (code `shape-mismatch`).
    """
    require_same_shape(prediction, truth)
    voxel_ml = float(np.prod(spacing_mm)) / 1000.0
    predicted, true = int(prediction.sum()), int(truth.sum())
    shared = int((prediction & truth).sum())
    return Overlap(
        dice=2.0 * shared / (predicted + true) if true else float("nan"),
        false_positive_ml=untouched(prediction, truth) * voxel_ml,
        false_negative_ml=untouched(truth, prediction) * voxel_ml if true else float("nan"),
        predicted_ml=predicted * voxel_ml,
        true_ml=true * voxel_ml,
    )


def untouched(mask: Bool[np.ndarray, "z y x"], other: Bool[np.ndarray, "z y x"]) -> int:
    """Return the voxels of the components of `mask` that share no voxel with `other`."""
    labels = components(mask)
    sizes = np.bincount(labels.ravel())
    sizes[np.unique(labels[other])] = 0
    sizes[0] = 0
    return int(sizes.sum())


def components(mask: Bool[np.ndarray, "z y x"]) -> Int[np.ndarray, "z y x"]:
    """Return one label per 18-connected component."""
    if not mask.any():
        return np.zeros(mask.shape, np.int32)
    found = cc3d.connected_components(np.ascontiguousarray(mask), connectivity=CONNECTIVITY)
    return found.astype(np.int32)


def require_same_shape(prediction: np.ndarray, truth: np.ndarray) -> None:
    """Refuse masks that cannot lie on one grid."""
    if prediction.shape != truth.shape:
        raise GeometryError(
            "shape-mismatch",
            f"masks of shape {prediction.shape} and {truth.shape} (z, y, x) are not on one grid;"
            " resample one to the other first",
        )
