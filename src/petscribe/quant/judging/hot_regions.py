"""Hot voxels -> regions, one per prominent maximum: touching lesions and organs come apart.

Method: the PET is smoothed a little (noise of one voxel is no maximum). Every hot voxel climbs to
its highest neighbour until it reaches a maximum: voxels that reach the same one form a basin. Two
basins meet at a saddle, the highest point of their border. In order of falling saddles, basins are
joined unless the lower maximum exceeds the saddle by the stated prominence. What is left are the
regions of a watershed without its over-segmentation. Cost grows with hot voxels only.

Does not know organs, tracers or what a region means.
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float, Int

from petscribe.core.volume import Grid

_FWHM_PER_SIGMA = 2.0 * np.sqrt(2.0 * np.log(2.0))


@dataclass(frozen=True, slots=True, kw_only=True)
class HotVoxels:
    """The hot voxels and the region (0 ... regions - 1) that each belongs to."""

    index: Int[np.ndarray, "n zyx"]
    smooth: Float[np.ndarray, " n"]
    """Smoothed uptake of each voxel."""
    region: Int[np.ndarray, " n"]
    peaks: Int[np.ndarray, " regions"]
    """Position in `index` of each region's smoothed maximum, hottest region first."""
    saddles: Float[np.ndarray, " regions"]
    """Highest saddle towards a neighbouring region; 0 where the region stands alone."""
    neighbours: Int[np.ndarray, " regions"]
    """The region beyond that saddle; -1 where the region stands alone."""


def smoothed(
    uptake: Float[np.ndarray, "z y x"], grid: Grid, fwhm_mm: float
) -> Float[np.ndarray, "z y x"]:
    """Return uptake blurred by a Gaussian; voxels never measured count as zero."""
    from scipy import ndimage

    finite = np.isfinite(uptake)
    known = uptake if finite.all() else np.where(finite, uptake, np.float32(0.0))
    sigma = [fwhm_mm / _FWHM_PER_SIGMA / s for s in grid.spacing_mm]
    blurred: Float[np.ndarray, "z y x"] = ndimage.gaussian_filter(
        known, sigma, mode="nearest", truncate=2.5, output=np.float32
    )
    return blurred


def find_regions(
    smooth: Float[np.ndarray, "z y x"], hot: Bool[np.ndarray, "z y x"], *, prominence: float
) -> HotVoxels:
    """Split the hot voxels into one region per prominent maximum.

    Args:
        smooth: smoothed uptake.
        hot: voxels to split.
        prominence: a maximum this many times higher than its saddle keeps its own region.
    """
    index = np.argwhere(hot)
    values = smooth[hot].astype(np.float64)
    if not len(index):
        empty = np.empty(0, dtype=np.int64)
        return HotVoxels(
            index=index,
            smooth=values,
            region=empty,
            peaks=empty,
            saddles=np.empty(0),
            neighbours=empty,
        )
    near = _neighbours(index, hot)
    basin = _climb(values, near)
    region, saddles = _join(basin, values, _borders(basin, values, near), prominence)
    roots, compact = np.unique(region, return_inverse=True)
    # a basin's root is its own maximum; a joined region's root is its highest basin's
    order = np.argsort(-values[roots], kind="stable")
    rank = np.empty_like(order)
    rank[order] = np.arange(len(order))
    rank_of = {int(root): int(r) for root, r in zip(roots, rank, strict=True)}
    towards = [saddles.get(int(root), (0.0, -1)) for root in roots[order]]
    return HotVoxels(
        index=index,
        smooth=values,
        region=rank[compact],
        peaks=roots[order],
        saddles=np.array([saddle for saddle, _ in towards]),
        neighbours=np.array([rank_of.get(root, -1) for _, root in towards], dtype=np.int64),
    )


