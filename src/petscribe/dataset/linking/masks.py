"""The voxels of the lesion that a sentence speaks of, and whether they can be trusted.

Methods: Jentzen's iterative threshold (voxels may leave between steps, growth past a cap is a
leak), a percentage of the maximum, or the user's segmentation. The lesion may not enter the region
of a hotter spot, of one that another sentence names, or of a normal organ's. Where Jentzen's
threshold fails (little contrast, a leak), the way from background to maximum is cut at 41 %, and
the pair says so. Knows voxels and spots; no sentence.
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from jaxtyping import Bool

from petscribe.core.volume import IndexTriple
from petscribe.dataset.linking.spots import Scene, Spot
from petscribe.quant.thresholds import (
    Box,
    adapted_percent,
    fixed,
    grown_box,
    jentzen,
    percent_of_max,
    ring_mean,
)

Method = Literal["jentzen", "percent", "given"]

_REACH_MM: Final = 110.0
_PERCENT: Final = 0.41
_MAX_ML: Final = 1500.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Outline:
    """A lesion's voxels in a box of the PET."""

    box: Box
    voxels: Bool[np.ndarray, "z y x"]
    method: str
    """`jentzen`, `percent`, `given`, or `adapted-percent` where Jentzen's threshold failed."""
    doubt: str | None
    """Why the voxels should not be used: `mask-empty`, `mask-leaked`."""


def outline(scene: Scene, spot: Spot, *, method: Method, others: Collection[int] = ()) -> Outline:
    """Return the lesion around a spot.

    Args:
        scene: the exam.
        spot: the lesion's.
        method: how; a given segmentation is always used as it is.
        others: ids of the spots that other sentences name.
    """
    box, seed = _box_around(scene, spot.hottest)
    if scene.basins is None:
        voxels = scene.mask.labels[box] == spot.id
        return _checked(scene, box, voxels, "given")
    pet = np.where(np.isfinite(scene.exam.pet.array[box]), scene.exam.pet.array[box], 0.0)
    region = _region(scene, spot, box, others)
    if method == "percent":
        voxels = percent_of_max(pet, _PERCENT, seed=seed, region=region)
        return _checked(scene, box, voxels, "percent")
    voxel_ml = scene.exam.pet.grid.voxel_volume_ml
    found = jentzen(pet, seed=seed, region=region, voxel_ml=voxel_ml)
    if found.outcome == "converged":
        return _checked(scene, box, found.voxels, "jentzen")
    rough = scene.mask.labels[box] == spot.id
    background = ring_mean(pet, rough, 2)
    threshold = adapted_percent(spot.maximum, min(background, spot.maximum), _PERCENT)
    voxels = fixed(pet, threshold, seed=seed, region=region)
    return _checked(scene, box, voxels, "adapted-percent")


def _box_around(scene: Scene, hottest: IndexTriple) -> tuple[Box, IndexTriple]:
    grid = scene.exam.pet.grid
    point = (
        slice(hottest[0], hottest[0] + 1),
        slice(hottest[1], hottest[1] + 1),
        slice(hottest[2], hottest[2] + 1),
    )
    reach = int(np.ceil(_REACH_MM / min(grid.spacing_mm)))
    box = grown_box(point, reach, grid.shape)
    z, y, x = (h - s.start for h, s in zip(hottest, box, strict=True))
    return box, (z, y, x)


def _region(
    scene: Scene, spot: Spot, box: Box, others: Collection[int]
) -> Bool[np.ndarray, "z y x"]:
    assert scene.basins is not None
    closed = scene.basins.maxima > spot.maximum
    for other in scene.spots:
        if other.id in others or other.verdict == "physiologic":
            closed[other.id - 1] = True
    closed[spot.id - 1] = False
    return ~np.concatenate([[False], closed])[scene.basins.labels[box]]


def _checked(scene: Scene, box: Box, voxels: Bool[np.ndarray, "z y x"], method: str) -> Outline:
    volume_ml = float(voxels.sum()) * scene.exam.pet.grid.voxel_volume_ml
    doubt = "mask-empty" if not voxels.any() else "mask-leaked" if volume_ml > _MAX_ML else None
    return Outline(box=box, voxels=voxels, method=method, doubt=doubt)
