"""Lengths of lesions in millimetres: in-plane long and short axis, longest axis in 3D.

Definition. A voxel is stood for by the centres of its faces (its edges' middles in a slice), so a
single voxel is as long as its larger spacing and a row of n voxels is n spacings long. Corners are
not used: they lengthen diagonals but not rows, and would make a length depend on how the lesion
lies on the grid. With the centres of two voxels apart by `d` and the voxel's edge vector `s_k`
along axis k, the longest distance between their face centres is

    max over k of sqrt(|d|^2 + |s_k|^2 + 2 |d . s_k|)

In-plane axes are taken in the slice (constant z index) where the lesion is longest, as RECIST does;
the short axis is the widest extent at a right angle to the long one in that slice. Results are
exact: voxels that cannot be an end (not the end of a row, not on the slice's convex hull) are left
out first. IBSI's maximum 3D diameter is the same quantity on the same points.

Source: RECIST 1.1 (long and short axis); IBSI reference manual 3.1 (maximum 3D diameter).
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int

from petscribe.core.volume import Grid
from petscribe.quant.suv_metrics import LesionVoxels

_BRUTE_POINTS = 64
"""Groups with more points than this are thinned to their convex hull first."""
_QHULL_POINTS = 2000
_PAIR_LIMIT = 200_000
"""Most pairs compared at once: bounds memory."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Extents:
    """Lengths of every lesion in mm, in the order of `LesionVoxels.ids`."""

    long_mm: Float[np.ndarray, " lesions"]
    short_mm: Float[np.ndarray, " lesions"]
    axis_3d_mm: Float[np.ndarray, " lesions"]


@dataclass(frozen=True, slots=True)
class _Groups:
    """Points (voxel indices) in consecutive groups."""

    index: Int[np.ndarray, "m zyx"]
    starts: Int[np.ndarray, " groups"]
    counts: Int[np.ndarray, " groups"]
    lesion: Int[np.ndarray, " groups"]
    """Position of the lesion that each group belongs to."""


def measure_extents(grid: Grid, voxels: LesionVoxels) -> Extents:
    """Measure the axes of every listed lesion."""
    if not voxels.ids.size:
        return Extents(long_mm=np.empty(0), short_mm=np.empty(0), axis_3d_mm=np.empty(0))
    slices = _hulls(_slice_groups(voxels))
    longest, ends = _farthest(grid, slices, in_plane=True)
    # the slice in which each lesion is longest: first of equals
    order = np.lexsort((np.arange(longest.size), -longest, slices.lesion))
    best = order[np.unique(slices.lesion[order], return_index=True)[1]]
    short = _short_axes(grid, slices, best, ends[best])
    axis_3d, _ = _farthest(grid, _merge(slices, len(voxels.ids)), in_plane=False)
    return Extents(long_mm=longest[best], short_mm=short, axis_3d_mm=axis_3d)


