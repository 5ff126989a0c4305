"""Liver, spleen, kidneys and bladder, from the CT's density and the PET's uptake.

Each organ starts from where it must lie in the frame (below a dome of the diaphragm, beside the
spine, at the pelvis' middle), reads its own density and uptake there and grows to what is alike.
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float32, Int

from petscribe.anatomy.seen.axes import Coordinates
from petscribe.anatomy.seen.body import Body
from petscribe.anatomy.seen.view import View
from petscribe.core.volume import bounding_box


def smoothed(
    array: Float32[np.ndarray, "z y x"], view: View, sigma_mm: float
) -> Float32[np.ndarray, "z y x"]:
    """Return a Gaussian-smoothed copy."""
    from scipy import ndimage

    result: Float32[np.ndarray, "z y x"] = ndimage.gaussian_filter(
        array, [sigma_mm / s for s in view.spacing_mm], mode="nearest", truncate=2.5
    )
    return result


_KIDNEY_LEVELS = {"right": 21.2, "left": 20.7}
"""L2 and just above."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tissue:
    """Smoothed density and uptake, made once."""

    hu: Float32[np.ndarray, "z y x"] | None
    pet: Float32[np.ndarray, "z y x"]
    usual: float
    """Median uptake of the trunk."""


def tissue_of(view: View, body: Body) -> Tissue:
    """Smooth the view for organ finding."""
    pet = smoothed(view.pet, view, 5.0)
    hu = smoothed(view.hu, view, 4.0) if view.hu is not None and view.has_ct else None
    inside = pet[body.trunk]
    return Tissue(hu=hu, pet=pet, usual=float(np.median(inside)) if inside.size else 0.0)


def find_liver(
    view: View, body: Body, tissue: Tissue, where: Coordinates, *, dome_mm: float
) -> Bool[np.ndarray, "z y x"] | None:
    """Return the liver: what is alike to the tissue below the right dome, right of the spine.

    Args:
        view: the exam made small.
        body: the outline.
        tissue: smoothed density and uptake.
        where: body coordinates.
        dome_mm: height of the right dome on the working lattice's z axis, in mm.
    """
    from scipy import ndimage

    below = dome_mm - where.height_mm
    seed = (
        (below > 18.0) & (below < 75.0) & (where.across < -0.25) & (where.across > -0.62)
        & (where.depth > 0.32) & (where.depth < 0.72) & body.trunk
    )  # fmt: skip
    if seed.sum() * view.voxel_ml < 40.0:
        return None
    alike = _alike(tissue, seed)
    if alike is None:
        return None
    region = (
        (below > -12.0) & (below < 230.0) & (where.across < 0.42) & (where.across > -0.97)
        & (where.behind_mm < 45.0) & body.trunk
    )  # fmt: skip
    spine = (np.abs(where.lateral_mm) < 26.0) & (where.behind_mm > -24.0)
    grown = alike & region & ~spine
    grown &= ~(_kidney_room(where, sign=-1.0) & ~_surely(tissue, seed))
    # what lies left of the midline is liver only high up and in front
    grown &= ~((where.lateral_mm > 0.0) & ((below > 110.0) | (where.behind_mm > -35.0)))
    core = ndimage.binary_erosion(grown, iterations=view.mm(7.0, 2))
    labels, count = ndimage.label(core)
    if count == 0:
        return None
    inside = np.bincount(labels[seed & (labels > 0)], minlength=count + 1)
    if not inside[1:].any():
        return None
    liver = labels == int(np.argmax(inside[1:])) + 1
    liver = ndimage.binary_dilation(liver, iterations=view.mm(9.0, 2)) & grown
    liver = ndimage.binary_closing(np.pad(liver, 3), iterations=3)[3:-3, 3:-3, 3:-3] & region
    liver = _filled(liver) & ~spine
    return liver if liver.sum() * view.voxel_ml > 250.0 else None


