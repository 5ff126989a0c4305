"""Voxels to two pictures' worth of numbers: the coronal MIP, the bone outline, an axial square.

Everything is placed in millimetres of the patient, so that PET and CT fall on each other whatever
their grids, and every pixel is square. Grids are read along their own axes; an oblique grid is
drawn as if it were straight (a picture, not a measurement). Knows arrays and `Grid`, no colours.
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float, Int, Shaped

from petscribe.core.volume import Grid, Mask, Volume

BONE_HU = 220
"""Denser than this is drawn as bone; contrast in vessels mostly stays below."""
BONE_DEPTH_MM = 8.0
SMOOTH_MM = 3.0
MARGIN_MM = 15.0
_AIR_FRAC = 0.02


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """A rectangle of the patient seen from the front or from the feet, and its pixels.

    `left_mm` is the patient's right edge (lowest LPS x); `top_mm` is the highest z of a coronal
    frame, the lowest y (front) of an axial one.
    """

    left_mm: float
    top_mm: float
    width: int
    height: int
    pixel_mm: float
    downwards: int
    """1 where the vertical world coordinate grows downwards (y), -1 where it falls (z)."""

    def pixel_of(self, x_mm: float, vertical_mm: float) -> tuple[float, float]:
        """Return the pixel position (column, row) of a point."""
        column = (x_mm - self.left_mm) / self.pixel_mm
        return column, self.downwards * (vertical_mm - self.top_mm) / self.pixel_mm

    @property
    def columns_mm(self) -> Float[np.ndarray, " w"]:
        """World x of each pixel column's centre."""
        centres: Float[np.ndarray, " w"] = (
            self.left_mm + (np.arange(self.width) + 0.5) * self.pixel_mm
        )
        return centres

    @property
    def rows_mm(self) -> Float[np.ndarray, " h"]:
        """World z or y of each pixel row's centre."""
        steps = (np.arange(self.height) + 0.5) * self.pixel_mm
        centres: Float[np.ndarray, " h"] = self.top_mm + self.downwards * steps
        return centres


def coronal_maximum(volume: Volume) -> Float[np.ndarray, "z x"]:
    """Return the maximum along the patient's depth; never-measured voxels count as nothing."""
    if volume.array.dtype.kind == "f":
        projected = np.fmax.reduce(volume.array, axis=1)
        return np.nan_to_num(projected, nan=0.0).astype(np.float64)
    return volume.array.max(axis=1).astype(np.float64)


def body_frame(maximum: Float[np.ndarray, "z x"], grid: Grid, *, max_pixels: int) -> Frame:
    """Return the frame that holds everything above air, with a margin, in square pixels."""
    level = _AIR_FRAC * float(np.percentile(maximum, 99.5))
    seen = maximum > level
    rows, columns = np.flatnonzero(seen.any(axis=1)), np.flatnonzero(seen.any(axis=0))
    z_mm, x_mm = axis_positions(grid, 0), axis_positions(grid, 2)
    if rows.size == 0:
        rows, columns = np.arange(z_mm.size), np.arange(x_mm.size)
    low, high = _padded(z_mm, rows, grid.spacing_mm[0])
    left, right = _padded(x_mm, columns, grid.spacing_mm[2])
    pixel = max(high - low, right - left) / max_pixels
    return Frame(
        left_mm=left,
        top_mm=high,
        width=max(1, round((right - left) / pixel)),
        height=max(1, round((high - low) / pixel)),
        pixel_mm=pixel,
        downwards=-1,
    )


def _padded(
    positions: Float[np.ndarray, " n"], used: Int[np.ndarray, " m"], spacing: float
) -> tuple[float, float]:
    first, last = float(positions[used[0]]), float(positions[used[-1]])
    edge_low, edge_high = float(positions[0]) - spacing / 2, float(positions[-1]) + spacing / 2
    return max(edge_low, first - MARGIN_MM), min(edge_high, last + MARGIN_MM)


def axis_positions(grid: Grid, axis: int) -> Float[np.ndarray, " n"]:
    """Return the world coordinate (z, y or x) of the slices along a canonical array axis."""
    index = np.repeat((np.asarray(grid.shape)[None] - 1) / 2.0, grid.shape[axis], axis=0)
    index[:, axis] = np.arange(grid.shape[axis])
    positions: Float[np.ndarray, " n"] = grid.to_world(index)[:, 2 - axis]
    return positions


def sampled(
    plane: Shaped[np.ndarray, "r c"],
    rows_at: Float[np.ndarray, " r"],
    columns_at: Float[np.ndarray, " c"],
    frame: Frame,
) -> Float[np.ndarray, "h w"]:
    """Return a plane, whose rows and columns lie at world positions, on the frame's pixels.

    Linear between voxels; NaN outside the plane.
    """
    lower, upper, weight, inside = _neighbours(rows_at, frame.rows_mm)
    values = plane.astype(np.float32)
    mixed = values[lower] * (1.0 - weight)[:, None] + values[upper] * weight[:, None]
    mixed[~inside] = np.nan
    lower, upper, weight, inside = _neighbours(columns_at, frame.columns_mm)
    result = mixed[:, lower] * (1.0 - weight) + mixed[:, upper] * weight
    result[:, ~inside] = np.nan
    return result.astype(np.float64)


