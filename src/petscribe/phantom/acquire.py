"""The scanner: CT numbers with texture and noise, PET with blur, count noise, breathing mismatch.

CT noise is drawn from a small bank of correlated noise slices, shifted anew for every slice. PET
activity is averaged onto the scanner's voxels through the point spread in one linear step (`blur`),
then gets noise whose variance follows the counts and the body's attenuation, with the short-range
correlation that iterative reconstruction leaves. Calibrated on the ACRIN and QIN exams beside the
checkout (liver noise 12-24 %, grain 6-12 mm, soft tissue 12-26 HU). Knows no shapes.
"""

from dataclasses import dataclass, field
from typing import Final

import numpy as np
from jaxtyping import Bool, Float, Int16, UInt8

from petscribe.core.volume import Grid, Mask, Volume
from petscribe.phantom.artefacts import Cloth, add_bone_streaks, add_metal_streaks, couch
from petscribe.phantom.blur import (
    FWHM_PER_SIGMA,
    AxisWeights,
    apply_weights,
    axis_weights,
    centres_mm,
)
from petscribe.phantom.body import Body
from petscribe.phantom.drawing.tissues import ENHANCEMENT_HU, HU, TEXTURE_HU, TISSUES
from petscribe.phantom.lesions import Occupancy, PhantomLesion
from petscribe.phantom.motion import Motion
from petscribe.phantom.uptake import Uptake

_BANK: Final = 96
_CT_FLOOR: Final = -1024
_FATTY_LIVERS: Final = 0.12
"""How many livers are fatty, and so darker on CT."""
_LUNG_PER_MM: Final = 0.0026
"""By how much the lung's uptake grows towards the back, as its density does."""
_REFERENCE_MM: Final = 4.0
"""Voxel edge that a scanner's stated noise is for: larger voxels average it."""
_UNEVEN_MM: Final = 4.0
"""Voxel edge of the field that makes tissues uneven: its patches are about four times as wide."""
_EVEN_MM: Final = 18.0
"""Diameter up to which a lesion is even inside."""
_LESION_SHARE: Final = 0.15
"""Relative spread of the uptake inside a larger lesion."""
_DEAD_SHARE: Final = 0.12
"""Uptake of a lesion's dead centre over that of its living part."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scanner:
    """How sharp and how noisy this exam is."""

    fwhm_mm: float = 5.5
    """Full width at half maximum of the PET's point spread."""
    liver_noise: float = 0.12
    """Relative noise of a PET voxel in the liver."""
    ct_noise_hu: float = 14.0
    contrast: float = 0.0
    """0 unenhanced; 1 full portal-venous enhancement."""
    motion: Motion = field(default_factory=Motion)
    grain_mm: float = 7.0
    """Full width at half maximum of the PET noise's grain in plane."""


