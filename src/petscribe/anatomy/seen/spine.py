"""The skeleton on CT: bone, the path of the spine, the iliac crests.

Knows bone by its density and the spine by being bone in the middle of the back in every slice.
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float, Float32

from petscribe.anatomy.seen.body import Body, smooth_along
from petscribe.anatomy.seen.view import View

_BONE_HU = 160.0
_VERTEBRA_MM = 36.0
_MAX_SLOPE = 0.35
"""Millimetres sideways per millimetre up: a strong scoliosis."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spine:
    """The spine's path on the working lattice."""

    x: Float[np.ndarray, " z"]
    front: Float[np.ndarray, " z"]
    """y of the front edge of the vertebral bodies."""
    sure: Float[np.ndarray, " z"]
    """0-1: how much of a vertebra's width of bone lies on the path."""


def find_bone(view: View, body: Body) -> Bool[np.ndarray, "z y x"]:
    """Return dense voxels inside the body."""
    if view.hu is None:
        return np.zeros(view.pet.shape, dtype=bool)
    bone: Bool[np.ndarray, "z y x"] = (view.hu > _BONE_HU) & body.voxels
    return bone


def find_spine(view: View, body: Body) -> Spine | None:
    """Return the path of the spine on CT; None where there is no CT or hardly any bone."""
    if view.hu is None or not view.has_ct:
        return None
    from scipy import ndimage

    density = np.clip((view.hu - 100.0) / 200.0, 0.0, 1.5) * body.trunk
    density = density.astype(np.float32)
    rows = np.arange(view.hu.shape[1], dtype=np.float32)[None, :]
    depth = (rows - body.front[:, None]) / np.maximum(body.back - body.front, 1.0)[:, None]
    behind = (depth > 0.38) & (depth < 1.02)
    profile = (density * behind[:, :, None]).sum(axis=1) * view.spacing_mm[1]
    width = max(3, view.mm(_VERTEBRA_MM, 2))
    profile = ndimage.uniform_filter1d(profile, width, axis=1)
    profile = ndimage.gaussian_filter1d(profile, 18.0 / view.spacing_mm[0], axis=0)
    columns = np.arange(profile.shape[1], dtype=np.float64)
    away = (columns[None, :] - body.middle[:, None]) * view.spacing_mm[2]
    score = np.minimum(profile, 30.0) / 30.0 - 0.6 * (away / 50.0) ** 2
    x = _best_path(score, view)
    strength = np.array([profile[k, round(x[k])] for k in range(len(x))])
    sure = np.clip(strength / 12.0, 0.0, 1.0)
    if float(np.median(sure[view.ct_seen.any(axis=(1, 2))])) < 0.2:
        return None
    x = _centred(density * behind[:, :, None], x, view)
    x = smooth_along(x, sure + 1e-3, 12.0 / view.spacing_mm[0])
    front = smooth_along(
        _front_edge(view.hu, x, behind, view), sure + 1e-3, 15.0 / view.spacing_mm[0]
    )
    return Spine(x=x, front=front, sure=sure)


def _best_path(score: Float[np.ndarray, "z x"], view: View) -> Float[np.ndarray, " z"]:
    """Return the path with the highest sum of scores whose slope stays below `_MAX_SLOPE`."""
    num_z, width = score.shape
    reach = max(1, round(_MAX_SLOPE * view.spacing_mm[0] / view.spacing_mm[2] + 0.5))
    steps = np.arange(-reach, reach + 1)
    total = score[0].copy()
    came = np.zeros((num_z, width), dtype=np.int64)
    for k in range(1, num_z):
        padded = np.pad(total, reach, constant_values=-np.inf)
        options = np.stack([padded[reach + s : reach + s + width] - 0.05 * abs(s) for s in steps])
        best = np.argmax(options, axis=0)
        came[k] = np.arange(width) + steps[best]
        total = options[best, np.arange(width)] + score[k]
    path = np.empty(num_z, dtype=np.int64)
    path[-1] = int(np.argmax(total))
    for k in range(num_z - 1, 0, -1):
        path[k - 1] = came[k, path[k]]
    return path.astype(np.float64)


def _centred(
    density: Float32[np.ndarray, "z y x"], x: Float[np.ndarray, " z"], view: View
) -> Float[np.ndarray, " z"]:
    """Move the path to the centre of mass of bone within 30 mm of it."""
    profile = density.sum(axis=1)
    columns = np.arange(profile.shape[1], dtype=np.float64)
    near = np.abs(columns[None, :] - x[:, None]) * view.spacing_mm[2] <= 30.0
    mass = (profile * near).sum(axis=1)
    centre = (profile * near * columns[None, :]).sum(axis=1) / np.maximum(mass, 1e-6)
    return np.where(mass > 0, centre, x)