def _neighbours(
    positions: Float[np.ndarray, " n"], wanted: Float[np.ndarray, " m"]
) -> tuple[
    Int[np.ndarray, " m"], Int[np.ndarray, " m"], Float[np.ndarray, " m"], Bool[np.ndarray, " m"]
]:
    """Return for each wanted position the two voxels around it, the second's weight, and if in."""
    step = (positions[-1] - positions[0]) / max(1, positions.size - 1) or 1.0
    index = (wanted - positions[0]) / step
    inside = (index > -0.5) & (index < positions.size - 0.5)
    index = np.clip(index, 0.0, positions.size - 1.0)
    lower = np.floor(index).astype(np.intp)
    upper = np.minimum(lower + 1, positions.size - 1)
    return lower, upper, (index - lower).astype(np.float32), inside


def bone_edges(ct: Volume, frame: Frame) -> Bool[np.ndarray, "h w"]:
    """Return the outline, two pixels thick, of the skeleton's shadow on a coronal frame.

    The shadow is where the depth of bone along the line of sight, smoothed over a few millimetres
    so that streaks and noise vanish, exceeds `BONE_DEPTH_MM`.
    """
    dense = ct.array[:, ::2, ::2] > BONE_HU
    depth_mm = dense.sum(axis=1, dtype=np.float64) * (2.0 * ct.grid.spacing_mm[1])
    for axis, spacing in ((0, ct.grid.spacing_mm[0]), (1, 2.0 * ct.grid.spacing_mm[2])):
        for _ in range(max(1, round(SMOOTH_MM / spacing) ** 2)):
            depth_mm = _blurred(depth_mm, axis)
    columns = axis_positions(ct.grid, 2)[::2]
    shadow = sampled(depth_mm, axis_positions(ct.grid, 0), columns, frame)
    thin = outline(np.nan_to_num(shadow) > BONE_DEPTH_MM)
    thick = thin.copy()
    thick[1:] |= thin[:-1]
    thick[:, 1:] |= thin[:, :-1]
    return thick


def _blurred(values: Float[np.ndarray, "z x"], axis: int) -> Float[np.ndarray, "z x"]:
    """Return values smoothed by 1-2-1 along an axis."""
    pad = [(1, 1) if k == axis else (0, 0) for k in range(2)]
    wide = np.moveaxis(np.pad(values, pad, mode="edge"), axis, 0)
    smooth: Float[np.ndarray, "z x"] = np.moveaxis(
        0.25 * wide[:-2] + 0.5 * wide[1:-1] + 0.25 * wide[2:], 0, axis
    )
    return smooth


def outline(shape: Bool[np.ndarray, "h w"]) -> Bool[np.ndarray, "h w"]:
    """Return the pixels of a shape that touch its outside (4 neighbours), not the border's."""
    inner = np.pad(shape, 1, mode="edge")
    kept = inner[1:-1, :-2] & inner[1:-1, 2:] & inner[:-2, 1:-1] & inner[2:, 1:-1]
    edge: Bool[np.ndarray, "h w"] = shape & ~kept
    return edge


def axial_frame(x_mm: float, y_mm: float, *, side_mm: float, pixels: int) -> Frame:
    """Return a square around a point, seen from the feet."""
    return Frame(
        left_mm=x_mm - side_mm / 2,
        top_mm=y_mm - side_mm / 2,
        width=pixels,
        height=pixels,
        pixel_mm=side_mm / pixels,
        downwards=1,
    )


def axial_plane(volume: Volume, z_mm: float, frame: Frame) -> Float[np.ndarray, "h w"] | None:
    """Return the slice nearest to `z_mm` on the frame's pixels; None beyond the volume."""
    positions = axis_positions(volume.grid, 0)
    nearest = int(np.argmin(np.abs(positions - z_mm)))
    if abs(positions[nearest] - z_mm) > volume.grid.spacing_mm[0]:
        return None
    grid = volume.grid
    plane = volume.array[nearest]
    result = sampled(plane, axis_positions(grid, 1), axis_positions(grid, 2), frame)
    if volume.padding is not None:
        result[result <= volume.padding] = np.nan
    return result


def mask_plane(mask: Mask, label: int, z_mm: float, frame: Frame) -> Bool[np.ndarray, "h w"]:
    """Return one label's shape in the slice nearest to `z_mm`, on the frame's pixels."""
    positions = axis_positions(mask.grid, 0)
    nearest = int(np.argmin(np.abs(positions - z_mm)))
    plane = (mask.labels[nearest] == label).astype(np.float32)
    grid = mask.grid
    shape = sampled(plane, axis_positions(grid, 1), axis_positions(grid, 2), frame)
    inside: Bool[np.ndarray, "h w"] = np.nan_to_num(shape) >= 0.5
    return inside
