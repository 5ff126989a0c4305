"""Which bone a dense voxel belongs to, by where it lies in the frame: the built-in's skeleton.

Vertebrae by level along the spine, ribs by how they slope forward from their vertebra, the rest by
place. Approximate: the level of the frame decides the number.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float, Float32, Int, UInt8

from petscribe.anatomy.levels import NAMES
from petscribe.anatomy.seen.axes import Coordinates
from petscribe.anatomy.seen.view import View

RIB_DROP = ((0.0, 0.25, 0.5, 0.75, 1.0), (0.0, 0.9, 2.4, 3.7, 4.4))
"""Way round the chest from the spine (0) to the breast bone (1), and levels below the vertebra."""


def rib_number(
    level: Float[np.ndarray, "*n"], around: Float[np.ndarray, "*n"]
) -> Int[np.ndarray, "*n"]:
    """Return the rib's number from its level and its way round the chest (0 spine, 1 front)."""
    number = np.floor(level - 7.0 - np.interp(around, *RIB_DROP) + 0.5)
    return np.asarray(np.clip(number, 1, 12), dtype=np.int64)


@dataclass(frozen=True, slots=True, kw_only=True)
class Points:
    """Voxels as lists: their positions and body coordinates."""

    index: tuple[Int[np.ndarray, " n"], Int[np.ndarray, " n"], Int[np.ndarray, " n"]]
    lateral_mm: Float32[np.ndarray, " n"]
    behind_mm: Float32[np.ndarray, " n"]
    depth: Float32[np.ndarray, " n"]
    across: Float32[np.ndarray, " n"]
    level: Float32[np.ndarray, " n"]
    dense: Bool[np.ndarray, " n"]
    """Bone by its density; the others are marrow inside the column."""
    hip: Bool[np.ndarray, " n"]
    """Connected with a hip bone."""


def bone_numbers(
    view: View,
    bone: Bool[np.ndarray, "z y x"],
    where: Coordinates,
    *,
    hips: Bool[np.ndarray, "z y x"] | None,
    numbers: Mapping[str, int],
) -> tuple[tuple[Int[np.ndarray, " n"], ...], UInt8[np.ndarray, " n"]]:
    """Return positions of bone and the number of the bone that each belongs to, 0 for none.

    Args:
        view: the exam made small.
        bone: dense voxels.
        where: body coordinates.
        hips: voxels of the hip bones when they were told apart.
        numbers: number of each bone's name.
    """
    points = _points(bone | _marrow(view, where), bone, where, hips)
    labels = np.zeros(points.level.shape, dtype=np.uint8)
    for name, chosen in _outer_bones(points):
        labels[chosen] = numbers[name]
    column = _column(points)
    labels[column & (points.level >= 24.5) & (points.level < 30.5)] = numbers["sacrum"]
    for number in range(1, 25):
        here = column & (points.level >= number - 0.5) & (points.level < number + 0.5)
        labels[here] = numbers[f"vertebrae_{NAMES[number - 1]}"]
    return points.index, labels


def _points(
    voxels: Bool[np.ndarray, "z y x"],
    bone: Bool[np.ndarray, "z y x"],
    where: Coordinates,
    hips: Bool[np.ndarray, "z y x"] | None,
) -> Points:
    z, y, x = np.nonzero(voxels)
    return Points(
        index=(z, y, x),
        lateral_mm=where.lateral_mm[z, 0, x],
        behind_mm=where.behind_mm[z, y, 0],
        depth=where.depth[z, y, 0],
        across=where.across[z, 0, x],
        level=where.level[z, 0, 0],
        dense=bone[z, y, x],
        hip=np.ones(z.shape, dtype=bool) if hips is None else hips[z, y, x],
    )


def _outer_bones(points: Points) -> Iterator[tuple[str, Bool[np.ndarray, " n"]]]:
    """Yield every bone but the column, coarse to fine: a later one may cover an earlier one."""
    level, depth, dense = points.level, points.depth, points.dense
    away = np.abs(points.lateral_mm)
    yield "skull", dense & (level < 0.9)
    yield "sternum", dense & (away < 38.0) & (depth < 0.27) & (level > 9.0) & (level < 18.5)
    cage = np.interp(level, (8.0, 9.0, 10.0, 12.0, 15.0), (62.0, 88.0, 112.0, 140.0, 156.0))
    ribs = dense & (level > 8.0) & (level < 22.0) & (away > 30.0) & (away < cage)
    rib = rib_number(level.astype(np.float64), way_round(points.across, depth))
    for side, sign in (("right", -1.0), ("left", 1.0)):
        mine = points.lateral_mm * sign > 0.0
        for number in range(1, 13):
            yield f"rib_{side}_{number}", ribs & mine & (rib == number)
        mine &= dense
        behind = (np.abs(points.across) > 0.5) & (depth > 0.66) & (away > 70.0)
        girdle = (level > 7.0) & (level < 12.0) & (away > cage)
        yield f"scapula_{side}", mine & (level > 7.6) & (level < 15.5) & (behind | girdle)
        before = (away > 12.0) & (away < 118.0) & (depth < 0.52) & (points.behind_mm < -28.0)
        yield f"clavicula_{side}", mine & (level > 7.0) & (level < 10.2) & before
        head = (away > 118.0) & (level < 11.0) & (depth > 0.2) & (depth < 0.62)
        shaft = (away > 158.0) & (level < 17.0)
        yield f"humerus_{side}", mine & (head | shaft) & (level > 3.0)
        pelvic = mine & points.hip & (away > 30.0)
        yield f"hip_{side}", pelvic & (level > 22.3) & (level < 31.6)
        head = (level > 27.6) & (away > 78.0) & (depth > 0.32) & (depth < 0.62)
        shaft = (level > 29.2) & ((away > 82.0) | (level > 31.6))
        yield f"femur_{side}", mine & (head | shaft)


def _marrow(view: View, where: Coordinates) -> Bool[np.ndarray, "z y x"]:
    """The inside of the vertebral bodies, where the density is that of marrow at least."""
    if view.hu is None:
        return np.zeros(view.pet.shape, dtype=bool)
    radius = np.interp(where.level, (1.0, 8.0, 16.0, 24.0), (10.0, 12.0, 16.0, 20.0))
    inside: Bool[np.ndarray, "z y x"] = (where.lateral_mm / radius) ** 2 + (
        where.behind_mm / (0.8 * radius)
    ) ** 2 < 1.0
    return inside & (view.hu > 60.0) & (where.level > 0.5)


def _column(points: Points) -> Bool[np.ndarray, " n"]:
    """The vertebral column: bone near its path, and the bodies' marrow inside."""
    level = points.level
    width = np.interp(level, (1.0, 7.0, 12.0, 20.0, 24.0, 26.0), (24, 26, 28, 34, 40, 52))
    # beside the arches of the chest's vertebrae are the ribs' necks
    chest = (level > 8.0) & (level < 19.5) & (points.behind_mm > 20.0)
    width = np.where(chest, np.minimum(width, 24.0), width)
    near = (np.abs(points.lateral_mm) < width) & (points.behind_mm > -19.0)
    column: Bool[np.ndarray, " n"] = near & (points.behind_mm < np.where(level > 8.0, 70.0, 45.0))
    return column


def way_round(
    across: Float32[np.ndarray, "*n"], depth: Float32[np.ndarray, "*n"]
) -> Float[np.ndarray, "*n"]:
    """Return 0 at the spine, 0.5 at the flank, 1 at the front, by the angle about the chest."""
    angle = np.arctan2(np.abs(across), (depth - 0.5) * 1.9)
    return np.asarray(angle / np.pi, dtype=np.float64)
