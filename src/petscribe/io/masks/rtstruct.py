"""RT Structure Sets to parts: closed planar contours become voxels.

Each contour stands for a slab: half-way to its neighbours, or half the usual contour distance where
a neighbour is missing. Contours of one plane combine by the even-odd rule, so holes stay holes.
Pixels are those of the PET when the contours lie in its planes, else a lattice of half the PET's
finest voxel; a pixel is in when its centre is (see `polygons`). Open contours and points enclose
nothing and are skipped with a warning. Knows pydicom datasets. Source: DICOM PS3.3 C.8.8.5
(structure set), C.8.8.6 (ROI contour).
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from jaxtyping import Float, Int

from petscribe.core.errors import GeometryError, InputError
from petscribe.core.volume import Grid, Mask, bounding_box
from petscribe.io.masks.parts import Drawing, Part
from petscribe.io.masks.polygons import inside_even_odd
from petscribe.io.masks.seg import require_known

if TYPE_CHECKING:
    from pydicom.dataset import Dataset

_CLOSED = {"CLOSED_PLANAR", "CLOSED_PLANAR_XOR"}
_MAX_OFF_PLANE_MM = 0.5
_SAME_PLANE_MM = 0.1
_WIDEST_MM = 10.0
"""Contours further apart than this are no neighbours: each is one PET slice deep."""
_BRIDGED_GAPS = 2.5
"""Gaps up to this many contour distances are skipped slices of one structure, larger ones ends."""
_EVEN = 1.05
"""Contour distances within this ratio count as even."""
_FINER = (1, 4, 16)
"""In-plane refinements tried until a contour smaller than a pixel covers a pixel centre."""
_MAX_LABEL = 65535
_MAX_VOXELS = 128 * 1024**2


@dataclass(frozen=True, slots=True, kw_only=True)
class Plane:
    """The directions in which one ROI's contours lie, and the lattice to draw them on."""

    axes: Float[np.ndarray, "3 3"]
    """Rows: unit vectors of the normal, the picture's rows' and its columns' growth."""
    spacing_mm: tuple[float, float]
    """Between rows, between columns."""
    anchor: tuple[float, float]
    """Coordinates along rows and columns of one pixel centre."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Slabs:
    """Slices along the normal and the contour level that each belongs to (-1: none)."""

    first_mm: float
    step_mm: float
    owners: Int[np.ndarray, " slices"]


def read_rtstruct(
    dataset: "Dataset", pet: Grid, *, segments: tuple[int, ...] | None = None
) -> Drawing:
    """Return the ROIs of a structure set as parts on their own grids.

    Raises:
        InputError: a ROI asked for is not declared (`no-such-segment`), or contour data that is no
            list of points (`bad-mask`).
        GeometryError: contours of one ROI lie in different directions or are not flat
            (`irregular-mask`), or in another frame of reference (`mask-wrong-frame`).
    """
    declared = {int(r.ROINumber): r for r in dataset.StructureSetROISequence}
    labels = _labels(list(declared))
    names = {number: _name(roi) for number, roi in declared.items()}
    require_known(names, segments)
    wanted = set(names) if segments is None else set(segments)
    parts: list[Part] = []
    found: set[int] = set()
    skipped = False
    for item in dataset.get("ROIContourSequence") or ():
        number = int(item.ReferencedROINumber)
        if number not in wanted:
            continue
        closed, open_ones = _contours(item)
        skipped = skipped or open_ones > 0
        frame_uid = _frame(declared[number], pet)
        mask = _drawn(closed, pet, frame_uid) if closed else None
        if mask is not None:
            parts.append(Part(number=labels[number], name=names[number], mask=mask))
            found.add(number)
    return Drawing(
        parts=tuple(parts),
        empty=tuple(sorted(wanted - found)),
        warnings=("mask-open-contours",) if skipped else (),
    )


def _labels(numbers: list[int]) -> dict[int, int]:
    """Return the label of each ROI: its number, or its rank where numbers do not fit a mask."""
    fit = all(1 <= number <= _MAX_LABEL for number in numbers)
    return {number: number if fit else rank for rank, number in enumerate(numbers, start=1)}


def _frame(roi: "Dataset", pet: Grid) -> str | None:
    uid = roi.get("ReferencedFrameOfReferenceUID")
    frame_uid = str(uid) if uid else None
    if None not in (frame_uid, pet.frame_uid) and frame_uid != pet.frame_uid:
        raise GeometryError(
            "mask-wrong-frame",
            "the contours are drawn in another frame of reference than the PET: another exam?",
        )
    return frame_uid


def _contours(item: "Dataset") -> tuple[list[Float[np.ndarray, "_ 3"]], int]:
    """Return the closed contours of a ROI and how many others there are."""
    closed: list[Float[np.ndarray, "_ 3"]] = []
    others = 0
    for contour in item.get("ContourSequence") or ():
        points = _points(contour)
        if contour.get("ContourGeometricType", "") in _CLOSED and len(points) >= 3:
            closed.append(points)
        else:
            others += 1
    return closed, others


def _points(contour: "Dataset") -> Float[np.ndarray, "_ 3"]:
    element = contour.get_item("ContourData") if "ContourData" in contour else None
    data: Any = None if element is None else element.value
    if isinstance(data, bytes):  # still as read: a list of decimal strings would be slow
        data = data.decode("ascii").strip(" \0").split("\\")
    values = np.array([float(v) for v in data or ()], dtype=np.float64)
    if values.size % 3 or not np.all(np.isfinite(values)):
        raise InputError("bad-mask", f"{values.size} contour numbers are no list of points")
    return values.reshape(-1, 3)


def _drawn(
    contours: list[Float[np.ndarray, "_ 3"]], pet: Grid, frame_uid: str | None
) -> Mask | None:
    """Return one ROI's voxels, or None when it encloses nothing."""
    plane = _common_plane(contours, pet)
    if plane is None:
        return None
    flat = [contour @ plane.axes.T for contour in contours]
    heights = np.array([float(points[:, 0].mean()) for points in flat])
    if any(np.ptp(points[:, 0]) > 2 * _MAX_OFF_PLANE_MM for points in flat):
        raise GeometryError(
            "irregular-mask", "a contour is not flat, or not parallel to the others"
        )
    for factor in _FINER:
        mask = _raster(flat, heights, _refined(plane, factor), (pet, frame_uid))
        box = bounding_box(mask.labels)
        if box is not None:
            return mask.crop(box)
    return None


