"""The verdict on every hot region: lesion, physiologic (which organ) or undecided, and why.

Rules are asked in a fixed order; the first that has an opinion decides: organs of the map, parts of
an organ already explained, places that a tracer marks although no map shows them (`places`), fat
and symmetry, the end of the field of view, and last contrast, which always has an opinion. Regions
are judged hottest first, so that a region can be told from the hotter organ it hangs on.

Score: how sure the verdict is, 0-1. For the last rule it is a logistic function of log uptake over
the threshold and over the surroundings, tuned on phantoms of seeds below 1000.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from petscribe.core.lesion import Verdict
from petscribe.quant.judging.places import (
    bowel_candidates,
    bowel_limit,
    is_diffuse,
    is_firm,
    normal_place,
)
from petscribe.quant.judging.regions import Region
from petscribe.quant.judging.scene import Scene
from petscribe.quant.judging.tracers import ANY, TracerRules, uptake_class

_INSIDE = 0.5
"""Share of a region's core in an organ from which the region is the organ's."""
_PART_SADDLE = 0.6
"""A region whose saddle to an explained organ is this high is part of the organ."""
SCAN_END = "scan_end"
"""Groups the doubtful regions at the ends of the scan: they are one question, not many."""
_END_MM = 8.0
_FAINT = {"marrow": 1.25, "stomach": 1.3}
"""Uptake over the threshold up to which an organ's noise reaches, whatever its median."""
_END_SURE = 3.0
_ADRENAL_MM, _ADRENAL_HEIGHT_MM, _ADRENAL_ROUND, _ADRENAL_ML = 12.0, -35.0, 1.25, 1.5
_ARM_MM, _ARM_CONTRAST, _ARM_ML = 180.0, 10.0, 2.0
_OUTFLOW_MM, _OUTFLOW_EXACT_MM, _OUTFLOW_ML = 23.0, 13.0, 8.0
_ROUND, _WELL_DEFINED, _SURE_FOCUS = 1.35, 3.0, 1.25
"""Elongation below, contrast and uptake over the threshold above which a focus is no bowel loop."""
_LESION_SCORE = 0.55
_WARM_ORGAN, _WARM_SURE = 0.8, 1.1
_SMALL_ML, _SMALL, _SMALL_SURE = 0.8, 0.6, 1.5
"""Small regions may be noise: what that takes off the logit, less with more uptake."""
_MANY_BONES, _MARROW_SPREAD, _MARROW_LIMIT = 6, 1.25, 1.6
"""Places in bone from which marrow is hot as a whole, how far they may differ, and how hot they may
be over the threshold before they are metastases after all."""
_FAT_SHARE = 0.6
_BROWN_FAT_MM = 60.0
"""Height above the liver's centre from which fat may be brown: below it lie the adrenal glands."""
_LUMP_ML, _LUMP_ROUND = 40.0, 1.7
"""A region this large and no longer than this is a mass, not a loop of bowel."""
_PAIR_MM = (15.0, 20.0, 25.0)
"""How far mirrored regions may differ: height, side, depth."""
_PAIR_RATIO = 1.6
_PAIR_LIMIT, _PAIR_CONTRAST = 2.5, 5.0
"""Hotter or sharper pairs are nodes on both sides, unless the tracer marks salivary glands."""
_REACH = frozenset({"kidney", "ureter", "bladder", "brain", "gallbladder", "salivary", "lacrimal"})
"""Organs whose uptake blurs or runs out past their outline."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Opinion:
    """A verdict with its score and reason."""

    verdict: Verdict
    score: float
    reason: str
    organ: str | None = None
    """Class of normal uptake, or another word under which regions belong together."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One region before the judge, with its surroundings and the opinions on hotter ones."""

    region: Region
    regions: tuple[Region, ...]
    earlier: tuple[Opinion, ...]
    scene: Scene
    rules: TracerRules
    threshold: float
    bowel: tuple[Region, ...]
    """All regions that may be bowel."""

    @property
    def over(self) -> float:
        """Peak over the threshold."""
        return self.region.peak / self.threshold


def judge_all(
    regions: tuple[Region, ...], scene: Scene, rules: TracerRules, *, threshold: float
) -> tuple[Opinion, ...]:
    """Judge every region, hottest first."""
    bowel = tuple(bowel_candidates(regions, scene))
    opinions: tuple[Opinion, ...] = ()
    for region in regions:
        case = Case(
            region=region,
            regions=regions,
            earlier=opinions,
            scene=scene,
            rules=rules,
            threshold=threshold,
            bowel=bowel,
        )
        opinions = (*opinions, judge(case))
    return opinions


def judge(case: Case) -> Opinion:
    """Return the first opinion of the rules in their order."""
    for rule in _RULES:
        opinion = rule(case)
        if opinion is not None:
            return opinion
    return _by_contrast(case)


