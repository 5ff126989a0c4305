"""Reference uptake of liver and blood pool, and what is judged against it.

Liver: a ball of 3 cm inside the liver (PERCIST: in the right lobe), placed where uptake varies
least, which keeps it away from lesions, vessels and the edge. With an organ map the ball lies in
the map's liver; without one it is the most even warm place on the patient's right side, said to be
so and trusted less. Blood pool: the aorta of the organ map, 4 mm away from its wall and 10 mm from
the heart; without an aorta there is none, because no place in the PET alone is surely blood.

Does not know lesions. Sources: Wahl 2009 (PERCIST thresholds), Barrington 2014 (five-point scale),
Hasenclever 2014 (qPET cut-offs).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float, Int

from petscribe.core.exam import Exam
from petscribe.core.report import ReferenceRegion
from petscribe.core.volume import Mask, Volume, bounding_box
from petscribe.quant.suv_metrics import sphere_means, sphere_offsets
from petscribe.quant.thresholds import grown_box

LIVER_RADIUS_MM = 15.0
AORTA_WALL_MM = 4.0
HEART_DISTANCE_MM = 10.0
MARKED_RATIO = 2.0
"""Times the liver from which uptake counts as markedly above it (2 or 3 by guideline)."""
QPET_CUTS = (0.95, 1.3, 2.0)

_HEART_NAMES = ("heart", "heart_myocardium", "heart_atrium_left", "heart_ventricle_left")
_MAX_PLACES = 600
"""Most ball centres tried: the liver is searched on a subset of its voxels."""
_GOOD_VARIATION = 0.10
_POOR_VARIATION = 0.35
_MIN_POOL_ML = 0.5
_SEARCH_STEP_MM = 12.0
_MIN_BODY_PLACES = 50
_WARM_FRAC, _HOT_FRAC = 1.3, 6.0
"""The liver's uptake over the exam's median tissue; the upper end for FDG and FLT only."""


@dataclass(frozen=True, slots=True)
class _Place:
    """A ball or region that serves as reference."""

    values: Float[np.ndarray, " n"]
    centre: Float[np.ndarray, " zyx"]
    method: str
    trust: float


def reference_regions(exam: Exam, organs: Mask | None = None) -> dict[str, ReferenceRegion]:
    """Measure `liver` and `blood_pool` as far as they can be found.

    Values of an exam in relative units would not be SUV: then the result is empty (`measure_places`
    gives such values to the lesion proposals).
    """
    return measure_places(exam.pet, organs, exam.acquisition.tracer) if exam.has_suv else {}


def measure_places(pet: Volume, organs: Mask | None, tracer: str) -> dict[str, ReferenceRegion]:
    """Measure the reference places in whatever unit `pet` has."""
    liver = _liver_of_map(pet, organs) or _liver_by_uptake(pet, tracer)
    places = {"liver": liver, "blood_pool": _blood_pool(pet, organs)}
    return {name: _region(name, place, pet) for name, place in places.items() if place is not None}


def percist_threshold(liver: ReferenceRegion) -> float:
    """Return PERCIST's measurable uptake: 1.5 times the liver's mean plus two SD."""
    return 1.5 * liver.suv_mean + 2.0 * liver.suv_sd


def percist_threshold_blood(blood_pool: ReferenceRegion) -> float:
    """Return PERCIST's threshold for a diseased liver: twice the blood pool plus two SD."""
    return 2.0 * blood_pool.suv_mean + 2.0 * blood_pool.suv_sd


def deauville(
    uptake: float | None, blood_pool: float, liver: float, *, marked_ratio: float = MARKED_RATIO
) -> int:
    """Return the Deauville-type class 1-5 of a lesion's uptake; None (no uptake) is class 1.

    A value on a boundary belongs to the lower class. Where the blood pool is not below the liver,
    the liver alone decides.
    """
    if uptake is None:
        return 1
    if uptake > marked_ratio * liver:
        return 5
    if uptake > liver:
        return 4
    return 3 if uptake > blood_pool and blood_pool < liver else 2


def qpet_class(suv_peak: float, liver: float) -> int:
    """Return the class 2-5 of qPET = SUVpeak over the liver's SUVmean."""
    return 2 + sum(suv_peak / liver > cut for cut in QPET_CUTS)


