"""Boxes around lesions: find, cut with a margin, cut beyond the edge, paste back.

Knows boxes of indices on a grid. A box is a triple of slices (z, y, x) without step.
"""

from dataclasses import replace

import numpy as np

from petscribe.core.volume import Grid, Mask, Volume, bounding_box

Box = tuple[slice, slice, slice]


def box_around(mask: Mask, label: int, margin_mm: float = 0.0) -> Box:
    """Return the smallest box that holds a label and `margin_mm` around it, cut at the grid.

    Raises:
        ValueError: the label does not occur or the margin is negative.
    """
    box = bounding_box(mask.where(label))
    if box is None:
        raise ValueError(f"label {label} does not occur in the mask")
    return inside(grow(box, mask.grid, margin_mm), mask.grid)


def grow(box: Box, grid: Grid, margin_mm: float) -> Box:
    """Return the box larger by `margin_mm` (rounded up to voxels) on every side, uncut."""
    if not margin_mm >= 0.0:
        raise ValueError(f"margin {margin_mm} mm must not be negative")
    by = [int(np.ceil(margin_mm / s - 1e-9)) for s in grid.spacing_mm]
    z, y, x = (slice(s.start - n, s.stop + n) for s, n in zip(box, by, strict=True))
    return z, y, x


def inside(box: Box, grid: Grid) -> Box:
    """Return the part of the box inside the grid.

    Raises:
        ValueError: the box lies outside the grid.
    """
    z, y, x = (slice(max(0, s.start), min(n, s.stop)) for s, n in zip(box, grid.shape, strict=True))
    if z.start >= z.stop or y.start >= y.stop or x.start >= x.stop:
        raise ValueError(f"box {box} lies outside a grid of {grid.shape}")
    return z, y, x


def cut(volume: Volume, box: Box, *, fill: float) -> Volume:
    """Return the image inside a box that may reach beyond the grid; `fill` stands outside."""
    within = inside(box, volume.grid)
    if within == box:
        return volume.crop(box)
    shape = tuple(s.stop - s.start for s in box)
    array = np.full(shape, fill, volume.array.dtype)
    z, y, x = (slice(w.start - s.start, w.stop - s.start) for w, s in zip(within, box, strict=True))
    array[z, y, x] = volume.array[within]
    return replace(volume, array=array, grid=volume.grid.crop(box))


def paste(part: Volume, whole: Volume, box: Box) -> Volume:
    """Return a copy of `whole` with `part` at `box`; what reaches beyond the grid is left out.

    Raises:
        ValueError: the part does not have the box's shape.
    """
    if part.grid.shape != tuple(s.stop - s.start for s in box):
        raise ValueError(f"a part of {part.grid.shape} does not fit in box {box}")
    within = inside(box, whole.grid)
    array = whole.array.copy()
    z, y, x = (slice(w.start - s.start, w.stop - s.start) for w, s in zip(within, box, strict=True))
    array[within] = part.array[z, y, x]
    return replace(whole, array=array)
