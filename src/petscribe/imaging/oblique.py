"""Images between grids whose axes are not parallel: slower, rarer, same rules.

Each target voxel is the mean of several points inside it, as many per axis as source voxels are
crossed, so that a coarse target averages instead of skipping. The points are read linearly by
SimpleITK (imported here only: half a second). Works slab by slab; sheared grids (gantry tilt) are
allowed on both sides.

Knows grids and arrays. Source: SimpleITK's resample filter; supersampling is textbook.
"""

from typing import Any

import numpy as np
from jaxtyping import Float

from petscribe.core.alignment import relative
from petscribe.core.label_grids import block_mean, refined
from petscribe.core.volume import Grid, IndexTriple, Volume

_SLAB_POINTS = 8_000_000
_MAX_POINTS_PER_AXIS = 16


def image_sums(
    volume: Volume, grid: Grid
) -> tuple[Float[np.ndarray, "z y x"], Float[np.ndarray, "z y x"]]:
    """Return mean of measured values and share of measured points for each target voxel."""
    import SimpleITK as sitk  # noqa: N813 - its own documentation's name

    measured = volume.measured
    values = np.where(measured, volume.array, 0).astype(np.float32)
    image = _to_sitk(sitk, values, volume.grid)
    weight = _to_sitk(sitk, measured.astype(np.float32), volume.grid)
    factors = _points_per_axis(volume.grid, grid)
    total = np.zeros(grid.shape, np.float32)
    share = np.zeros(grid.shape, np.float32)
    per_slice = int(np.prod(factors)) * grid.shape[1] * grid.shape[2]
    depth = max(1, _SLAB_POINTS // per_slice)
    for start in range(0, grid.shape[0], depth):
        rows = slice(start, min(start + depth, grid.shape[0]))
        slab = grid.crop((rows, slice(0, grid.shape[1]), slice(0, grid.shape[2])))
        fine = refined(slab, factors)
        total[rows] = block_mean(_read(sitk, image, fine), factors)
        share[rows] = block_mean(_read(sitk, weight, fine), factors)
    return total, share


def _points_per_axis(source: Grid, target: Grid) -> IndexTriple:
    """Return how many source voxels one step along each target axis crosses, rounded up."""
    matrix, _ = relative(source, target)
    crossed = np.ceil(np.linalg.norm(matrix, axis=0) - 0.25)
    z, y, x = (int(n) for n in np.clip(crossed, 1, _MAX_POINTS_PER_AXIS))
    return z, y, x


def _to_sitk(sitk: Any, array: Float[np.ndarray, "z y x"], grid: Grid) -> Any:  # noqa: ANN401
    image = sitk.GetImageFromArray(array)
    image.SetSpacing(grid.spacing_mm[::-1])
    image.SetOrigin(grid.origin_mm)
    image.SetDirection(_direction(grid))
    return image


def _read(sitk: Any, image: Any, grid: Grid) -> Float[np.ndarray, "z y x"]:  # noqa: ANN401
    """Read an image linearly on a grid; 0 outside its field, edge voxels reach to their edge."""
    read = sitk.Resample(
        image,
        grid.shape[::-1],
        sitk.Transform(),
        sitk.sitkLinear,
        grid.origin_mm,
        grid.spacing_mm[::-1],
        _direction(grid),
        0.0,
        sitk.sitkFloat32,
    )
    array: Float[np.ndarray, "z y x"] = sitk.GetArrayFromImage(read)
    return array


def _direction(grid: Grid) -> list[float]:
    directions: list[float] = np.asarray(grid.axes)[::-1].T.ravel().tolist()
    return directions
