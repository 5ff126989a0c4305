"""Where the parts of the reference body lie: the measures that several organs share.

A standing height of 175 cm, lying on the back. Zero is the midline (x), the middle of the chest
(y) and the sacral promontory (z). Numbers follow the level rules of anatomy teaching (carina at
T4/5, right dome at T9, iliac crest at L4, ...) and typical vertebral heights; nobody's body was
copied. Knows no tissues and no random variation.
"""

from typing import Final

import numpy as np
from jaxtyping import Float

from petscribe.phantom.drawing.shapes import Column, Number

VERTEBRA_HEIGHTS_MM: Final = {
    **dict(zip(["L5", "L4", "L3", "L2", "L1"], [36.0, 37.0, 37.0, 36.0, 35.0], strict=True)),
    **dict(
        zip(
            [f"T{n}" for n in range(12, 0, -1)],
            [32.0, 30.0, 29.0, 28.0, 27.0, 26.0, 25.0, 24.0, 23.0, 22.5, 22.0, 21.0],
            strict=True,
        )
    ),
    **dict(
        zip(
            [f"C{n}" for n in range(7, 0, -1)],
            [19.0, 17.0, 17.0, 17.0, 17.0, 24.0, 12.0],
            strict=True,
        )
    ),
}
"""Height of each vertebra with the disc below it, from the sacrum up."""


def _levels() -> dict[str, tuple[float, float]]:
    bottom, table = 0.0, {}
    for name, height in VERTEBRA_HEIGHTS_MM.items():
        table[name] = (bottom, bottom + height)
        bottom += height
    return table


LEVELS: Final = _levels()
"""Bottom and top of each vertebra (its disc included at the bottom), in mm above the sacrum."""

_SPINE_Z = (-130, -110, -75, -40, -8, 18, 92, 163, 228, 313, 390, 458, 500, 543, 575, 607, 625)
_SPINE_Y = (62, 76, 84, 72, 52, 42, 28, 36, 56, 70, 68, 52, 38, 22, 13, 10, 8)


def spine_y(z: Number) -> float:
    """Return how far back the middle of the vertebral body lies at height z."""
    return float(np.interp(z, _SPINE_Z, _SPINE_Y))


def vertebra_radii(z: Number) -> tuple[float, float]:
    """Return half the width and half the depth of the vertebral body at height z."""
    heights = (0.0, 181.0, 330.0, 490.0, 543.0, 613.0)
    width = float(np.interp(z, heights, (26.0, 22.0, 16.0, 14.5, 12.0, 11.0)))
    depth = float(np.interp(z, heights, (17.5, 16.5, 14.0, 10.0, 8.0, 7.0)))
    return width, depth


CAGE: Final = Column(
    (
        (120.0, 0.0, -4.0, 130.0, 92.0),
        (180.0, 0.0, -1.0, 136.0, 95.0),
        (230.0, 0.0, 0.0, 139.0, 96.0),
        (280.0, 0.0, 0.0, 138.0, 96.0),
        (330.0, 0.0, 1.0, 134.0, 94.0),
        (380.0, 0.0, 5.0, 127.0, 88.0),
        (420.0, 0.0, 10.0, 116.0, 79.0),
        (450.0, 0.0, 17.0, 100.0, 66.0),
        (480.0, 0.0, 27.0, 74.0, 46.0),
        (505.0, 0.0, 34.0, 44.0, 24.0),
    ),
    power=2.3,
)
"""The inner surface of the rib cage."""

MUSCLE: Final = Column(
    (
        (-185.0, 0.0, 6.0, 160.0, 82.0),
        (-160.0, 0.0, 8.0, 164.0, 92.0),
        (-100.0, 0.0, 11.0, 166.0, 96.0),
        (-40.0, 0.0, 10.0, 156.0, 94.0),
        (20.0, 0.0, 6.0, 143.0, 92.0),
        (80.0, 0.0, 3.0, 137.0, 93.0),
        (150.0, 0.0, 4.0, 142.0, 100.0),
        (220.0, 0.0, 7.0, 149.0, 106.0),
        (300.0, 0.0, 9.0, 153.0, 110.0),
        (360.0, 0.0, 11.0, 160.0, 109.0),
        (410.0, 0.0, 14.0, 166.0, 103.0),
        (445.0, 0.0, 20.0, 168.0, 88.0),
        (470.0, 0.0, 24.0, 150.0, 72.0),
        (490.0, 0.0, 24.0, 108.0, 62.0),
        (508.0, 0.0, 20.0, 72.0, 56.0),
        (530.0, 0.0, 14.0, 54.0, 53.0),
        (565.0, 0.0, 9.0, 51.0, 53.0),
        (600.0, 0.0, 8.0, 52.0, 55.0),
    ),
    power=2.4,
)
"""The outer surface of the muscles of trunk and neck: skin and fat lie outside."""

HEAD: Final = Column(
    (
        (560.0, 0.0, -22.0, 34.0, 52.0),
        (580.0, 0.0, -10.0, 56.0, 76.0),
        (605.0, 0.0, -4.0, 66.0, 90.0),
        (640.0, 0.0, 0.0, 72.0, 94.0),
        (680.0, 0.0, 4.0, 75.0, 96.0),
        (710.0, 0.0, 6.0, 72.0, 91.0),
        (735.0, 0.0, 8.0, 60.0, 75.0),
        (752.0, 0.0, 9.0, 40.0, 52.0),
        (762.0, 0.0, 9.0, 16.0, 24.0),
    ),
)
"""The outer surface of the head under the scalp."""

BELLY: Final = Column(
    (
        (-150.0, 0.0, 8.0, 36.0, 34.0),
        (-130.0, 0.0, 4.0, 56.0, 48.0),
        (-80.0, 0.0, 0.0, 74.0, 66.0),
        (-30.0, 0.0, -8.0, 104.0, 74.0),
        (20.0, 0.0, -12.0, 118.0, 74.0),
        (100.0, 0.0, -10.0, 122.0, 80.0),
        (180.0, 0.0, -4.0, 132.0, 90.0),
        (230.0, 0.0, -1.0, 136.0, 93.0),
        (300.0, 0.0, 0.0, 134.0, 92.0),
    ),
    power=2.4,
)
"""The cavity of abdomen and pelvis."""

DOME_TOP_MM: Final = {1: 278.0, -1: 292.0}
"""Height of the diaphragm's dome on the left (+1) and on the right (-1)."""


def diaphragm_z(
    x: Float[np.ndarray, "..."], y: Float[np.ndarray, "..."], side: int
) -> Float[np.ndarray, "..."]:
    """Return the height of the diaphragm above the points (x, y) of one side."""
    u = (x - side * 70.0) / 72.0
    v = (y + 18.0) / 104.0
    drop = 42.0 * u * u + np.where(v > 0, 92.0, 52.0) * v * v
    height: Float[np.ndarray, ...] = np.asarray(np.maximum(DOME_TOP_MM[side] - drop, 165.0))
    return height
