"""Where normal uptake lies when no organ map shows the organ: boxes in the patient's own terms.

Heights are millimetres above the liver's centre, sides millimetres from the midline (left
positive), depth the share from front to back; sizes are those of adults. The boxes are generous and
the answers therefore weak: a place that lesions share with a normal organ is `doubtful`, which
makes the region undecided, not physiologic. Nothing is said without the liver's height.

Does not know tracers (the caller drops organs that its tracer does not mark). Source: adult anatomy
(distances between organ centres in whole-body CT atlases), checked on the two real exams.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from petscribe.quant.judging.regions import Region
from petscribe.quant.judging.scene import Scene

_COLD_MAP_FRAC = 0.5
_MANY_FOCI = 4
_FAINT_BOWEL = 1.25
_USUAL_SPREAD, _DIFFUSE_SPREAD = 1.6, 2.6
"""How many times its own median bowel reaches."""
_DIFFUSE_FOCI, _DIFFUSE_OVER = 8, 1.4
"""Number of candidates, and their median over the threshold, from which bowel is hot as a whole, as
under metformin."""
Span = tuple[float, float]
ANYWHERE: Span = (float("-inf"), float("inf"))


@dataclass(frozen=True, slots=True, kw_only=True)
class NormalPlace:
    """A place that fits, and how far that explains the uptake."""

    organ: str
    score: float
    reason: str
    doubtful: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class _Box:
    """What a region must fulfil to lie in a normal organ's place."""

    organ: str
    above_liver_mm: Span
    score: float
    reason: str
    lateral_mm: Span = ANYWHERE
    aside_mm: Span = (0.0, float("inf"))
    """Distance from the midline, either side."""
    depth_frac: Span = ANYWHERE
    volume_ml: Span = ANYWHERE
    core_ml: Span = ANYWHERE
    cluster_ml: Span = ANYWHERE
    over: Span = ANYWHERE
    """Peak over the threshold."""
    elongation: Span = ANYWHERE
    contrast: Span = ANYWHERE
    to_end_mm: Span = ANYWHERE
    hu: Span = ANYWHERE
    """With a CT only: a box with HU limits is silent without one."""
    doubtful: bool = False
    instead_of_map: bool = True
    """Silent when the map shows the organ; False: the organ reaches past what maps show."""
    despite_detail: bool = True
    """False: silent when the map is detailed."""


_BOXES: tuple[_Box, ...] = (
    _Box(
        organ="brain",
        above_liver_mm=(350.0, 750.0),
        cluster_ml=(100.0, float("inf")),
        score=0.8,
        reason="large uptake at the top of the head",
        instead_of_map=False,
    ),
    _Box(
        organ="brain",
        above_liver_mm=(340.0, 750.0),
        volume_ml=(15.0, float("inf")),
        to_end_mm=(0.0, 15.0),
        score=0.7,
        reason="the brain's base, cut by the top of the scan",
        instead_of_map=False,
    ),
    _Box(
        organ="bladder",
        above_liver_mm=(-520.0, -200.0),
        aside_mm=(0.0, 65.0),
        depth_frac=(0.05, 0.6),
        volume_ml=(10.0, 1500.0),
        over=(1.5, float("inf")),
        score=0.8,
        reason="hot and large in the middle of the pelvis",
    ),
    _Box(
        organ="heart",
        above_liver_mm=(15.0, 180.0),
        lateral_mm=(-15.0, 115.0),
        depth_frac=(0.1, 0.62),
        volume_ml=(15.0, 1500.0),
        score=0.65,
        reason="large, left front of the lower chest",
    ),
    _Box(
        organ="heart",
        above_liver_mm=(15.0, 180.0),
        lateral_mm=(-15.0, 115.0),
        depth_frac=(0.1, 0.62),
        volume_ml=(3.0, 15.0),
        over=(0.0, 2.0),
        score=0.6,
        reason="moderate, left front of the lower chest",
    ),
    _Box(
        organ="kidney",
        above_liver_mm=(-170.0, 60.0),
        aside_mm=(25.0, 120.0),
        depth_frac=(0.5, 0.9),
        score=0.7,
        reason="beside the spine below the ribs",
    ),
    _Box(
        organ="kidney",
        above_liver_mm=(-150.0, -40.0),
        aside_mm=(25.0, 70.0),
        depth_frac=(0.55, 0.8),
        core_ml=(0.0, 6.0),
        score=0.55,
        reason="small, where the renal pelvis lies",
        instead_of_map=False,
        despite_detail=False,
    ),
    _Box(
        organ="ureter",
        above_liver_mm=(-400.0, -30.0),
        aside_mm=(20.0, 65.0),
        depth_frac=(0.45, 0.85),
        core_ml=(0.0, 4.0),
        elongation=(1.8, float("inf")),
        score=0.6,
        reason="long and thin on the ureter's way",
        instead_of_map=False,
    ),
    _Box(
        organ="ureter",
        above_liver_mm=(-400.0, -30.0),
        aside_mm=(20.0, 65.0),
        depth_frac=(0.45, 0.85),
        core_ml=(0.0, 1.0),
        score=0.5,
        reason="small, on the ureter's way",
        doubtful=True,
        instead_of_map=False,
    ),
    _Box(
        organ="testis",
        above_liver_mm=(-700.0, -360.0),
        aside_mm=(0.0, 50.0),
        over=(0.0, 2.0),
        score=0.6,
        reason="moderate, in the middle below the pelvis",
    ),
    _Box(
        organ="esophagus",
        above_liver_mm=(60.0, 330.0),
        aside_mm=(0.0, 25.0),
        depth_frac=(0.4, 0.68),
        over=(0.0, 1.35),
        score=0.55,
        reason="faint, in front of the spine",
    ),
    _Box(
        organ="pharynx",
        above_liver_mm=(270.0, 460.0),
        aside_mm=(0.0, 45.0),
        depth_frac=(0.0, 0.75),
        over=(0.0, 1.4),
        contrast=(1.0, 4.0),
        score=0.6,
        reason="moderate and ill-defined, in the middle of throat or mouth",
    ),
    _Box(
        organ="marrow",
        above_liver_mm=(-300.0, 330.0),
        aside_mm=(0.0, 30.0),
        depth_frac=(0.5, 0.9),
        over=(0.0, 1.2),
        hu=(90.0, float("inf")),
        score=0.6,
        reason="faint, in a vertebra",
        instead_of_map=False,
    ),
)


