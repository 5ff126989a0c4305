"""A lesion's surroundings as one row of numbers, for the places learnt from phantoms.

Four groups: the place in body coordinates, its size; the organ labels in and around it; density and
uptake at points before, behind, beside, above and below it; density and uptake within. "Outwards"
is away from the midline, so that left and right look alike. Knows no organ's place.
"""

from collections.abc import Sequence
from typing import Final

import numpy as np
from jaxtyping import Float

from petscribe.anatomy.frame import BodyFrame
from petscribe.anatomy.placing.evidence import Around
from petscribe.anatomy.placing.nodes import above_carina_mm
from petscribe.anatomy.tissues import Tissues

_GROUPS: Final[tuple[tuple[str, ...], ...]] = (
    ("lung_upper",),
    ("lung_middle",),
    ("lung_lower",),
    ("liver",),
    ("spleen",),
    ("kidney",),
    ("heart",),
    ("aorta",),
    ("mediastinum",),
    ("trachea",),
    ("brain",),
    ("urinary_bladder",),
    ("vertebrae",),
    ("rib",),
    ("sternum",),
    ("clavicula", "scapula", "humerus"),
    ("hip", "sacrum", "femur"),
    ("skull",),
    ("body",),
)
"""Names of the built-in's labels, by how they start."""
_GAPS_MM: Final = (5.0, 13.0, 24.0)
"""How far beyond the lesion's edge it is looked at."""
_SPREAD_MM: Final = 7.0
"""Distance of the points that are averaged around each of them."""
_DIRECTIONS: Final = np.array(
    [[1, 0, 0], [-1, 0, 0], [0, 1, 0], [0, -1, 0], [0, 0, 1], [0, 0, -1]], np.float64
)
"""Up, down, back, front, outwards, inwards."""
_STEPS_HU: Final = (-950.0, -600.0, -250.0, -125.0, -40.0, 10.0, 60.0, 110.0, 250.0, 500.0)
_TRACERS: Final = ("fdg", "psma", "dotatate", "fluciclovine")


def features(around: Around, frame: BodyFrame) -> Float[np.ndarray, " features"]:
    """Return the row of one lesion; without a CT its densities are left out.

    Raises:
        ValueError: the frame was not made from images.
    """
    tissues = frame.tissues
    if tissues is None:
        raise ValueError("the frame carries no tissues")
    row = [*_place(around, frame), *_labels(around), *_views(around, frame, tissues)]
    row += [float(tissues.tracer == name) for name in _TRACERS]
    return np.asarray(row, np.float64)


def _place(around: Around, frame: BodyFrame) -> list[float]:
    place = around.place
    facts = (
        place.lateral_mm,
        max(place.half_width_mm, 60.0),
        place.depth_frac,
        place.behind_mm,
        place.level,
        above_carina_mm(frame, float(around.centre[0])),
        around.size_mm,
        frame.quality_z,
        float(frame.sex == "M") - float(frame.sex == "F"),
    )
    return [float(v) for v in place_columns(np.asarray(facts)[None])[0]]


def place_columns(facts: Float[np.ndarray, "n 9"]) -> Float[np.ndarray, "n place"]:
    """Return the columns of a place.

    Args:
        facts: lateral, half width, depth (share), behind, level, height above the carina, size,
            quality of the level, sex (1 male, -1 female).
    """
    lateral, half, depth, behind, level, height, size, quality, sex = facts.T
    side = lateral / 60.0
    columns = [
        side,
        np.abs(side),
        lateral / half,
        2.0 * depth - 1.0,
        behind / 50.0,
        (level - 14.0) / 8.0,
        height / 120.0,
        half / 60.0 - 2.5,
        np.log(size / 15.0),
        quality,
        sex,
    ]
    for value, turns in ((level / 8.0, 3), (height / 60.0, 2), (side, 2)):
        for k in range(1, turns + 1):
            columns += [np.sin(k * value), np.cos(k * value)]
    return np.stack(columns, axis=1)


def _labels(around: Around) -> list[float]:
    inside = [around.share(*starts) for starts in _GROUPS]
    near = [around.near(*starts) for starts in _GROUPS]
    return [*inside, *near]


def _views(around: Around, frame: BodyFrame, tissues: Tissues) -> list[float]:
    """Return densities and uptake at points around the lesion, and in its middle."""
    outwards = 1.0 if around.place.lateral_mm >= 0 else -1.0
    turned = _DIRECTIONS * np.array([1.0, 1.0, outwards])
    half = np.asarray(around.half_mm)
    points = [np.zeros((1, 3)), 0.5 * turned * half]
    for gap in _GAPS_MM:
        middle = turned * (half + gap)
        for direction, at in zip(turned, middle, strict=True):
            points.append(at + _cross(direction))
    index = around.centre + np.vstack(points) / np.asarray(frame.grid.spacing_mm)
    uptake = tissues.log_uptake(index)
    rows = _averaged(uptake[:, None])
    hu = tissues.hu(index)
    if hu is not None:
        rows = np.hstack([rows, _averaged(_soft_steps(hu))])
    return [float(v) for v in rows.ravel()]


def _cross(direction: Float[np.ndarray, " 3"]) -> Float[np.ndarray, "5 3"]:
    """Return a point and four beside it, across a direction."""
    across = [v for v in np.eye(3) if abs(float(v @ direction)) < 0.5]
    offsets = [np.zeros(3), *(sign * _SPREAD_MM * v for v in across for sign in (1.0, -1.0))]
    cross: Float[np.ndarray, "5 3"] = np.asarray(offsets)
    return cross


def _averaged(values: Float[np.ndarray, "n c"]) -> Float[np.ndarray, "m c"]:
    """Return the middle, the points half-way out, and the mean of every group of five beyond."""
    beyond = values[7:].reshape(-1, 5, values.shape[1]).mean(axis=1)
    rows: Float[np.ndarray, "m c"] = np.vstack([values[:1], values[1:7].mean(axis=0), beyond])
    return rows


def _soft_steps(hu: Float[np.ndarray, " n"]) -> Float[np.ndarray, "n c"]:
    """Return how far each CT number lies on a scale of tissues: a soft one-hot code."""
    knots: Sequence[float] = _STEPS_HU
    place = np.interp(hu, knots, np.arange(len(knots)))
    code: Float[np.ndarray, "n c"] = np.maximum(
        0.0, 1.0 - np.abs(place[:, None] - np.arange(len(knots))[None, :])
    )
    return code