def _alike(tissue: Tissue, seed: Bool[np.ndarray, "z y x"]) -> Bool[np.ndarray, "z y x"] | None:
    """Voxels whose density and uptake lie near the seed's own medians."""
    uptake = float(np.median(tissue.pet[seed]))
    warm = tissue.pet > 0.55 * uptake
    if tissue.hu is None:
        if uptake < 1.1 * tissue.usual:
            return None
        cool: Bool[np.ndarray, "z y x"] = warm & (tissue.pet > 0.68 * uptake)
        return cool & (tissue.pet < 1.8 * uptake)
    density = float(np.median(tissue.hu[seed]))
    if not -20.0 < density < 220.0:
        return None
    spread = float(np.clip(1.5 * np.median(np.abs(tissue.hu[seed] - density)), 18.0, 40.0))
    dense: Bool[np.ndarray, "z y x"] = np.abs(tissue.hu - density) < spread
    return dense & (tissue.pet > 0.35 * uptake)


def _surely(tissue: Tissue, seed: Bool[np.ndarray, "z y x"]) -> Bool[np.ndarray, "z y x"]:
    """Voxels so alike to the seed that they are liver even where a kidney may lie."""
    if tissue.hu is None:
        return np.zeros(tissue.pet.shape, dtype=bool)
    density, uptake = float(np.median(tissue.hu[seed])), float(np.median(tissue.pet[seed]))
    sure: Bool[np.ndarray, "z y x"] = (np.abs(tissue.hu - density) < 12.0) & (
        np.abs(tissue.pet - uptake) < 0.35 * uptake
    )
    return sure


def _filled(voxels: Bool[np.ndarray, "z y x"]) -> Bool[np.ndarray, "z y x"]:
    from scipy import ndimage

    box = bounding_box(voxels)
    if box is None:
        return voxels
    filled = voxels.copy()
    filled[box] = ndimage.binary_fill_holes(voxels[box])
    return filled


def find_spleen(
    view: View, body: Body, tissue: Tissue, where: Coordinates, *, dome_mm: float
) -> Bool[np.ndarray, "z y x"] | None:
    """Return the spleen: the soft organ at the back of the left side below the dome."""
    from scipy import ndimage

    below = dome_mm - where.height_mm
    region = (
        (below > 5.0) & (below < 150.0) & (where.across > 0.30) & (where.across < 0.90)
        & (where.depth > 0.42) & (where.depth < 0.93) & body.trunk
    )  # fmt: skip
    if tissue.hu is not None:
        soft = (tissue.hu > 20.0) & (tissue.hu < 200.0) & (tissue.pet > 0.7 * tissue.usual)
    else:
        soft = tissue.pet > 1.25 * tissue.usual
    core = ndimage.binary_erosion(soft & region, iterations=view.mm(8.0, 2))
    labels, count = ndimage.label(core)
    if count == 0:
        return None
    sizes = np.bincount(labels.ravel())
    sizes[0] = 0
    spleen: Bool[np.ndarray, "z y x"] = (
        ndimage.binary_dilation(labels == int(np.argmax(sizes)), iterations=view.mm(8.0, 2))
        & soft
        & region
    )
    volume = spleen.sum() * view.voxel_ml
    return spleen if 30.0 < volume < 900.0 else None


def find_kidneys(
    view: View, tissue: Tissue, where: Coordinates, taken: Bool[np.ndarray, "z y x"]
) -> dict[str, Bool[np.ndarray, "z y x"]]:
    """Return the kidneys by side: organs of fitting size in the fat beside the spine, T11 to L4.

    With a CT soft tissue apart from muscle, without one the warm tissue where a kidney belongs.
    """
    from scipy import ndimage

    found: dict[str, Bool[np.ndarray, "z y x"]] = {}
    for side, sign in (("right", -1.0), ("left", 1.0)):
        expected = _KIDNEY_LEVELS[side]
        region = _kidney_room(where, sign=sign) & ~taken & ~_psoas(where)
        if not region.any():
            continue
        if tissue.hu is not None:
            soft = (tissue.hu > 8.0) & (tissue.hu < 260.0) & region
            core = ndimage.binary_erosion(soft, iterations=view.mm(7.0, 2))
        else:
            soft = (tissue.pet > 1.3 * tissue.usual) & region
            core = soft
        labels, count = ndimage.label(core)
        if count == 0:
            continue
        best = _best_kidney(labels, view, where, sign=sign, expected=expected)
        if best is None:
            continue
        grown = ndimage.binary_dilation(labels == best, iterations=view.mm(8.0, 2)) & soft
        found[f"kidney_{side}"] = grown
    return found