def _in_normal_organ(case: Case) -> Opinion | None:
    """Uptake inside (or, for excretion, at) an organ of the map that this tracer marks."""
    region = case.region
    for organ in sorted(case.rules.normal):
        share = region.inside.get(organ, 0.0)
        holds_peak = region.organ is not None and uptake_class(region.organ) == organ
        faint_bone = organ == "marrow" and case.over <= _FAINT["marrow"]
        if organ == "kidney" and _is_adrenal(case):
            continue
        if holds_peak or faint_bone or (organ in _REACH and not is_firm(region)):
            share += region.near.get(organ, 0.0)
        if share < _INSIDE or organ == "bowel":
            continue
        limit = case.rules.normal[organ]
        if limit == ANY:
            return _normal(case, organ, 0.95 if region.inside.get(organ, 0.0) > _INSIDE else 0.75)
        floor = _FAINT.get(organ, 1.0) * case.threshold
        if region.peak <= max(limit * case.scene.medians.get(organ, 0.0), floor):
            return _normal(case, organ, 0.85)
    return None


def _is_adrenal(case: Case) -> bool:
    """Tell whether a region at a kidney may be the adrenal gland above it.

    Outside the kidney: it lies at the kidney's top. A rough map's kidney may have swallowed the
    gland: then a round focus as high as the liver's middle is not the kidney.
    """
    region = case.region
    high = region.above_liver_mm is not None and region.above_liver_mm > _ADRENAL_HEIGHT_MM
    if region.inside.get("kidney", 0.0) < _INSIDE and (
        high or region.below_kidney_top_mm < _ADRENAL_MM
    ):
        return True
    sharp = region.elongation < _ADRENAL_ROUND and region.core_ml > _ADRENAL_ML
    return not case.scene.detailed and high and sharp


def _part_of_organ(case: Case) -> Opinion | None:
    """A region that hangs on a hotter one already explained as a hot organ."""
    region = case.region
    if region.saddle_frac < _PART_SADDLE or not 0 <= region.neighbour < len(case.earlier):
        return None
    other = case.earlier[region.neighbour]
    if other.organ is None or case.rules.normal.get(other.organ) != ANY:
        return None
    return Opinion(
        verdict="physiologic",
        score=0.7,
        reason=f"part of the uptake of {_words(other.organ)}",
        organ=other.organ,
    )


def _outflow_of_kidney(case: Case) -> Opinion | None:
    """Uptake in no other organ beside a kidney and below its top: pelvis and upper ureter.

    Above the kidney's top lies the adrenal gland, which is no outflow.
    """
    region = case.region
    if region.to_kidney_mm is None or is_firm(region) or "ureter" not in case.rules.normal:
        return None
    in_bowel = region.inside.get("bowel", 0.0) >= _INSIDE
    if _is_adrenal(case) or in_bowel or region.core_ml > _OUTFLOW_ML:
        return None
    reach = _OUTFLOW_EXACT_MM if case.scene.detailed else _OUTFLOW_MM
    if 0.0 < region.to_kidney_mm <= reach:
        return Opinion(
            verdict="physiologic",
            score=0.7,
            reason=f"outflow of the kidney, {region.to_kidney_mm:.0f} mm from it",
            organ="kidney",
        )
    return None


def _like_bowel(case: Case) -> Opinion | None:
    """Uptake in the bowel (or its place) that is no hotter than bowel is elsewhere here."""
    if "bowel" not in case.rules.normal or not any(case.region is r for r in case.bowel):
        return None
    focal = (
        case.region.elongation < _ROUND
        and case.region.contrast > _WELL_DEFINED
        and case.over > _SURE_FOCUS
    )
    if case.region.core_ml > _LUMP_ML and case.region.elongation < _LUMP_ROUND:
        return None
    if (
        focal
        and not is_diffuse(case.bowel, threshold=case.threshold)
        and "bowel" not in case.region.inside
    ):
        return None
    organ_limit = case.rules.normal["bowel"] * case.scene.medians.get("bowel", 0.0)
    if case.region.peak > max(bowel_limit(case.bowel, threshold=case.threshold), organ_limit):
        return None
    return Opinion(
        verdict="physiologic",
        score=0.65,
        reason="bowel: no hotter than the rest of it",
        organ="bowel",
    )


def _like_marrow(case: Case) -> Opinion | None:
    """Uptake in a bone that is like that of many other bones: stimulated marrow, not metastases."""
    if "marrow" not in case.rules.normal or _bone_share(case.region) < _INSIDE:
        return None
    peaks = [region.peak for region in case.regions if _bone_share(region) >= _INSIDE]
    usual = float(np.median(peaks))
    if len(peaks) < _MANY_BONES or case.region.peak > _MARROW_SPREAD * usual:
        return None
    if usual > _MARROW_LIMIT * case.threshold:
        return None
    return Opinion(
        verdict="physiologic",
        score=0.6,
        reason=f"marrow: like that of {len(peaks)} other places in bone",
        organ="marrow",
    )


