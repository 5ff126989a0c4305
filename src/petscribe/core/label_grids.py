"""Labels onto another grid: what share of each voxel a label fills, and who owns the voxel.

The rule. A target voxel belongs to the foreground when at least half of it is labelled, and then to
the label that fills most of it. A label that would vanish (smaller than a voxel, or cut by the
rule) keeps the one voxel it fills most, unless another label would vanish for it. On finer grids
this is the nearest label. Shares are exact volumes for grids with parallel axes, and the mean of
points for oblique ones.

Knows grids and labels, no files. Used by `io.masks.reading` and `imaging.resample`, hence here.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Bool, Float, Int, Shaped

from petscribe.core.alignment import Alignment, parallel, relative, require_together
from petscribe.core.axis_weights import (
    AxisWeights,
    add_slices,
    along_columns,
    along_rows,
    dense,
    overlapping,
)
from petscribe.core.volume import Grid, IndexTriple, Mask, Volume, bounding_box

Box = tuple[slice, slice, slice]

SAME_MM = 1e-4
"""Grids whose corners lie within this distance are one grid."""

_HALF = 0.5 - 1e-5
_POINTS = 4
_MAX_POINTS = 12
_CANDIDATES = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """The share of each voxel in a box of the target grid that one label fills."""

    label: int
    box: Box
    fraction: Float[np.ndarray, "z y x"]


def labels_to(mask: Mask, grid: Grid) -> Mask:
    """Return the labels on another grid by the rule of this module; names are kept.

    Raises:
        GeometryError: another frame of reference (code `frame-mismatch`) or no common space (code
            `no-overlap`).
    """
    require_together(mask.grid, grid)
    if mask.grid.matches(grid, tolerance_mm=SAME_MM):
        return replace(mask, grid=grid)
    labels = np.zeros(grid.shape, mask.labels.dtype)
    _contest(shares(mask, grid), labels, (0, 0, 0))
    return Mask(labels=labels, grid=grid, names=mask.names)


def occupancy_to(mask: Mask, grid: Grid, label: int) -> Volume:
    """Return for each voxel of `grid` the fraction (0-1) of it that one label fills."""
    require_together(mask.grid, grid)
    filled = np.zeros(grid.shape, np.float32)
    one = Mask(labels=mask.where(label), grid=mask.grid)
    for share in shares(one, grid):
        filled[share.box] = share.fraction
    return Volume(array=filled, grid=grid, unit="1")


def shares(mask: Mask, grid: Grid) -> Iterator[Share]:
    """Yield the share of every label that reaches the grid."""
    alignment = parallel(mask.grid, grid)
    for label, box in label_boxes(mask).items():
        part = Mask(labels=mask.labels[box] == label, grid=mask.grid.crop(box))
        share = (
            _by_points(part, grid, label)
            if alignment is None
            else _by_volume(part, grid, _moved(alignment, box), label)
        )
        if share is not None and share.fraction.any():
            yield share


def combine(parts: Sequence[Share], grid: Grid, *, names: Mapping[int, str]) -> Mask:
    """Give every voxel to one label, by the rule of this module; of equal shares the first wins."""
    labels = np.zeros(grid.shape, np.uint16)
    if parts:
        around = _union([share.box for share in parts])
        z, y, x = (s.start for s in around)
        _contest(parts, labels[around], (z, y, x))
    return Mask(labels=labels, grid=grid, names=dict(names))


def _contest(
    parts: Iterable[Share], labels: Shaped[np.ndarray, "z y x"], first: IndexTriple
) -> None:
    """Fill `labels`, whose first voxel is `first` of the grid."""
    total = np.zeros(labels.shape, np.float32)
    best = np.zeros(labels.shape, np.float32)
    fullest: dict[int, list[IndexTriple]] = {}
    for share in parts:
        z, y, x = (slice(s.start - f, s.stop - f) for s, f in zip(share.box, first, strict=True))
        box = (z, y, x)
        total[box] += share.fraction
        wins = share.fraction > best[box]
        labels[box][wins] = share.label
        best[box][wins] = share.fraction[wins]
        fullest[share.label] = _fullest(share, (z.start, y.start, x.start))
    labels[total < _HALF] = 0
    _rescue(labels, fullest)


def _union(boxes: list[Box]) -> Box:
    z, y, x = (
        slice(min(b[axis].start for b in boxes), max(b[axis].stop for b in boxes))
        for axis in range(3)
    )
    return z, y, x


def _rescue(labels: Shaped[np.ndarray, "z y x"], fullest: dict[int, list[IndexTriple]]) -> None:
    """Give labels that own no voxel the one they fill most, never the last one of another."""
    counts = np.bincount(labels.ravel(), minlength=max(fullest, default=0) + 1)
    for label, candidates in fullest.items():
        if counts[label] > 0:
            continue
        for voxel in candidates:
            owner = int(labels[voxel])
            if owner == 0 or counts[owner] > 1:
                labels[voxel] = label
                counts[owner] -= 1
                counts[label] += 1
                break


def label_boxes(mask: Mask) -> dict[int, Box]:
    """Return the smallest box of every label that occurs, by label."""
    if mask.labels.dtype == np.bool_:
        box = bounding_box(mask.labels)
        return {} if box is None else {1: box}
    around = bounding_box(mask.labels > 0)
    if around is None:
        return {}
    part = mask.labels[around]
    ranges = [_ranges(seen) for seen in _presence(part)]
    boxes: dict[int, Box] = {}
    for label in np.flatnonzero(ranges[0][1]).tolist():
        z, y, x = (
            slice(int(first[label]) + s.start, int(past[label]) + s.start)
            for (first, past), s in zip(ranges, around, strict=True)
        )
        boxes[label] = (z, y, x)
    return boxes


def _presence(labels: Shaped[np.ndarray, "z y x"]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Tell for each axis which label occurs at which position: arrays (label, position).

    Along x only the ends of runs are marked: enough for a range, and label maps have few runs.
    """
    count = int(labels.max()) + 1
    depth, height, width = labels.shape
    on_z = np.zeros((count, depth), dtype=np.bool_)
    on_y = np.zeros((count, height), dtype=np.bool_)
    on_x = np.zeros((count, width), dtype=np.bool_)
    begins = np.ones((height, width), dtype=np.bool_)
    for z in range(depth):
        plane = np.ascontiguousarray(labels[z])
        np.not_equal(plane[:, 1:], plane[:, :-1], out=begins[:, 1:])
        starts = np.flatnonzero(begins)
        found = plane.ravel()[starts]
        rows, columns = np.divmod(starts, width)
        ends = (np.append(starts[1:], plane.size) - 1) % width
        on_z[found, z] = True
        on_y[found, rows] = True
        on_x[found, columns] = True
        on_x[found, ends] = True
    on_z[0] = on_y[0] = on_x[0] = False
    return on_z, on_y, on_x


