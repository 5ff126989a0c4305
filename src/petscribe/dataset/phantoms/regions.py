"""Masked organs for two lessons: what this structure is, and that its uptake is normal.

Structures come from the phantom's label map, so any of its names may be asked for. Physiologic
uptake is the hot part of an organ that holds no lesion, outlined as a threshold would. Knows labels
and SUV, no wording.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from jaxtyping import Bool, Float, Int, UInt8

from petscribe.core.lesion import Laterality
from petscribe.core.volume import Grid, Mask, Volume, bounding_box
from petscribe.terms.anatomy import ORGANS

Lesson = Literal["structure", "physiologic"]

_FEWEST_VOXELS: Final = 6
_HOT_SUV: Final = 2.5
_SHARE_OF_HOTTEST: Final = (0.35, 0.55)
_LARGEST_PERCENTILE: Final = 98.0
_NO_PLACE: Final = frozenset({"skin"})
"""Everywhere, so nowhere: not asked for."""
_LATERALITIES: Final[dict[str, Laterality]] = {
    "left": "left",
    "right": "right",
    "midline": "midline",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class MaskedRegion:
    """One masked organ; `id` is its label in the case's `structures`."""

    id: int
    organ: str
    lesson: Lesson
    laterality: Laterality | None


def masked_regions(
    organs: Mask,
    pet: Volume,
    lesions: Mask,
    *,
    counts: tuple[int, int],
    rng: np.random.Generator,
) -> tuple[UInt8[np.ndarray, "z y x"], tuple[MaskedRegion, ...]]:
    """Return a label array of masked organs and what each label is.

    Args:
        organs: the phantom's structures on the PET grid, named.
        pet: SUV.
        lesions: on the PET grid; a physiologic region keeps clear of them.
        counts: how many structures and how many physiologic regions at most.
        rng: draws which.
    """
    uptake = _uptake_by_organ(organs, pet)
    ill = {organs.names.get(int(i), "") for i in np.unique(organs.labels[lesions.labels > 0])}
    labels = np.zeros(organs.labels.shape, np.uint8)
    regions: list[MaskedRegion] = []
    hot = {name: _hottest(suv) for name, suv in uptake.items() if _may_be_hot(name, ill)}
    for organ in _drawn([name for name in hot if hot[name] > _HOT_SUV], counts[1], rng):
        limit = hot[organ] * float(rng.uniform(*_SHARE_OF_HOTTEST))
        voxels = _hot_part(_where(organs, organ), pet, limit) & (lesions.labels == 0)
        _add(labels, voxels, regions, (organ, "physiologic"))
    taken = {region.organ for region in regions}
    for organ in _drawn([name for name in uptake if name not in taken], counts[0], rng):
        _add(labels, _where(organs, organ), regions, (organ, "structure"))
    return labels, tuple(regions)


def nearest_labels(labels: Mask, grid: Grid) -> Mask:
    """Return the label nearest to each voxel centre of a grid with the same axes.

    Ten times faster than the majority rule, which matters for thousands of cases; outlines are as
    jagged as other people's.
    """
    nearest = [_nearest(labels.grid, grid, axis) for axis in range(3)]
    found = labels.labels[np.ix_(*(np.maximum(index, 0) for index in nearest))]
    z, y, x = (index >= 0 for index in nearest)
    found[~(z[:, None, None] & y[:, None] & x)] = 0
    return Mask(labels=found, grid=grid, names=labels.names)


def _nearest(source: Grid, target: Grid, axis: int) -> Int[np.ndarray, " n"]:
    """Return the source position nearest to each target position along an axis, -1 outside."""
    line = np.zeros((target.shape[axis], 3))
    line[:, axis] = np.arange(len(line))
    index = np.rint(source.to_index(target.to_world(line))[:, axis]).astype(np.int64)
    return np.where(index < source.shape[axis], np.maximum(index, -1), -1)


def _uptake_by_organ(organs: Mask, pet: Volume) -> dict[str, Float[np.ndarray, " n"]]:
    """Return the SUVs of every named organ that has enough voxels."""
    index = np.flatnonzero(organs.labels)
    numbers = organs.labels.ravel()[index]
    order = np.argsort(numbers, kind="stable")
    values, numbers = pet.array.ravel()[index[order]], numbers[order]
    found = {}
    for number, name in sorted(organs.names.items()):
        start, stop = np.searchsorted(numbers, [number, number + 1])
        if _is_asked_for(name) and stop - start >= _FEWEST_VOXELS:
            found[name] = values[start:stop]
    return found


def _is_asked_for(name: str) -> bool:
    return name in ORGANS and name not in _NO_PLACE


def _hottest(suv: Float[np.ndarray, " n"]) -> float:
    return float(np.percentile(suv, _LARGEST_PERCENTILE))


def _may_be_hot(organ: str, ill: Collection[str]) -> bool:
    return organ not in ill and ORGANS[organ].kind in {"organ", "part"}


def _drawn(names: Sequence[str], count: int, rng: np.random.Generator) -> list[str]:
    picked = rng.permutation(len(names))[:count]
    return [names[int(i)] for i in picked]


def _where(organs: Mask, organ: str) -> Bool[np.ndarray, "z y x"]:
    return organs.where(next(number for number, name in organs.names.items() if name == organ))


def _hot_part(
    inside: Bool[np.ndarray, "z y x"], pet: Volume, limit: float
) -> Bool[np.ndarray, "z y x"]:
    """Return the largest piece above a limit in an organ and one voxel around it."""
    from scipy import ndimage

    box = bounding_box(inside)
    assert box is not None
    near = ndimage.binary_dilation(inside[box]) & (pet.array[box] >= limit)
    parts, count = ndimage.label(near)
    if count > 1:
        near = parts == 1 + int(np.argmax(np.bincount(parts.ravel())[1:]))
    voxels = np.zeros_like(inside)
    voxels[box] = near
    return voxels


def _add(
    labels: UInt8[np.ndarray, "z y x"],
    voxels: Bool[np.ndarray, "z y x"],
    regions: list[MaskedRegion],
    what: tuple[str, Lesson],
) -> None:
    free = voxels & (labels == 0)
    if int(free.sum()) < _FEWEST_VOXELS:
        return
    number = len(regions) + 1
    labels[free] = number
    organ, lesson = what
    side = _LATERALITIES.get(ORGANS[organ].side or "")
    regions.append(MaskedRegion(id=number, organ=organ, lesson=lesson, laterality=side))
