"""The views of the published systems, flaws included, in the records of our own (`views`).

PETAR: everything on a 3 mm lattice without anti-aliasing; the body view is 161 slices around the
lesion (not the body), the focal view the lesion's box and 60 mm on each side (not a cube); both are
squeezed to 32x256x256, images trilinearly, the mask by nearest neighbour. Lesions thinner than four
slices can vanish from the body view while the mask keeps them. The head and the patient's left
come first along their axes, as in the released code.

ViPET: one body region, squeezed to 140x480x480 whatever its size; no lesion is shown.

Knows voxels only. Sources: PETAR's and ViPET's released code, as facts.
"""

from collections.abc import Sequence
from typing import Final, Literal

import numpy as np
import torch
from jaxtyping import Float, Int, Shaped
from torch.nn import functional

from petscribe.core.errors import InputError
from petscribe.core.exam import Exam
from petscribe.core.volume import CANONICAL_AXES_LPS, Grid, IndexTriple, Mask, Volume
from petscribe.model.inputs.views import AIR_HU, ExamViews, LesionView, as_suv

PETAR_VOXEL_MM: Final = 3.0
PETAR_HALF_SLICES: Final = 80
PETAR_MARGIN_VOXELS: Final = 20
PETAR_VIEW: Final[IndexTriple] = (32, 256, 256)
VIPET_VIEW: Final[IndexTriple] = (140, 480, 480)

Box = tuple[slice, slice, slice]


def petar_views(
    exam: Exam, mask: Mask, labels: Sequence[int], *, shape: IndexTriple = PETAR_VIEW
) -> tuple[ExamViews, ...]:
    """Return PETAR's views: one body view per lesion, in the order of the labels.

    Raises:
        InputError: a label has no voxel on the 3 mm lattice (code `empty-lesion`): PETAR cannot
            see it at all; or mask and PET lie on different grids (`mask-grid-mismatch`).
    """
    if not mask.grid.matches(exam.pet.grid):
        raise InputError(
            "mask-grid-mismatch",
            f"mask {mask.grid.shape} is not on the PET grid {exam.pet.grid.shape}; bring it there",
        )
    lattice = _lattice(exam.pet.grid)
    pet = sampled(as_suv(exam.pet), lattice, 0.0)
    ct = sampled(exam.ct, lattice, AIR_HU) if exam.ct is not None else None
    found = _sampled_labels(mask, lattice)
    seen = _seen_box(pet)
    arrays = (pet[seen], ct[seen] if ct is not None else None, found[seen])
    return tuple(_petar_lesion(arrays, label, shape) for label in labels)


def vipet_views(exam: Exam, *, shape: IndexTriple = VIPET_VIEW) -> ExamViews:
    """Return ViPET's view: the field as it is, squeezed to one shape; no lesion."""
    pet = as_suv(exam.pet)
    array = np.nan_to_num(pet.array.astype(np.float32, copy=False))
    ct = sampled(exam.ct, pet.grid, AIR_HU) if exam.ct is not None else None
    return ExamViews(
        pet=squeezed(array, shape),
        ct=squeezed(ct, shape) if ct is not None else None,
        voxel_mm=pet.grid.spacing_mm[0] * pet.grid.shape[0] / shape[0],
        lesions={},
    )


def sampled(volume: Volume, grid: Grid, fill: float) -> Float[np.ndarray, "z y x"]:
    """Return a volume at the points of a lattice: trilinear, nothing averaged."""
    from scipy.ndimage import map_coordinates

    array = np.nan_to_num(volume.array.astype(np.float32, copy=False), nan=fill)
    places = _places(grid, volume.grid)
    out = map_coordinates(array, places, order=1, mode="constant", cval=fill, prefilter=False)
    return np.asarray(out, np.float32)


def squeezed(
    array: Shaped[np.ndarray, "a b c"],
    shape: IndexTriple,
    mode: Literal["trilinear", "nearest"] = "trilinear",
) -> Float[np.ndarray, "z y x"]:
    """Return an array at another shape, sampled at voxel centres without averaging."""
    tensor = torch.from_numpy(np.ascontiguousarray(array, np.float32))[None, None]
    corners = None if mode == "nearest" else False
    out = functional.interpolate(tensor, size=shape, mode=mode, align_corners=corners)
    return out[0, 0].numpy()


