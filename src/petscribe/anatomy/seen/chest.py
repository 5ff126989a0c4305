"""Heart, descending aorta and mediastinum between the lungs, and the lungs from the PET alone.

Knows that the heart is the large soft organ between the lower lungs in front of the spine, and
that the aorta runs down the spine's left front. Works with lungs from a CT or from a PET.
"""

from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Bool, Float, Float32

from petscribe.anatomy.seen.axes import Axes
from petscribe.anatomy.seen.body import Body, smooth_along
from petscribe.anatomy.seen.lungs import Lungs
from petscribe.anatomy.seen.view import View

_AORTA_MM = 12.0
"""Radius that is labelled: inside the adult aorta's wall."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chest:
    """Organs of the chest on the working lattice."""

    mediastinum: Bool[np.ndarray, "z y x"]
    """Everything between the lungs, bone included."""
    heart: Bool[np.ndarray, "z y x"]
    aorta: Bool[np.ndarray, "z y x"]
    heart_side: float
    """Heart's centre, mm from the midline, positive left; 0 when there is no heart."""


def find_chest(view: View, lungs: Lungs, axes: Axes) -> Chest:
    """Return heart, aorta and mediastinum, with lungs from a CT or from a PET."""
    between = _between(lungs, axes.middle)
    heart = _heart(view, lungs, between, axes)
    columns = np.nonzero(heart)
    lateral = (columns[2] - axes.middle[columns[0]]) * view.spacing_mm[2]
    return Chest(
        mediastinum=between,
        heart=heart,
        aorta=_aorta(view, lungs, axes) & ~heart,
        heart_side=float(lateral.mean()) if lateral.size else 0.0,
    )


def _between(lungs: Lungs, middle: Float[np.ndarray, " z"]) -> Bool[np.ndarray, "z y x"]:
    """Voxels of rows that hold lung, medial of both lungs."""
    shape = lungs.right.shape
    columns = np.arange(shape[2])
    right_row = np.logical_or.reduce(lungs.right, axis=2)
    left_row = np.logical_or.reduce(lungs.left, axis=2)
    right_edge = shape[2] - 1 - np.argmax(lungs.right[:, :, ::-1], axis=2)
    left_edge = np.argmax(lungs.left, axis=2)
    centre = np.round(middle).astype(int)[:, None]
    low = np.where(right_row, right_edge, centre)
    high = np.where(left_row, left_edge, centre)
    rows = right_row | left_row
    between: Bool[np.ndarray, "z y x"] = (
        rows[:, :, None] & (columns > low[:, :, None]) & (columns < high[:, :, None])
    )
    return between & ~(lungs.right | lungs.left | lungs.airway)


def _heart(
    view: View, lungs: Lungs, between: Bool[np.ndarray, "z y x"], axes: Axes
) -> Bool[np.ndarray, "z y x"]:
    from scipy import ndimage

    domes = [d for d in (lungs.dome_right, lungs.dome_left) if d is not None]
    step = view.spacing_mm[0]
    floor = (min(domes) if domes else lungs.base) - 10.0 / step
    top = lungs.carina if lungs.carina is not None else floor + 0.55 * (lungs.apex - floor)
    top = min(top - 28.0 / step, floor + 125.0 / step)
    heights = np.arange(between.shape[0], dtype=np.float64)
    rows = np.arange(between.shape[1], dtype=np.float64)
    columns = np.arange(between.shape[2], dtype=np.float64)
    tall = (heights >= floor) & (heights <= top)
    before = rows[None, :] < (axes.spine - 26.0 / view.spacing_mm[1])[:, None]
    lateral = (columns[None, :] - axes.middle[:, None]) * view.spacing_mm[2]
    wide = (lateral > -75.0) & (lateral < 105.0)
    region = between & tall[:, None, None] & before[:, :, None] & wide[:, None, :]
    if view.hu is not None and view.has_ct:
        region &= (view.hu > -30.0) & (view.hu < 350.0)
    core = ndimage.binary_opening(region, iterations=view.mm(9.0, 2))
    labels, count = ndimage.label(core)
    if count == 0:
        return np.zeros_like(region)
    sizes = np.bincount(labels.ravel())
    sizes[0] = 0
    heart: Bool[np.ndarray, "z y x"] = labels == int(np.argmax(sizes))
    return heart if heart.sum() * view.voxel_ml > 80.0 else np.zeros_like(heart)


