"""Every hot region of the PET explained: lesion, physiologic (which organ) or undecided.

Steps, in `judging`: threshold of the tracer (`tracers`), light smoothing, hot voxels down to a
fraction of the threshold (hysteresis: regions are told apart at the lower level and judged by their
maxima), watershed into regions (`hot_regions`), their description (`scene`, `regions`), the verdict
(`verdicts`). Voxels of a lesion are those of its region above 41 % of the way from its background
to its maximum; a normal organ keeps all its hot voxels under one label; regions too weak to be a
question are left out. Values are those of the PET itself; only the search runs on the smoothed
copy.

Does not know files or words. Research use: a proposal is a question to a physician, not a finding.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int

from petscribe.core.exam import Exam
from petscribe.core.lesion import Verdict
from petscribe.core.report import ReferenceRegion
from petscribe.core.volume import Mask
from petscribe.quant.judging.hot_regions import HotVoxels, find_regions, smoothed
from petscribe.quant.judging.regions import Region, describe
from petscribe.quant.judging.scene import look_around
from petscribe.quant.judging.tracers import organ_key, rules_for, seed_threshold
from petscribe.quant.judging.verdicts import Opinion, judge_all
from petscribe.quant.reference import measure_places
from petscribe.quant.suv_metrics import refuse_other_grid
from petscribe.quant.thresholds import adapted_percent

_WEAK = 0.6
"""Undecided uptake surer than this to be nothing is background, and not proposed."""
_ORDER: tuple[Verdict, ...] = ("lesion", "undecided", "physiologic")


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposalSettings:
    """What can be chosen about the search."""

    smooth_fwhm_mm: float = 5.0
    hot_frac: float = 0.75
    """Hot voxels reach this fraction of the threshold; a region's maximum reaches all of it."""
    prominence: float = 1.25
    """A maximum this many times above its saddle is a region of its own."""
    outline_frac: float = 0.41
    """A lesion is outlined this far up from its background to its maximum."""
    seed_frac: float = 0.85
    """A region below the threshold, down to this fraction of it, is kept only as a lesion: small
    ones are blurred but stand out from what is around them."""
    threshold: float | None = None
    """Uptake to explain regions from, in the PET's unit; None: the tracer's own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposals:
    """The explained regions; mappings are keyed by the labels of `mask`.

    Labels count lesions first, then undecided and physiologic uptake, the hottest first in each.
    """

    mask: Mask
    verdicts: Mapping[int, Verdict]
    scores: Mapping[int, float]
    """How sure each verdict is, 0-1."""
    reasons: Mapping[int, str]
    organs: Mapping[int, str]
    """The normal organ behind each physiologic label, by TotalSegmentator's or `terms`' name, or
    a class (`salivary`, `pharynx`) where it is no single organ; `scan_end` behind noise there."""
    threshold: float | None
    """Uptake from which regions were explained; None: no uptake could be called high."""
    threshold_source: str
    warnings: tuple[str, ...] = ()
    """`tracer-unknown`, `no-liver-reference`, `no-uptake-threshold`."""

    def labels(self, verdict: Verdict) -> list[int]:
        """Return the labels with one verdict, hottest first."""
        return [label for label, found in self.verdicts.items() if found == verdict]


def propose(
    exam: Exam,
    organs: Mask | None,
    references: Mapping[str, ReferenceRegion],
    *,
    settings: ProposalSettings | None = None,
) -> Proposals:
    """Find and explain every region of high uptake.

    Args:
        exam: PET in SUVbw or in relative units; its CT, when there is one, is asked at points.
        organs: organ labels on the PET grid by TotalSegmentator's names, or None.
        references: from `reference_regions`; measured here when the exam has relative units.
        settings: None for the defaults.

    Raises:
        GeometryError: `organs` is not on the PET grid (code `mask-not-on-pet-grid`).
    """
    rules = settings or ProposalSettings()
    if organs is not None:
        refuse_other_grid(organs, exam.pet.grid)
    tracer = rules_for(exam.acquisition.tracer)
    known = dict(references) or measure_places(exam.pet, organs, tracer.judged_as)
    threshold, source = _threshold(exam, known, rules)
    warnings = _warnings(exam, known, threshold)
    if threshold is None:
        return _gather(exam, np.empty((0, 3), int), [], basis=(None, source, warnings))
    smooth = smoothed(exam.pet.array, exam.pet.grid, rules.smooth_fwhm_mm)
    hot = find_regions(smooth, smooth >= rules.hot_frac * threshold, prominence=rules.prominence)
    scene = look_around(exam.pet.grid, smooth, organs, known)
    regions = tuple(
        describe(
            exam, scene, hot, organs=organs, smooth=smooth, threshold=rules.seed_frac * threshold
        )
    )
    opinions = judge_all(regions, scene, tracer, threshold=threshold)
    voxels = [
        region.members
        if opinion.verdict == "physiologic"
        else _outline(exam, hot, region, rules.outline_frac)
        for region, opinion in zip(regions, opinions, strict=True)
    ]
    groups = [_group(*pair) for pair in zip(regions, opinions, strict=True)]
    explained = [
        found
        for region, found in zip(regions, zip(opinions, groups, voxels, strict=True), strict=True)
        if found[0].verdict == "lesion"
        or (region.peak >= threshold and not _is_background(found[0]))
    ]
    return _gather(exam, hot.index, explained, basis=(threshold, source, warnings))


def _threshold(
    exam: Exam, references: Mapping[str, ReferenceRegion], rules: ProposalSettings
) -> tuple[float | None, str]:
    if rules.threshold is not None:
        return rules.threshold, "set by the user"
    found = seed_threshold(rules_for(exam.acquisition.tracer), references, has_suv=exam.has_suv)
    return found if found is not None else (None, "neither SUV nor a reference region")


def _warnings(
    exam: Exam, references: Mapping[str, ReferenceRegion], threshold: float | None
) -> tuple[str, ...]:
    tracer = rules_for(exam.acquisition.tracer)
    return (
        *(("tracer-unknown",) if tracer.judged_as != tracer.tracer else ()),
        *(("no-liver-reference",) if "liver" not in references else ()),
        *(("no-uptake-threshold",) if threshold is None else ()),
    )


def _outline(exam: Exam, hot: HotVoxels, region: Region, fraction: float) -> Int[np.ndarray, " n"]:
    """Return the members of the piece around the region's hottest voxel above its threshold."""
    import cc3d

    index = hot.index[region.members]
    values: Float[np.ndarray, " n"] = exam.pet.array[tuple(index.T)].astype(np.float64)
    values = np.where(np.isfinite(values), values, -np.inf)
    above = values >= adapted_percent(float(values.max()), region.background, fraction)
    start = index.min(axis=0)
    box = np.zeros(index.max(axis=0) - start + 1, dtype=np.bool_)
    box[tuple((index[above] - start).T)] = True
    pieces = cc3d.connected_components(box, connectivity=18, out_dtype=np.uint32)
    own = pieces[tuple((index - start).T)]
    return region.members[(own == own[np.argmax(values)]) & above]


