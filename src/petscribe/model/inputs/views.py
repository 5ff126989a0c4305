"""Where the model looks: the whole body, small, and a cube around each lesion.

Body view: the patient's box on an isotropic lattice, area-averaged, so that a hot sphere of 6 mm
still adds to its voxel. Focal view: a cube of three times the lesion's extent, at least 96 mm,
centred on the lesion. Both in the exam's own orientation law (`core.volume`): never flipped, never
turned. Values stay raw here (SUV, HU, share of the voxel that the lesion fills); `channels` turns
them into grey values, after augmentation in training.

Each volume is read once for all lesions. PET in relative units is divided by its mean within the
patient, which SUV's definition makes about 1. Knows voxels only.
"""

from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Bool, Float

from petscribe.core.errors import InputError
from petscribe.core.exam import Exam
from petscribe.core.volume import CANONICAL_AXES_LPS, Grid, IndexTriple, Mask, Volume, bounding_box
from petscribe.imaging.resample import occupancy_to, resample_to

FOCAL_MIN_MM = 96.0
FOCAL_EXTENTS = 3.0
AIR_HU = -1024.0
PATIENT_SUV = 0.15
"""Uptake that only the patient has, in SUV or in means of the whole field."""
_STRAY_VOXELS = 3
"""Voxels of a slice that noise outside the patient may reach without stretching the box."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LesionView:
    """One lesion's cube, raw."""

    pet: Float[np.ndarray, "fz fy fx"]
    ct: Float[np.ndarray, "fz fy fx"] | None
    mask: Float[np.ndarray, "fz fy fx"]
    body_mask: Float[np.ndarray, "z y x"]
    side_mm: float
    """Edge of the cube: told to the model."""
    body_place: tuple[float, float, float]
    """Centre of the lesion in the body view, each axis -1 to 1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExamViews:
    """The body view of an exam and the cube of each of its lesions."""

    pet: Float[np.ndarray, "z y x"]
    ct: Float[np.ndarray, "z y x"] | None
    voxel_mm: float
    """Edge of a body voxel."""
    lesions: dict[int, LesionView]


def exam_views(
    exam: Exam, mask: Mask, *, body: IndexTriple, focal: IndexTriple, jitter: float = 0.0
) -> ExamViews:
    """Return everything the model sees of an exam.

    Args:
        exam: PET with or without CT.
        mask: lesions on the PET grid; every label gets a cube.
        body: voxels of the body view.
        focal: voxels of the focal view, equal along all axes.
        jitter: largest shift of a cube's centre, as a share of its side, drawn by the lesion's
            label; the lesion stays inside.

    Raises:
        InputError: mask and PET lie on different grids (code `mask-grid-mismatch`).
    """
    if not mask.grid.matches(exam.pet.grid):
        raise InputError(
            "mask-grid-mismatch",
            f"mask {mask.grid.shape} is not on the PET grid {exam.pet.grid.shape}; bring it there",
        )
    pet = as_suv(exam.pet)
    grid = body_grid(pet, body)
    return ExamViews(
        pet=_values(pet, grid, 0.0),
        ct=_values(exam.ct, grid, AIR_HU) if exam.ct is not None else None,
        voxel_mm=grid.spacing_mm[0],
        lesions={
            label: _lesion_view(
                replace(exam, pet=pet),
                mask,
                label,
                body=grid,
                cube=focal_grid(mask, label, focal, shift=jitter),
            )
            for label in mask.ids
        },
    )


def as_suv(pet: Volume) -> Volume:
    """Return the PET in SUV, or in means of the patient when its unit is relative."""
    if pet.unit == "g/ml":
        return pet
    array = np.nan_to_num(pet.array.astype(np.float32), nan=0.0)
    inside = array > PATIENT_SUV * array.mean()
    mean = float(array[inside].mean()) if inside.any() else 1.0
    return replace(pet, array=array / np.float32(mean))


def body_grid(pet: Volume, shape: IndexTriple) -> Grid:
    """Return the isotropic lattice of a given shape that holds the patient."""
    low, high = _patient_box(pet)
    centre = (low + high) / 2.0
    extent = (high - low)[::-1]
    spacing = float(max(e / n for e, n in zip(extent, shape, strict=True)))
    return _lattice(centre, spacing, shape, pet.grid)


def focal_grid(mask: Mask, label: int, shape: IndexTriple, *, shift: float = 0.0) -> Grid:
    """Return the cube around a lesion as a lattice."""
    low, high = _lesion_box(mask, label)
    extent = float((high - low).max())
    side = max(FOCAL_EXTENTS * extent, FOCAL_MIN_MM)
    centre = (low + high) / 2.0
    if shift > 0.0:
        rng = np.random.default_rng(label)
        room = (side - extent) / 2.0
        centre = centre + np.clip(rng.uniform(-shift, shift, 3) * side, -room, room)
    return _lattice(centre, side / shape[0], shape, mask.grid)


def _lesion_view(exam: Exam, mask: Mask, label: int, *, body: Grid, cube: Grid) -> LesionView:
    low, high = _lesion_box(mask, label)
    place = body.to_index(((low + high) / 2.0)[None])[0]
    size = np.asarray(body.shape, np.float64)
    z, y, x = (float(v) for v in np.clip(2.0 * (place + 0.5) / size - 1.0, -1.0, 1.0))
    return LesionView(
        pet=_values(exam.pet, cube, 0.0),
        ct=_values(exam.ct, cube, AIR_HU) if exam.ct is not None else None,
        mask=occupancy_to(mask, cube, label).array.astype(np.float32, copy=False),
        body_mask=occupancy_to(mask, body, label).array.astype(np.float32, copy=False),
        side_mm=cube.spacing_mm[0] * cube.shape[0],
        body_place=(z, y, x),
    )


def _values(volume: Volume, grid: Grid, fill: float) -> Float[np.ndarray, "z y x"]:
    """Return the image on a lattice; what was never measured reads as air or as no uptake."""
    array: Float[np.ndarray, "z y x"] = resample_to(volume, grid, fill=fill).array
    return np.nan_to_num(array, nan=fill, copy=False)


def _patient_box(pet: Volume) -> tuple[Float[np.ndarray, " xyz"], Float[np.ndarray, " xyz"]]:
    """Return the lowest and highest LPS corner of the patient; of the field when none is seen."""
    hot: Bool[np.ndarray, "z y x"] = np.nan_to_num(pet.array) > PATIENT_SUV
    seen = np.ones(3, bool)
    ends = []
    for axis in range(3):
        counts = np.count_nonzero(hot, axis=tuple(a for a in range(3) if a != axis))
        rows = np.flatnonzero(counts > _STRAY_VOXELS)
        seen[axis] = rows.size > 0
        ends.append((rows[0], rows[-1]) if rows.size else (0, hot.shape[axis] - 1))
    if not seen.all():
        ends = [(0, n - 1) for n in hot.shape]
    corners = np.array([[e[0] - 0.5 for e in ends], [e[1] + 0.5 for e in ends]])
    world = pet.grid.to_world(corners)
    return world.min(axis=0), world.max(axis=0)


def _lesion_box(
    mask: Mask, label: int
) -> tuple[Float[np.ndarray, " xyz"], Float[np.ndarray, " xyz"]]:
    box = bounding_box(mask.labels == label)
    if box is None:
        raise InputError("empty-lesion", f"lesion {label} has no voxel in the mask")
    corners = np.array([[s.start - 0.5 for s in box], [s.stop - 0.5 for s in box]])
    world = mask.grid.to_world(corners)
    return world.min(axis=0), world.max(axis=0)


def _lattice(
    centre_mm: Float[np.ndarray, " xyz"], spacing: float, shape: IndexTriple, like: Grid
) -> Grid:
    """Return an isotropic canonical lattice around a point, in the frame of another grid."""
    axes = tuple(tuple(float(v) for v in row) for row in CANONICAL_AXES_LPS)
    half = (np.asarray(shape, np.float64) - 1.0) / 2.0 * spacing
    x, y, z = (float(v) for v in centre_mm - half[::-1])
    return Grid(
        shape=shape,
        spacing_mm=(spacing, spacing, spacing),
        origin_mm=(x, y, z),
        axes=axes,  # type: ignore[arg-type]
        frame_uid=like.frame_uid,
    )