def _aorta(view: View, lungs: Lungs, axes: Axes) -> Bool[np.ndarray, "z y x"]:
    """Label a tube of 12 mm radius along the best path left in front of the spine.

    From the carina down to the lungs' base. The path maximises soft tissue within the tube, near
    where the aorta is expected: 24 mm left and 22 mm before the vertebra's centre, moving to the
    middle at the diaphragm. Without a CT there is no tube: nothing shows the vessel.
    """
    from scipy import ndimage

    tube = np.zeros(lungs.right.shape, dtype=bool)
    if view.hu is None or not view.has_ct or lungs.carina is None:
        return tube
    top, bottom = int(lungs.carina), max(int(lungs.base - 25.0 / view.spacing_mm[0]), 0)
    if top - bottom < 4:
        return tube
    part = slice(bottom, top)
    hu = view.hu[part]
    good = np.select(
        [hu < -400, hu < -20, hu < 300], [np.float32(-1.0), np.float32(-0.7), np.float32(1.0)], -0.5
    ).astype(np.float32)
    radius = _AORTA_MM * 0.75
    filled = ndimage.gaussian_filter(
        good, [6.0 / view.spacing_mm[0], radius / view.spacing_mm[1], radius / view.spacing_mm[2]]
    )
    down = np.linspace(1.0, 0.0, top - bottom)
    aim_x = axes.middle[part] + (10.0 + 14.0 * (1.0 - down)) / view.spacing_mm[2]
    aim_y = axes.spine[part] - (24.0 + 8.0 * down) / view.spacing_mm[1]
    rows = np.arange(hu.shape[1], dtype=np.float64)
    columns = np.arange(hu.shape[2], dtype=np.float64)
    off_y = (rows[None, :] - aim_y[:, None]) * view.spacing_mm[1] / 16.0
    off_x = (columns[None, :] - aim_x[:, None]) * view.spacing_mm[2] / 16.0
    score = filled - 0.25 * (off_y[:, :, None] ** 2 + off_x[:, None, :] ** 2)
    flat = np.argmax(score.reshape(len(score), -1), axis=1)
    y, x = np.unravel_index(flat, hu.shape[1:])
    weight = np.clip(score.reshape(len(score), -1).max(axis=1), 0.05, None)
    y = smooth_along(y.astype(np.float64), weight, 12.0 / view.spacing_mm[0])
    x = smooth_along(x.astype(np.float64), weight, 12.0 / view.spacing_mm[0])
    near = ((rows[None, :] - y[:, None]) * view.spacing_mm[1])[:, :, None] ** 2
    near = near + ((columns[None, :] - x[:, None]) * view.spacing_mm[2])[:, None, :] ** 2
    tube[part] = (near <= _AORTA_MM**2) & (hu > -50.0) & (hu < 600.0)
    return tube


@dataclass(frozen=True, slots=True, kw_only=True)
class ColdChest:
    """What the PET alone shows of the chest."""

    dome_right: float | None
    """z position at which uptake right of the spine falls from the liver's to the lung's."""
    lungs: Lungs | None
    fall_right: float = 1.0
    """Uptake above over uptake below at the strongest fall on the right; 1 without any."""
    fall_left: float = 1.0


def chest_from_pet(view: View, body: Body, middle: Float[np.ndarray, " z"]) -> ColdChest:
    """Find the lungs as the cold regions above the liver, on both sides of the warmer middle.

    Smoothed to 8 mm; medians 25 mm deep at the sides and in the middle. The dome is the strongest
    fall of the right side's uptake, going up, to 0.6 or less over 40 mm. A slice belongs to the
    chest while one side is below 0.62 of the middle.
    """
    from scipy import ndimage

    smooth: Float32[np.ndarray, "z y x"] = ndimage.gaussian_filter(
        view.pet, [8.0 / s for s in view.spacing_mm]
    )
    deep = _deeper_than(body, view, 24.0)
    right, centre, left = _strips(smooth, deep, body, middle)
    wide = body.left - body.right > 200.0 / view.spacing_mm[2]
    dome, fall_right = _fall(right, wide, view)
    dome_left, fall_left = _fall(left, wide, view)
    found = ColdChest(dome_right=dome, lungs=None, fall_right=fall_right, fall_left=fall_left)
    if dome is None:
        return found
    warm = float(np.nanmedian(centre))
    cold = np.fmin(right, left) < 0.62 * np.fmin(np.nan_to_num(centre, nan=warm), 1.6 * warm)
    above = np.arange(len(right)) >= dome - view.mm(15.0, 0)
    run = _longest(cold & wide & above)
    if run is None or (run[1] - run[0]) * view.spacing_mm[0] < 70.0:
        return found
    low, high = run
    reference = float(np.nanmedian(centre[low : high + 1]))
    chest = np.zeros(len(right), dtype=bool)
    chest[max(0, low - view.mm(20.0, 0)) : high + 1] = True
    air = ndimage.binary_opening((smooth < 0.60 * reference) & deep & chest[:, None, None])
    return replace(found, lungs=_cold_lungs(air, view, middle, (dome, dome_left)))


