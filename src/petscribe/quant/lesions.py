"""Mask -> one Measurement per lesion, with ratios to the reference regions and image numbers.

Volume is voxel count times the voxel volume of the affine's determinant; TLG is SUVmean times that
volume (clinical TLG, not IBSI's mesh-based integrated intensity). Everything is measured on the
PET's own grid: resampling first would understate SUVmax. Slices are named by the image numbers of
their series, or counted from the head when the series gives none; `slice_ct` is the CT slice whose
plane is nearest to the centre of the hottest voxel.

Does not know where a lesion lies in the body. Deauville-type classes are given for FDG only, and
only against trusted reference regions.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
from jaxtyping import Float

from petscribe.core.errors import GeometryError
from petscribe.core.exam import Exam
from petscribe.core.lesion import Measurement
from petscribe.core.report import ReferenceRegion
from petscribe.core.volume import Grid, Mask, Triple, Volume
from petscribe.quant.extents import Extents, measure_extents
from petscribe.quant.reference import deauville
from petscribe.quant.suv_metrics import (
    LesionVoxels,
    Uptake,
    list_voxels,
    measure_uptake,
    refuse_other_grid,
)

PSF_FWHM_MM = 6.0
"""Blur of a clinical PET (full width at half maximum) assumed when nobody states it."""
MIN_RESOLVED_VOXELS = 3
MIN_REFERENCE_QUALITY = 0.2
"""No Deauville-type class is given against a reference region that is trusted less."""


def measure_lesions(
    exam: Exam,
    mask: Mask,
    *,
    references: Mapping[str, ReferenceRegion],
    ct_on_pet: Volume | None = None,
) -> dict[int, Measurement]:
    """Measure every label of `mask`; an empty mask gives an empty table.

    Args:
        exam: its PET is measured, in SUVbw or in relative units.
        mask: lesions on the PET's own grid.
        references: `liver` and `blood_pool` as far as known (`reference.reference_regions`).
        ct_on_pet: the CT on the PET's grid, for mean HU; unmeasured voxels are left out.

    Raises:
        GeometryError: mask or CT are not on the PET grid (codes `mask-not-on-pet-grid`,
            `ct-not-on-pet-grid`).
        InputError: a lesion holds unmeasured PET voxels (code `nan-in-lesion`).
    """
    refuse_other_grid(mask, exam.pet.grid)
    voxels = list_voxels(mask)
    uptake = measure_uptake(exam.pet, voxels)
    extents = measure_extents(exam.pet.grid, voxels)
    table = _geometry(exam, voxels, uptake, extents)
    hu = _mean_hu(exam.pet.grid, voxels, ct_on_pet)
    return {
        int(lesion): Measurement(
            **table[k],
            **_uptake_fields(exam, uptake, k, table[k]["mtv_ml"]),
            **_ratios(exam, float(uptake.maximum[k]), references),
            ct_mean_hu=hu[k],
        )
        for k, lesion in enumerate(voxels.ids)
    }


def lesion_flags(mask: Mask, *, psf_fwhm_mm: float = PSF_FWHM_MM) -> dict[int, tuple[str, ...]]:
    """Return codes a reader should see beside the numbers of each lesion.

    `small-for-psf`: fewer than 3 voxels, or smaller than a ball as wide as the scanner's blur, so
    uptake is understated. `cut-by-field-of-view`: touches the first or last PET slice, so volume
    may be understated.
    """
    voxels = list_voxels(mask)
    if not voxels.ids.size:
        return {}
    ball_ml = np.pi / 6.0 * psf_fwhm_mm**3 / 1000.0
    volume_ml = voxels.counts * mask.grid.voxel_volume_ml
    small = (voxels.counts < MIN_RESOLVED_VOXELS) | (volume_ml < ball_ml)
    z = voxels.index[:, 0]
    at_end = np.logical_or.reduceat((z == 0) | (z == mask.grid.shape[0] - 1), voxels.starts)
    return {
        int(lesion): (
            *(("small-for-psf",) if small[k] else ()),
            *(("cut-by-field-of-view",) if at_end[k] else ()),
        )
        for k, lesion in enumerate(voxels.ids)
    }


def _geometry(
    exam: Exam, voxels: LesionVoxels, uptake: Uptake, extents: Extents
) -> list[dict[str, Any]]:
    grid = exam.pet.grid
    if not voxels.ids.size:
        return []
    volumes = voxels.counts * grid.voxel_volume_ml
    sums = np.add.reduceat(voxels.index, voxels.starts, axis=0)
    centroids = grid.to_world(sums / voxels.counts[:, None])
    hottest = grid.to_world(uptake.hottest)
    slices_ct = _ct_slices(exam, hottest)
    return [
        {
            "voxels": int(voxels.counts[k]),
            "mtv_ml": float(volumes[k]),
            "long_axis_mm": float(extents.long_mm[k]),
            "short_axis_mm": float(extents.short_mm[k]),
            "axis_3d_mm": float(extents.axis_3d_mm[k]),
            "centroid_lps_mm": _triple(centroids[k]),
            "hottest_lps_mm": _triple(hottest[k]),
            "slice_pet": image_number(
                exam.pet_image_numbers, int(uptake.hottest[k, 0]), grid.shape[0]
            ),
            "slice_ct": slices_ct[k],
        }
        for k in range(len(voxels.ids))
    ]


def image_number(numbers: tuple[int, ...], z: int, slices: int) -> int:
    """Return the image number of slice `z`, counted from the head (1) where none is stated."""
    return numbers[z] if numbers else slices - z


def _ct_slices(exam: Exam, world_mm: Float[np.ndarray, "n xyz"]) -> list[int | None]:
    if exam.ct is None:
        return [None] * len(world_mm)
    slices = exam.ct.grid.shape[0]
    z = np.rint(exam.ct.grid.to_index(world_mm)[:, 0]).astype(int)
    return [
        image_number(exam.ct_image_numbers, int(k), slices) if 0 <= k < slices else None for k in z
    ]


def _uptake_fields(exam: Exam, uptake: Uptake, k: int, mtv_ml: float) -> dict[str, Any]:
    maximum, mean = float(uptake.maximum[k]), float(uptake.mean[k])
    if not exam.has_suv:
        return {"relative_max": maximum, "relative_mean": mean}
    return {
        "suv_max": maximum,
        "suv_mean": mean,
        "suv_peak": float(uptake.peak_local[k]),
        "suv_peak_global": float(uptake.peak_global[k]),
        "suv_peak_percist": float(uptake.peak_percist[k]),
        "tlg_g": mean * mtv_ml,
    }


def _ratios(
    exam: Exam, maximum: float, references: Mapping[str, ReferenceRegion]
) -> dict[str, Any]:
    liver, pool = references.get("liver"), references.get("blood_pool")
    fdg = exam.has_suv and exam.acquisition.tracer == "fdg"
    sure = all(r is not None and r.quality >= MIN_REFERENCE_QUALITY for r in (liver, pool))
    return {
        "ratio_liver": maximum / liver.suv_mean if liver and liver.suv_mean > 0 else None,
        "ratio_blood_pool": maximum / pool.suv_mean if pool and pool.suv_mean > 0 else None,
        "deauville": deauville(maximum, pool.suv_mean, liver.suv_mean)
        if fdg and sure and liver and pool
        else None,
    }


def _mean_hu(grid: Grid, voxels: LesionVoxels, ct_on_pet: Volume | None) -> list[float | None]:
    """Return each lesion's mean HU over measured CT voxels; None where there is none."""
    if ct_on_pet is None or not voxels.ids.size:
        return [None] * len(voxels.ids)
    if not ct_on_pet.grid.matches(grid):
        raise GeometryError(
            "ct-not-on-pet-grid",
            f"CT of {ct_on_pet.grid.shape} voxels is not on the PET grid of {grid.shape}; "
            "resample it first (imaging.resample does)",
        )
    values = np.asarray(voxels.values(ct_on_pet.array), dtype=np.float64)
    there = np.isfinite(values)
    if ct_on_pet.padding is not None:
        there &= values != ct_on_pet.padding
    counts = np.add.reduceat(there.astype(np.int64), voxels.starts)
    totals = np.add.reduceat(np.where(there, values, 0.0), voxels.starts)
    return [float(t / n) if n else None for t, n in zip(totals, counts, strict=True)]


def _triple(point: Float[np.ndarray, " xyz"]) -> Triple:
    x, y, z = (float(v) for v in point)
    return x, y, z
