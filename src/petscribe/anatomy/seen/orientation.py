"""Does the anatomy agree with the header's orientation? Votes for head up and for left being left.

Knows what is never symmetric: the heart and the brain. A vote is between -1 (the opposite) and 1;
without votes nothing is suspected. Situs inversus looks like a flip: both are "check this".
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool

from petscribe.anatomy.seen.axes import Coordinates
from petscribe.anatomy.seen.body import Body
from petscribe.anatomy.seen.chest import ColdChest
from petscribe.anatomy.seen.head import Head
from petscribe.anatomy.seen.lungs import Lungs
from petscribe.anatomy.seen.view import View

_CONTRADICTION = 0.9


@dataclass(frozen=True, slots=True, kw_only=True)
class Votes:
    """What was seen for and against the stated orientation."""

    left_is_left: float
    head_is_up: float
    back_is_back: float

    @property
    def suspect(self) -> bool:
        """Whether the anatomy contradicts the header."""
        return min(self.left_is_left, self.head_is_up, self.back_is_back) < -_CONTRADICTION


@dataclass(frozen=True, slots=True, kw_only=True)
class Clues:
    """What was found that is never symmetric."""

    lungs: Lungs | None
    head: Head | None
    heart_side_mm: float
    """Of the heart's centre, positive left; 0 without a heart."""
    dome: float | None
    """z position of the diaphragm's dome."""
    cold_chest: ColdChest | None = None
    """What the PET showed when there is no CT of the lungs."""
    levels_are_known: bool = False
    """Whether heights are sure enough to look for an organ at its level."""


def vote(view: View, body: Body, where: Coordinates, clues: Clues) -> Votes:
    """Weigh heart, liver and domes for the sides; brain and lungs' shape for up; bone for back."""
    lungs = clues.lungs
    up = _head_vote(body, clues.head, view)
    sides = _clip(clues.heart_side_mm / 14.0)
    if clues.cold_chest is not None:
        sides += 1.2 * _fall_vote(view, clues.cold_chest)
    elif clues.dome is not None:
        sides += _liver_vote(view, clues.dome, where)
    if lungs is not None and lungs.dome_right is not None and lungs.dome_left is not None:
        sides += 0.4 * _clip((lungs.dome_right - lungs.dome_left) * view.spacing_mm[0] / 20.0)
    if lungs is not None and view.has_ct:
        up += _apex_vote(lungs, view)
    return Votes(
        left_is_left=sides, head_is_up=up, back_is_back=_back_vote(view, body, where, clues)
    )


def _head_vote(body: Body, head: Head | None, view: View) -> float:
    """The brain lies at the upper end of the patient."""
    if head is None:
        return 0.0
    shown = np.flatnonzero(body.present)
    above = (float(shown[-1]) - head.top) * view.spacing_mm[0]
    below = (head.base - float(shown[0])) * view.spacing_mm[0]
    return _clip((below - above) / 120.0) * 1.5


def _back_vote(view: View, body: Body, where: Coordinates, clues: Clues) -> float:
    if view.has_ct:
        return _spine_vote(view, body, where)
    return _organs_vote(view, body, where) if clues.levels_are_known else 0.0


def _spine_vote(view: View, body: Body, where: Coordinates) -> float:
    """Most bone near the midline of neck and trunk lies behind, in the spine."""
    if view.hu is None:
        return 0.0
    bone = (view.hu > 170.0) & body.trunk & (np.abs(where.lateral_mm) < 25.0)
    behind = float((bone & (where.depth > 0.5)).sum())
    before = float((bone & (where.depth < 0.5)).sum())
    if (behind + before) * view.voxel_ml < 20.0:
        return 0.0
    return 1.5 * _clip(2.0 * (behind - before) / (behind + before))


def _organs_vote(view: View, body: Body, where: Coordinates) -> float:
    """The left kidney and the spleen lie behind, the bladder in front.

    Without a CT only what is hot tells front from back.
    """
    beside = (where.lateral_mm > 25.0) & (where.lateral_mm < 95.0)
    high = beside & (where.level > 18.8) & (where.level < 22.5)
    kidney = _hotter_behind(view, body, where, high)
    low = (np.abs(where.lateral_mm) < 35.0) & (where.level > 27.0) & (where.level < 31.5)
    bladder = _hotter_behind(view, body, where, low)
    votes = [_clip(kidney / 1.3), -1.2 * _clip(bladder)]
    return float(sum(votes))


def _hotter_behind(
    view: View, body: Body, where: Coordinates, part: Bool[np.ndarray, "z 1 x"]
) -> float:
    """Return the doublings from the hottest ml in front to those behind, within a part."""
    tops: list[float] = []
    for low, high in ((0.08, 0.48), (0.52, 0.92)):
        values = view.pet[part & body.trunk & (where.depth > low) & (where.depth < high)]
        if values.size * view.voxel_ml < 30.0:
            return 0.0
        count = max(2, round(6.0 / view.voxel_ml))
        tops.append(float(np.partition(values, -count)[-count:].mean()))
    return float(np.log2(max(tops[1], 1e-6) / max(tops[0], 1e-6)))


def _clip(value: float) -> float:
    return float(np.clip(value, -1.0, 1.0))


def _liver_vote(view: View, dome: float, where: Coordinates) -> float:
    """Solid tissue under the right dome against the left: the liver is larger than spleen and gut.

    The share of voxels of 30 to 150 HU in two mirrored boxes.
    """
    below = dome * view.spacing_mm[0] - where.height_mm
    box = (below > 15.0) & (below < 95.0) & (where.depth > 0.25) & (where.depth < 0.7)
    right = box & (where.across < -0.25) & (where.across > -0.65)
    left = box & (where.across > 0.25) & (where.across < 0.65)
    if right.sum() * view.voxel_ml < 60.0 or left.sum() * view.voxel_ml < 60.0:
        return 0.0
    if view.hu is None or not view.has_ct:
        return 0.0
    solid = (view.hu > 30.0) & (view.hu < 150.0)
    return _clip((float(solid[right].mean()) - float(solid[left].mean())) / 0.25)


def _fall_vote(view: View, cold: ColdChest) -> float:
    """FDG falls more steeply from liver to lung than from spleen and stomach to lung."""
    if view.tracer != "fdg":
        return 0.0
    return _clip(float(np.log2(cold.fall_left / cold.fall_right)))


def _apex_vote(lungs: Lungs, view: View) -> float:
    """Lungs are domed above and hollow below: inner columns end higher than those at the rim.

    Upside down both are the other way round.
    """
    from scipy import ndimage

    rises: list[float] = []
    for lung in (lungs.right, lungs.left):
        tall = lung.sum(axis=0) * view.spacing_mm[0] > 50.0
        if tall.sum() < 30:
            continue
        inner = ndimage.distance_transform_edt(np.pad(tall, 1))[1:-1, 1:-1][tall]
        floor = np.argmax(lung, axis=0)[tall]
        roof = lung.shape[0] - 1 - np.argmax(lung[::-1], axis=0)[tall]
        deep, rim = inner >= np.percentile(inner, 60.0), inner <= np.percentile(inner, 40.0)
        ends = [
            s for s, whole in ((floor, lungs.complete_base), (roof, lungs.complete_top)) if whole
        ]
        rises += [float(s[deep].mean() - s[rim].mean()) * view.spacing_mm[0] for s in ends]
    return 1.3 * _clip(float(np.mean(rises)) / 12.0) if rises else 0.0