def _ranges(seen: Bool[np.ndarray, "n k"]) -> tuple[Int[np.ndarray, " n"], Int[np.ndarray, " n"]]:
    """Return first position and one past the last of each label; 0, 0 where it is absent."""
    present = seen.any(axis=1)
    first = np.where(present, seen.argmax(axis=1), 0)
    last = np.where(present, seen.shape[1] - seen[:, ::-1].argmax(axis=1), 0)
    return first, last


def _moved(alignment: Alignment, box: Box) -> Alignment:
    """Return the alignment with the part of the source in `box`."""
    z, y, x = (
        offset - box[axis].start
        for offset, axis in zip(alignment.offsets, alignment.order, strict=True)
    )
    return replace(alignment, offsets=(z, y, x))


def _by_volume(part: Mask, grid: Grid, alignment: Alignment, label: int) -> Share | None:
    voxels = np.transpose(part.labels, alignment.order)
    axes: list[AxisWeights] = []
    box: list[slice] = []
    for axis in range(3):
        step, offset = alignment.steps[axis], alignment.offsets[axis]
        ends = sorted((e - offset) / step for e in (-0.5, voxels.shape[axis] - 0.5))
        low = max(0, int(np.floor(ends[0] - 0.5)))
        high = min(grid.shape[axis], int(np.ceil(ends[1] + 0.5)) + 1)
        if low >= high:
            return None
        weights = overlapping(voxels.shape[axis], high - low, step=step, offset=offset + step * low)
        if weights is None:
            return None
        axes.append(weights)
        box.append(slice(low, high))
    used = voxels[axes[0].sources, axes[1].sources, axes[2].sources].astype(np.float32)
    slices = along_columns(along_rows(used, axes[1]), axes[2])
    fraction = np.zeros(tuple(s.stop - s.start for s in box), np.float32)
    add_slices(fraction, dense(axes[0]), slices)
    return Share(label=label, box=(box[0], box[1], box[2]), fraction=fraction)


