"""Resampling along one axis at a time: banded weights between two lattices with parallel axes.

When the axes of two grids are parallel, resampling is a product of three small matrices, one per
axis. Two kernels:

- `interpolating`, for images: the source is read as piecewise linear between voxel centres and
  averaged over a window around each target centre. The window is 0 (plain linear interpolation)
  where the target is as fine as the source or finer, and the whole target voxel where it is
  coarser by a quarter or more (an area average: it preserves integrals and cannot miss a small hot
  spot); in between it grows linearly, so that nothing jumps.
- `overlapping`, for labels: the source is a set of boxes; a weight is the fraction of the target
  voxel that lies in the source voxel.

A ramp survives the first kernel exactly, a volume the second one. Knows indices only, no
millimetres. Source: sampling theory; no reference implementation.
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float, Int

BLOCK = 8
"""Target positions per dense block: bands are narrow, so small blocks waste few products, and
products this small stay on one core (handing them to threads costs more than they do, many times
more on a busy machine)."""

_FULL_WINDOW_RATIO = 1.25
_TOLERANCE = 1e-6


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A dense piece of the band: targets `t0:t1` read sources `s0:s1`."""

    t0: int
    t1: int
    s0: int
    s1: int
    weights: Float[np.ndarray, "t s"]


@dataclass(frozen=True, slots=True, kw_only=True)
class AxisWeights:
    """The weights of one axis, as dense blocks along the band."""

    size: int
    """Number of target positions."""
    sources: slice
    """The source positions that are read at all; block positions count from its start."""
    inside: Bool[np.ndarray, " t"]
    """Target positions of which at least half lies in the source's field."""
    blocks: tuple[Block, ...]


def interpolating(
    source_size: int, target_size: int, *, step: float, offset: float
) -> AxisWeights | None:
    """Return image weights for targets j at source position `step * j + offset`.

    Rows are normalised to the part of the kernel inside the source's field. None when no target
    position is inside.
    """
    centres = step * np.arange(target_size) + offset
    ratio = abs(step)
    window = ratio * min(1.0, max(0.0, (ratio - 1.0) / (_FULL_WINDOW_RATIO - 1.0)))
    taps = _taps(centres, 1.0 + window / 2.0)
    distance = taps - centres[:, None]
    if window < _TOLERANCE:
        weights = np.maximum(0.0, 1.0 - np.abs(distance))
    else:
        weights = (_hat_sum(distance + window / 2.0) - _hat_sum(distance - window / 2.0)) / window
    weights[(taps < 0) | (taps >= source_size)] = 0.0
    coverage = weights.sum(axis=1)
    inside = coverage >= 0.5 - _TOLERANCE
    weights /= np.where(inside, coverage, np.inf)[:, None]
    return _banded(taps, weights, source_size, inside)


def overlapping(
    source_size: int, target_size: int, *, step: float, offset: float
) -> AxisWeights | None:
    """Return label weights: the fraction of target voxel j inside each source voxel."""
    centres = step * np.arange(target_size) + offset
    width = abs(step)
    taps = _taps(centres, 0.5 + width / 2.0)
    low, high = centres[:, None] - width / 2.0, centres[:, None] + width / 2.0
    shared = np.minimum(high, taps + 0.5) - np.maximum(low, taps - 0.5)
    weights = np.maximum(0.0, shared) / width
    weights[weights < _TOLERANCE] = 0.0
    weights[(taps < 0) | (taps >= source_size)] = 0.0
    inside = weights.sum(axis=1) >= 0.5 - _TOLERANCE
    return _banded(taps, weights, source_size, inside)


def along_rows(
    array: Float[np.ndarray, "z y x"], weights: AxisWeights
) -> Float[np.ndarray, "z t x"]:
    """Apply weights to the y axis (already cut to `weights.sources`)."""
    out = np.zeros((array.shape[0], weights.size, array.shape[2]), np.float32)
    for block in weights.blocks:
        np.matmul(
            block.weights, array[:, block.s0 : block.s1, :], out=out[:, block.t0 : block.t1, :]
        )
    return out


def along_columns(
    array: Float[np.ndarray, "z y x"], weights: AxisWeights
) -> Float[np.ndarray, "z y t"]:
    """Apply weights to the x axis (already cut to `weights.sources`)."""
    out = np.zeros((array.shape[0], array.shape[1], weights.size), np.float32)
    for block in weights.blocks:
        np.matmul(
            array[:, :, block.s0 : block.s1],
            block.weights.T,
            out=out[:, :, block.t0 : block.t1],
        )
    return out


def add_slices(
    out: Float[np.ndarray, "t y x"],
    weights: Float[np.ndarray, "t s"],
    slices: Float[np.ndarray, "s y x"],
) -> None:
    """Add weighted slices to `out`; the band is so narrow that this beats a matrix product."""
    for t, s in zip(*np.nonzero(weights), strict=True):
        weight = weights[t, s]
        out[t] += slices[s] if weight == 1.0 else slices[s] * weight


def dense(weights: AxisWeights) -> Float[np.ndarray, "t s"]:
    """Return the whole matrix, for the axis that is walked slice by slice."""
    matrix = np.zeros((weights.size, weights.sources.stop - weights.sources.start), np.float32)
    for block in weights.blocks:
        matrix[block.t0 : block.t1, block.s0 : block.s1] = block.weights
    return matrix


def _taps(centres: Float[np.ndarray, " t"], reach: float) -> Int[np.ndarray, "t k"]:
    first = np.floor(centres - reach).astype(np.int64)
    count = int(np.ceil(2.0 * reach)) + 2
    taps: Int[np.ndarray, "t k"] = first[:, None] + np.arange(count)
    return taps


def _hat_sum(x: Float[np.ndarray, "t k"]) -> Float[np.ndarray, "t k"]:
    # integral of max(0, 1 - |u|) from minus infinity to x
    x = np.clip(x, -1.0, 1.0)
    return np.where(x < 0.0, 0.5 * (1.0 + x) ** 2, 1.0 - 0.5 * (1.0 - x) ** 2)


def _banded(
    taps: Int[np.ndarray, "t k"],
    weights: Float[np.ndarray, "t k"],
    source_size: int,
    inside: Bool[np.ndarray, " t"],
) -> AxisWeights | None:
    used = weights > 0.0
    if not used.any():
        return None
    start, stop = int(taps[used].min()), int(taps[used].max()) + 1
    assert 0 <= start < stop <= source_size
    blocks = []
    for t0 in range(0, len(taps), BLOCK):
        rows = slice(t0, min(t0 + BLOCK, len(taps)))
        hit = used[rows]
        if not hit.any():
            continue
        s0, s1 = int(taps[rows][hit].min()), int(taps[rows][hit].max()) + 1
        matrix = np.zeros((rows.stop - rows.start, s1 - s0), np.float32)
        row, tap = np.nonzero(hit)
        matrix[row, taps[rows][row, tap] - s0] = weights[rows][row, tap]
        blocks.append(Block(t0=t0, t1=rows.stop, s0=s0 - start, s1=s1 - start, weights=matrix))
    return AxisWeights(
        size=len(taps), sources=slice(start, stop), inside=inside, blocks=tuple(blocks)
    )
