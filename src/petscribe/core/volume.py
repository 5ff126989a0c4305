"""Where voxels are: Grid, Volume and Mask, the only forms in which arrays cross a room border.

Axis law. Arrays are `(z, y, x)`; with channels `(c, z, y, x)`; in batches `(b, c, z, y, x)`. World
coordinates are DICOM LPS millimetres, written as `(x, y, z)` triples: x grows to the patient's
left, y to the back, z to the head. `affine` maps the index `(z, y, x, 1)` of a voxel's centre to
`(x, y, z, 1)`. Readers hand out canonical grids: array axes point, as closely as the acquisition
allows, to the head (z), the back (y) and the left (x).

Axis words used in shape annotations: `z y x` voxels, `c` channels, `b` batch, `n` points or
lesions, `xyz` world triples, `zyx` index triples. Source: DICOM PS3.3 C.7.6.2 (image plane),
C.7.6.1.1.1 (patient axes).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
from jaxtyping import Bool, Float, Int, Shaped

from petscribe.core.errors import GeometryError

Triple = tuple[float, float, float]
IndexTriple = tuple[int, int, int]

CANONICAL_AXES_LPS = np.array([[0.0, 0.0, 1.0], [0.0, 1.0, 0.0], [1.0, 0.0, 0.0]])
"""Rows: the LPS direction in which the canonical z, y and x array axes grow."""

_MIN_AXIS_DETERMINANT = 1e-3


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """A regular lattice of voxel centres in patient space.

    Raises:
        GeometryError: an extent below one, a spacing that is not a positive finite number, or
            axes that are not independent unit vectors (code `bad-geometry`).
    """

    shape: IndexTriple
    """Voxels along z, y, x."""
    spacing_mm: Triple
    """Distance between neighbouring voxel centres along the array axes z, y, x."""
    origin_mm: Triple
    """LPS position (x, y, z) of the centre of voxel (0, 0, 0)."""
    axes: tuple[Triple, Triple, Triple] = ((0.0, 0.0, 1.0), (0.0, 1.0, 0.0), (1.0, 0.0, 0.0))
    """Unit LPS vectors along which the array axes z, y and x grow, in that order."""
    frame_uid: str | None = None
    """FrameOfReferenceUID: grids with different ones share no space. None: unknown."""

    def __post_init__(self) -> None:
        """Refuse a lattice that cannot exist."""
        if min(self.shape) < 1:
            raise GeometryError("bad-geometry", f"grid shape {self.shape} has an empty axis")
        if not all(np.isfinite(s) and s > 0 for s in self.spacing_mm):
            raise GeometryError(
                "bad-geometry", f"voxel spacing {self.spacing_mm} mm must be positive"
            )
        if not np.all(np.isfinite(self.origin_mm)):
            raise GeometryError("bad-geometry", f"grid origin {self.origin_mm} mm is not finite")
        axes = np.asarray(self.axes, dtype=np.float64)
        unit = np.allclose(np.linalg.norm(axes, axis=1), 1.0, atol=1e-3)
        if not unit or abs(np.linalg.det(axes)) < _MIN_AXIS_DETERMINANT:
            raise GeometryError(
                "bad-geometry", f"grid axes {self.axes} are not independent unit vectors"
            )

    @classmethod
    def from_affine(
        cls,
        affine: Float[np.ndarray, "4 4"],
        shape: IndexTriple,
        *,
        frame_uid: str | None = None,
    ) -> "Grid":
        """Build the grid whose voxel (z, y, x) lies at `affine @ (z, y, x, 1)`, LPS mm."""
        columns = np.asarray(affine, dtype=np.float64)[:3, :3]
        spacing = np.linalg.norm(columns, axis=0)
        if not np.all(np.isfinite(spacing)) or np.any(spacing <= 0):
            raise GeometryError("bad-geometry", "affine has a zero or undefined axis")
        axes = (columns / spacing).T
        origin = np.asarray(affine, dtype=np.float64)[:3, 3]
        return cls(
            shape=_ints(shape),
            spacing_mm=_floats(spacing),
            origin_mm=_floats(origin),
            axes=(_floats(axes[0]), _floats(axes[1]), _floats(axes[2])),
            frame_uid=frame_uid,
        )

    @property
    def affine(self) -> Float[np.ndarray, "4 4"]:
        """Map from index (z, y, x, 1) to LPS millimetres (x, y, z, 1)."""
        matrix = np.eye(4)
        matrix[:3, :3] = np.asarray(self.axes).T * np.asarray(self.spacing_mm)
        matrix[:3, 3] = self.origin_mm
        return matrix

    @property
    def voxel_volume_ml(self) -> float:
        """Volume of one voxel from the affine's determinant: right for oblique grids too."""
        return float(abs(np.linalg.det(self.affine[:3, :3]))) / 1000.0

    @property
    def is_axis_aligned(self) -> bool:
        """Whether the array axes are the canonical head, back, left directions (to 1e-4)."""
        return bool(np.allclose(self.axes, CANONICAL_AXES_LPS, atol=1e-4))

    @property
    def bounds_mm(self) -> tuple[Triple, Triple]:
        """Lowest and highest LPS corner of the box that holds every voxel, edges included."""
        edges = np.array([(-0.5, n - 0.5) for n in self.shape])
        corners = np.array(np.meshgrid(*edges, indexing="ij")).reshape(3, -1).T
        world = self.to_world(corners)
        return _floats(world.min(axis=0)), _floats(world.max(axis=0))

    def to_world(self, index: Shaped[np.ndarray, "*n 3"]) -> Float[np.ndarray, "*n 3"]:
        """Return LPS millimetres (x, y, z) of index positions (z, y, x), fractions allowed."""
        matrix = self.affine
        world: Float[np.ndarray, "*n 3"] = (
            np.asarray(index, np.float64) @ matrix[:3, :3].T + matrix[:3, 3]
        )
        return world

    def to_index(self, world_mm: Shaped[np.ndarray, "*n 3"]) -> Float[np.ndarray, "*n 3"]:
        """Return index positions (z, y, x), with fractions, of LPS millimetres (x, y, z)."""
        matrix = self.affine
        inverse = np.linalg.inv(matrix[:3, :3])
        index: Float[np.ndarray, "*n 3"] = (
            np.asarray(world_mm, np.float64) - matrix[:3, 3]
        ) @ inverse.T
        return index

    def contains(self, world_mm: Shaped[np.ndarray, "*n 3"]) -> Bool[np.ndarray, "*n"]:
        """Tell which LPS points lie inside the grid's box, voxel edges included."""
        index = self.to_index(world_mm)
        inside = (index >= -0.5) & (index <= np.asarray(self.shape) - 0.5)
        answer: Bool[np.ndarray, "*n"] = np.all(inside, axis=-1)
        return answer

    def matches(self, other: "Grid", *, tolerance_mm: float = 0.1) -> bool:
        """Tell whether both grids have the same shape and every corner within `tolerance_mm`."""
        if self.shape != other.shape:
            return False
        corners = (
            np.array(np.meshgrid(*[(0, n - 1) for n in self.shape], indexing="ij")).reshape(3, -1).T
        )
        return bool(
            np.max(np.abs(self.to_world(corners) - other.to_world(corners))) <= tolerance_mm
        )

    def shares_frame(self, other: "Grid") -> bool:
        """Tell whether the frames of reference are equal, or one is unknown."""
        return None in (self.frame_uid, other.frame_uid) or self.frame_uid == other.frame_uid

    def crop(self, box: tuple[slice, slice, slice]) -> "Grid":
        """Return the grid of `array[box]`; the slices lie inside the grid and have no step."""
        start = np.array([s.start for s in box])
        shape = _ints([s.stop - s.start for s in box])
        return replace(self, shape=shape, origin_mm=_floats(self.to_world(start)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Volume:
    """A scalar image in patient space.

    Voxels that were never measured (outside a CT's field, padding) are NaN in a floating array and
    `padding` in an integer one; code that averages must leave them out (`measured`).

    Raises:
        GeometryError: array and grid differ in shape (code `bad-geometry`).
    """

    array: Shaped[np.ndarray, "z y x"]
    grid: Grid
    unit: str
    """`g/ml` (SUVbw), `Bq/ml`, `HU`, `relative`, `1`."""
    padding: int | None = None

    def __post_init__(self) -> None:
        """Refuse an array that is not on the grid."""
        _same_shape(self.array, self.grid)

    @property
    def measured(self) -> Bool[np.ndarray, "z y x"]:
        """Voxels that hold a measured value."""
        if self.padding is not None:
            valid: Bool[np.ndarray, "z y x"] = self.array != self.padding
            return valid
        if np.issubdtype(self.array.dtype, np.floating):
            finite: Bool[np.ndarray, "z y x"] = np.isfinite(self.array)
            return finite
        return np.ones(self.array.shape, dtype=np.bool_)

    def crop(self, box: tuple[slice, slice, slice]) -> "Volume":
        """Return the part of the volume inside `box` (a view, not a copy)."""
        return replace(self, array=self.array[box], grid=self.grid.crop(box))


@dataclass(frozen=True, slots=True, kw_only=True)
class Mask:
    """Labels in patient space: 0 is nothing, each positive integer one structure or lesion.

    Raises:
        GeometryError: labels and grid differ in shape (code `bad-geometry`).
        ValueError: labels are not unsigned integers or booleans.
    """

    labels: Shaped[np.ndarray, "z y x"]
    grid: Grid
    names: Mapping[int, str] = field(default_factory=dict)
    """Name of each label that has one."""

    def __post_init__(self) -> None:
        """Refuse labels that are not on the grid or not countable."""
        _same_shape(self.labels, self.grid)
        if self.labels.dtype.kind not in "bu":
            raise ValueError(f"mask labels must be unsigned integers, got {self.labels.dtype}")

    @property
    def ids(self) -> list[int]:
        """The positive labels that occur, ascending."""
        if self.labels.dtype == np.bool_:
            return [1] if self.labels.any() else []
        counts = np.bincount(self.labels.ravel(), minlength=1)
        return [int(i) for i in np.flatnonzero(counts) if i > 0]

    def where(self, label: int) -> Bool[np.ndarray, "z y x"]:
        """Voxels of one label."""
        voxels: Bool[np.ndarray, "z y x"] = self.labels == label
        return voxels

    def named(self, *names: str) -> Bool[np.ndarray, "z y x"]:
        """Voxels of every label whose name is among `names`; all False when none is."""
        wanted = [i for i, name in self.names.items() if name in names]
        voxels: Bool[np.ndarray, "z y x"] = np.isin(self.labels, wanted)
        return voxels

    def crop(self, box: tuple[slice, slice, slice]) -> "Mask":
        """Return the part of the mask inside `box` (a view, not a copy)."""
        return replace(self, labels=self.labels[box], grid=self.grid.crop(box))


def canonical_order(grid: Grid) -> tuple[tuple[int, int, int], tuple[bool, bool, bool]]:
    """Return the axis permutation and flips that bring an array on `grid` to canonical order.

    The permuted axis k of the result is axis `order[k]` of the input, reversed where `flips[k]` is
    true. Each array axis is given to the patient axis it lies closest to, best fits first.
    """
    overlap = np.abs(np.asarray(grid.axes) @ CANONICAL_AXES_LPS.T)
    order = [-1, -1, -1]
    for _ in range(3):
        source, target = np.unravel_index(int(np.argmax(overlap)), (3, 3))
        order[int(target)] = int(source)
        overlap[source, :] = -1.0
        overlap[:, target] = -1.0
    signs = [float(np.asarray(grid.axes)[order[k]] @ CANONICAL_AXES_LPS[k]) for k in range(3)]
    return (order[0], order[1], order[2]), (signs[0] < 0, signs[1] < 0, signs[2] < 0)


def to_canonical(
    array: Shaped[np.ndarray, "a b c"], grid: Grid
) -> tuple[Shaped[np.ndarray, "z y x"], Grid]:
    """Reorder an array (a view) and its grid so that axes grow to the head, the back and the left.

    No voxel value changes; the grid keeps its obliquity.
    """
    order, flips = canonical_order(grid)
    view = np.transpose(array, order)[tuple(slice(None, None, -1 if f else 1) for f in flips)]
    matrix = grid.affine
    columns = matrix[:3, :3][:, order]
    corner = np.array([n - 1 if f else 0 for n, f in zip(view.shape, flips, strict=True)])
    reordered = np.eye(4)
    reordered[:3, :3] = columns * np.where(flips, -1.0, 1.0)
    reordered[:3, 3] = matrix[:3, 3] + columns @ corner
    return view, Grid.from_affine(reordered, _ints(view.shape), frame_uid=grid.frame_uid)


def bounding_box(voxels: Bool[np.ndarray, "z y x"]) -> tuple[slice, slice, slice] | None:
    """Return the smallest box that holds every True voxel, or None when there is none."""
    sides: list[slice] = []
    for axis in range(3):
        others = tuple(a for a in range(3) if a != axis)
        hit: Int[np.ndarray, " hits"] = np.flatnonzero(voxels.any(axis=others))
        if hit.size == 0:
            return None
        sides.append(slice(int(hit[0]), int(hit[-1]) + 1))
    return sides[0], sides[1], sides[2]


def _same_shape(array: Shaped[np.ndarray, "..."], grid: Grid) -> None:
    if array.shape != grid.shape:
        raise GeometryError(
            "bad-geometry", f"array of shape {array.shape} is not on a grid of {grid.shape}"
        )


def _floats(values: "np.ndarray | Triple") -> Triple:
    x, y, z = (float(v) for v in values)
    return x, y, z


def _ints(values: "np.ndarray | tuple[int, ...] | list[int]") -> IndexTriple:
    z, y, x = (int(v) for v in values)
    return z, y, x
