"""The body's axes on the working lattice: middle, spine and level per slice, and per voxel.

Knows numbers only; `landmarks` finds them.
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Float32

from petscribe.anatomy.seen.body import Body
from petscribe.anatomy.seen.view import View


@dataclass(frozen=True, slots=True, kw_only=True)
class Axes:
    """One entry per working slice, in working positions."""

    middle: Float[np.ndarray, " z"]
    """x of the midline."""
    spine: Float[np.ndarray, " z"]
    """y of the centre of the vertebral bodies."""
    level: Float[np.ndarray, " z"]
    """Vertebral number (`anatomy.levels`)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Coordinates:
    """Body coordinates of every working row, column and slice."""

    lateral_mm: Float32[np.ndarray, "z 1 x"]
    """From the midline, positive left."""
    behind_mm: Float32[np.ndarray, "z y 1"]
    """Behind the centre of the vertebral body."""
    depth: Float32[np.ndarray, "z y 1"]
    """0 front, 1 back of the trunk."""
    across: Float32[np.ndarray, "z 1 x"]
    """`lateral_mm` over half of the trunk's width."""
    height_mm: Float32[np.ndarray, "z 1 1"]
    level: Float32[np.ndarray, "z 1 1"]


def coordinates(view: View, body: Body, axes: Axes) -> Coordinates:
    """Return body coordinates for the working lattice."""
    num_z, num_y, num_x = view.pet.shape
    columns = np.arange(num_x, dtype=np.float32)[None, :]
    rows = np.arange(num_y, dtype=np.float32)[None, :]
    lateral = (columns - axes.middle[:, None]) * view.spacing_mm[2]
    half = np.maximum((body.left - body.right) / 2.0 * view.spacing_mm[2], 40.0)
    depth = (rows - body.front[:, None]) / np.maximum(body.back - body.front, 1.0)[:, None]
    behind = (rows - axes.spine[:, None]) * view.spacing_mm[1]
    heights = np.arange(num_z, dtype=np.float32) * view.spacing_mm[0]
    return Coordinates(
        lateral_mm=lateral[:, None, :].astype(np.float32),
        behind_mm=behind[:, :, None].astype(np.float32),
        depth=depth[:, :, None].astype(np.float32),
        across=(lateral / half[:, None])[:, None, :].astype(np.float32),
        height_mm=heights[:, None, None],
        level=axes.level.astype(np.float32)[:, None, None],
    )
