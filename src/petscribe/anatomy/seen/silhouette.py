"""Heights that the outline alone gives: top of the head, neck, shoulders, crotch.

Knows how wide a person is at which height; needs neither CT nor a tracer's pattern, so it carries
the frame when there is only a PET.
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float

from petscribe.anatomy.seen.body import Body
from petscribe.anatomy.seen.view import View

_HEAD_AREA_CM2 = (90.0, 420.0)
"""A slice through a head, outline of a blurred PET included."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Silhouette:
    """z positions on the working lattice; None where a height is not in the field of view."""

    vertex: float | None
    """Top of the head."""
    neck: float | None
    """The narrowest slice between head and shoulders."""
    shoulder: float | None
    """Where the outline widens to the shoulders, half way."""
    crotch: float | None
    """Where the legs part."""


def read_silhouette(view: View, body: Body) -> Silhouette:
    """Return the heights that the outline shows."""
    area = body.trunk.sum(axis=(1, 2)) * view.spacing_mm[1] * view.spacing_mm[2] / 100.0
    width = (body.left - body.right + 1.0) * view.spacing_mm[2]
    neck, shoulder = _neck_and_shoulder(view, body, area, width)
    return Silhouette(
        vertex=_vertex(view, body, area, neck),
        neck=neck,
        shoulder=shoulder,
        crotch=_crotch(view, body),
    )


def _neck_and_shoulder(
    view: View, body: Body, area: Float[np.ndarray, " z"], width: Float[np.ndarray, " z"]
) -> tuple[float | None, float | None]:
    """Go up from the widest slice of the upper half to where the outline is as narrow as a neck."""
    shown = np.flatnonzero(body.present)
    if shown.size < 4:
        return None, None
    num = len(area)
    narrow = (width < 215.0) & (area < _HEAD_AREA_CM2[1]) & (area > 40.0)
    runs = [k for k in range(num) if narrow[k]]
    if not runs:
        return None, None
    # the uppermost run of narrow slices that is taller than 40 mm and has a wide body below it
    top = runs[-1]
    bottom = top
    while bottom - 1 >= 0 and (narrow[bottom - 1] or narrow[max(0, bottom - 2)]):
        bottom -= 1
    if (top - bottom) * view.spacing_mm[0] < 30.0 or bottom < view.mm(40.0, 0):
        return None, None
    below = slice(max(0, bottom - view.mm(90.0, 0)), bottom)
    if float(np.max(width[below])) < 290.0:
        return None, None
    span = slice(bottom, min(top, bottom + view.mm(110.0, 0)) + 1)
    neck = float(bottom + int(np.argmin(area[span])))
    return neck, _half_way(width, bottom, below)


def _half_way(width: Float[np.ndarray, " z"], bottom: int, below: slice) -> float:
    """Return the height at which the width passes half way from neck to shoulders."""
    middle = (float(np.max(width[below])) + float(width[bottom])) / 2.0
    for k in range(bottom, below.start, -1):
        if width[k] >= middle:
            return float(k)
    return float(bottom)


def _vertex(
    view: View, body: Body, area: Float[np.ndarray, " z"], neck: float | None
) -> float | None:
    """Return the last slice of the head when the head ends inside the field of view."""
    shown = np.flatnonzero(body.present)
    if shown.size == 0:
        return None
    top = int(shown[-1])
    if neck is not None and (top - neck) * view.spacing_mm[0] < 90.0:
        return None
    head = slice(max(0, top - view.mm(120.0, 0)), top + 1)
    largest = float(np.max(area[head]))
    tapers = area[top] < 0.55 * largest or top < len(area) - 2
    is_head = _HEAD_AREA_CM2[0] < largest < _HEAD_AREA_CM2[1]
    return float(top) if tapers and is_head else None


def _crotch(view: View, body: Body) -> float | None:
    """Return where, going down, the outline first becomes two legs and stays so for 40 mm.

    Two legs: at the midline the body is less than 0.6 as thick as 60 to 95 mm beside it; thighs
    that touch still show the notch.
    """
    thickness = body.voxels.sum(axis=1).astype(np.float64)
    columns = np.arange(thickness.shape[1], dtype=np.float64)
    away = np.abs(columns[None, :] - body.middle[:, None]) * view.spacing_mm[2]
    centre = _mean_where(thickness, away <= 8.0)
    beside = _mean_where(thickness, (away >= 60.0) & (away <= 95.0))
    legs = (centre < 0.6 * beside) & (beside * view.spacing_mm[1] > 60.0)
    need = view.mm(40.0, 0)
    shown = np.flatnonzero(body.present)
    for k in shown[::-1]:
        low = k - need + 1
        if low < shown[0]:
            break
        above = legs[k + 1 : min(k + 1 + need, int(shown[-1]) + 1)]
        # legs that reach the top of the view part above it
        if legs[low : k + 1].all() and above.size > 1 and not above.any():
            return float(k)
    return None


def _mean_where(
    values: Float[np.ndarray, "z x"], chosen: Bool[np.ndarray, "z x"]
) -> Float[np.ndarray, " z"]:
    total: Float[np.ndarray, " z"] = (values * chosen).sum(axis=1)
    return total / np.maximum(chosen.sum(axis=1), 1)
