"""Bring an image or labels onto another grid, in physical space, without aliasing.

Images: linear where the target is finer than the source, area average where it is coarser, per
axis (see `axis_weights`), so a 6 mm hot sphere stays visible on a 5 mm grid. Voxels that were never
measured (`Volume.measured`) are left out of every average; where more than half of the weight is
unmeasured, or the target lies outside the source's field, the result is `fill`.

Labels (`labels_to`, `occupancy_to`) follow the rule of `core.label_grids`, where `io` shares them.

Knows grids and arrays; no files, no organs. Grids with parallel axes take the exact separable
path in numpy; others go through `oblique`.
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Shaped

from petscribe.core.alignment import Alignment, parallel, require_together
from petscribe.core.axis_weights import (
    AxisWeights,
    add_slices,
    along_columns,
    along_rows,
    dense,
    interpolating,
)
from petscribe.core.label_grids import SAME_MM, labels_to, occupancy_to
from petscribe.core.volume import Grid, Volume
from petscribe.imaging.oblique import image_sums

__all__ = ["labels_to", "occupancy_to", "resample_to"]

MIN_MEASURED = 0.5 - 1e-6
"""Least share of a target voxel's weight that must be measured."""

_SLAB_VOXELS = 2_000_000


@dataclass(slots=True, kw_only=True)
class _Sums:
    """Running sums on the target grid."""

    total: Float[np.ndarray, "z y x"]
    """Weight times value."""
    whole: Float[np.ndarray, "z u v"]
    """Weight from slabs that were measured everywhere; broadcasts along y and x."""
    partial: Float[np.ndarray, "z y x"] | None = None
    """Weight from slabs with unmeasured voxels."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Slab:
    """Some source slices and the target slices they reach."""

    voxels: Shaped[np.ndarray, "s y x"]
    padding: int | None
    reach: slice


def resample_to(volume: Volume, grid: Grid, *, fill: float = float("nan")) -> Volume:
    """Return the image on another grid, as 32-bit floats.

    Raises:
        GeometryError: another frame of reference (code `frame-mismatch`) or no common space (code
            `no-overlap`).
    """
    require_together(volume.grid, grid)
    if volume.grid.matches(grid, tolerance_mm=SAME_MM):
        return _on_own_grid(volume, grid, fill)
    alignment = parallel(volume.grid, grid)
    if alignment is None:
        total, share = image_sums(volume, grid)
        sums = _Sums(total=total, whole=share)
    else:
        sums = _separable_sums(volume, grid, alignment)
    _normalise(sums, fill)
    return Volume(array=sums.total, grid=grid, unit=volume.unit)


def _on_own_grid(volume: Volume, grid: Grid, fill: float) -> Volume:
    array = volume.array.astype(np.float32, copy=False)
    measured = volume.measured
    if not measured.all():
        array = np.where(measured, array, np.float32(fill))
    return Volume(array=array, grid=grid, unit=volume.unit)


def _separable_sums(volume: Volume, grid: Grid, alignment: Alignment) -> _Sums:
    """Return weighted sums over the source, walked slab by slab along z."""
    source = np.transpose(volume.array, alignment.order)
    sums = _Sums(
        total=np.zeros(grid.shape, np.float32), whole=np.zeros((grid.shape[0], 1, 1), np.float32)
    )
    axes = [
        interpolating(n, t, step=s, offset=o)
        for n, t, s, o in zip(
            source.shape, grid.shape, alignment.steps, alignment.offsets, strict=True
        )
    ]
    z, y, x = axes
    if z is None or y is None or x is None:
        return sums
    source = source[z.sources, y.sources, x.sources]
    along_z = dense(z)
    plane = max(source.shape[1] * source.shape[2], grid.shape[1] * grid.shape[2])
    depth = max(1, _SLAB_VOXELS // plane)
    for start in range(0, source.shape[0], depth):
        slab = source[start : start + depth]
        weights = along_z[:, start : start + depth]
        rows = np.flatnonzero(weights.any(axis=1))
        if rows.size:
            reach = slice(int(rows[0]), int(rows[-1]) + 1)
            _gather(
                sums,
                _Slab(voxels=slab, padding=volume.padding, reach=reach),
                weights[reach],
                (y, x),
            )
    sums.whole = sums.whole * (y.inside[:, None] & x.inside).astype(np.float32)
    return sums


def _gather(
    sums: _Sums,
    slab: _Slab,
    weights: Float[np.ndarray, "t s"],
    plane: tuple[AxisWeights, AxisWeights],
) -> None:
    """Add one slab's values and weights to the target slices it reaches."""
    values = slab.voxels.astype(np.float32)
    measured = _measured(slab.voxels, slab.padding)
    if measured is None:
        sums.whole[slab.reach, 0, 0] += weights.sum(axis=1)
    else:
        values[~measured] = 0.0
        if sums.partial is None:
            sums.partial = np.zeros(sums.total.shape, np.float32)
        shares = weights
        if (measured == measured[:1]).all():  # the field's rim is the same in every slice
            measured, shares = measured[:1], weights.sum(axis=1, keepdims=True)
        add_slices(sums.partial[slab.reach], shares, _in_plane(measured.astype(np.float32), *plane))
    add_slices(sums.total[slab.reach], weights, _in_plane(values, *plane))


def _in_plane(
    slab: Float[np.ndarray, "z y x"], y: AxisWeights, x: AxisWeights
) -> Float[np.ndarray, "z t u"]:
    return along_columns(along_rows(slab, y), x)


def _measured(slab: Shaped[np.ndarray, "z y x"], padding: int | None) -> np.ndarray | None:
    """Return which voxels were measured, or None when all were."""
    if padding is not None:
        valid = slab != padding
    elif np.issubdtype(slab.dtype, np.floating):
        valid = np.isfinite(slab)
    else:
        return None
    return None if valid.all() else valid


def _normalise(sums: _Sums, fill: float) -> None:
    """Divide by the weights in place; `fill` where too little was measured."""
    for z, total in enumerate(sums.total):
        weight = sums.whole[z] if sums.partial is None else sums.whole[z] + sums.partial[z]
        enough = np.broadcast_to(weight >= MIN_MEASURED, total.shape)
        np.divide(total, weight, out=total, where=enough)
        total[~enough] = fill
