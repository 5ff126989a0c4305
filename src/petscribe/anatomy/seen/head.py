"""The brain and the skull's base, from the CT's skull or from the PET's hottest large organ.

Knows that the brain is the large soft organ inside the skull, and that FDG makes it hot.
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float32

from petscribe.anatomy.seen.body import Body
from petscribe.anatomy.seen.view import View

_MIN_BRAIN_ML = 350.0
_BRAIN_TRACERS = frozenset({"fdg", "other", "unknown"})
"""Tracers that the brain takes up, or may."""

Part = tuple[slice, slice, slice]


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """The brain on the working lattice."""

    brain: Bool[np.ndarray, "z y x"]
    base: float
    """z position of its lower end: of the brain when hot, else of the closed ring of the skull."""
    top: float
    hot: bool
    """Found by its uptake."""
    complete_top: bool


def find_head(view: View, body: Body) -> Head | None:
    """Return the brain, from the CT first, from the PET's uptake else; None when not in view."""
    slender = _slender(view, body)
    if slender is None:
        return None
    part: Part = (slender, slice(None), slice(None))
    inside = _inside_skull(view, body, part)
    hot = inside is None
    if inside is None and view.tracer in _BRAIN_TRACERS:
        inside = _hot_brain(view, body, part)
    if inside is None:
        return None
    brain = np.zeros(view.pet.shape, dtype=bool)
    brain[part] = inside
    heights = np.flatnonzero(
        brain.sum(axis=(1, 2)) * view.spacing_mm[1] * view.spacing_mm[2] > 1500.0
    )
    if heights.size == 0:
        return None
    return Head(
        brain=brain,
        base=float(heights[0]),
        top=float(heights[-1]),
        hot=hot,
        complete_top=bool(heights[-1] < len(body.present) - 2),
    )


def _slender(view: View, body: Body) -> slice | None:
    """Return the slices from the lowest to the highest that are no larger than a head.

    Legs are that small too; the brain's own size tells them apart.
    """
    area = body.trunk.sum(axis=(1, 2)) * view.spacing_mm[1] * view.spacing_mm[2] / 100.0
    small = np.flatnonzero((area < 420.0) & (area > 40.0))
    if small.size * view.spacing_mm[0] < 60.0:
        return None
    return slice(int(small[0]), int(small[-1]) + 1)


def _inside_skull(view: View, body: Body, where: Part) -> Bool[np.ndarray, "z y x"] | None:
    """Soft tissue that bone surrounds in the slice, one large piece."""
    from scipy import ndimage

    if view.hu is None or not view.has_ct:
        return None
    plane = np.zeros((1, 3, 3), dtype=bool)
    plane[0] = ndimage.generate_binary_structure(2, 1)
    hu = view.hu[where]
    bone = (hu > 200.0) & body.trunk[where]
    shell = ndimage.binary_closing(bone, np.ones((1, 3, 3), bool)) | bone
    gaps, _ = ndimage.label(~shell, structure=np.concatenate([plane * 0, plane, plane * 0]))
    outside = np.unique(
        np.concatenate([gaps[:, 0].ravel(), gaps[:, -1].ravel(), gaps[:, :, 0].ravel()])
    )
    inside = (gaps > 0) & ~np.isin(gaps, outside)
    soft = inside & (hu > -50.0) & (hu < 150.0)
    core = ndimage.binary_opening(soft, iterations=view.mm(6.0, 2))
    labels, count = ndimage.label(core)
    if count == 0:
        return None
    sizes = np.bincount(labels.ravel()) * view.voxel_ml
    sizes[0] = 0.0
    biggest = int(np.argmax(sizes))
    if sizes[biggest] < _MIN_BRAIN_ML or _too_wide(labels == biggest, view):
        return None
    core = labels == biggest
    brain: Bool[np.ndarray, "z y x"] = (
        ndimage.binary_dilation(core, iterations=view.mm(8.0, 2)) & soft
    )
    return brain


def _hot_brain(view: View, body: Body, where: Part) -> Bool[np.ndarray, "z y x"] | None:
    """The large hot organ that fills a slice as narrow as a head."""
    from scipy import ndimage

    if not body.present.any():
        return None
    smooth: Float32[np.ndarray, "z y x"] = ndimage.gaussian_filter(
        view.pet[where], [5.0 / s for s in view.spacing_mm]
    )
    usual = float(np.median(view.pet[body.voxels]))
    area = body.trunk[where].sum(axis=(1, 2)) * view.spacing_mm[1] * view.spacing_mm[2] / 100.0
    thin = (area < 420.0) & (area > 60.0)
    hot = (smooth > 3.5 * usual) & body.trunk[where] & thin[:, None, None]
    labels, count = ndimage.label(hot)
    if count == 0:
        return None
    volumes = np.bincount(labels.ravel()) * view.voxel_ml
    volumes[0] = 0.0
    biggest = int(np.argmax(volumes))
    part = labels == biggest
    if volumes[biggest] < _MIN_BRAIN_ML or _too_wide(part, view):
        return None
    level = 0.45 * float(np.percentile(smooth[part], 80.0))
    firm = part & (smooth > level)
    filled = ndimage.binary_fill_holes(firm)
    labels, _ = ndimage.label(ndimage.binary_opening(filled))
    sizes = np.bincount(labels.ravel())
    sizes[0] = 0
    brain: Bool[np.ndarray, "z y x"] = labels == int(np.argmax(sizes))
    return brain if brain.sum() * view.voxel_ml > _MIN_BRAIN_ML else None


def _too_wide(part: Bool[np.ndarray, "z y x"], view: View) -> bool:
    """Whether something is larger than any brain."""
    spans = [np.ptp(np.flatnonzero(part.any(axis=other))) + 1 for other in ((1, 2), (0, 2), (0, 1))]
    limits = (210.0, 230.0, 190.0)
    return any(n * s > limit for n, s, limit in zip(spans, view.spacing_mm, limits, strict=True))