def _common_plane(contours: list[Float[np.ndarray, "_ 3"]], pet: Grid) -> Plane | None:
    """Return the plane of the largest contour, turned to the PET's axes when it fits them."""
    areas = [_area_vector(points) for points in contours]
    largest = areas[int(np.argmax([np.linalg.norm(a) for a in areas]))]
    size = float(np.linalg.norm(largest))
    if size < 1e-6:
        return None
    normal = largest / size
    pet_axes = np.asarray(pet.axes)
    along = int(np.argmax(np.abs(pet_axes @ normal)))
    rows, columns = (a for a in range(3) if a != along)
    square = np.allclose(pet_axes @ pet_axes.T, np.eye(3), atol=1e-3)
    if square and abs(float(pet_axes[along] @ normal)) > 1 - 1e-5:
        first = np.asarray(pet.origin_mm)
        return Plane(
            axes=pet_axes[[along, rows, columns]],
            spacing_mm=(pet.spacing_mm[rows], pet.spacing_mm[columns]),
            anchor=(float(pet_axes[rows] @ first), float(pet_axes[columns] @ first)),
        )
    down = pet_axes[rows] - normal * float(pet_axes[rows] @ normal)
    down /= np.linalg.norm(down)
    fine = min(pet.spacing_mm) / 2.0
    axes = np.array([normal, down, np.cross(normal, down)])
    return Plane(axes=axes, spacing_mm=(fine, fine), anchor=(0.0, 0.0))


def _area_vector(points: Float[np.ndarray, "_ 3"]) -> Float[np.ndarray, " 3"]:
    centred = points - points.mean(axis=0)
    vector: Float[np.ndarray, " 3"] = 0.5 * np.cross(centred, np.roll(centred, -1, axis=0)).sum(0)
    return vector