_BOWEL = _Box(
    organ="bowel",
    above_liver_mm=(-330.0, 60.0),
    aside_mm=(0.0, 150.0),
    depth_frac=(0.1, 0.6),
    score=0.6,
    reason="in the front of the abdomen, no hotter than the other foci there",
)
_FIRM = (
    *("liver", "spleen", "lung", "pancreas", "adrenal_gland", "kidney", "gallbladder", "prostate"),
    *("vertebrae", "sacrum", "hip_", "femur", "rib_", "sternum", "humerus", "scapula", "clavicula"),
    *("skull", "mandible", "uterus", "ovary", "breast", "thyroid_gland", "lymph_node"),
)
"""Organs that leave no room for another one at the same place."""


def normal_place(region: Region, scene: Scene, *, over: float) -> NormalPlace | None:
    """Return the normal organ whose place and look fit `region`, or None.

    Args:
        region: the region.
        scene: says which organs the map shows, whose boxes are then left out. Only a bladder much
            colder than the region leaves a doubt: it fills and moves, and maps miss it.
        over: the region's peak over the threshold.
    """
    if region.above_liver_mm is None:
        return None
    for box in _BOXES:
        if is_firm(region) and not _may_override(box.organ, str(region.organ)):
            continue
        if scene.detailed and not box.despite_detail:
            continue
        mapped = box.instead_of_map and _shows(scene, box.organ, region)
        if mapped and (
            box.organ != "bladder" or scene.medians["bladder"] > _COLD_MAP_FRAC * region.peak
        ):
            continue
        if _fits(region, box, over):
            return NormalPlace(
                organ=box.organ,
                score=box.score,
                reason=box.reason,
                doubtful=box.doubtful or mapped,
            )
    return None


def _shows(scene: Scene, organ: str, region: Region) -> bool:
    """Tell whether the map shows the organ; of the kidneys, the one on the region's side."""
    if organ == "kidney" and not scene.detailed:
        return f"kidney_{'left' if region.lateral_mm > 0 else 'right'}" in scene.kidney_top_z
    return organ in scene.medians


def is_firm(region: Region) -> bool:
    """Tell whether the map puts the peak into an organ that leaves no room for another."""
    return region.organ is not None and region.organ.startswith(_FIRM)


def _may_override(organ: str, mapped: str) -> bool:
    """Tell whether the place of `organ` is surer than a map that says `mapped` there."""
    return organ in {"brain", "marrow"} or (organ == "kidney" and mapped == "spleen")


def bowel_candidates(regions: Sequence[Region], scene: Scene) -> list[Region]:
    """Return the regions that may be bowel: labelled so, or in its place without another organ."""
    mapped = "bowel" in scene.medians
    return [
        region
        for region in regions
        if region.inside.get("bowel", 0.0) >= 0.5
        or (
            not mapped
            and not is_firm(region)
            and region.to_kidney_mm is None
            and _fits(region, _BOWEL, 1.0)
        )
    ]


def bowel_limit(candidates: Sequence[Region], *, threshold: float) -> float:
    """Return the uptake up to which a bowel candidate is like the others.

    A few foci speak for themselves: only faint ones are bowel. From four on they are judged by
    their median, because active bowel is hot in many places at once; where it is hot as a whole,
    it varies more.
    """
    if len(candidates) < _MANY_FOCI:
        return _FAINT_BOWEL * threshold
    spread = _DIFFUSE_SPREAD if is_diffuse(candidates, threshold=threshold) else _USUAL_SPREAD
    usual = float(np.median([region.peak for region in candidates]))
    return max(spread * usual, _FAINT_BOWEL * threshold)


def is_diffuse(candidates: Sequence[Region], *, threshold: float) -> bool:
    """Tell whether bowel is hot as a whole, so that even a round hot focus in it says little."""
    if len(candidates) < _DIFFUSE_FOCI:
        return False
    return float(np.median([r.peak for r in candidates])) > _DIFFUSE_OVER * threshold


def _fits(region: Region, box: _Box, over: float) -> bool:
    values = _values(region, over)
    return all(_within(values[name], getattr(box, name)) for name in values)


def _values(region: Region, over: float) -> Mapping[str, float | None]:
    return {
        "above_liver_mm": region.above_liver_mm,
        "lateral_mm": region.lateral_mm,
        "aside_mm": abs(region.lateral_mm),
        "depth_frac": region.depth_frac,
        "volume_ml": region.volume_ml,
        "core_ml": region.core_ml,
        "cluster_ml": region.cluster_ml,
        "over": over,
        "elongation": region.elongation,
        "contrast": region.contrast,
        "to_end_mm": region.to_end_mm,
        "hu": region.hu,
    }


def _within(value: float | None, span: Span) -> bool:
    if span == ANYWHERE:
        return True
    return value is not None and span[0] <= value <= span[1]
