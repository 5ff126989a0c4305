"""Lungs, their sides and lobes, the trachea with its carina, the diaphragm: on CT.

Knows air inside the body. Lobes are approximate: planes at the usual place of the fissures, in the
lung's own height and depth.
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float, Float32, Int

from petscribe.anatomy.seen.body import Body
from petscribe.anatomy.seen.view import View

_LUNG_HU = -500.0
_AIRWAY_HU = -650.0
_MIN_LUNG_ML = 250.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Lungs:
    """Both lungs on the working lattice, and the heights they give."""

    right: Bool[np.ndarray, "z y x"]
    left: Bool[np.ndarray, "z y x"]
    airway: Bool[np.ndarray, "z y x"]
    carina: float | None
    """z position where the trachea divides; None when it is not seen."""
    apex: float
    """z position of the top of the lungs."""
    dome_right: float | None
    dome_left: float | None
    base: float
    """z position of the lowest lung."""
    complete_top: bool
    """The top lies inside the field of view."""
    complete_base: bool


def find_lungs(view: View, body: Body, middle: Float[np.ndarray, " z"]) -> Lungs | None:
    """Return both lungs; None where fewer than 250 ml of air lie in the chest."""
    from scipy import ndimage

    if view.hu is None or not view.has_ct:
        return None
    air = (view.hu < _LUNG_HU) & _inner(body.trunk)
    labels, count = ndimage.label(air)
    if count == 0:
        return None
    sizes = np.bincount(labels.ravel()) * view.voxel_ml
    sizes[0] = 0.0
    lung = _lungs_only(labels, sizes)
    if lung is None:
        return None
    airway, carina = _trachea(view, air, lung, middle)
    lung = lung & ~airway
    right, left = _sides(lung, middle, view)
    if (right.sum() + left.sum()) * view.voxel_ml < _MIN_LUNG_ML:
        return None
    heights = np.flatnonzero((right | left).sum(axis=(1, 2)) * _slice_cm2(view) > 2.0)
    low, high = float(heights[0]), float(heights[-1])
    return Lungs(
        right=right,
        left=left,
        airway=airway,
        carina=carina,
        apex=high,
        dome_right=_dome(right, view),
        dome_left=_dome(left, view),
        base=low,
        complete_top=high < len(body.present) - 2,
        complete_base=low > 1,
    )


def _slice_cm2(view: View) -> float:
    return view.spacing_mm[1] * view.spacing_mm[2] / 100.0


def _inner(voxels: Bool[np.ndarray, "z y x"]) -> Bool[np.ndarray, "z y x"]:
    from scipy import ndimage

    plane = np.zeros((1, 3, 3), dtype=bool)
    plane[0] = ndimage.generate_binary_structure(2, 1)
    inner: Bool[np.ndarray, "z y x"] = ndimage.binary_erosion(voxels, plane)
    return inner


def _lungs_only(
    labels: Int[np.ndarray, "z y x"], sizes: Float[np.ndarray, " n"]
) -> Bool[np.ndarray, "z y x"] | None:
    """Keep the largest air spaces: bowel gas and sinuses are small and lie apart in height."""
    from scipy import ndimage

    main = int(np.argmax(sizes))
    if sizes[main] < 100.0:
        return None
    boxes = ndimage.find_objects(labels)
    low, high = boxes[main - 1][0].start, boxes[main - 1][0].stop
    keep = np.zeros(len(sizes), dtype=bool)
    keep[main] = True
    for label in np.flatnonzero(sizes > max(60.0, 0.08 * sizes[main])):
        box = boxes[label - 1][0]
        overlap = min(high, box.stop) - max(low, box.start)
        keep[label] |= overlap > 0.5 * min(high - low, box.stop - box.start)
    if sizes[keep].sum() < _MIN_LUNG_ML:
        return None
    lung: Bool[np.ndarray, "z y x"] = keep[labels]
    return lung


def _trachea(
    view: View,
    air: Bool[np.ndarray, "z y x"],
    lung: Bool[np.ndarray, "z y x"],
    middle: Float[np.ndarray, " z"],
) -> tuple[Bool[np.ndarray, "z y x"], float | None]:
    """Follow the round air space at the midline downwards until it widens (the carina).

    In every slice: air spaces of 0.6 to 9 cm2 whose centre lies within 30 mm of the midline and of
    the one above.
    """
    from scipy import ndimage

    assert view.hu is not None
    airway = np.zeros_like(air)
    if not lung.any():
        return airway, None
    tops = np.flatnonzero(lung.any(axis=(1, 2)))
    wide = np.flatnonzero(lung.sum(axis=(1, 2)) * _slice_cm2(view) > 40.0)
    start = min(len(middle) - 1, int(tops[-1]) + view.mm(20.0, 0))
    end = int(wide[0]) if wide.size else int(tops[0])
    last: tuple[float, float] | None = None
    widths: list[float] = []
    missed = 0
    for k in range(start, end, -1):
        found, label = _round_air(view, (view.hu[k], air[k]), float(middle[k]), last)
        if found is None:
            missed += 1
            if last is not None and missed * view.spacing_mm[0] > 20.0:
                return airway, float(k + missed)
            continue
        missed = 0
        spot = label
        width = float(np.ptp(np.nonzero(spot)[1]) + 1) * view.spacing_mm[2]
        usual = float(np.median(widths)) if widths else width
        if len(widths) * view.spacing_mm[0] > 20.0 and width > usual + 14.0:
            return airway, float(k)
        widths.append(width)
        airway[k] = ndimage.binary_dilation(spot) & air[k]
        last = found
    return airway, None


def _round_air(
    view: View,
    cut: tuple[Float32[np.ndarray, "y x"], Bool[np.ndarray, "y x"]],
    middle: float,
    last: tuple[float, float] | None,
) -> tuple[tuple[float, float] | None, Bool[np.ndarray, "y x"]]:
    """Return centre and voxels of the air space that continues the trachea in one slice."""
    from scipy import ndimage

    hu, air = cut
    reach = view.mm(45.0, 2)
    centre = round(last[1] if last else middle)
    low = max(0, centre - reach)
    part = (hu[:, low : centre + reach + 1] < _AIRWAY_HU) & air[:, low : centre + reach + 1]
    labels, count = ndimage.label(part)
    best, best_cost = None, np.inf
    spot = np.zeros_like(air)
    for label in range(1, count + 1):
        y, x = np.nonzero(labels == label)
        area = len(y) * _slice_cm2(view)
        if not 0.4 <= area <= 9.0:
            continue
        point = (float(y.mean()), float(x.mean()) + low)
        off = abs(point[1] - middle) * view.spacing_mm[2]
        step = (
            np.hypot(
                (point[0] - last[0]) * view.spacing_mm[1], (point[1] - last[1]) * view.spacing_mm[2]
            )
            if last
            else 0.0
        )
        if off > 32.0 or step > 18.0:
            continue
        if off + step < best_cost:
            best, best_cost = point, off + step
            spot = np.zeros_like(air)
            spot[y, x + low] = True
    return best, spot


def _sides(
    lung: Bool[np.ndarray, "z y x"], middle: Float[np.ndarray, " z"], view: View
) -> tuple[Bool[np.ndarray, "z y x"], Bool[np.ndarray, "z y x"]]:
    """Split at the midline, then give pieces that reach over it to the side they hang on to."""
    reach = 40.0 / view.spacing_mm[2]
    low = max(0, int(middle.min() - reach))
    high = min(lung.shape[2], int(middle.max() + reach) + 2)
    columns = np.arange(lung.shape[2], dtype=np.float64)
    lateral = ((columns[None, :] - middle[:, None]) * view.spacing_mm[2])[:, None, :]
    right, left = lung & (lateral < 0), lung & (lateral >= 0)
    # lung within 12 mm of the midline crosses it at the front and back: it belongs where it is
    # attached
    near = (slice(None), slice(None), slice(low, high))
    away = lateral[near]
    cores = right[near] & (away < -12.0), left[near] & (away > 12.0)
    if cores[0].any() and cores[1].any():
        right[near], left[near] = _grown(cores, lung[near], away, view.mm(24.0, 2))
    return right, left


def _grown(
    cores: tuple[Bool[np.ndarray, "z y x"], Bool[np.ndarray, "z y x"]],
    lung: Bool[np.ndarray, "z y x"],
    lateral: Float[np.ndarray, "z 1 x"],
    steps: int,
) -> tuple[Bool[np.ndarray, "z y x"], Bool[np.ndarray, "z y x"]]:
    """Let both sides grow into the lung between them, one voxel at a time."""
    from scipy import ndimage

    right, left = cores
    between = lung & ~right & ~left
    step = ndimage.generate_binary_structure(3, 1)
    for _ in range(steps):
        from_right = ndimage.binary_dilation(right, step) & between
        from_left = ndimage.binary_dilation(left, step) & between
        both = from_right & from_left
        from_right &= ~both | (lateral < 0)
        from_left &= ~from_right
        if not from_right.any() and not from_left.any():
            break
        right, left = right | from_right, left | from_left
        between &= ~(from_right | from_left)
    return right, left


def _dome(lung: Bool[np.ndarray, "z y x"], view: View) -> float | None:
    """Return the height of the diaphragm's dome: where the lowest lung stands highest.

    Columns at the lung's rim are left out; the dome is the 90th percentile of the lung's lower
    surface.
    """
    from scipy import ndimage

    columns = lung.any(axis=0)
    inner = ndimage.binary_erosion(columns, iterations=view.mm(15.0, 2))
    if inner.sum() < 12:
        return None
    floor = np.argmax(lung, axis=0)[inner]
    tall = lung.sum(axis=0)[inner] * view.spacing_mm[0] > 40.0
    if tall.sum() < 12 or float(np.median(floor[tall])) < 1.0:
        return None
    return float(np.percentile(floor[tall], 88.0))


def lobes(
    lungs: Lungs, front: Float[np.ndarray, " z"], back: Float[np.ndarray, " z"]
) -> dict[str, Bool[np.ndarray, "z y x"]]:
    """Return the five lobes by the usual place of the fissures.

    With h the height between the dome (0) and the apex (1), v the depth in the trunk: the oblique
    fissure runs from h = 0.7 at the back to the diaphragm a third behind the front; the horizontal
    fissure lies at h = 0.42.
    """
    shape = lungs.right.shape
    heights = np.arange(shape[0], dtype=np.float64)
    rows = np.arange(shape[1], dtype=np.float64)
    depth = (rows[None, :] - front[:, None]) / np.maximum(back - front, 1.0)[:, None]
    result: dict[str, Bool[np.ndarray, "z y x"]] = {}
    for side, lung in (("right", lungs.right), ("left", lungs.left)):
        dome = lungs.dome_right if side == "right" else lungs.dome_left
        floor = dome if dome is not None else lungs.base
        height = (heights - floor) / max(lungs.apex - floor, 1.0)
        oblique = -0.12 + 0.95 * (depth - 0.22)
        below = (height[:, None] < oblique)[:, :, None]
        result[f"lung_lower_lobe_{side}"] = lung & below
        rest = lung & ~below
        if side == "right":
            middle = rest & (height < 0.42)[:, None, None]
            result["lung_middle_lobe_right"] = middle
            rest = rest & ~middle
        result[f"lung_upper_lobe_{side}"] = rest
    return result