def _front_edge(
    hu: Float32[np.ndarray, "z y x"],
    x: Float[np.ndarray, " z"],
    behind: Bool[np.ndarray, "z y"],
    view: View,
) -> Float[np.ndarray, " z"]:
    """Return where the bone near the path begins: the vertebral bodies' front edge.

    Forward from the densest 25 mm over bone and gaps as narrow as the spinal canal. Heart and aorta
    with contrast can be as dense as marrow and lie just before, so the edge must lie 22 to 98 mm
    before the tips of the spinous processes; else it is the first row above blood's density there,
    else 75 mm.
    """
    from scipy import ndimage

    columns = np.arange(hu.shape[2], dtype=np.float64)
    near = (np.abs(columns[None, :] - x[:, None]) * view.spacing_mm[2] <= 12.0)[:, None, :]
    share = near / np.maximum(near.sum(axis=2, keepdims=True), 1)
    along = (np.clip((hu - 100.0) / 200.0, 0.0, 1.5) * share).sum(axis=2) * behind
    blurred = ndimage.uniform_filter1d(along, max(3, view.mm(25.0, 1)), axis=1)
    peak = np.argmax(blurred, axis=1)
    level = blurred[np.arange(len(peak)), peak][:, None]
    rows = np.arange(along.shape[1])
    num = along.shape[1]
    tips = num - 1 - np.argmax((along >= 0.4 * level)[:, ::-1], axis=1)
    canal = np.ones((1, max(3, view.mm(22.0, 1))), dtype=bool)
    bone = ndimage.binary_closing(along >= 0.3 * level, canal) | (along >= 0.3 * level)
    gap = ~bone & (rows[None, :] < peak[:, None])
    edge = np.where(gap.any(axis=1), num - 0.5 - np.argmax(gap[:, ::-1], axis=1), 0.0)
    ahead = (tips[:, None] - rows[None, :]) * view.spacing_mm[1]
    allowed = (ahead >= 22.0) & (ahead <= 98.0)
    cortex = ((hu > 200.0) * share).sum(axis=2) * allowed > 0.3
    other = tips - 75.0 / view.spacing_mm[1]
    other = np.where(cortex.any(axis=1), np.argmax(cortex, axis=1), other)
    span = (tips - edge) * view.spacing_mm[1]
    return np.where((span >= 22.0) & (span <= 98.0), edge, other).astype(np.float64)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pelvis:
    """The hip bones on the working lattice, femora included when they touch."""

    crest: float
    """z position of the top of the iliac crests."""
    sides: Bool[np.ndarray, "z y x"]
    sure: float


def find_pelvis(
    view: View, bone: Bool[np.ndarray, "z y x"], spine: Spine, *, below: float
) -> Pelvis | None:
    """Return the hip bones: the largest bones beside the spine whose top lies below `below` (z)."""
    from scipy import ndimage

    if below <= 2:
        return None
    columns = np.arange(bone.shape[2], dtype=np.float64)
    lateral = (columns[None, :] - spine.x[:, None]) * view.spacing_mm[2]
    free = bone & (np.abs(lateral) > 32.0)[:, None, :] & (np.abs(lateral) < 190.0)[:, None, :]
    free[int(np.ceil(below)) :] = False
    tops: list[float] = []
    sides = np.zeros_like(bone)
    for sign in (-1.0, 1.0):
        half = free & (lateral * sign > 0)[:, None, :]
        labels, count = ndimage.label(half, structure=np.ones((3, 3, 3)))
        if count == 0:
            continue
        sizes = np.bincount(labels.ravel()) * view.voxel_ml
        sizes[0] = 0.0
        biggest = int(np.argmax(sizes))
        if sizes[biggest] < 60.0:
            continue
        part = labels == biggest
        heights = np.flatnonzero(part.sum(axis=(1, 2)) * view.voxel_ml * 10.0 > view.spacing_mm[0])
        tops.append(float(heights[-1]))
        sides |= part
    if not tops:
        return None
    agree = len(tops) == 2 and abs(tops[0] - tops[1]) * view.spacing_mm[0] < 25.0
    return Pelvis(crest=float(np.mean(tops)), sides=sides, sure=0.9 if agree else 0.4)
