"""How much an organ of one body differs from the reference: small seeded shifts and sizes.

Knows no organ. One Wobble belongs to one body; its draws follow in the order of the drawing.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from petscribe.phantom.drawing.shapes import Capsule, Ellipsoid, Point, Row, tube


@dataclass(frozen=True, slots=True)
class Wobble:
    """A random stream with a strength: 1 varies as people do, 0 gives the reference body."""

    rng: np.random.Generator
    strength: float = 1.0

    def point(self, centre: Point, sd_mm: float = 4.0) -> Point:
        """Return the centre moved by a normal shift along each axis (two sigma at most)."""
        shift = np.clip(self.rng.normal(0.0, 1.0, 3), -2.0, 2.0) * sd_mm * self.strength
        return (
            centre[0] + float(shift[0]),
            centre[1] + float(shift[1]),
            centre[2] + float(shift[2]),
        )

    def factor(self, spread: float = 0.08) -> float:
        """Return a size factor around one (two sigma at most)."""
        return float(np.exp(np.clip(self.rng.normal(), -2.0, 2.0) * spread * self.strength))

    def ball(
        self, centre: Point, radii: Point, *, turn_deg: Point = (0.0, 0.0, 0.0), sd_mm: float = 4.0
    ) -> Ellipsoid:
        """Return an ellipsoid moved and resized."""
        size = self.factor()
        x, y, z = (r * size * self.factor(0.05) for r in radii)
        return Ellipsoid(self.point(centre, sd_mm), (x, y, z), turn_deg)

    def line(self, rows: Sequence[Row], *, sd_mm: float = 3.0, fine: int = 2) -> list[Capsule]:
        """Return a tube whose points were moved together and, by half as much, one by one."""
        whole = self.point((0.0, 0.0, 0.0), sd_mm)
        moved: list[Row] = []
        for x, y, z, radius in rows:
            px, py, pz = self.point((x, y, z), sd_mm / 2)
            moved.append((px + whole[0], py + whole[1], pz + whole[2], radius))
        return tube(moved, fine=fine)
