"""Uptake of every lesion at once: voxel lists, SUVmax, SUVmean, and the three SUVpeaks.

Definitions. SUVmax: largest voxel of the mask, not interpolated. SUVmean: arithmetic mean over the
mask's voxels. SUVpeak (IBSI): mean over the voxels whose centre lies within (3 / (4 pi))^(1/3) cm
= 6.2035 mm of a lesion voxel's centre (a sphere of 1 cm3). Voxels outside the lesion count; voxels
outside the image or never measured do not, and the sum is divided by the number of those that do.
Local: centred on the hottest lesion voxel (of several, the one with the largest mean). Global: the
largest mean over all lesion voxels. PERCIST: as global with a sphere of 12 mm diameter.

Does not know lengths (`extents`) or records (`lesions`). Source: IBSI reference manual 3.2
(intensity-based statistics, local and global peak); Lodge 2012 for the 12 mm sphere.
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int, Shaped

from petscribe.core.errors import GeometryError, InputError
from petscribe.core.volume import Grid, Mask, Volume

PEAK_RADIUS_MM = 10.0 * (3.0 / (4.0 * np.pi)) ** (1.0 / 3.0)
"""Radius of the IBSI sphere of 1 cm3: 6.2035 mm."""
PERCIST_RADIUS_MM = 6.0
"""Radius of the PERCIST sphere of 12 mm diameter."""

_RADIUS_TOLERANCE_MM = 1e-6
_GATHER_LIMIT = 400_000
"""Most values gathered at once: bounds memory for very large lesions."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LesionVoxels:
    """The voxels of every label, listed label by label and in array order within one."""

    ids: Int[np.ndarray, " lesions"]
    starts: Int[np.ndarray, " lesions"]
    """Position of each label's first voxel in `index`."""
    counts: Int[np.ndarray, " lesions"]
    index: Int[np.ndarray, "n zyx"]

    def spread(self, values: Shaped[np.ndarray, " lesions"]) -> Shaped[np.ndarray, " n"]:
        """Repeat one value per lesion for each of its voxels."""
        return np.repeat(values, self.counts)

    def values(self, array: Shaped[np.ndarray, "z y x"]) -> Shaped[np.ndarray, " n"]:
        """Return `array` at every listed voxel."""
        return array[self.index[:, 0], self.index[:, 1], self.index[:, 2]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Uptake:
    """What every lesion takes up, in the volume's unit, in the order of `LesionVoxels.ids`."""

    maximum: Float[np.ndarray, " lesions"]
    mean: Float[np.ndarray, " lesions"]
    peak_local: Float[np.ndarray, " lesions"]
    peak_global: Float[np.ndarray, " lesions"]
    peak_percist: Float[np.ndarray, " lesions"]
    hottest: Int[np.ndarray, "lesions zyx"]
    """Index of each lesion's hottest voxel."""


def list_voxels(mask: Mask) -> LesionVoxels:
    """List the voxels of every label of `mask`; an empty mask gives empty lists."""
    labels = np.ascontiguousarray(mask.labels).ravel()
    flat = np.flatnonzero(labels)
    found = labels[flat].astype(np.int64)
    if found.size and not np.all(found[1:] >= found[:-1]):
        order = np.argsort(found, kind="stable")
        flat, found = flat[order], found[order]
    ids, starts, counts = np.unique(found, return_index=True, return_counts=True)
    index = np.stack(np.unravel_index(flat, mask.labels.shape), axis=1).astype(np.int64)
    return LesionVoxels(
        ids=ids, starts=starts.astype(np.int64), counts=counts.astype(np.int64), index=index
    )


def measure_uptake(pet: Volume, voxels: LesionVoxels) -> Uptake:
    """Measure maximum, mean and peaks of every listed lesion.

    Raises:
        InputError: a lesion holds a voxel that the PET never measured (code `nan-in-lesion`).
    """
    values = np.asarray(voxels.values(pet.array), dtype=np.float64)
    _refuse_unmeasured(values, pet, voxels)
    sphere = sphere_offsets(pet.grid, PEAK_RADIUS_MM)
    percist = sphere_offsets(pet.grid, PERCIST_RADIUS_MM)
    means = sphere_means(pet, voxels.index, sphere)
    same = np.array_equal(sphere, percist)
    means_percist = means if same else sphere_means(pet, voxels.index, percist)
    if not voxels.ids.size:
        none = np.empty(0)
        return Uptake(
            maximum=none,
            mean=none,
            peak_local=none,
            peak_global=none,
            peak_percist=none,
            hottest=np.empty((0, 3), dtype=np.int64),
        )
    maximum = np.maximum.reduceat(values, voxels.starts)
    at_maximum = np.where(values == voxels.spread(maximum), means, -np.inf)
    local = np.maximum.reduceat(at_maximum, voxels.starts)
    position = np.where(at_maximum == voxels.spread(local), np.arange(values.size), values.size)
    return Uptake(
        maximum=maximum,
        mean=np.add.reduceat(values, voxels.starts) / voxels.counts,
        peak_local=local,
        peak_global=np.maximum.reduceat(means, voxels.starts),
        peak_percist=np.maximum.reduceat(means_percist, voxels.starts),
        hottest=voxels.index[np.minimum.reduceat(position, voxels.starts)],
    )


def suv_peak(pet: Volume, mask: Mask, *, radius_mm: float = PEAK_RADIUS_MM) -> dict[int, float]:
    """Return each label's largest sphere mean centred on one of its voxels (global peak)."""
    refuse_other_grid(mask, pet.grid)
    voxels = list_voxels(mask)
    if not voxels.ids.size:
        return {}
    means = sphere_means(pet, voxels.index, sphere_offsets(pet.grid, radius_mm))
    peaks = np.maximum.reduceat(means, voxels.starts)
    return {int(i): float(p) for i, p in zip(voxels.ids, peaks, strict=True)}


def sphere_offsets(grid: Grid, radius_mm: float) -> Int[np.ndarray, "k zyx"]:
    """Return the index offsets whose voxel centres lie within `radius_mm`, oblique grids too."""
    matrix = grid.affine[:3, :3]
    # |row of the inverse| * radius is how far the sphere reaches along that index axis
    reach = np.floor(np.linalg.norm(np.linalg.inv(matrix), axis=1) * radius_mm + 1e-9)
    spans = [np.arange(-int(r), int(r) + 1) for r in reach]
    offsets = np.stack(np.meshgrid(*spans, indexing="ij"), axis=-1).reshape(-1, 3)
    distance = np.linalg.norm(offsets @ matrix.T, axis=1)
    return offsets[distance <= radius_mm + _RADIUS_TOLERANCE_MM]


def sphere_means(
    pet: Volume, index: Int[np.ndarray, "n zyx"], offsets: Int[np.ndarray, "k zyx"]
) -> Float[np.ndarray, " n"]:
    """Return the mean of the measured voxels at `offsets` around every voxel of `index`."""
    shape = np.asarray(pet.array.shape)
    means = np.empty(len(index))
    inside = np.all(
        (index + offsets.min(axis=0) >= 0) & (index + offsets.max(axis=0) < shape), axis=1
    )
    flat = np.ascontiguousarray(pet.array).ravel()
    strides = np.array([shape[1] * shape[2], shape[2], 1])
    step = max(1, _GATHER_LIMIT // len(offsets))
    deep = np.flatnonzero(inside)
    for start in range(0, deep.size, step):
        rows = deep[start : start + step]
        values = flat[(index[rows] @ strides)[:, None] + offsets @ strides]
        means[rows] = values.mean(axis=1, dtype=np.float64)
    # near the edge, or beside voxels never measured: count only what is there
    careful = np.flatnonzero(~inside | ~np.isfinite(means)) if pet.padding is None else None
    rest = np.arange(len(index)) if careful is None else careful
    for start in range(0, rest.size, step):
        rows = rest[start : start + step]
        means[rows] = _careful_means(pet, index[rows], offsets)
    return means


def _careful_means(
    pet: Volume, index: Int[np.ndarray, "n zyx"], offsets: Int[np.ndarray, "k zyx"]
) -> Float[np.ndarray, " n"]:
    where = index[:, None, :] + offsets
    shape = np.asarray(pet.array.shape)
    there = np.all((where >= 0) & (where < shape), axis=2)
    where = np.clip(where, 0, shape - 1)
    values = np.asarray(pet.array[where[..., 0], where[..., 1], where[..., 2]], dtype=np.float64)
    there &= np.isfinite(values)
    if pet.padding is not None:
        there &= values != pet.padding
    count = there.sum(axis=1)
    total = np.where(there, values, 0.0).sum(axis=1)
    return np.divide(total, count, out=np.full(len(index), np.nan), where=count > 0)


def refuse_other_grid(mask: Mask, grid: Grid) -> None:
    """Refuse a mask that does not lie on the PET's own grid.

    Raises:
        GeometryError: shape or place differ (code `mask-not-on-pet-grid`).
    """
    if not mask.grid.matches(grid):
        raise GeometryError(
            "mask-not-on-pet-grid",
            f"mask of {mask.grid.shape} voxels does not lie on the PET grid of {grid.shape}; "
            "put it there first (io.masks does)",
        )


def _refuse_unmeasured(values: Float[np.ndarray, " n"], pet: Volume, voxels: LesionVoxels) -> None:
    bad = ~np.isfinite(values)
    if pet.padding is not None:
        bad |= values == pet.padding
    if bad.any():
        lesion = int(voxels.spread(voxels.ids)[bad][0])
        raise InputError(
            "nan-in-lesion",
            f"lesion {lesion} covers voxels that the PET never measured ({int(bad.sum())} in all); "
            "cut the mask to the measured field",
        )
