"""Heights of the spine: a continuous vertebral number and how landmarks give it.

C1 is 1, C7 is 7, T1 8, T12 19, L1 20, L5 24, S1 25, S5 29, the coccyx 30; a vertebra's centre has
the whole number. Above C1 the number goes on downward (the skull's base 0, the top of the head
about -6), below the coccyx upward (mid thigh about 37, knee 42). Knows lengths in millimetres
between neighbours of an average adult, no image. Lengths: mean vertebra plus disc heights of
adults as anatomy texts give them, rounded; only their proportions matter, the scale is fitted.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

_CERVICAL = (20.0, 22.0, 17.5, 17.0, 17.0, 17.0, 18.0)
_THORACIC = (20.0, 20.5, 21.0, 21.5, 22.0, 22.5, 23.0, 23.5, 24.5, 25.5, 27.0, 29.0)
_LUMBAR = (33.0, 34.5, 35.5, 35.5, 34.5)
_SACRUM = (29.0, 24.0, 21.0, 18.0, 17.0, 25.0)
_HEIGHTS_MM = np.array(_CERVICAL + _THORACIC + _LUMBAR + _SACRUM)
_ABOVE_MM = 24.0
"""Per unit above C1: the head is some six units tall."""
_BELOW_MM = 34.0
"""Per unit below the coccyx."""
_TOP, _BOTTOM = -8, 60

NAMES: tuple[str, ...] = (
    *(f"C{i}" for i in range(1, 8)),
    *(f"T{i}" for i in range(1, 13)),
    *(f"L{i}" for i in range(1, 6)),
    *(f"S{i}" for i in range(1, 6)),
)
"""Names of whole numbers 1 to 29."""


def number_of(name: str) -> int:
    """Return the vertebral number of a name like `T8`.

    Raises:
        ValueError: no vertebra is called so.
    """
    if name not in NAMES:
        raise ValueError(f"no vertebra is called {name!r}")
    return NAMES.index(name) + 1


def name_of(level: float) -> str | None:
    """Return the vertebra at a level, None outside C1 to S5."""
    number = int(np.floor(level + 0.5))
    return NAMES[number - 1] if 1 <= number <= len(NAMES) else None


def _table() -> tuple[Float[np.ndarray, " n"], Float[np.ndarray, " n"]]:
    units = np.arange(_TOP, _BOTTOM + 1, dtype=np.float64)
    heights = np.where(units < 1, _ABOVE_MM, _BELOW_MM)
    inside = (units >= 1) & (units <= len(_HEIGHTS_MM))
    heights[inside] = _HEIGHTS_MM
    edges = np.concatenate([[0.0], np.cumsum(heights)])
    centres = (edges[:-1] + edges[1:]) / 2.0
    return units, centres - float(np.interp(1.0, units, centres))


_UNITS, _DEPTHS_MM = _table()


def depth_mm(level: Float[np.ndarray, "*n"] | float) -> Float[np.ndarray, "*n"]:
    """Return how far below C1's centre a level lies in the average adult."""
    return np.asarray(np.interp(level, _UNITS, _DEPTHS_MM), dtype=np.float64)


def level_at(depth: Float[np.ndarray, "*n"] | float) -> Float[np.ndarray, "*n"]:
    """Return the level at a depth below C1's centre in the average adult."""
    return np.asarray(np.interp(depth, _DEPTHS_MM, _UNITS), dtype=np.float64)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """One landmark seen: at which height, and which level it stands for, how surely."""

    height_mm: float
    level: float
    error_mm: float
    """Spread of the landmark against the spine from person to person, plus that of finding it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelScale:
    """Maps heights (mm along the body, growing to the head) to levels."""

    offset_mm: float
    """Height of C1's centre."""
    scale: float
    """This body's lengths over the average's."""
    bends: tuple[tuple[float, float], ...]
    """Heights and what to add to the depth there (average mm), ascending in height."""
    error_mm: float

    def level(self, height_mm: Float[np.ndarray, " n"]) -> Float[np.ndarray, " n"]:
        """Return the level at each height."""
        depth = (self.offset_mm - height_mm) / self.scale
        if self.bends:
            heights, extra = np.array(self.bends).T
            depth = depth + np.interp(height_mm, heights, extra)
        return level_at(depth)


_PRIOR_SPREAD = 0.10
"""Spread of adult body lengths about the average."""


def fit_levels(sights: Mapping[str, Sight], *, fallback_mm: float = 0.0) -> LevelScale:
    """Return the scale that agrees best with the landmarks seen.

    Weighted least squares on height = offset - scale * depth(level) with the prior scale 1 +- 0.1;
    the one landmark that disagrees most is dropped while it lies beyond 3 spreads. What remains of
    each landmark's disagreement bends the scale half way towards it.
    """
    seen = dict(sights)
    if not seen:
        return LevelScale(offset_mm=fallback_mm, scale=1.0, bends=(), error_mm=200.0)
    while True:
        depths = np.array([float(depth_mm(s.level)) for s in seen.values()])
        heights = np.array([s.height_mm for s in seen.values()])
        errors = np.array([s.error_mm for s in seen.values()])
        offset, scale = _solve(depths, heights, errors)
        residual = offset - scale * depths - heights
        worst = int(np.argmax(np.abs(residual) / errors))
        if len(seen) < 3 or abs(residual[worst]) < 3.0 * errors[worst]:
            break
        del seen[list(seen)[worst]]
    bends = _bends(heights, residual / scale, errors)
    error = float(1.0 / np.sqrt(np.sum(errors**-2.0)) + np.sqrt(np.mean(residual**2)) / 2.0)
    return LevelScale(offset_mm=offset, scale=scale, bends=bends, error_mm=error)


def _solve(
    depths: Float[np.ndarray, " n"],
    heights: Float[np.ndarray, " n"],
    errors: Float[np.ndarray, " n"],
) -> tuple[float, float]:
    weights = errors**-2.0
    mean_depth = float(np.average(depths, weights=weights))
    mean_height = float(np.average(heights, weights=weights))
    centred = depths - mean_depth
    curvature = float(np.sum(weights * centred**2)) + _PRIOR_SPREAD**-2.0
    slope = -float(np.sum(weights * centred * (heights - mean_height))) + _PRIOR_SPREAD**-2.0
    scale = float(np.clip(slope / curvature, 0.65, 1.35))
    return mean_height + scale * mean_depth, scale


def _bends(
    heights: Float[np.ndarray, " n"],
    residual: Float[np.ndarray, " n"],
    errors: Float[np.ndarray, " n"],
) -> tuple[tuple[float, float], ...]:
    """Average residuals of landmarks within 40 mm of one another; keep order, go half way."""
    if len(heights) < 2:
        return ()
    knots: list[tuple[float, float]] = []
    order = np.argsort(heights)
    start = 0
    for end in range(1, len(order) + 1):
        group = order[start:end]
        if end < len(order) and heights[order[end]] - heights[group[0]] < 40.0:
            continue
        weights = errors[group] ** -2.0
        knots.append(
            (
                float(np.average(heights[group], weights=weights)),
                -0.5 * float(np.average(residual[group], weights=weights)),
            )
        )
        start = end
    return tuple((h, float(np.clip(r, -25.0, 25.0))) for h, r in knots)
