"""The grid a body is drawn on: one structure number and one tissue number per voxel.

Maps patient millimetres to the reference body (size by axis, a lateral curve of the spine) so that
shapes are given once, in reference millimetres. Knows no place
of any organ. Two arrays because a structure
(`kidney_left`) is made of several tissues (cortex, sinus fat, urine), and a tissue (`marrow`)
occurs in many structures.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from math import ceil, floor

import numpy as np
from jaxtyping import Bool, Float, UInt8

from petscribe.core.volume import Grid, Triple
from petscribe.phantom.drawing.shapes import Box, Shape
from petscribe.phantom.drawing.tissues import LABELS, TISSUES

Span = tuple[slice, slice, slice]


@dataclass(frozen=True, slots=True, kw_only=True)
class BodyMap:
    """From the reference body to the patient: scale by axis, and a sideways bend of the spine."""

    scale: Triple = (1.0, 1.0, 1.0)
    """Patient millimetres per reference millimetre along x, y, z."""
    bend_mm: float = 0.0
    """Largest sideways displacement of a scoliosis, reference millimetres; positive to the left."""

    def bend_at(self, z: Float[np.ndarray, "..."]) -> Float[np.ndarray, "..."]:
        """Return the sideways displacement at reference heights z."""
        phase = np.clip(z / 490.0, 0.0, 1.0)
        bend: Float[np.ndarray, ...] = np.asarray(self.bend_mm * np.sin(2.0 * np.pi * phase))
        return bend

    def to_patient(self, point: Triple) -> Triple:
        """Return the patient position (LPS mm) of a reference point."""
        x, y, z = point
        bend = float(self.bend_at(np.asarray(z)))
        return (x + bend) * self.scale[0], y * self.scale[1], z * self.scale[2]

    def to_reference(self, point: Triple) -> Triple:
        """Return the reference point of a patient position (LPS mm)."""
        z = point[2] / self.scale[2]
        bend = float(self.bend_at(np.asarray(z)))
        return point[0] / self.scale[0] - bend, point[1] / self.scale[1], z


class Canvas:
    """Labels and tissues being drawn; state lives here until the body is finished."""

    def __init__(self, grid: Grid, body_map: BodyMap) -> None:
        """Start with air everywhere."""
        self.grid = grid
        self.body_map = body_map
        self.labels: UInt8[np.ndarray, "z y x"] = np.zeros(grid.shape, np.uint8)
        self.tissues: UInt8[np.ndarray, "z y x"] = np.zeros(grid.shape, np.uint8)
        z, y, x = (
            (np.arange(n, dtype=np.float64) * s + o).astype(np.float32)
            for n, s, o in zip(grid.shape, grid.spacing_mm, grid.origin_mm[::-1], strict=True)
        )
        self._z = z / np.float32(body_map.scale[2])
        self._y = y / np.float32(body_map.scale[1])
        self._x = x / np.float32(body_map.scale[0])
        steps = zip(grid.spacing_mm[::-1], body_map.scale, strict=True)
        self._steps = [spacing / scale for spacing, scale in steps]
        self._bend = body_map.bend_at(self._z).astype(np.float32)
        self._largest_bend = float(np.abs(self._bend).max())

    def paint(
        self,
        shapes: Shape | Iterable[Shape],
        *,
        tissue: str,
        label: str | None = None,
        over: Bool[np.ndarray, " tissues"] | None = None,
    ) -> None:
        """Draw shapes: later ones cover earlier ones.

        Args:
            shapes: one shape or several drawn alike.
            tissue: what to draw.
            label: the structure it belongs to; None keeps what is there.
            over: which tissues may be covered (by number); None covers everything.
        """
        number = None if label is None else LABELS[label]
        for shape in shapes if isinstance(shapes, Iterable) else (shapes,):
            self._paint_one(shape, TISSUES[tissue], number, over)

    def _paint_one(
        self, shape: Shape, tissue: int, label: int | None, over: Bool[np.ndarray, " t"] | None
    ) -> None:
        span = self.span(shape.box)
        if span is None:
            return
        hit = shape.inside(*self.coordinates(span))
        target = self.tissues[span]
        if over is not None:
            hit = hit & over[target]
        np.copyto(target, np.uint8(tissue), where=hit)
        if label is not None:
            np.copyto(self.labels[span], np.uint8(label), where=hit)

    def span(self, box: Box) -> Span | None:
        """Return the voxels that a reference box may touch, or None when it lies off the grid."""
        slack = (self._largest_bend, 0.0, 0.0)
        sides: list[slice] = []
        for axis, values in ((2, self._z), (1, self._y), (0, self._x)):
            first, step = float(values[0]), self._steps[axis]
            low, high = box[axis][0] - slack[axis], box[axis][1] + slack[axis]
            start = max(ceil((low - first) / step - 1e-6), 0)
            stop = min(floor((high - first) / step + 1e-6) + 1, len(values))
            if start >= stop:
                return None
            sides.append(slice(start, stop))
        return sides[0], sides[1], sides[2]

    def coordinates(
        self, span: Span
    ) -> tuple[Float[np.ndarray, "z 1 x"], Float[np.ndarray, "1 y 1"], Float[np.ndarray, "z 1 1"]]:
        """Return reference x, y and z of the voxels of a span, ready to broadcast."""
        z = self._z[span[0]][:, None, None]
        y = self._y[span[1]][None, :, None]
        x = self._x[span[2]][None, None, :] - self._bend[span[0]][:, None, None]
        return x, y, z