def _is_background(opinion: Opinion) -> bool:
    """Tell whether a region is so weak that it is no question either."""
    return opinion.organ is None and opinion.verdict == "undecided" and opinion.score > _WEAK


def _group(region: Region, opinion: Opinion) -> str | None:
    """Return what a region shares its label with: its normal organ, or the end of the scan."""
    if opinion.verdict == "physiologic" and opinion.organ is not None:
        return organ_key(opinion.organ, lateral_mm=region.lateral_mm, organ=region.organ)
    return opinion.organ


def _gather(
    exam: Exam,
    index: Int[np.ndarray, "n zyx"],
    explained: list[tuple[Opinion, str | None, Int[np.ndarray, " _"]]],
    *,
    basis: tuple[float | None, str, tuple[str, ...]],
) -> Proposals:
    """Number the proposals; regions of one group share a label and its hottest one's opinion."""
    labels = np.zeros(exam.pet.grid.shape, dtype=np.uint16)
    chosen: dict[int, Opinion] = {}
    label_of: dict[str, int] = {}
    for verdict in _ORDER:
        for opinion, group, members in explained:
            if opinion.verdict != verdict:
                continue
            label = label_of.get(group or "", len(chosen) + 1)
            if label not in chosen:
                chosen[label] = opinion
                if group is not None:
                    label_of[group] = label
            labels[tuple(index[members].T)] = label
    names = {label: group for group, label in label_of.items()}
    threshold, source, warnings = basis
    return Proposals(
        mask=Mask(labels=labels, grid=exam.pet.grid),
        verdicts={label: opinion.verdict for label, opinion in chosen.items()},
        scores={label: round(opinion.score, 3) for label, opinion in chosen.items()},
        reasons={label: opinion.reason for label, opinion in chosen.items()},
        organs=names,
        threshold=threshold,
        threshold_source=source,
        warnings=warnings,
    )