def _slice_groups(voxels: LesionVoxels) -> _Groups:
    """Keep both ends of every row of every lesion, grouped by lesion and slice."""
    lesion = np.repeat(np.arange(len(voxels.ids)), voxels.counts)
    z, y = voxels.index[:, 0], voxels.index[:, 1]
    new_slice = np.r_[True, (np.diff(lesion) != 0) | (np.diff(z) != 0)]
    first = np.flatnonzero(new_slice | np.r_[True, np.diff(y) != 0])
    last = np.r_[first[1:], len(z)] - 1
    rows = np.stack([first, last], axis=1).ravel()
    starts = np.flatnonzero(new_slice[first]) * 2
    return _Groups(
        index=voxels.index[rows],
        starts=starts,
        counts=np.diff(np.r_[starts, rows.size]),
        lesion=lesion[first][starts // 2],
    )


def _hulls(groups: _Groups) -> _Groups:
    """Thin every large slice to the vertices of its convex hull."""
    large = groups.counts > _BRUTE_POINTS
    if not large.any():
        return groups
    keep = np.ones(len(groups.index), dtype=np.bool_)
    for g in np.flatnonzero(large):
        span = slice(groups.starts[g], groups.starts[g] + groups.counts[g])
        keep[span] = _on_hull(groups.index[span, 1:])
    counts = np.add.reduceat(keep.astype(np.int64), groups.starts)
    return _Groups(groups.index[keep], np.cumsum(counts) - counts, counts, groups.lesion)


def _on_hull(rows: Int[np.ndarray, "m yx"]) -> np.ndarray:
    """Tell which row ends (left, right, left, right ...) are vertices of their convex hull."""
    keep = np.zeros(len(rows), dtype=np.bool_)
    for side, sign in ((0, -1), (1, 1)):
        chain: list[tuple[int, int, int]] = []
        for position in range(side, len(rows), 2):
            y, x = int(rows[position, 0]), sign * int(rows[position, 1])
            # drop the middle point while it does not bulge out of the line past it
            while len(chain) > 1 and (chain[-1][1] - chain[-2][1]) * (y - chain[-2][0]) <= (
                x - chain[-2][1]
            ) * (chain[-1][0] - chain[-2][0]):
                chain.pop()
            chain.append((y, x, position))
        keep[[point[2] for point in chain]] = True
    return keep


def _merge(slices: _Groups, lesions: int) -> _Groups:
    """Regroup the slices' points by lesion, thinned where still many."""
    counts = np.zeros(lesions, dtype=np.int64)
    np.add.at(counts, slices.lesion, slices.counts)
    whole = _Groups(slices.index, np.cumsum(counts) - counts, counts, np.arange(lesions))
    if counts.max() <= _QHULL_POINTS:
        return whole
    from scipy.spatial import ConvexHull

    parts = []
    for start, count in zip(whole.starts, whole.counts, strict=True):
        points = whole.index[start : start + count]
        parts.append(points[ConvexHull(points).vertices] if count > _QHULL_POINTS else points)
    counts = np.array([len(part) for part in parts])
    return _Groups(np.concatenate(parts), np.cumsum(counts) - counts, counts, np.arange(lesions))


def _farthest(
    grid: Grid, groups: _Groups, *, in_plane: bool
) -> tuple[Float[np.ndarray, " groups"], Int[np.ndarray, "groups three"]]:
    """Return each group's longest distance and (point, point, axis of the half voxels) of it."""
    edges = grid.affine[:3, :3].T[1 if in_plane else 0 :]
    length = np.empty(len(groups.starts))
    ends = np.empty((len(groups.starts), 3), dtype=np.int64)
    for chosen, points in _batches(groups):
        world = (groups.index[points] @ grid.affine[:3, :3].T).astype(np.float64)
        along = world @ edges.T
        square = np.zeros((*points.shape, points.shape[1]))
        for k in range(3):
            square += (world[:, :, None, k] - world[:, None, :, k]) ** 2
        best = np.full(len(chosen), -1.0)
        for k, edge in enumerate(edges):
            reach = square + 2.0 * np.abs(along[:, :, None, k] - along[:, None, :, k])
            at = reach.reshape(len(chosen), -1).argmax(axis=1)
            found = np.take_along_axis(reach.reshape(len(chosen), -1), at[:, None], 1)[:, 0]
            found = found + edge @ edge
            better = found > best * (1 + 1e-12)
            best = np.where(better, found, best)
            i, j = np.divmod(at, points.shape[1])
            rows = np.arange(len(chosen))
            trio = np.stack([points[rows, i], points[rows, j], np.full(len(chosen), k)], axis=1)
            ends[chosen[better]] = trio[better]
        length[chosen] = np.sqrt(best)
    return length, ends


def _batches(
    groups: _Groups,
) -> Iterator[tuple[Int[np.ndarray, " b"], Int[np.ndarray, "b p"]]]:
    """Yield groups of similar size together, as positions padded with each group's last point."""
    sizes = 1 << np.ceil(np.log2(np.maximum(groups.counts, 1))).astype(np.int64)
    for size in np.unique(sizes):
        members = np.flatnonzero(sizes == size)
        step = max(1, _PAIR_LIMIT // int(size) ** 2)
        for start in range(0, members.size, step):
            chosen = members[start : start + step]
            widest = int(groups.counts[chosen].max())
            offset = np.minimum(np.arange(widest), groups.counts[chosen, None] - 1)
            yield chosen, groups.starts[chosen, None] + offset


def _short_axes(
    grid: Grid,
    slices: _Groups,
    best: Int[np.ndarray, " lesions"],
    ends: Int[np.ndarray, "lesions three"],
) -> Float[np.ndarray, " lesions"]:
    """Return the extent at a right angle to the long axis in each lesion's chosen slice."""
    matrix = grid.affine[:3, :3]
    edges = matrix.T[1:]
    normal = np.cross(edges[0], edges[1])
    apart = (slices.index[ends[:, 1]] - slices.index[ends[:, 0]]) @ matrix.T
    edge = edges[ends[:, 2]]
    sign = np.where(np.sum(apart * edge, axis=1) < 0, -1.0, 1.0)
    across = np.cross(normal, apart + sign[:, None] * edge)
    across /= np.linalg.norm(across, axis=1, keepdims=True)
    counts = slices.counts[best]
    group = np.repeat(np.arange(len(best)), counts)
    starts = np.cumsum(counts) - counts
    points = np.arange(group.size) - starts[group] + slices.starts[best][group]
    shadow = np.sum((slices.index[points] @ matrix.T) * across[group], axis=1)
    width = np.maximum.reduceat(shadow, starts) - np.minimum.reduceat(shadow, starts)
    short: Float[np.ndarray, " lesions"] = width + np.abs(across @ edges.T).max(axis=1)
    return short