def _neighbours(
    index: Int[np.ndarray, "n zyx"], hot: Bool[np.ndarray, "z y x"]
) -> Int[np.ndarray, "k n"]:
    """Return, for 13 of the 26 directions, the list position of each voxel's neighbour or -1."""
    shape = np.array(hot.shape) + 2
    place = np.full(int(shape.prod()), -1, dtype=np.int32)
    strides = np.array([shape[1] * shape[2], shape[2], 1])
    flat = (index + 1) @ strides
    place[flat] = np.arange(len(flat), dtype=np.int32)
    steps = [(z, y, x) for z in (-1, 0, 1) for y in (-1, 0, 1) for x in (-1, 0, 1)]
    return np.stack([place[flat + np.array(s) @ strides] for s in steps if s > (0, 0, 0)])


def _climb(values: Float[np.ndarray, " n"], near: Int[np.ndarray, "k n"]) -> Int[np.ndarray, " n"]:
    """Return the position of the maximum that each voxel reaches by steepest ascent."""
    up = np.arange(len(values))
    best = values.copy()
    for there in near:
        here = np.flatnonzero(there >= 0)
        other = there[here]
        for low, high in ((here, other), (other, here)):
            # equal values: the earlier voxel is higher, so that plateaus have one top
            rises = (values[high] > best[low]) | ((values[high] == best[low]) & (high < up[low]))
            up[low[rises]] = high[rises]
            best[low[rises]] = values[high[rises]]
    while True:
        further = up[up]
        if np.array_equal(further, up):
            return up
        up = further


def _borders(
    basin: Int[np.ndarray, " n"], values: Float[np.ndarray, " n"], near: Int[np.ndarray, "k n"]
) -> list[tuple[float, int, int]]:
    """Return (saddle, basin, basin) of every pair of touching basins, highest saddle first."""
    ones, twos, heights = [], [], []
    for there in near:
        here = np.flatnonzero(there >= 0)
        other = there[here]
        differ = basin[here] != basin[other]
        here, other = here[differ], other[differ]
        ones.append(np.minimum(basin[here], basin[other]))
        twos.append(np.maximum(basin[here], basin[other]))
        heights.append(np.minimum(values[here], values[other]))
    one, two, height = (np.concatenate(part) for part in (ones, twos, heights))
    order = np.argsort(-height, kind="stable")
    pair = one[order].astype(np.int64) * len(basin) + two[order]
    first = np.sort(np.unique(pair, return_index=True)[1])
    chosen = order[first]
    return list(
        zip(height[chosen].tolist(), one[chosen].tolist(), two[chosen].tolist(), strict=True)
    )


def _join(
    basin: Int[np.ndarray, " n"],
    values: Float[np.ndarray, " n"],
    borders: list[tuple[float, int, int]],
    prominence: float,
) -> tuple[Int[np.ndarray, " n"], dict[int, tuple[float, int]]]:
    """Join basins over shallow saddles.

    Returns:
        Each voxel's region, and by region its highest saddle with the region beyond it.
    """
    parent = {int(root): int(root) for root in np.unique(basin)}

    def top(root: int) -> int:
        while parent[root] != root:
            parent[root] = parent[parent[root]]
            root = parent[root]
        return root

    kept: list[tuple[float, int, int]] = []
    for saddle, one, two in borders:
        a, b = top(one), top(two)
        if a == b:
            continue
        if values[a] < values[b]:
            a, b = b, a
        if values[b] < prominence * saddle:
            parent[b] = a
        else:
            kept.append((saddle, a, b))
    saddles: dict[int, tuple[float, int]] = {}
    for saddle, one, two in kept:
        a, b = top(one), top(two)
        if a != b:
            saddles[a] = max(saddles.get(a, (0.0, -1)), (saddle, b))
            saddles[b] = max(saddles.get(b, (0.0, -1)), (saddle, a))
    roots = np.array([top(int(root)) for root in np.unique(basin)])
    return roots[np.searchsorted(np.unique(basin), basin)], saddles