def _kidney_room(where: Coordinates, *, sign: float) -> Bool[np.ndarray, "z y x"]:
    """The ellipsoid beside the spine in which a kidney lies."""
    expected = _KIDNEY_LEVELS["right" if sign < 0 else "left"]
    height = float(np.interp(-expected, -where.level[:, 0, 0], where.height_mm[:, 0, 0]))
    room: Bool[np.ndarray, "z y x"] = (
        ((where.lateral_mm * sign - 57.0) / 34.0) ** 2
        + ((where.behind_mm + 2.0) / 48.0) ** 2
        + ((where.height_mm - height) / 80.0) ** 2
    ) < 1.0
    return room


def _psoas(where: Coordinates) -> Bool[np.ndarray, "z 1 x"]:
    """The psoas muscles, which grow sideways from L1 down."""
    psoas: Bool[np.ndarray, "z 1 x"] = np.abs(where.lateral_mm) < np.clip(
        28.0 + 13.0 * (where.level - 21.0), 26.0, 60.0
    )
    return psoas


def _best_kidney(
    labels: Int[np.ndarray, "z y x"],
    view: View,
    where: Coordinates,
    *,
    sign: float,
    expected: float,
) -> int | None:
    from scipy import ndimage

    sizes = np.bincount(labels.ravel()) * view.voxel_ml
    best, best_cost = None, 2.2
    for label in np.argsort(sizes[1:])[::-1][:6] + 1:
        if sizes[label] < 6.0 or sizes[label] > 450.0:
            continue
        z, y, x = ndimage.center_of_mass(labels == label)
        k, j, i = int(z), int(y), int(x)
        cost = (
            abs(float(where.lateral_mm[k, 0, i]) * sign - 58.0) / 22.0
            + abs(float(where.behind_mm[k, j, 0]) + 2.0) / 30.0
            + abs(float(where.level[k, 0, 0]) - expected) / 1.8
            - 0.3 * float(np.log2(min(sizes[label], 120.0) / 30.0))
        )
        if cost < best_cost:
            best, best_cost = int(label), cost
    return best


def find_bladder(
    view: View, body: Body, tissue: Tissue, where: Coordinates
) -> Bool[np.ndarray, "z y x"] | None:
    """Return the bladder: hot or watery, in the middle of the small pelvis."""
    from scipy import ndimage

    region = (
        (np.abs(where.lateral_mm) < 65.0) & (where.depth > 0.10) & (where.depth < 0.66)
        & (where.level > 26.2) & (where.level < 32.0) & body.trunk
    )  # fmt: skip
    if not region.any():
        return None
    candidates = [(tissue.pet > max(3.0 * tissue.usual, 0.12 * _peak(tissue.pet, region))) & region]
    if tissue.hu is not None:
        water = (tissue.hu > -12.0) & (tissue.hu < 26.0) & region
        candidates.append(ndimage.binary_opening(water, iterations=view.mm(9.0, 2)))
    for candidate in candidates:
        labels, count = ndimage.label(candidate)
        if count == 0:
            continue
        sizes = np.bincount(labels.ravel()) * view.voxel_ml
        sizes[0] = 0.0
        biggest = int(np.argmax(sizes))
        part: Bool[np.ndarray, "z y x"] = labels == biggest
        z, _, x = ndimage.center_of_mass(part)
        if 15.0 < sizes[biggest] < 1200.0 and abs(where.lateral_mm[int(z), 0, int(x)]) < 38.0:
            return part
    return None


def _peak(pet: Float32[np.ndarray, "z y x"], region: Bool[np.ndarray, "z y x"]) -> float:
    return float(np.percentile(pet[region], 99.5))
