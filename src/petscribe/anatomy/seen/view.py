"""The exam made small: PET and CT block-averaged to about 6 mm, for finding landmarks quickly.

Knows which working voxel belongs to which PET voxel and back; knows no anatomy. The working lattice
is the PET lattice divided by whole numbers, so that nothing has to be interpolated on the way back.
"""

from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Bool, Float, Float32, Shaped

from petscribe.core.exam import Exam
from petscribe.core.volume import Grid, IndexTriple, Triple, Volume

_TARGET_MM = 6.0
_AIR_HU = -1000.0


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """PET and CT of one exam on the working lattice (array axes grow to head, back and left)."""

    pet: Float32[np.ndarray, "z y x"]
    """Uptake in the exam's own unit, block mean, never NaN."""
    hu: Float32[np.ndarray, "z y x"] | None
    """CT block mean, air where nothing was measured; None without a CT."""
    ct_seen: Bool[np.ndarray, "z y x"]
    """Where the CT measured something."""
    has_ct: bool
    """Whether a CT covers at least a tenth of the slices."""
    spacing_mm: Triple
    """Of the working lattice, along z, y, x."""
    factors: IndexTriple
    """PET voxels per working voxel, along z, y, x."""
    pet_grid: Grid
    tracer: str
    start: IndexTriple = (0, 0, 0)
    """Working voxels cut off in front of each axis."""

    @property
    def voxel_ml(self) -> float:
        """Volume of one working voxel."""
        return float(np.prod(self.spacing_mm)) / 1000.0

    def mm(self, millimetres: float, axis: int) -> int:
        """Return a length as a whole number of working voxels along an axis, at least one."""
        return max(1, round(millimetres / self.spacing_mm[axis]))

    def to_pet_index(self, index: Float[np.ndarray, " n"], axis: int) -> Float[np.ndarray, " n"]:
        """Return working-lattice positions along an axis as PET positions."""
        factor = self.factors[axis]
        result: Float[np.ndarray, " n"] = (index + self.start[axis] + 0.5) * factor - 0.5
        return result

    def crop(self, box: tuple[slice, slice, slice]) -> "View":
        """Return the part of the view inside `box`."""
        z, y, x = (s + b.start for s, b in zip(self.start, box, strict=True))
        return replace(
            self,
            pet=self.pet[box],
            hu=None if self.hu is None else self.hu[box],
            ct_seen=self.ct_seen[box],
            start=(z, y, x),
        )

    def to_pet(self, labels: Shaped[np.ndarray, "Z Y X"]) -> Shaped[np.ndarray, "z y x"]:
        """Return a labelled working array (cropped or not) on the PET lattice, 0 outside."""
        shape = self.pet_grid.shape
        whole = np.zeros(_blocks(shape, self.factors), dtype=labels.dtype)
        whole[tuple(slice(s, s + n) for s, n in zip(self.start, labels.shape, strict=True))] = (
            labels
        )
        return spread(whole, self.factors, shape)


def view_of(exam: Exam, ct_on_pet: Volume | None) -> View:
    """Make the working view of an exam.

    Args:
        exam: its PET gives the lattice.
        ct_on_pet: the CT in HU on the PET grid, NaN where it measured nothing; None without CT.

    Raises:
        ValueError: `ct_on_pet` is not on the PET grid.
    """
    grid = exam.pet.grid
    if ct_on_pet is not None and ct_on_pet.grid.shape != grid.shape:
        raise ValueError(f"CT shape {ct_on_pet.grid.shape} is not the PET's {grid.shape}")
    factors = tuple(max(1, round(_TARGET_MM / s)) for s in grid.spacing_mm)
    factors = tuple(min(f, n) for f, n in zip(factors, grid.shape, strict=True))
    triple: IndexTriple = (factors[0], factors[1], factors[2])
    pet = exam.pet.array.astype(np.float32, copy=False)
    if not np.isfinite(float(pet.sum(dtype=np.float64))):
        pet = np.nan_to_num(pet, nan=0.0, posinf=0.0, neginf=0.0)
    hu, seen = None, np.zeros(_blocks(grid.shape, triple), dtype=np.bool_)
    if ct_on_pet is not None:
        measured = ct_on_pet.measured
        filled = np.where(measured, ct_on_pet.array, np.float32(_AIR_HU))
        hu = block_mean(filled.astype(np.float32, copy=False), triple)
        seen = np.ascontiguousarray(measured[:: triple[0], :: triple[1], :: triple[2]])
    return View(
        pet=block_mean(pet, triple),
        hu=hu,
        ct_seen=seen,
        has_ct=hu is not None and bool(seen.any(axis=(1, 2)).mean() > 0.1),
        spacing_mm=_spacing(grid, triple),
        factors=triple,
        pet_grid=grid,
        tracer=exam.acquisition.tracer,
    )


def block_mean(
    array: Float32[np.ndarray, "z y x"], factors: IndexTriple
) -> Float32[np.ndarray, "Z Y X"]:
    """Return the mean of each block of `factors` voxels; the last block of an axis may be short."""
    result = array
    for axis, factor in enumerate(factors):
        if factor == 1:
            continue
        size = result.shape[axis]
        starts = np.arange(0, size, factor)
        counts = np.minimum(factor, size - starts).astype(np.float32)
        shape = [1, 1, 1]
        shape[axis] = -1
        total = np.zeros([*result.shape[:axis], len(starts), *result.shape[axis + 1 :]], np.float32)
        for offset in range(min(factor, size)):
            part = result[(slice(None),) * axis + (slice(offset, None, factor),)]
            total[(slice(None),) * axis + (slice(0, part.shape[axis]),)] += part
        result = total / counts.reshape(shape)
    return np.ascontiguousarray(result, dtype=np.float32)


def spread(
    array: Shaped[np.ndarray, "Z Y X"], factors: IndexTriple, shape: IndexTriple
) -> Shaped[np.ndarray, "z y x"]:
    """Return a working array on the PET lattice: each voxel takes its block's value."""
    result = array
    for axis, (factor, size) in enumerate(zip(factors, shape, strict=True)):
        if factor > 1:
            result = np.repeat(result, factor, axis=axis)
        result = result[(slice(None),) * axis + (slice(0, size),)]
    return np.ascontiguousarray(result)


def _blocks(shape: IndexTriple, factors: IndexTriple) -> IndexTriple:
    z, y, x = (-(-n // f) for n, f in zip(shape, factors, strict=True))
    return z, y, x


def _spacing(grid: Grid, factors: IndexTriple) -> Triple:
    z, y, x = (s * f for s, f in zip(grid.spacing_mm, factors, strict=True))
    return z, y, x
