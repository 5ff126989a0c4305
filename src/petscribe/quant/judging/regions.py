"""What is known of every hot region before it is judged: size, contrast, organ, place, CT.

A region's core is its voxels of at least half its smoothed maximum and above its saddle towards a
neighbour. Its background is the median uptake of a shell that keeps clear of the core. Organs come
from an organ map on the PET grid; a core voxel outside every organ of normal uptake is `near` the
closest one within `NEAR_MM`, because uptake blurs and organs move (voxels in lung are not: a lung
lesion beside the heart stays one). Places are in the patient's own terms: millimetres from the
midline (left positive), share of the depth from front to back, millimetres above the liver's
centre.

Does not know tracers' limits or verdicts. CT is looked up at single points, never resampled.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int

from petscribe.core.exam import Exam
from petscribe.core.volume import Mask, Volume
from petscribe.quant.judging.hot_regions import HotVoxels
from petscribe.quant.judging.scene import Scene
from petscribe.quant.judging.tracers import uptake_class
from petscribe.quant.suv_metrics import sphere_offsets

NEAR_MM = 8.0
SHELLS_MM = (11.0, 15.0, 20.0, 27.0, 36.0, 48.0)
"""Inner radii of the shells that may give a region's background; each is 7 mm thick."""
SHELL_CLEARANCE_MM = 6.0
"""Least distance from a ball of the core's volume to the shell."""

_FAT_HU = (-150.0, -30.0)
KIDNEY_REACH_MM = 24.0
CLEARLY = 1.3
_GAS_HU = -300.0
_GAS_FRAC = 0.03
_MAX_CT_POINTS = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class Region:
    """One hot region, measured; lengths in mm, uptake in the PET's unit."""

    members: Int[np.ndarray, " n"]
    """Positions of its voxels in `HotVoxels.index`."""
    peak: float
    """Smoothed maximum."""
    background: float
    """Median smoothed uptake of the shell around it."""
    contrast: float
    """Peak over background."""
    saddle_frac: float
    """Highest saddle towards another region over the peak; 0 when it stands alone."""
    neighbour: int
    """Number of the region beyond that saddle; -1 when it stands alone."""
    volume_ml: float
    core_ml: float
    elongation: float
    """Longest over middle principal extent of the core; 1 for a ball."""
    lateral_mm: float
    depth_frac: float
    half_width_mm: float
    above_liver_mm: float | None
    to_end_mm: float
    """Distance from the peak to the nearer end of the scanned length."""
    position_mm: Float[np.ndarray, " xyz"]
    inside: Mapping[str, float]
    """Share of the core inside each class of normal uptake."""
    near: Mapping[str, float]
    """Share of the core near, but outside, each class of normal uptake."""
    organ: str | None
    """Organ of the map that holds the peak; None where the map names none."""
    hu: float | None
    """Mean CT value of the core."""
    fat_frac: float
    """Share of the core with the CT value of fat."""
    gas_near: bool
    """Whether the CT shows gas around the core."""
    cluster_ml: float
    """Volume of all clearly hot voxels (`CLEARLY` times the threshold) in the regions connected to
    it: of a whole organ that fell into pieces."""
    to_kidney_mm: float | None
    """Distance from the peak to the nearest mapped kidney within `KIDNEY_REACH_MM`, else None."""
    below_kidney_top_mm: float
    """How far the peak lies below the top of that kidney."""


@dataclass(frozen=True, slots=True)
class _Painted:
    """The organ map, ready to be asked for classes at voxels."""

    labels: np.ndarray | None
    class_of: np.ndarray
    """Class number of each label: 0 none, -1 none and never near (lung)."""
    names: tuple[str, ...]
    """Name of class number k + 1."""
    offsets: Int[np.ndarray, "k zyx"]
    """Steps within `NEAR_MM`, nearest first."""