Placed = list[tuple[PhantomLesion, Occupancy]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """What lies in the scanner, and the scanner."""

    body: Body
    placed: Placed
    """Lesions with the CT voxels that they fill."""
    pet_grid: Grid
    scanner: Scanner


def acquire_ct(scene: Scene, rng: np.random.Generator) -> Volume:
    """Return the CT in HU (int16) on the body's grid."""
    body, scanner = scene.body, scene.scanner
    grid, tissues = body.canvas.grid, body.canvas.tissues
    mean = _mean_hu(scene, rng)
    bank, grain = _noise_bank(rng, smooth=1), _noise_bank(rng, smooth=3)
    result: Int16[np.ndarray, "z y x"] = np.empty(grid.shape, np.int16)
    ramp = _lung_ramp(grid, rng)
    table, cloth = couch(body), Cloth(grid.spacing_mm, rng)
    by_slice = _lesions_by_slice(scene.placed, grid.shape[0])
    metal = (tissues == TISSUES["metal"]).any(axis=(1, 2))
    for z in range(grid.shape[0]):
        image = mean[tissues[z]]
        image += TEXTURE_HU[tissues[z]] * _patch(grain, rng, grid.shape[1:])
        image += np.where(tissues[z] == TISSUES["lung"], ramp, np.float32(0.0))
        for lesion, occupancy in by_slice.get(z, ()):
            _blend_ct(image, tissues[z], (lesion, occupancy), z)
        image = _soften(image)
        np.maximum(image, table, out=image)
        cloth.put_on(image, tissues[z] > 0, z)
        add_bone_streaks(image, tissues[z], grid.spacing_mm[2], rng)
        if metal[z]:
            add_metal_streaks(image, tissues[z], rng)
        image += scanner.ct_noise_hu * _patch(bank, rng, grid.shape[1:])
        result[z] = np.clip(np.rint(image), _CT_FLOOR, 3071).astype(np.int16)
    return Volume(array=result, grid=grid, unit="HU")


def _mean_hu(scene: Scene, rng: np.random.Generator) -> Float[np.ndarray, " tissues"]:
    """Return each tissue's CT number in this person: contrast, inflation of the lungs."""
    mean: Float[np.ndarray, " tissues"] = HU + np.float32(scene.scanner.contrast) * ENHANCEMENT_HU
    lung = TISSUES["lung"]
    drawn = float(rng.uniform(-25, 60))
    mean[lung] += -45.0 if "emphysema" in scene.body.person.variants else drawn
    fatty = float(rng.uniform(12, 35)) if rng.random() < _FATTY_LIVERS else 0.0
    mean[TISSUES["liver"]] += float(rng.normal(2.0, 4.0)) - fatty
    return mean


def _lung_ramp(grid: Grid, rng: np.random.Generator) -> Float[np.ndarray, "y 1"]:
    """Return what gravity adds to the lungs' density, row by row: the back is denser."""
    _, y, _ = centres_mm(grid)
    slope = float(rng.uniform(0.1, 0.7))
    ramp: Float[np.ndarray, "y 1"] = (slope * y.clip(-110.0, 90.0)).astype(np.float32)[:, None]
    return ramp


def acquire_pet(scene: Scene, uptake: Uptake, rng: np.random.Generator) -> Volume:
    """Return the PET in SUVbw (g/ml, float32)."""
    body, pet_grid = scene.body, scene.pet_grid
    activity = uptake.suv[body.canvas.tissues]
    _, y, _ = centres_mm(body.canvas.grid)
    slope = (1.0 + _LUNG_PER_MM * y.clip(-110.0, 90.0)).astype(np.float32)[None, :, None]
    np.multiply(activity, slope, out=activity, where=body.canvas.tissues == TISSUES["lung"])
    uneven = _Unevenness(body.canvas.grid, rng)
    _vary(activity, body.canvas.tissues, uneven)
    for lesion, occupancy in scene.placed:
        target = activity[occupancy.span]
        living = occupancy.filled - occupancy.dead
        hot = lesion.uptake * (living + _DEAD_SHARE * occupancy.dead)
        if lesion.diameter_mm > _EVEN_MM:
            hot *= np.maximum(1.0 + _LESION_SHARE * uneven.at(occupancy.span), 0.4)
        activity[occupancy.span] = target * (1.0 - occupancy.filled) + hot
    seen = activity
    for axis, weights in enumerate(scanner_weights(body.canvas.grid, pet_grid, scene.scanner)):
        seen = apply_weights(seen, weights, axis)
    _mismatch(seen, scene)
    noisy = _count_noise(seen, pet_grid, scene.scanner, rng)
    return Volume(array=noisy, grid=pet_grid, unit="g/ml")


def lesion_mask(scene: Scene) -> Mask:
    """Return the lesions on the PET grid: voxels at least half filled, or the fullest one."""
    sharp = scanner_weights(scene.body.canvas.grid, scene.pet_grid, scene.scanner, sharp=True)
    labels = np.zeros(scene.pet_grid.shape, np.uint8)
    best = np.zeros(scene.pet_grid.shape, np.float32)
    for lesion, occupancy in scene.placed:
        found = _on_pet(occupancy, sharp)
        if found is None:
            continue
        span, filled = found
        threshold = min(0.5, float(filled.max()))
        wins = (filled >= threshold) & (filled > best[span])
        labels[span][wins] = lesion.id
        best[span][wins] = filled[wins]
    names = {lesion.id: f"lesion {lesion.id}" for lesion, _ in scene.placed}
    return Mask(labels=labels, grid=scene.pet_grid, names=names)


def scanner_weights(
    fine: Grid, coarse: Grid, scanner: Scanner, *, sharp: bool = False
) -> tuple[AxisWeights, AxisWeights, AxisWeights]:
    """Return the weights from the body's grid to the PET grid along z, y and x.

    Args:
        fine: the body's grid.
        coarse: the PET grid.
        scanner: its point spread and the patient's motion.
        sharp: leave the point spread out, for exact masks.
    """
    motion, fwhm = scanner.motion, 0.0 if sharp else scanner.fwhm_mm
    fine_z, fine_y, fine_x = centres_mm(fine)
    pet_z, pet_y, pet_x = centres_mm(coarse)
    return (
        axis_weights(fine_z, motion.ct_z(pet_z), fwhm_mm=fwhm),
        axis_weights(fine_y, pet_y - motion.shift_mm[1], fwhm_mm=fwhm),
        axis_weights(fine_x, pet_x - motion.shift_mm[0], fwhm_mm=fwhm),
    )


def _on_pet(
    occupancy: Occupancy, weights: tuple[AxisWeights, AxisWeights, AxisWeights]
) -> tuple[tuple[slice, slice, slice], Float[np.ndarray, "z y x"]] | None:
    """Return the part of the PET grid that a lesion's box reaches, and how full its voxels are."""
    array, sides = occupancy.filled, []
    for axis, (side, table) in enumerate(zip(occupancy.span, weights, strict=True)):
        rows, part = _within(table, side)
        if not part.first:
            return None
        array = apply_weights(array, part, axis)
        sides.append(rows)
    return (sides[0], sides[1], sides[2]), array


def _within(table: AxisWeights, side: slice) -> tuple[slice, AxisWeights]:
    """Return the coarse rows that see a range of fine voxels, with weights cut to that range."""
    rows, first, weights = [], [], []
    for row, (start, factors) in enumerate(zip(table.first, table.weights, strict=True)):
        low, high = max(start, side.start), min(start + len(factors), side.stop)
        if low < high:
            rows.append(row)
            first.append(low - side.start)
            weights.append(factors[low - start : high - start])
    span = slice(rows[0], rows[-1] + 1) if rows else slice(0, 0)
    return span, AxisWeights(tuple(first), tuple(weights))


class _Unevenness:
    """A random field of unit spread, the same in millimetres on every grid."""

    def __init__(self, grid: Grid, rng: np.random.Generator) -> None:
        self._bank = _noise_bank(rng, smooth=6)
        self._rows = [
            ((np.arange(size) * (step / _UNEVEN_MM)).astype(np.int64) + int(start)) % _BANK
            for size, step, start in zip(
                grid.shape, grid.spacing_mm, rng.integers(0, _BANK, 3), strict=True
            )
        ]

    def at(self, span: tuple[slice, slice, slice]) -> Float[np.ndarray, "z y x"]:
        """Return the field in a box of the grid."""
        z, y, x = (rows[part] for rows, part in zip(self._rows, span, strict=True))
        field: Float[np.ndarray, "z y x"] = self._bank[np.ix_(z, y, x)]
        return field

    def slice(self, z: int) -> Float[np.ndarray, "y x"]:
        """Return the field in one slice of the grid."""
        sheet: Float[np.ndarray, "y x"] = self._bank[self._rows[0][z]][self._rows[1]]
        return sheet[:, self._rows[2]]


def _vary(
    activity: Float[np.ndarray, "z y x"], tissues: UInt8[np.ndarray, "z y x"], uneven: _Unevenness
) -> None:
    """Make organs uneven: some per cent everywhere, more in muscle, much more along the gut."""
    share = np.full(len(TISSUES), 0.07, np.float32)
    share[TISSUES["muscle"]], share[TISSUES["marrow"]] = 0.18, 0.13
    for name in ("bowel_wall", "bowel_content", "colon_wall", "stool", "stomach_wall"):
        share[TISSUES[name]] = 0.42
    share[TISSUES["urine"]] = share[TISSUES["air"]] = 0.0
    for z in range(activity.shape[0]):
        activity[z] *= np.maximum(1.0 + share[tissues[z]] * uneven.slice(z), 0.15)


def _mismatch(seen: Float[np.ndarray, "z y x"], scene: Scene) -> None:
    """Darken what breathed into a place that the CT calls lung: it is under-corrected."""
    motion = scene.scanner.motion
    if abs(motion.breathing_mm) < 1.0:
        return
    pet_z = centres_mm(scene.pet_grid)[0]
    ct_says, pet_shows = (_lung_on_pet(scene, z) for z in (pet_z, motion.ct_z(pet_z)))
    dark = (ct_says & ~pet_shows).astype(np.float32)
    for axis in range(3):
        dark = 0.5 * _three(dark, axis)
    seen *= 1.0 - 0.4 * dark


def _lung_on_pet(scene: Scene, heights_mm: Float[np.ndarray, " z"]) -> Bool[np.ndarray, "z y x"]:
    """Tell which PET voxels lie in lung, by the nearest CT voxel, their slices at these heights."""
    canvas = scene.body.canvas
    _, y, x = centres_mm(scene.pet_grid)
    picks, valid = [], []
    for values, origin, step, size in zip(
        (heights_mm, y, x),
        canvas.grid.origin_mm[::-1],
        canvas.grid.spacing_mm,
        canvas.grid.shape,
        strict=True,
    ):
        index = np.rint((values - origin) / step).astype(np.int64)
        valid.append((index >= 0) & (index < size))
        picks.append(index.clip(0, size - 1))
    lung: Bool[np.ndarray, "z y x"] = canvas.tissues[np.ix_(*picks)] == TISSUES["lung"]
    inside: Bool[np.ndarray, "z y x"] = lung & valid[0][:, None, None]
    return inside


def _count_noise(
    seen: Float[np.ndarray, "z y x"], grid: Grid, scanner: Scanner, rng: np.random.Generator
) -> Float[np.ndarray, "z y x"]:
    """Return the image with noise: standard deviation grows as a power of the local signal."""
    white, level = _grain(rng, grid, scanner.grain_mm)
    _, y, x = centres_mm(grid)
    depth = np.exp(-0.5 * ((y[:, None] / 110.0) ** 2 + (x[None, :] / 150.0) ** 2)).astype(
        np.float32
    )
    local = (0.55 + 0.75 * depth)[None]
    scale = level * scanner.liver_noise * 2.2 * (np.maximum(seen, 0.0) / 2.2) ** 0.75
    noisy: Float[np.ndarray, "z y x"] = np.maximum(seen + white * scale * local, 0.0)
    return noisy


def _grain(
    rng: np.random.Generator, grid: Grid, grain_mm: float
) -> tuple[Float[np.ndarray, "z y x"], float]:
    """Return noise of unit spread with the scanner's grain, and its level by the voxels' size.

    The grain is a Gaussian of the same millimetres on every grid, finer along z. A voxel's average
    over grain finer than itself is quieter: by the ratio of the grain's own width to that of grain
    and voxel together, along each axis.
    """
    noise = rng.standard_normal(grid.shape, dtype=np.float32)
    level = 1.0
    for axis, step in enumerate(grid.spacing_mm):
        wide = (grain_mm * (0.65 if axis == 0 else 1.0) / FWHM_PER_SIGMA) ** 2
        level *= ((wide + _REFERENCE_MM**2 / 12.0) / (wide + step**2 / 12.0)) ** 0.25
        passes = max(1, int(np.ceil(2.0 * wide / step**2)))
        variance = wide / step**2 / passes
        for _ in range(passes):
            noise = _three(noise, axis, side=0.5 * variance / (1.0 - variance))
    return noise / np.float32(noise.std()), min(level, 1.1)


def _three(
    array: Float[np.ndarray, "z y x"], axis: int, *, side: float = 0.5
) -> Float[np.ndarray, "z y x"]:
    """Return the array plus `side` of both neighbours along an axis, ends wrapped."""
    weight = np.float32(side)
    smooth: Float[np.ndarray, "z y x"] = (
        array + weight * np.roll(array, 1, axis) + weight * np.roll(array, -1, axis)
    )
    return smooth


def _noise_bank(rng: np.random.Generator, *, smooth: int) -> Float[np.ndarray, "z y x"]:
    """Return a periodic block of noise of unit spread, smoothed `smooth` times."""
    bank = rng.standard_normal((_BANK, _BANK, _BANK), dtype=np.float32)
    for _ in range(smooth):
        for axis in range(3) if smooth > 1 else (1, 2):
            bank = _three(bank, axis)
    unit: Float[np.ndarray, "z y x"] = bank / np.float32(bank.std())
    return unit


def _patch(
    bank: Float[np.ndarray, "z y x"], rng: np.random.Generator, shape: tuple[int, ...]
) -> Float[np.ndarray, "rows columns"]:
    z, y, x = (int(v) for v in rng.integers(0, _BANK, 3))
    return _tiled(bank[z], (y, x), shape)


def _tiled(
    sheet: Float[np.ndarray, "y x"], shift: tuple[int, int], shape: tuple[int, ...]
) -> Float[np.ndarray, "rows columns"]:
    rows = (np.arange(shape[0]) + shift[0]) % sheet.shape[0]
    columns = (np.arange(shape[1]) + shift[1]) % sheet.shape[1]
    tiled: Float[np.ndarray, "rows columns"] = sheet[rows][:, columns]
    return tiled


def _soften(image: Float[np.ndarray, "y x"]) -> Float[np.ndarray, "y x"]:
    """Return the slice blurred a little in plane, as a soft kernel does."""
    soft = image.copy()
    soft[1:-1] = 0.6 * image[1:-1] + 0.2 * (image[:-2] + image[2:])
    result = soft.copy()
    result[:, 1:-1] = 0.6 * soft[:, 1:-1] + 0.2 * (soft[:, :-2] + soft[:, 2:])
    return result


def _lesions_by_slice(placed: Placed, num_slices: int) -> dict[int, Placed]:
    table: dict[int, Placed] = {}
    for lesion, occupancy in placed:
        for z in range(occupancy.span[0].start, min(occupancy.span[0].stop, num_slices)):
            table.setdefault(z, []).append((lesion, occupancy))
    return table


def _blend_ct(
    image: Float[np.ndarray, "y x"],
    tissues: UInt8[np.ndarray, "y x"],
    which: tuple[PhantomLesion, Occupancy],
    z: int,
) -> None:
    """Put one slice of a lesion into the CT slice; a fracture or lysis spares nothing it fills."""
    lesion, occupancy = which
    if lesion.hu is None:
        return
    at = occupancy.span[1:]
    row = z - occupancy.span[0].start
    filled, dead = occupancy.filled[row], occupancy.dead[row]
    hole = {"cavitary": -930.0, "necrotic": 14.0}.get(lesion.look, lesion.hu)
    inside = lesion.hu * (filled - dead) + hole * dead
    if lesion.look == "part_solid":
        inside = np.where(tissues[at] == TISSUES["lung"], inside, image[at] * filled)
    image[at] = image[at] * (1.0 - filled) + inside
