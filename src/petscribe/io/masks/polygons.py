"""Polygons to pixels: which pixel centres lie inside, by the even-odd rule.

A polygon inside another is a hole, one inside that is filled again (XOR); a contour that runs to
its hole and back along one line (keyhole) needs no special care. A centre exactly on an edge
belongs to the side of growing coordinates, so that neighbours share no pixel and lose none. Knows
pixel coordinates only. Source: scan-line fill, textbook; DICOM PS3.3 C.8.8.6 for what contours
mean.
"""

from collections.abc import Sequence

import numpy as np
from jaxtyping import Bool, Float, Int

_SNAP_DECIMALS = 4
"""Coordinates are rounded to 1e-4 pixel: decimal strings in files are no better."""


def inside_even_odd(
    polygons: Sequence[Float[np.ndarray, "_ 2"]], shape: tuple[int, int]
) -> Bool[np.ndarray, "y x"]:
    """Return the pixels of a (rows, columns) picture whose centre lies inside.

    Args:
        polygons: corners as (row, column) in pixels, integer at pixel centres; closed by
            themselves.
        shape: rows and columns of the picture.
    """
    height, width = shape
    toggles = np.zeros((height, width + 1), dtype=np.int32)
    for polygon in polygons:
        corners = np.round(polygon, _SNAP_DECIMALS)
        rows, columns = _crossings(corners, np.roll(corners, -1, axis=0), height)
        np.add.at(toggles, (rows, np.clip(columns, 0, width)), 1)
    inside: Bool[np.ndarray, "y x"] = np.cumsum(toggles, axis=1)[:, :width] % 2 == 1
    return inside


def _crossings(
    starts: Float[np.ndarray, "n 2"], ends: Float[np.ndarray, "n 2"], height: int
) -> tuple[Int[np.ndarray, " k"], Int[np.ndarray, " k"]]:
    """Return each row that an edge crosses and the first column right of the crossing."""
    low = np.minimum(starts[:, 0], ends[:, 0])
    high = np.maximum(starts[:, 0], ends[:, 0])
    first = np.clip(np.ceil(low), 0, height).astype(np.int64)
    past = np.clip(np.ceil(high), 0, height).astype(np.int64)
    counts = past - first
    edge = np.repeat(np.arange(len(counts)), counts)
    rows = np.arange(len(edge)) - np.repeat(np.cumsum(counts) - counts, counts) + first[edge]
    rise = ends[edge, 0] - starts[edge, 0]
    run = ends[edge, 1] - starts[edge, 1]
    at = starts[edge, 1] + (rows - starts[edge, 0]) * run / rise
    columns = np.clip(np.ceil(np.round(at, _SNAP_DECIMALS)), -1, np.iinfo(np.int32).max)
    return rows, columns.astype(np.int64)