def _cold_lungs(
    air: Bool[np.ndarray, "z y x"],
    view: View,
    middle: Float[np.ndarray, " z"],
    domes: tuple[float, float | None],
) -> Lungs | None:
    columns = np.arange(air.shape[2], dtype=np.float64)
    lateral = (columns[None, :] - middle[:, None]) * view.spacing_mm[2]
    sides = [_main_part(air & (sign * lateral > 12.0)[:, None, :]) for sign in (-1.0, 1.0)]
    if min(s.sum() for s in sides) * view.voxel_ml < 150.0:
        return None
    heights = np.flatnonzero((sides[0] | sides[1]).any(axis=(1, 2)))
    return Lungs(
        right=sides[0],
        left=sides[1],
        airway=np.zeros_like(air),
        carina=None,
        apex=float(heights[-1]),
        dome_right=domes[0],
        dome_left=domes[1],
        base=float(heights[0]),
        complete_top=bool(heights[-1] < len(air) - 3),
        complete_base=bool(heights[0] > 3),
    )


def _fall(
    side: Float[np.ndarray, " z"], wide: Bool[np.ndarray, " z"], view: View
) -> tuple[float | None, float]:
    """Return the height between the 40 mm below and above which uptake falls most, and the fall.

    The fall is the uptake above over that below; without one of 0.6 or less there is no height.
    """
    span = view.mm(40.0, 0)
    known = np.isfinite(side) & wide
    best, place = 0.6, None
    for k in range(span, len(side) - span):
        below, above = side[k - span : k], side[k : k + span]
        if not (known[k - span : k].all() and known[k : k + span].all()):
            continue
        ratio = float(np.median(above)) / max(float(np.median(below)), 1e-9)
        if ratio < best:
            best, place = ratio, k
    if place is None:
        return None, 1.0
    half = (
        float(np.median(side[place - span : place])) + float(np.median(side[place : place + span]))
    ) / 2.0
    near = np.arange(place - span, place + span)
    crossing = near[side[near] >= half]
    return (float(crossing.max()) + 0.5 if crossing.size else float(place)), best


def _deeper_than(body: Body, view: View, depth_mm: float) -> Bool[np.ndarray, "z y x"]:
    from scipy import ndimage

    padded = np.pad(body.trunk, ((0, 0), (1, 1), (1, 1)))
    sampling = (1e4, view.spacing_mm[1], view.spacing_mm[2])
    distance = ndimage.distance_transform_edt(padded, sampling=sampling)
    deep: Bool[np.ndarray, "z y x"] = distance[:, 1:-1, 1:-1] > depth_mm
    return deep


def _strips(
    smooth: Float32[np.ndarray, "z y x"],
    deep: Bool[np.ndarray, "z y x"],
    body: Body,
    middle: Float[np.ndarray, " z"],
) -> tuple[Float[np.ndarray, " z"], Float[np.ndarray, " z"], Float[np.ndarray, " z"]]:
    """Return median uptake per slice right, in the middle and left."""
    num_z = smooth.shape[0]
    result = np.full((3, num_z), np.nan)
    columns = np.arange(smooth.shape[2], dtype=np.float64)
    for k in range(num_z):
        half = max((body.left[k] - body.right[k]) / 2.0, 1.0)
        away = (columns - middle[k]) / half
        for i, (low, high) in enumerate(((-0.65, -0.3), (-0.12, 0.12), (0.3, 0.65))):
            spot = deep[k] & ((away > low) & (away < high))[None, :]
            if np.count_nonzero(spot) >= 4:
                result[i, k] = np.median(smooth[k][spot])
    return result[0], result[1], result[2]


def _longest(run: Bool[np.ndarray, " z"]) -> tuple[int, int] | None:
    from scipy import ndimage

    closed = ndimage.binary_closing(run, np.ones(3, bool)) | run
    labels, count = ndimage.label(closed)
    if count == 0:
        return None
    sizes = np.bincount(labels)
    sizes[0] = 0
    where = np.flatnonzero(labels == int(np.argmax(sizes)))
    return int(where[0]), int(where[-1])


def _main_part(voxels: Bool[np.ndarray, "z y x"]) -> Bool[np.ndarray, "z y x"]:
    from scipy import ndimage

    labels, count = ndimage.label(voxels)
    if count <= 1:
        return voxels
    sizes = np.bincount(labels.ravel())
    sizes[0] = 0
    part: Bool[np.ndarray, "z y x"] = labels == int(np.argmax(sizes))
    return part
