"""What a CT shows besides the body: couch, clothing, streaks from metal and between dense bones.

Everything is drawn slice by slice. Knows tissues by number; knows no organs, no PET.
"""

from typing import Final

import numpy as np
from jaxtyping import Bool, Float, UInt8

from petscribe.phantom.blur import centres_mm
from petscribe.phantom.body import Body
from petscribe.phantom.drawing.tissues import TISSUES, only

_DENSE: Final = only(["cortex", "marrow", "skull_bone", "tooth"])
_CLOTH_SHARE: Final = 0.75
"""How many patients keep clothing or a blanket on."""
_CLEAR_BONE_MM: Final = 45.0
"""Bone along a ray that leaves no streak."""


def couch(body: Body) -> Float[np.ndarray, "y x"]:
    """Return one slice with the scanner's couch under the body, -1000 HU elsewhere."""
    grid = body.canvas.grid
    _, y, x = centres_mm(grid)
    lowest = np.flatnonzero(body.canvas.tissues.any(axis=(0, 2)))
    back = float(y[lowest[-1]]) if lowest.size else 120.0
    curve = back + 14.0 - 0.00026 * x[None, :] ** 2 * 2.0
    gap = y[:, None] - curve
    table = np.full((y.size, x.size), -1000.0, np.float32)
    on = np.abs(x[None, :]) < 215.0
    thick = max(3.0, 0.6 * grid.spacing_mm[1])
    table[on & (np.abs(gap) < thick)] = -420.0
    table[on & (np.abs(gap - 46.0 - 0.0005 * x[None, :] ** 2) < thick)] = -520.0
    return table


class Cloth:
    """Clothing in front of the body: a thin layer with folds, drawn once per exam."""

    def __init__(self, spacing_mm: tuple[float, float, float], rng: np.random.Generator) -> None:
        """Draw how far it lies off the skin, how dense it is and how it folds."""
        self._worn = bool(rng.random() < _CLOTH_SHARE)
        self._gap_mm = float(rng.uniform(2.0, 9.0))
        self._hu = float(rng.uniform(-960.0, -760.0))
        self._waves = rng.uniform(0.0, 2.0 * np.pi, 3)
        self._spacing_mm = spacing_mm

    def put_on(
        self, image: Float[np.ndarray, "y x"], body: Bool[np.ndarray, "y x"], z: int
    ) -> None:
        """Add the layer to a slice, in front of every column that the body fills."""
        if not self._worn or not body.any():
            return
        columns = np.flatnonzero(body.any(axis=0))
        front = body[:, columns].argmax(axis=0).astype(np.float64)
        step_z, step_y, step_x = self._spacing_mm
        along, phase = columns * step_x, self._waves
        fold = np.sin(along / 17.0 + phase[0]) * np.sin(z * step_z / 29.0 + phase[1])
        fold += 0.6 * np.sin(along / 7.0 + z * step_z / 11.0 + phase[2])
        rows = np.rint(front - (self._gap_mm * (1.0 + 0.6 * fold)) / step_y).astype(np.int64)
        # A layer of 2 mm cloth fills only a part of a large voxel.
        hu = -1000.0 + (self._hu + 1000.0) * min(1.0, 3.0 / step_y)
        seen = (rows >= 0) & (rows < front)
        at = (rows[seen], columns[seen])
        image[at] = np.maximum(image[at], hu)


def add_metal_streaks(
    image: Float[np.ndarray, "y x"], tissues: UInt8[np.ndarray, "y x"], rng: np.random.Generator
) -> None:
    """Add streaks that run out from metal in this slice."""
    cy, cx = np.argwhere(tissues == TISSUES["metal"]).mean(axis=0)
    y, x = np.ogrid[: image.shape[0], : image.shape[1]]
    angle = np.arctan2(y - cy, x - cx)
    away = np.hypot(y - cy, x - cx) + 6.0
    waves = sum(
        float(rng.normal()) * np.sin(k * angle + float(rng.uniform(0, 6.28))) for k in (2, 5, 9, 14)
    )
    image += (2600.0 / away * np.asarray(waves) * (image > -900)).astype(np.float32)


def add_bone_streaks(
    image: Float[np.ndarray, "y x"],
    tissues: UInt8[np.ndarray, "y x"],
    spacing_mm: float,
    rng: np.random.Generator,
) -> None:
    """Add what rays through much bone leave between the bones: dark bands and few photons.

    The rays that cross both shoulders or both hips run from side to side, so the streaks do too.
    """
    dense = _DENSE[tissues]
    bone_mm = dense.sum(axis=1) * spacing_mm
    excess = np.clip((bone_mm - _CLEAR_BONE_MM) / 60.0, 0.0, 1.6).astype(np.float32)
    grain = np.asarray(rng.standard_normal(image.shape[:1])).astype(np.float32)
    if not excess.any():
        return
    between = np.maximum.accumulate(dense, axis=1)
    between &= np.maximum.accumulate(dense[:, ::-1], axis=1)[:, ::-1]
    rows = excess * (14.0 * grain - 12.0)
    image += np.where(between & ~dense, rows[:, None], np.float32(0.0))