def _refined(plane: Plane, factor: int) -> Plane:
    rows, columns = plane.spacing_mm
    return Plane(axes=plane.axes, spacing_mm=(rows / factor, columns / factor), anchor=plane.anchor)


def _raster(
    flat: list[Float[np.ndarray, "_ 3"]],
    heights: Float[np.ndarray, " n"],
    plane: Plane,
    place: tuple[Grid, str | None],
) -> Mask:
    """Draw contours, given as (height, row, column) mm, on a lattice that holds them all."""
    pet, frame_uid = place
    levels, level_of = _levels(heights)
    stack = _slabs(levels, _voxel_along(pet, plane.axes[0]))
    spacing = np.array(plane.spacing_mm)
    corners = np.concatenate([points[:, 1:] for points in flat])
    low = np.floor((corners.min(axis=0) - plane.anchor) / spacing) - 1
    high = np.ceil((corners.max(axis=0) - plane.anchor) / spacing) + 2
    first = np.array(plane.anchor) + low * spacing
    shape = (len(stack.owners), int(high[0] - low[0]), int(high[1] - low[1]))
    if np.prod(shape, dtype=object) > _MAX_VOXELS:
        raise InputError("too-large", f"the contours span {shape} voxels of the PET's size")
    pixels = [(points[:, 1:] - first) / spacing for points in flat]
    labels = np.zeros(shape, dtype=np.bool_)
    for level in range(len(levels)):
        here = [p for p, own in zip(pixels, level_of, strict=True) if own == level]
        labels[stack.owners == level] = inside_even_odd(here, shape[1:])
    affine = np.eye(4)
    affine[:3, :3] = plane.axes.T * np.array([stack.step_mm, spacing[0], spacing[1]])
    affine[:3, 3] = np.array([stack.first_mm, first[0], first[1]]) @ plane.axes
    return Mask(labels=labels, grid=Grid.from_affine(affine, shape, frame_uid=frame_uid))


def _levels(
    heights: Float[np.ndarray, " n"],
) -> tuple[Float[np.ndarray, " levels"], Int[np.ndarray, " n"]]:
    """Return the distinct heights, ascending, and which of them each contour has."""
    order = np.argsort(heights, kind="stable")
    new = np.diff(heights[order], prepend=-np.inf) > _SAME_PLANE_MM
    level_of = np.empty(len(heights), dtype=np.int64)
    level_of[order] = np.cumsum(new) - 1
    return heights[order][new], level_of


def _slabs(levels: Float[np.ndarray, " levels"], single_mm: float) -> Slabs:
    """Return a lattice along the normal, each slice owned by the contours that stand for it."""
    gaps = np.diff(levels)
    distance = float(gaps.min()) if gaps.size else single_mm
    if distance > _WIDEST_MM:
        distance = single_mm
    if np.all(gaps <= _EVEN * distance):
        step = float(gaps.mean()) if gaps.size else single_mm
        return Slabs(first_mm=float(levels[0]), step_mm=step, owners=np.arange(len(levels)))
    bridged = np.where(gaps <= _BRIDGED_GAPS * distance, gaps, distance) / 2.0
    bottoms = levels - np.concatenate([[distance / 2.0], bridged])
    tops = levels + np.concatenate([bridged, [distance / 2.0]])
    step = distance / 4.0
    centres = np.arange(bottoms[0] + step / 2.0, tops[-1], step)
    owners = np.searchsorted(bottoms, centres, side="right") - 1
    owners = np.where(centres < tops[owners], owners, -1)
    return Slabs(first_mm=float(centres[0]), step_mm=step, owners=owners)


def _voxel_along(pet: Grid, normal: Float[np.ndarray, " 3"]) -> float:
    return pet.spacing_mm[int(np.argmax(np.abs(np.asarray(pet.axes) @ normal)))]


def _name(roi: "Dataset") -> str | None:
    text = " ".join(str(roi.get("ROIName") or "").split())[:64]
    return text or None