def _region(name: str, place: _Place, pet: Volume) -> ReferenceRegion:
    mean = float(place.values.mean())
    sd = float(place.values.std())
    variation = sd / mean if mean > 0 else 1.0
    even = float(
        np.clip((_POOR_VARIATION - variation) / (_POOR_VARIATION - _GOOD_VARIATION), 0.1, 1.0)
    )
    x, y, z = (float(v) for v in pet.grid.to_world(place.centre))
    return ReferenceRegion(
        organ=name,
        suv_mean=mean,
        suv_sd=sd,
        voxels=int(place.values.size),
        volume_ml=place.values.size * pet.grid.voxel_volume_ml,
        centre_lps_mm=(x, y, z),
        method=place.method,
        quality=round(place.trust * even, 3),
    )


def _liver_of_map(pet: Volume, organs: Mask | None) -> _Place | None:
    liver = _named(organs, "liver")
    box = None if liver is None else bounding_box(liver)
    if liver is None or box is None:
        return None
    depth = _depth_mm(liver, pet, LIVER_RADIUS_MM)
    for needed, trust in ((LIVER_RADIUS_MM, 0.95), (LIVER_RADIUS_MM / 2, 0.7)):
        inside = np.argwhere(depth >= needed)
        if len(inside):
            right = inside[inside[:, 2] <= np.median(np.argwhere(liver)[:, 2])]
            lobe = "right lobe" if len(right) else "liver"
            radius = min(needed, LIVER_RADIUS_MM)
            return _most_even(
                pet,
                right if len(right) else inside,
                radius_mm=radius,
                method=f"{radius / 5:.1f} cm ball, {lobe}",
                trust=trust,
            )
    return None