def describe(
    exam: Exam,
    scene: Scene,
    hot: HotVoxels,
    *,
    organs: Mask | None,
    smooth: Float[np.ndarray, "z y x"],
    threshold: float,
) -> list[Region]:
    """Measure every region of `hot` whose peak reaches `threshold`, hottest first."""
    count = int(np.count_nonzero(hot.smooth[hot.peaks] >= threshold))
    order = np.argsort(hot.region, kind="stable")
    bounds = np.searchsorted(hot.region[order], np.arange(count + 1))
    painted = _paint(exam, organs)
    shells = _shells(exam)
    clusters = _cluster_voxels(hot, CLEARLY * threshold)
    kidney_steps = sphere_offsets(exam.pet.grid, KIDNEY_REACH_MM)
    regions = []
    for k in range(count):
        members = order[bounds[k] : bounds[k + 1]]
        uptake = float(hot.smooth[hot.peaks[k]])
        core = members[hot.smooth[members] >= max(0.5 * uptake, float(hot.saddles[k]))]
        peak = hot.index[hot.peaks[k]]
        background = _background(exam, smooth, hot.index[core], shells)
        inside, near = _shares(painted, hot.index[core])
        hu, fat_frac, gas_near = _ct(exam, hot.index[core])
        to_kidney, below_top = _to_kidney(exam, scene, organs, peak=peak, steps=kidney_steps)
        regions.append(
            Region(
                members=members,
                peak=uptake,
                background=background,
                contrast=uptake / max(background, 0.05 * uptake),
                saddle_frac=float(hot.saddles[k]) / uptake,
                neighbour=int(hot.neighbours[k]),
                volume_ml=len(members) * exam.pet.grid.voxel_volume_ml,
                core_ml=len(core) * exam.pet.grid.voxel_volume_ml,
                elongation=_elongation(exam, hot.index[core]),
                position_mm=exam.pet.grid.to_world(peak),
                inside=inside,
                near=near,
                organ=_organ_at(organs, peak),
                hu=hu,
                fat_frac=fat_frac,
                gas_near=gas_near,
                cluster_ml=float(clusters[k]) * exam.pet.grid.voxel_volume_ml,
                to_kidney_mm=to_kidney,
                below_kidney_top_mm=below_top,
                **scene.place(exam.pet.grid, peak),
            )
        )
    return regions


def _cluster_voxels(hot: HotVoxels, level: float) -> Int[np.ndarray, " regions"]:
    """Return, for every region, the voxels above `level` of all regions it is connected to."""
    leader = np.arange(len(hot.peaks))
    touching = np.flatnonzero(hot.neighbours >= 0)
    while True:
        # every region takes the smallest number known around it until nothing changes
        before = leader.copy()
        np.minimum.at(leader, touching, leader[hot.neighbours[touching]])
        np.minimum.at(leader, hot.neighbours[touching], leader[touching])
        leader = leader[leader]
        if np.array_equal(leader, before):
            break
    sizes = np.bincount(leader[hot.region[hot.smooth >= level]], minlength=len(leader))
    return sizes[leader].astype(np.int64)


def _to_kidney(
    exam: Exam,
    scene: Scene,
    organs: Mask | None,
    *,
    peak: Int[np.ndarray, " zyx"],
    steps: Int[np.ndarray, "k zyx"],
) -> tuple[float | None, float]:
    """Return the distance to the nearest mapped kidney, and how far its top is above the peak."""
    if organs is None or not scene.kidney_top_z:
        return None, 0.0
    where = peak + steps
    inside = np.all((where >= 0) & (where < organs.labels.shape), axis=1)
    labels = organs.labels[tuple(where[inside].T)]
    found = []
    for label, name in organs.names.items():
        hit = labels == label if name in scene.kidney_top_z else None
        if hit is not None and hit.any():
            apart = steps[inside][hit] @ exam.pet.grid.affine[:3, :3].T
            found.append((float(np.linalg.norm(apart, axis=1).min()), name))
    if not found:
        return None, 0.0
    distance, name = min(found)
    return distance, (scene.kidney_top_z[name] - int(peak[0])) * exam.pet.grid.spacing_mm[0]


def _paint(exam: Exam, organs: Mask | None) -> _Painted:
    offsets = sphere_offsets(exam.pet.grid, NEAR_MM)
    distance = np.linalg.norm(offsets @ exam.pet.grid.affine[:3, :3].T, axis=1)
    offsets = offsets[np.argsort(distance, kind="stable")]
    if organs is None:
        return _Painted(None, np.zeros(1, dtype=np.int64), (), offsets)
    names = tuple(sorted({c for n in organs.names.values() if (c := uptake_class(n))}))
    class_of = np.zeros(max(int(organs.labels.max(initial=0)), *organs.names, 0) + 1, dtype=int)
    for label, name in organs.names.items():
        group = uptake_class(name)
        if group is not None:
            class_of[label] = names.index(group) + 1
        elif name.startswith("lung"):
            class_of[label] = -1
    return _Painted(organs.labels, class_of, names, offsets)