def _by_points(part: Mask, grid: Grid, label: int) -> Share | None:
    box = _reach(part.grid, grid)
    if box is None:
        return None
    target = grid.crop(box)
    matrix, _ = relative(part.grid, target)
    crossed = np.ceil(_POINTS * np.linalg.norm(matrix, axis=0)).astype(int)
    z, y, x = (int(n) for n in np.clip(crossed, 2, _MAX_POINTS))
    fraction = np.zeros(target.shape, np.float32)
    for plane in range(target.shape[0]):
        row = (slice(plane, plane + 1), slice(0, target.shape[1]), slice(0, target.shape[2]))
        fraction[plane] = _share_of_points(part, target.crop(row), (z, y, x))
    return Share(label=label, box=box, fraction=fraction)


def _reach(source: Grid, target: Grid) -> Box | None:
    """Return the box of target voxels that the source's box touches."""
    edges = np.array([(-0.5, n - 0.5) for n in source.shape])
    corners = np.array(np.meshgrid(*edges, indexing="ij")).reshape(3, -1).T
    seen = target.to_index(source.to_world(corners))
    low = np.maximum(0, np.floor(seen.min(axis=0) + 0.5)).astype(int)
    high = np.minimum(target.shape, np.ceil(seen.max(axis=0) + 0.5) + 1).astype(int)
    if np.any(low >= high):
        return None
    z, y, x = (slice(int(a), int(b)) for a, b in zip(low, high, strict=True))
    return z, y, x


def refined(grid: Grid, factors: IndexTriple) -> Grid:
    """Return the lattice of `factors` evenly spread points inside each voxel."""
    x, y, z = grid.to_world(np.array([-0.5 + 0.5 / f for f in factors])).tolist()
    shape = [n * f for n, f in zip(grid.shape, factors, strict=True)]
    spacing = [s / f for s, f in zip(grid.spacing_mm, factors, strict=True)]
    return replace(
        grid,
        shape=(shape[0], shape[1], shape[2]),
        spacing_mm=(spacing[0], spacing[1], spacing[2]),
        origin_mm=(x, y, z),
    )


def block_mean(
    fine: Float[np.ndarray, "Z Y X"], factors: IndexTriple
) -> Float[np.ndarray, "z y x"]:
    """Return the mean over the points inside each voxel."""
    z, y, x = (n // f for n, f in zip(fine.shape, factors, strict=True))
    split = fine.reshape(z, factors[0], y, factors[1], x, factors[2])
    mean: Float[np.ndarray, "z y x"] = split.mean(axis=(1, 3, 5), dtype=np.float32)
    return mean


def _share_of_points(part: Mask, slab: Grid, factors: IndexTriple) -> Float[np.ndarray, "y x"]:
    fine = refined(slab, factors)
    matrix, offset = relative(part.grid, fine)
    inside = np.ones(fine.shape, dtype=np.bool_)
    index: list[Int[np.ndarray, "Z Y X"]] = []
    for axis in range(3):
        z, y, x = (matrix[axis, k] * np.arange(fine.shape[k]) for k in range(3))
        nearest = np.floor(z[:, None, None] + y[:, None] + x + offset[axis] + 0.5).astype(np.int32)
        inside &= (nearest >= 0) & (nearest < part.grid.shape[axis])
        index.append(np.clip(nearest, 0, part.grid.shape[axis] - 1))
    hit = part.labels[index[0], index[1], index[2]] & inside
    return block_mean(hit.astype(np.float32), factors)[0]


def _fullest(share: Share, first: IndexTriple) -> list[IndexTriple]:
    """Return the few voxels that the label fills most, fullest first."""
    flat = share.fraction.ravel()
    few = min(_CANDIDATES, flat.size)
    top = np.argpartition(-flat, few - 1)[:few]
    top = top[np.argsort(-flat[top], kind="stable")]
    return [
        (first[0] + int(z), first[1] + int(y), first[2] + int(x))
        for z, y, x in zip(*np.unravel_index(top, share.fraction.shape), strict=True)
        if share.fraction[z, y, x] > 0
    ]