def _petar_lesion(
    arrays: tuple[np.ndarray, np.ndarray | None, np.ndarray], label: int, shape: IndexTriple
) -> ExamViews:
    pet, ct, found = arrays
    where = np.argwhere(found == label)
    if where.size == 0:
        raise InputError("empty-lesion", f"lesion {label} has no voxel on the 3 mm lattice")
    low, high = where.min(axis=0), where.max(axis=0) + 1
    centre = int((low[0] + high[0]) // 2)
    body = (
        slice(max(centre - PETAR_HALF_SLICES, 0), centre + PETAR_HALF_SLICES + 1),
        slice(None),
        slice(None),
    )
    first = np.maximum(low - PETAR_MARGIN_VOXELS, 0)
    last = np.minimum(high + PETAR_MARGIN_VOXELS, found.shape)
    focal = tuple(slice(int(a), int(b)) for a, b in zip(first, last, strict=True))
    slices = pet[body].shape[0]
    middle = np.array(
        [(centre - body[0].start) / slices, *((low + high)[1:] / 2 / found.shape[1:])]
    )
    place = 2.0 * middle - 1.0
    view = LesionView(
        pet=squeezed(pet[focal], shape),
        ct=squeezed(ct[focal], shape) if ct is not None else None,
        mask=squeezed(found[focal] == label, shape, "nearest"),
        body_mask=squeezed(found[body] == label, shape, "nearest"),
        side_mm=float((last - first).max()) * PETAR_VOXEL_MM,
        body_place=(float(place[0]), float(place[1]), float(place[2])),
    )
    return ExamViews(
        pet=squeezed(pet[body], shape),
        ct=squeezed(ct[body], shape) if ct is not None else None,
        voxel_mm=slices * PETAR_VOXEL_MM / shape[0],
        lesions={label: view},
    )


def _lattice(like: Grid) -> Grid:
    """Return the 3 mm lattice over a grid's field, head first and left first."""
    corners = np.array([[-0.5] * 3, [n - 0.5 for n in like.shape]])
    world = like.to_world(corners)
    low, high = world.min(axis=0), world.max(axis=0)
    count = np.maximum(np.round((high - low) / PETAR_VOXEL_MM), 1).astype(int)
    axes = np.array(CANONICAL_AXES_LPS, np.float64)
    # the released order: z from the head down, y to the back, x from the left to the right
    signs = np.array([-1.0, 1.0, -1.0])[:, None]
    turned = axes * signs
    start = np.where(turned.sum(axis=0) > 0, low, high)
    origin = start + turned.sum(axis=0) * PETAR_VOXEL_MM / 2.0
    x, y, z = (int(n) for n in count)
    return Grid(
        shape=(z, y, x),
        spacing_mm=(PETAR_VOXEL_MM,) * 3,
        origin_mm=tuple(float(v) for v in origin),  # type: ignore[arg-type]
        axes=tuple(tuple(float(v) for v in row) for row in turned),  # type: ignore[arg-type]
        frame_uid=like.frame_uid,
    )


def _places(grid: Grid, source: Grid) -> Float[np.ndarray, "3 z y x"]:
    """Return where the points of a lattice lie in another, in its indices."""
    axes = np.stack(np.meshgrid(*(np.arange(n) for n in grid.shape), indexing="ij"), axis=-1)
    index = source.to_index(grid.to_world(axes.reshape(-1, 3).astype(np.float64)))
    return np.asarray(index.T.reshape(3, *grid.shape), np.float64)


def _sampled_labels(mask: Mask, grid: Grid) -> Int[np.ndarray, "z y x"]:
    from scipy.ndimage import map_coordinates

    places = _places(grid, mask.grid)
    out = map_coordinates(mask.labels.astype(np.int32), places, order=0, mode="constant", cval=0)
    return np.asarray(out, np.int32)


def _seen_box(pet: Float[np.ndarray, "z y x"]) -> Box:
    """Return the box of what is above zero; everything when nothing is."""
    ends = []
    for axis, size in enumerate(pet.shape):
        others = tuple(a for a in range(3) if a != axis)
        rows = np.flatnonzero((pet > 0).any(axis=others))
        ends.append(slice(int(rows[0]), int(rows[-1]) + 1) if rows.size else slice(0, size))
    return ends[0], ends[1], ends[2]