def _shares(
    painted: _Painted, core: Int[np.ndarray, "n zyx"]
) -> tuple[dict[str, float], dict[str, float]]:
    """Return the core's share inside and near each class."""
    if painted.labels is None:
        return {}, {}
    own = painted.class_of[painted.labels[tuple(core.T)]]
    inside = _count(own[own > 0], len(own), painted.names)
    if not (own == 0).any():
        return inside, {}
    free = core[own == 0]
    where = free[:, None, :] + painted.offsets
    np.clip(where, 0, np.array(painted.labels.shape) - 1, out=where)
    around = painted.class_of[painted.labels[where[..., 0], where[..., 1], where[..., 2]]]
    first = np.argmax(around > 0, axis=1)
    nearest = around[np.arange(len(free)), first]
    return inside, _count(nearest[nearest > 0], len(own), painted.names)


def _count(classes: Int[np.ndarray, " n"], total: int, names: tuple[str, ...]) -> dict[str, float]:
    counts = np.bincount(classes, minlength=1)
    return {names[k - 1]: float(counts[k] / total) for k in np.flatnonzero(counts)}


def _organ_at(organs: Mask | None, peak: Int[np.ndarray, " zyx"]) -> str | None:
    if organs is None:
        return None
    name = organs.names.get(int(organs.labels[tuple(peak)]))
    return None if name == "body" else name


def _shells(exam: Exam) -> dict[float, Int[np.ndarray, "_ zyx"]]:
    """Return the steps of each shell, by its inner radius."""
    matrix = exam.pet.grid.affine[:3, :3].T
    shells = {}
    for inner in SHELLS_MM:
        ball = sphere_offsets(exam.pet.grid, inner + 7.0)
        shells[inner] = ball[np.linalg.norm(ball @ matrix, axis=1) >= inner]
    return shells


def _background(
    exam: Exam,
    smooth: Float[np.ndarray, "z y x"],
    core: Int[np.ndarray, "n zyx"],
    shells: Mapping[float, Int[np.ndarray, "_ zyx"]],
) -> float:
    radius = (3.0 / (4.0 * np.pi) * len(core) * exam.pet.grid.voxel_volume_ml * 1000.0) ** (1 / 3)
    wide = [inner for inner in SHELLS_MM if inner >= radius + SHELL_CLEARANCE_MM]
    shell = shells[wide[0] if wide else SHELLS_MM[-1]]
    where = np.rint(core.mean(axis=0)).astype(np.int64) + shell
    where = where[np.all((where >= 0) & (where < smooth.shape), axis=1)]
    return float(np.median(smooth[tuple(where.T)])) if len(where) else 0.0


def _elongation(exam: Exam, core: Int[np.ndarray, "n zyx"]) -> float:
    spread = (
        np.cov((core @ exam.pet.grid.affine[:3, :3].T).T) if len(core) > 1 else np.zeros((3, 3))
    )
    # a voxel's own width keeps a single voxel round
    own = float(np.mean(np.square(exam.pet.grid.spacing_mm))) / 12.0
    small, middle, large = np.sqrt(np.maximum(np.linalg.eigvalsh(spread), 0.0) + own)
    del small
    return float(large / middle)


def _ct(exam: Exam, core: Int[np.ndarray, "n zyx"]) -> tuple[float | None, float, bool]:
    """Return the core's mean HU, its share of fat, and whether gas lies in it or 15 mm beside."""
    if exam.ct is None:
        return None, 0.0, False
    points = core[:: max(1, len(core) // _MAX_CT_POINTS + 1)]
    values = _ct_at(exam.ct, exam.pet.grid.to_world(points))
    if not values.size:
        return None, 0.0, False
    z, y, x = np.meshgrid(*[np.linspace(-15.0, 15.0, 7)] * 3, indexing="ij")
    centre = exam.pet.grid.to_world(core.mean(axis=0))
    around = _ct_at(exam.ct, centre + np.stack([x, y, z], axis=-1).reshape(-1, 3))
    gas = float(np.mean(around < _GAS_HU)) if around.size else 0.0
    fat = float(np.mean((values > _FAT_HU[0]) & (values < _FAT_HU[1])))
    return float(values.mean()), fat, gas > _GAS_FRAC


def _ct_at(ct: Volume, world_mm: Float[np.ndarray, "n xyz"]) -> Float[np.ndarray, " m"]:
    """Return the nearest CT values of the points that were measured."""
    index = np.rint(ct.grid.to_index(world_mm)).astype(np.int64)
    index = index[np.all((index >= 0) & (index < ct.array.shape), axis=1)]
    values = ct.array[tuple(index.T)]
    if ct.padding is not None:
        values = values[values != ct.padding]
    values = values.astype(np.float64)
    return values[np.isfinite(values)]