def _bone_share(region: Region) -> float:
    return region.inside.get("marrow", 0.0) + region.near.get("marrow", 0.0)


def _in_normal_place(case: Case) -> Opinion | None:
    """Uptake where this tracer is normally seen although no map shows the organ."""
    place = normal_place(case.region, case.scene, over=case.over)
    if place is None or place.organ not in case.rules.normal:
        return None
    if place.doubtful:
        return Opinion(
            verdict="undecided",
            score=place.score,
            reason=f"may be {_words(place.organ)}: {place.reason}",
        )
    return Opinion(
        verdict="physiologic",
        score=place.score,
        reason=f"{_words(place.organ)} by place: {place.reason}",
        organ=place.organ,
    )


def _in_fat(case: Case) -> Opinion | None:
    """Uptake in tissue that the CT shows to be fat: brown fat, for tracers that mark it."""
    if "brown_fat" not in case.rules.normal or case.region.fat_frac < _FAT_SHARE:
        return None
    above = case.region.above_liver_mm
    if above is not None and above < _BROWN_FAT_MM:
        return None
    return Opinion(
        verdict="physiologic",
        score=0.7,
        reason=f"brown fat: {100 * case.region.fat_frac:.0f} % of it is fat on the CT",
        organ="brown_fat",
    )


def _mirrored(case: Case) -> Opinion | None:
    """Uptake of the neck and shoulders with its like on the other side."""
    region = case.region
    above = region.above_liver_mm
    if above is None or above < 250.0 or abs(region.lateral_mm) < 12.0:
        return None
    marked = case.rules.normal.get("salivary") == ANY
    if not marked and (case.over > _PAIR_LIMIT or region.contrast > _PAIR_CONTRAST):
        return None
    if any(other is not region and _pair(region, other) for other in case.regions):
        return Opinion(
            verdict="physiologic",
            score=0.6,
            reason="symmetric uptake of the neck",
            organ="salivary",
        )
    return None


def _pair(one: Region, two: Region) -> bool:
    height, side, depth = _PAIR_MM
    apart = np.abs(one.position_mm - two.position_mm)
    return bool(
        abs(one.lateral_mm + two.lateral_mm) < side
        and apart[1] < depth
        and apart[2] < height
        and max(one.peak, two.peak) < _PAIR_RATIO * min(one.peak, two.peak)
    )


def _at_the_end(case: Case) -> Opinion | None:
    """Uptake in the outermost slices, where noise is high and neighbours are missing."""
    if case.region.to_end_mm > _END_MM or case.over > _END_SURE:
        return None
    return Opinion(
        verdict="undecided",
        score=0.6,
        reason="at the end of the scanned length, where noise is high",
        organ=SCAN_END,
    )


def _in_an_arm(case: Case) -> Opinion | None:
    """A small very hot spot far out at the side: a vein or the injection site as likely as not."""
    region = case.region
    far = abs(region.lateral_mm) > _ARM_MM and region.core_ml < _ARM_ML
    if not far or region.contrast < _ARM_CONTRAST:
        return None
    return Opinion(
        verdict="undecided",
        score=0.55,
        reason="may be the injection site or a vein of the arm",
        organ="injection",
    )


_RULES: tuple[Callable[[Case], Opinion | None], ...] = (
    _in_normal_organ,
    _part_of_organ,
    _outflow_of_kidney,
    _like_bowel,
    _like_marrow,
    _in_normal_place,
    _in_fat,
    _mirrored,
    _at_the_end,
    _in_an_arm,
)


def _by_contrast(case: Case) -> Opinion:
    """Weigh uptake over the threshold and over the surroundings."""
    region = case.region
    logit = 4.0 * np.log(case.over) + 1.5 * np.log(region.contrast) - 1.4
    if _in_warm_organ(case):
        logit += _WARM_ORGAN  # its surroundings are the organ: little contrast can be expected
    if region.core_ml < _SMALL_ML:
        logit -= _SMALL * max(0.0, 1.0 - np.log(case.over) / np.log(_SMALL_SURE))
    score = float(1.0 / (1.0 + np.exp(-logit)))
    words = f"{case.over:.1f} times the threshold, {region.contrast:.1f} times its surroundings"
    if score >= _LESION_SCORE:
        return Opinion(verdict="lesion", score=score, reason=words)
    return Opinion(verdict="undecided", score=1.0 - score, reason=f"weak: {words}")


def _in_warm_organ(case: Case) -> bool:
    inside = case.region.inside
    share = max(inside.get("liver", 0.0), inside.get("spleen", 0.0))
    return case.scene.detailed and share >= _INSIDE and case.over > _WARM_SURE


def _normal(case: Case, organ: str, score: float) -> Opinion:
    return Opinion(
        verdict="physiologic",
        score=score,
        reason=f"{_words(organ)}: normal for {case.rules.judged_as}",
        organ=organ,
    )


def _words(organ: str) -> str:
    return organ.replace("_", " ")
