"""Solids in reference millimetres that answer one question: which of these points are inside?

Every shape knows its box and tests points given as broadcastable x, y, z arrays, so that a body is
drawn box by box and never by testing whole volumes. Knows no anatomy. Coordinates are LPS-like:
x grows to the left, y to the back, z to the head.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from jaxtyping import Bool, Float

Box = tuple[tuple[float, float], tuple[float, float], tuple[float, float]]
"""Lowest and highest x, y, z."""
Number = int | float
Point = tuple[Number, Number, Number]
Row = tuple[Number, Number, Number, Number]
"""A point of a tube and the tube's radius there."""
Band = tuple[Number, Number, Number, Number, Number]
"""A cross-section of a column: z, centre x, centre y, radius x, radius y."""
Coordinates = Float[np.ndarray, "..."]
Inside = Bool[np.ndarray, "..."]


@dataclass(frozen=True, slots=True)
class Ellipsoid:
    """An ellipsoid, turned by `turn_deg` about the y axis, then the z axis, then the x axis."""

    centre: Point
    radii: Point
    turn_deg: Point = (0.0, 0.0, 0.0)
    """Angles about y (coronal tilt), z (axial turn) and x (sagittal tilt)."""

    @property
    def box(self) -> Box:
        """Exact for unturned ellipsoids, the exact turned extent otherwise."""
        reach = np.sqrt(((_turn(self.turn_deg) * np.asarray(self.radii)) ** 2).sum(axis=1))
        return _box_around(self.centre, reach)

    def inside(self, x: Coordinates, y: Coordinates, z: Coordinates) -> Inside:
        """Tell which points lie inside."""
        dx, dy, dz = x - self.centre[0], y - self.centre[1], z - self.centre[2]
        rx, ry, rz = self.radii
        if not any(self.turn_deg):
            flat = (dx / rx) ** 2 + (dy / ry) ** 2 + (dz / rz) ** 2
            return np.asarray(flat <= 1.0)
        m = _turn(self.turn_deg)
        turned = sum(
            ((m[0, k] * dx + m[1, k] * dy + m[2, k] * dz) / r) ** 2
            for k, r in enumerate(self.radii)
        )
        return np.asarray(np.asarray(turned) <= 1.0)


@dataclass(frozen=True, slots=True)
class Column:
    """A stack of superellipses: rows of (z, centre x, centre y, radius x, radius y), z ascending.

    Between rows everything is interpolated linearly; above and below there is nothing.
    """

    rows: tuple[Band, ...]
    power: float = 2.0

    @property
    def box(self) -> Box:
        """The box around all rows."""
        table = np.asarray(self.rows)
        low, high = table[:, 1:3] - table[:, 3:5], table[:, 1:3] + table[:, 3:5]
        return (
            (float(low[:, 0].min()), float(high[:, 0].max())),
            (float(low[:, 1].min()), float(high[:, 1].max())),
            (float(self.rows[0][0]), float(self.rows[-1][0])),
        )

    def at(self, z: Number) -> tuple[float, float, float, float]:
        """Return centre x, centre y, radius x and radius y at height z (ends held)."""
        table = np.asarray(self.rows)
        cx, cy, rx, ry = (float(np.interp(z, table[:, 0], table[:, k])) for k in range(1, 5))
        return cx, cy, rx, ry

    def grown(self, millimetres: Number) -> "Column":
        """Return the column with every radius larger (or smaller) by so much."""
        return Column(
            tuple(
                (z, cx, cy, max(rx + millimetres, 0.5), max(ry + millimetres, 0.5))
                for z, cx, cy, rx, ry in self.rows
            ),
            self.power,
        )

    def inside(self, x: Coordinates, y: Coordinates, z: Coordinates) -> Inside:
        """Tell which points lie inside."""
        table = np.asarray(self.rows)
        cx, cy, rx, ry = (
            np.interp(z, table[:, 0], table[:, k]).astype(np.float32) for k in range(1, 5)
        )
        u, v = np.abs(x - cx) / rx, np.abs(y - cy) / ry
        within = (z >= self.rows[0][0]) & (z <= self.rows[-1][0])
        answer: Inside = (_raised(u, self.power) + _raised(v, self.power) <= 1.0) & within
        return answer


