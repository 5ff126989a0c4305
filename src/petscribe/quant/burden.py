"""Sums and distances over all lesions of an exam: total volume and TLG, SUVmean, Dmax, SDmax.

The total SUVmean is volume-weighted (total TLG over total volume), not the mean of means. Dmax is
the largest distance between lesion centroids: 0 with one lesion, None with none. SDmax is Dmax over
body surface area (Du Bois), in 1/m, None without weight and height. Source: REMARC Dmax studies
(centroid variant); Du Bois and Du Bois 1916.
"""

from collections.abc import Mapping

import numpy as np

from petscribe.core.exam import Acquisition
from petscribe.core.lesion import Measurement
from petscribe.core.report import Totals


def totals(measurements: Mapping[int, Measurement], acquisition: Acquisition) -> Totals:
    """Sum over `measurements`, the lesions that count (verdict `lesion`, or a user's mask)."""
    lesions = list(measurements.values())
    volume_ml = float(sum(lesion.mtv_ml for lesion in lesions))
    maxima = [lesion.suv_max for lesion in lesions if lesion.suv_max is not None]
    glycolysis = [lesion.tlg_g for lesion in lesions if lesion.tlg_g is not None]
    has_suv = len(glycolysis) == len(lesions)
    tlg_g = float(sum(glycolysis)) if has_suv else None
    dmax_mm = dmax(measurements)
    surface_m2 = _body_surface_m2(acquisition)
    return Totals(
        lesions=len(lesions),
        mtv_ml=volume_ml,
        tlg_g=tlg_g,
        suv_max=max(maxima) if maxima and has_suv else None,
        suv_mean=tlg_g / volume_ml if tlg_g is not None and volume_ml > 0 else None,
        dmax_mm=dmax_mm,
        sdmax_per_m=dmax_mm / 1000.0 / surface_m2
        if dmax_mm is not None and surface_m2 is not None
        else None,
    )


def dmax(measurements: Mapping[int, Measurement]) -> float | None:
    """Return the largest distance between two lesion centroids in mm."""
    if not measurements:
        return None
    centres = np.array([lesion.centroid_lps_mm for lesion in measurements.values()])
    return max(float(np.linalg.norm(centres - centre, axis=1).max()) for centre in centres)


def _body_surface_m2(acquisition: Acquisition) -> float | None:
    """Du Bois: 0.007184 weight_kg^0.425 height_cm^0.725."""
    if not acquisition.weight_kg or not acquisition.height_cm:
        return None
    return float(0.007184 * acquisition.weight_kg**0.425 * acquisition.height_cm**0.725)
