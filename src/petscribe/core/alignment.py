"""How two grids lie to each other: same frame, overlapping, and whether their axes are parallel.

Knows grids, no voxels. Source: DICOM PS3.3 C.7.4.1 (frame of reference).
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from petscribe.core.errors import GeometryError
from petscribe.core.volume import Grid, IndexTriple, Triple

MAX_DRIFT_VOXELS = 0.05
"""Axes count as parallel when a target row stays within this many source voxels of a source row."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Alignment:
    """Parallel axes: target index k lies at source index `step[k] * k + offset[k]`."""

    order: IndexTriple
    """The source array axis that each target axis runs along."""
    steps: Triple
    """Source voxels per target voxel, negative where the axes run against each other."""
    offsets: Triple


def require_together(source: Grid, target: Grid) -> None:
    """Refuse two grids that share no space.

    Raises:
        GeometryError: frames of reference differ (code `frame-mismatch`) or the boxes do not touch
            (code `no-overlap`).
    """
    if not source.shares_frame(target):
        raise GeometryError(
            "frame-mismatch",
            "frames of reference differ: images of another scan or position cannot be combined;"
            f" {uid_tail(source.frame_uid)} against {uid_tail(target.frame_uid)}",
        )
    if not overlap(source, target):
        raise GeometryError(
            "no-overlap",
            f"the images share no space: {_extent(source)} against {_extent(target)} mm (LPS);"
            " check that both belong to the same exam",
        )


def overlap(source: Grid, target: Grid) -> bool:
    """Tell whether the boxes of two grids touch, seen along the axes of each."""
    return _reaches(source, target) and _reaches(target, source)


def parallel(source: Grid, target: Grid) -> Alignment | None:
    """Return how the target's axes run along the source's, or None when they are oblique."""
    relation, offset = relative(source, target)
    order = np.argmax(np.abs(relation), axis=0)
    if sorted(int(o) for o in order) != [0, 1, 2]:
        return None
    along = relation[order]
    drift = np.abs(along - np.diag(np.diag(along))) @ np.asarray(target.shape, np.float64)
    if np.max(drift) > MAX_DRIFT_VOXELS:
        return None
    steps, offsets = np.diag(along), offset[order]
    # a drift is split evenly: exact at the target's centre
    middle = (np.asarray(target.shape) - 1) / 2.0
    offsets = offsets + (along @ middle - steps * middle)
    return Alignment(
        order=(int(order[0]), int(order[1]), int(order[2])),
        steps=(float(steps[0]), float(steps[1]), float(steps[2])),
        offsets=(float(offsets[0]), float(offsets[1]), float(offsets[2])),
    )


def relative(
    source: Grid, target: Grid
) -> tuple[Float[np.ndarray, "3 3"], Float[np.ndarray, " 3"]]:
    """Return matrix and offset that map a target index to a source index."""
    inverse = np.linalg.inv(source.affine[:3, :3])
    matrix = inverse @ target.affine[:3, :3]
    offset = inverse @ (np.asarray(target.origin_mm) - np.asarray(source.origin_mm))
    return matrix, offset


def uid_tail(uid: str | None) -> str:
    """Return the last digits of a UID for a message; nothing but digits and dots passes."""
    return "..." + "".join(c for c in (uid or "") if c in "0123456789.")[-8:]


def _reaches(source: Grid, target: Grid) -> bool:
    edges = np.array([(-0.5, n - 0.5) for n in target.shape])
    corners = np.array(np.meshgrid(*edges, indexing="ij")).reshape(3, -1).T
    seen = source.to_index(target.to_world(corners))
    low, high = seen.min(axis=0), seen.max(axis=0)
    return bool(np.all(high > -0.5) and np.all(low < np.asarray(source.shape) - 0.5))


def _extent(grid: Grid) -> str:
    low, high = grid.bounds_mm
    return " x ".join(f"{a:.0f}..{b:.0f}" for a, b in zip(low, high, strict=True))