@dataclass(frozen=True, slots=True)
class Capsule:
    """A straight rod with round ends whose radius runs linearly from one end to the other."""

    start: Point
    end: Point
    radii: tuple[Number, Number]

    @property
    def box(self) -> Box:
        """The box around both end balls."""
        low = np.minimum(
            np.subtract(self.start, self.radii[0]), np.subtract(self.end, self.radii[1])
        )
        high = np.maximum(np.add(self.start, self.radii[0]), np.add(self.end, self.radii[1]))
        return (
            (float(low[0]), float(high[0])),
            (float(low[1]), float(high[1])),
            (float(low[2]), float(high[2])),
        )

    def inside(self, x: Coordinates, y: Coordinates, z: Coordinates) -> Inside:
        """Tell which points lie inside."""
        dx, dy, dz = x - self.start[0], y - self.start[1], z - self.start[2]
        ex, ey, ez = (e - s for s, e in zip(self.start, self.end, strict=True))
        length2 = max(ex * ex + ey * ey + ez * ez, 1e-6)
        t = np.clip((dx * (ex / length2) + dy * (ey / length2)) + dz * (ez / length2), 0.0, 1.0)
        radius = self.radii[0] + t * (self.radii[1] - self.radii[0])
        answer: Inside = (dx - t * ex) ** 2 + (dy - t * ey) ** 2 + (dz - t * ez) ** 2 <= radius**2
        return answer


@dataclass(frozen=True, slots=True)
class Cut:
    """The part of a shape where `keep(x, y, z)` holds."""

    shape: "Ellipsoid | Column | Capsule | Cut"
    keep: Callable[[Coordinates, Coordinates, Coordinates], Inside]

    @property
    def box(self) -> Box:
        """The uncut shape's box."""
        return self.shape.box

    def inside(self, x: Coordinates, y: Coordinates, z: Coordinates) -> Inside:
        """Tell which points lie inside the shape and are kept."""
        answer: Inside = self.shape.inside(x, y, z) & self.keep(x, y, z)
        return answer


Shape = Ellipsoid | Column | Capsule | Cut
"""A solid that can be drawn: it has a `box` and tells which points are `inside`."""


def tube(rows: Sequence[Row], *, fine: int = 0) -> list[Capsule]:
    """Return the capsules of a tube through rows of (x, y, z, radius).

    Args:
        rows: at least two points.
        fine: points to put between neighbours on a smooth (Catmull-Rom) curve; 0 joins by lines.
    """
    points = _smooth(np.asarray(rows, dtype=np.float64), fine)
    return [
        Capsule(_point(a[:3]), _point(b[:3]), (float(a[3]), float(b[3])))
        for a, b in pairwise(points)
    ]


def shrunk(rods: Sequence[Capsule], millimetres: Number) -> list[Capsule]:
    """Return the same rods with thinner radii; rods that vanish are left out."""
    thin = [
        Capsule(r.start, r.end, (r.radii[0] - millimetres, r.radii[1] - millimetres)) for r in rods
    ]
    return [r for r in thin if min(r.radii) > 0.0]


def _smooth(points: Float[np.ndarray, "n 4"], fine: int) -> Float[np.ndarray, "m 4"]:
    if fine < 1 or len(points) < 3:
        return points
    padded = np.vstack([2 * points[0] - points[1], points, 2 * points[-1] - points[-2]])
    t = np.arange(fine + 1)[:, None] / (fine + 1)
    pieces = [
        0.5
        * (
            2 * b
            + (c - a) * t
            + (2 * a - 5 * b + 4 * c - d) * t**2
            + (3 * b - a - 3 * c + d) * t**3
        )
        for a, b, c, d in zip(padded[:-3], padded[1:-2], padded[2:-1], padded[3:], strict=True)
    ]
    curve = np.vstack([*pieces, points[-1:]])
    curve[:, 3] = np.maximum(curve[:, 3], 0.5)
    return curve


def _turn(angles_deg: Point) -> Float[np.ndarray, "3 3"]:
    about_y, about_z, about_x = np.deg2rad(angles_deg)
    cy, sy, cz, sz, cx, sx = (f(a) for a in (about_y, about_z, about_x) for f in (np.cos, np.sin))
    m_y = np.array([[cy, 0.0, sy], [0.0, 1.0, 0.0], [-sy, 0.0, cy]])
    m_z = np.array([[cz, -sz, 0.0], [sz, cz, 0.0], [0.0, 0.0, 1.0]])
    m_x = np.array([[1.0, 0.0, 0.0], [0.0, cx, -sx], [0.0, sx, cx]])
    turn: Float[np.ndarray, "3 3"] = m_x @ m_z @ m_y
    return turn


def _raised(u: Coordinates, power: float) -> Coordinates:
    """Return u**power, by multiplication where that is exact and faster."""
    if power == 2.0:
        return u * u
    if power == 3.0:
        return u * u * u
    return u**power


def _box_around(centre: Point, reach: Float[np.ndarray, " 3"]) -> Box:
    x, y, z = ((c - float(r), c + float(r)) for c, r in zip(centre, reach, strict=True))
    return x, y, z


def _point(values: Float[np.ndarray, " 3"]) -> Point:
    x, y, z = (float(v) for v in values)
    return x, y, z
