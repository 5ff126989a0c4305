"""Grey values: CT windows, the PET's square-root scale, the coronal projection.

Knows numbers, not organs. Unmeasured voxels stay NaN, so that whoever draws decides their colour.
Sources: usual CT windows of radiology (centre and width in HU).
"""

from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Float

from petscribe.core.volume import Volume


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """A CT window."""

    centre_hu: float
    width_hu: float


LUNG = Window(centre_hu=-600.0, width_hu=1500.0)
SOFT_TISSUE = Window(centre_hu=40.0, width_hu=400.0)
BONE = Window(centre_hu=400.0, width_hu=1800.0)

PET_TOP_SUV = 30.0
"""SUV shown as white on the square-root scale."""


def windowed(ct: Volume, window: Window) -> Volume:
    """Return the CT scaled to 0 (lower edge and below) .. 1 (upper edge and above)."""
    low = window.centre_hu - window.width_hu / 2.0
    scaled = np.clip((_measured_floats(ct) - low) / window.width_hu, 0.0, 1.0)
    return Volume(array=scaled.astype(np.float32), grid=ct.grid, unit="1")


def root_scaled(pet: Volume, top: float = PET_TOP_SUV) -> Volume:
    """Return sqrt(value / top), cut to 0..1: small uptakes stay visible beside large ones."""
    if not top > 0.0:
        raise ValueError(f"top value {top} must be positive")
    scaled = np.sqrt(np.clip(_measured_floats(pet) / np.float32(top), 0.0, 1.0))
    return Volume(array=scaled.astype(np.float32), grid=pet.grid, unit="1")


def coronal_mip(volume: Volume) -> Volume:
    """Return the brightest value along each line from front to back.

    The result is a volume one voxel deep (z, 1, x) whose voxels span the whole depth: its grid
    still says where each column of the picture lies. NaN where nothing was measured.
    """
    grid = volume.grid
    depth = grid.shape[1]
    brightest = np.empty((grid.shape[0], 1, grid.shape[2]), np.float32)
    for z in range(grid.shape[0]):  # slice by slice: a CT of floats would not fit the budget
        rows = (slice(z, z + 1), slice(0, depth), slice(0, grid.shape[2]))
        np.fmax.reduce(_measured_floats(volume.crop(rows)), axis=1, out=brightest[z])
    x, y, z_mm = grid.to_world(np.array([0.0, (depth - 1) / 2.0, 0.0])).tolist()
    flat = replace(
        grid,
        shape=(grid.shape[0], 1, grid.shape[2]),
        spacing_mm=(grid.spacing_mm[0], grid.spacing_mm[1] * depth, grid.spacing_mm[2]),
        origin_mm=(x, y, z_mm),
    )
    return Volume(array=brightest, grid=flat, unit=volume.unit)


def _measured_floats(volume: Volume) -> Float[np.ndarray, "z y x"]:
    array: Float[np.ndarray, "z y x"] = volume.array.astype(np.float32, copy=False)
    if volume.padding is None:
        return array
    return np.where(volume.measured, array, np.float32(np.nan))
