"""The numbers that the model is told of each lesion, beside its picture.

Scale of the focal view, place in the body frame, SUV and volume, ratios, tracer. Each number is
brought to a range of about -1 to 1; one that is not known is zero and says so by a flag. Side and
level also enter as waves, SUV and ratios also as steps, so that a small network can tell neighbours
apart.

Knows numbers only: whoever calls has measured them.
"""

import math
from dataclasses import dataclass
from typing import Final, get_args

import numpy as np
from jaxtyping import Float

from petscribe.core.exam import Tracer
from petscribe.core.lesion import Measurement

_TRACERS: Final = get_args(Tracer)
_WAVES: Final = (1.0, 2.0, 4.0)
_SUV_STEPS: Final = (1.5, 2.5, 3.5, 5.0, 7.0, 10.0, 15.0, 25.0)
_RATIO_STEPS: Final = (0.5, 1.0, 1.25, 1.5, 2.0, 2.5, 3.0, 4.0)
_SHARPNESS: Final = 12.0
"""How steeply a step is passed, per natural logarithm."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BodyPlace:
    """Where a lesion's centre lies in the body frame, and how sure the frame is."""

    lateral_mm: float
    """Distance from the midline, positive to the left."""
    depth_frac: float
    """0 front of the trunk, 1 back."""
    behind_mm: float
    """Distance behind the vertebral bodies."""
    level: float
    """Vertebral number (`anatomy.levels`)."""
    half_width_mm: float
    quality_x: float
    quality_y: float
    quality_z: float


@dataclass(frozen=True, slots=True, kw_only=True)
class LesionFacts:
    """What is known of one lesion in numbers."""

    measurement: Measurement
    place: BodyPlace | None
    """None: the frame is not known, or hidden in training."""
    tracer: str
    sex: str | None


def facts_vector(
    facts: LesionFacts,
    *,
    side_mm: float,
    body_voxel_mm: float,
    body_place: tuple[float, float, float],
) -> Float[np.ndarray, " f"]:
    """Return the numbers of one lesion as the model reads them."""
    values: list[float] = []
    measured = facts.measurement
    for number in (measured.suv_max, measured.suv_mean, measured.suv_peak):
        values += _known(None if number is None else math.sqrt(max(number, 0.0) / 30.0))
    for number in (measured.ratio_liver, measured.ratio_blood_pool):
        values += _known(None if number is None else math.log(max(number, 0.05)) / 3.0)
    values.append(math.log(max(measured.mtv_ml, 1e-3)) / 6.0)
    values.append(min(measured.long_axis_mm / 60.0, 4.0))
    values += _known(None if measured.ct_mean_hu is None else measured.ct_mean_hu / 500.0)
    values += _place_values(facts.place)
    values += [math.log(side_mm / 96.0), body_voxel_mm / 20.0, *body_place]
    values += [float(facts.tracer == name) for name in _TRACERS]
    values += [float(facts.sex == sex) for sex in ("M", "F")]
    for number, steps in (
        (measured.suv_max, _SUV_STEPS),
        (measured.ratio_liver, _RATIO_STEPS),
        (measured.ratio_blood_pool, _RATIO_STEPS),
    ):
        values += _above(number, steps)
    return np.asarray(values, np.float32)


def _place_values(place: BodyPlace | None) -> list[float]:
    if place is None:
        return [0.0] * _PLACE_VALUES
    return [
        1.0,
        float(np.clip(place.lateral_mm / 100.0, -4.0, 4.0)),
        *_waves(place.lateral_mm / 80.0),
        float(np.clip(2.0 * place.depth_frac - 1.0, -2.0, 2.0)),
        float(np.clip(place.behind_mm / 100.0, -4.0, 4.0)),
        place.level / 15.0 - 1.0,
        *_waves(place.level / 4.0),
        place.half_width_mm / 200.0,
        place.quality_x,
        place.quality_y,
        place.quality_z,
    ]


def _known(value: float | None) -> list[float]:
    """Return a number and the flag that it is known; far values are cut."""
    if value is None or not math.isfinite(value):
        return [0.0, 0.0]
    return [float(np.clip(value, -4.0, 4.0)), 1.0]


def _above(value: float | None, steps: tuple[float, ...]) -> list[float]:
    """Return for each step how clearly a value lies above it, -1 to 1; zeros when not known."""
    if value is None or not math.isfinite(value):
        return [0.0] * len(steps)
    logarithm = math.log(max(value, 0.05))
    return [math.tanh(_SHARPNESS * (logarithm - math.log(step))) for step in steps]


def _waves(value: float) -> list[float]:
    return [f(value * wave) for wave in _WAVES for f in (math.sin, math.cos)]


_PLACE_VALUES: Final = 1 + 1 + 2 * len(_WAVES) + 2 + 1 + 2 * len(_WAVES) + 1 + 3
NUM_FACTS: Final = 3 * 2 + 2 * 2 + 2 + 2 + _PLACE_VALUES + 2 + 3 + len(_TRACERS) + 2 + 24
"""Length of `facts_vector`."""