def _most_even(
    pet: Volume, places: Int[np.ndarray, "n zyx"], *, radius_mm: float, method: str, trust: float
) -> _Place | None:
    """Return the ball with the lowest coefficient of variation among typical ones."""
    places = places[:: max(1, len(places) // _MAX_PLACES)]
    means, variation = _ball_statistics(pet, places, radius_mm)
    usual = np.abs(means - np.median(means)) <= 0.25 * np.median(means)
    if not usual.any():
        return None
    best = places[np.argmin(np.where(usual, variation, np.inf))]
    return _Place(_ball_values(pet, best, radius_mm), best.astype(np.float64), method, trust)


def _liver_by_uptake(pet: Volume, tracer: str) -> _Place | None:
    """Find the liver without a map: the commonest even warm uptake on the patient's right."""
    step = [max(1, round(_SEARCH_STEP_MM / s)) for s in pet.grid.spacing_mm]
    coarse = pet.array[:: step[0], :: step[1], :: step[2]]
    finite = coarse[np.isfinite(coarse)]
    body = coarse > 0.2 * np.percentile(finite, 90) if finite.size else np.zeros_like(coarse, bool)
    places = np.argwhere(body) * step
    if len(places) < _MIN_BODY_PLACES:
        return None
    tissue = float(np.median(coarse[body]))
    places = places[places[:, 2] < np.median(places[:, 2])]
    places = places[pet.array[tuple(places.T)] > _WARM_FRAC * tissue]
    places = places[:: max(1, len(places) // _MAX_PLACES + 1)]
    if not len(places):
        return None
    means, variation = _ball_statistics(pet, places, 1.5 * LIVER_RADIUS_MM)
    hottest = _HOT_FRAC if tracer in {"fdg", "flt"} else np.inf
    fits = (means > _WARM_FRAC * tissue) & (means < hottest * tissue)
    fits &= variation < _POOR_VARIATION
    if not fits.any():
        return None
    alike = np.abs(means[:, None] - means[None, :]) < 0.2 * means[:, None]
    # many alike and warm: a large organ, not muscle; its evenest place is the least disturbed
    crowd = np.where(fits, (alike & fits).sum(axis=1) * means, 0)
    organ = fits & (np.abs(means - means[np.argmax(crowd)]) < 0.2 * means[np.argmax(crowd)])
    best = places[np.argmin(np.where(organ, variation, np.inf))]
    return _Place(
        _ball_values(pet, best, LIVER_RADIUS_MM),
        best.astype(np.float64),
        "3.0 cm ball, commonest even warm uptake on the right (no organ map)",
        0.5,
    )


def _blood_pool(pet: Volume, organs: Mask | None) -> _Place | None:
    aorta = _named(organs, "aorta")
    if aorta is None or organs is None:
        return None
    depth = _depth_mm(aorta, pet, 2 * AORTA_WALL_MM)
    core = depth >= AORTA_WALL_MM
    method, trust = "aorta, 4 mm from its wall", 0.9
    volume_ml = pet.grid.voxel_volume_ml
    if core.sum() * volume_ml < _MIN_POOL_ML:
        core = depth >= 0.6 * depth.max()
        method, trust = "aorta, its core (too thin for 4 mm from the wall)", 0.6
    core = _away_from_heart(core, organs, pet)
    lungs = _lung_slices(organs)
    if lungs is not None and core[lungs].sum() * volume_ml >= _MIN_POOL_ML:
        thoracic = np.zeros_like(core)
        thoracic[lungs] = core[lungs]
        core, method = thoracic, f"thoracic {method}"
    values = pet.array[core]
    values = values[np.isfinite(values)]
    if values.size * volume_ml < _MIN_POOL_ML:
        return None
    # a lesion beside the aorta spills in: leave out what lies far above its middle
    low, middle, high = np.percentile(values, [25, 50, 75])
    values = values[np.abs(values - middle) <= 3.0 * max(high - low, 1e-6)]
    centre = np.argwhere(core).mean(axis=0)
    return _Place(values.astype(np.float64), centre, method, trust)


def _away_from_heart(
    core: Bool[np.ndarray, "z y x"], organs: Mask, pet: Volume
) -> Bool[np.ndarray, "z y x"]:
    from scipy import ndimage

    heart = organs.named(*_HEART_NAMES)
    box = bounding_box(heart)
    if box is None:
        return core
    reach = int(np.ceil(HEART_DISTANCE_MM / min(pet.grid.spacing_mm)))
    box = grown_box(box, reach, heart.shape)
    near = ndimage.distance_transform_edt(~heart[box], sampling=pet.grid.spacing_mm)
    away = core.copy()
    away[box] &= near > HEART_DISTANCE_MM
    return away if away.sum() * pet.grid.voxel_volume_ml >= _MIN_POOL_ML else core


def _lung_slices(organs: Mask) -> slice | None:
    lungs = organs.named(*(name for name in organs.names.values() if name.startswith("lung_")))
    box = bounding_box(lungs)
    return box[0] if box is not None else None


def _named(organs: Mask | None, name: str) -> Bool[np.ndarray, "z y x"] | None:
    if organs is None or name not in organs.names.values():
        return None
    voxels = organs.named(name)
    return voxels if voxels.any() else None


def _depth_mm(
    voxels: Bool[np.ndarray, "z y x"], pet: Volume, limit_mm: float
) -> Float[np.ndarray, "z y x"]:
    """Return how deep each voxel lies inside `voxels`, in mm; 0 outside."""
    from scipy import ndimage

    depth = np.zeros(voxels.shape, dtype=np.float32)
    box = bounding_box(voxels)
    if box is None:
        return depth
    box = grown_box(box, int(np.ceil(limit_mm / min(pet.grid.spacing_mm))) + 1, voxels.shape)
    # the transform reaches to the first centre outside; the wall lies half a voxel nearer
    half_voxel = 0.5 * min(pet.grid.spacing_mm)
    depth[box] = ndimage.distance_transform_edt(voxels[box], sampling=pet.grid.spacing_mm)
    depth[box] = np.maximum(depth[box] - half_voxel, 0.0)
    return depth


def _ball_statistics(
    pet: Volume, places: Int[np.ndarray, "n zyx"], radius_mm: float
) -> tuple[Float[np.ndarray, " n"], Float[np.ndarray, " n"]]:
    """Return mean and coefficient of variation of the balls around `places`."""
    offsets = sphere_offsets(pet.grid, radius_mm)
    means = sphere_means(pet, places, offsets)
    box = tuple(
        slice(max(0, int(lo + d0)), int(hi + d1) + 1)
        for lo, hi, d0, d1 in zip(
            places.min(axis=0),
            places.max(axis=0),
            offsets.min(axis=0),
            offsets.max(axis=0),
            strict=True,
        )
    )
    part = pet.crop(_inside(box, pet.array.shape))
    start = [s.start for s in box]
    square = Volume(array=np.square(part.array, dtype=np.float64), grid=part.grid, unit=part.unit)
    squares = sphere_means(square, places - start, offsets)
    spread = np.sqrt(np.maximum(squares - means**2, 0.0))
    return means, np.divide(spread, means, out=np.full(len(means), np.inf), where=means > 0)


def _inside(box: Sequence[slice], shape: tuple[int, ...]) -> tuple[slice, slice, slice]:
    z, y, x = (slice(s.start, min(n, s.stop)) for s, n in zip(box, shape, strict=True))
    return z, y, x


def _ball_values(
    pet: Volume, centre: Int[np.ndarray, " zyx"], radius_mm: float
) -> Float[np.ndarray, " n"]:
    where = centre + sphere_offsets(pet.grid, radius_mm)
    where = where[np.all((where >= 0) & (where < pet.array.shape), axis=1)]
    values = pet.array[tuple(where.T)].astype(np.float64)
    return values[np.isfinite(values)]
