"""Does a text belong to its lesion: swapped masks, worn masks, pointing, numbers.

A describer that looks at the mask must say something else of another lesion, and the same of a mask
that is a little wrong. These figures test that, over predictions that are handed in or made by a
`Describer` that is handed in; no model, no image and no mask is known here, a lesion is an opaque
thing that the describer understands.

- swap rate: a text that fits the wrong lesion's reference at least as well as its own lesion's.
- following rate: after the mask was swapped, the text fits the lesion that is now shown better
  than the lesion the case is about. 1 is a describer that looks, 0 one that ignores the mask.
- perturbation curve: the score against the steps of a mask's distortion.
- pointing accuracy: the point that a model attends to lies inside its lesion, or near enough.
- number faithfulness: numbers that a text states and that were measured on its lesion.

Source of the ideas: pointing game (Zhang and others 2016); the rest is stated above in full.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar, runtime_checkable

import numpy as np
from jaxtyping import Float

from petscribe.core.finding import MinedText
from petscribe.core.lesion import Lesion
from petscribe.evaluation.clinical.score import score_case
from petscribe.evaluation.stats.statistic import Statistic, mean_of, ratio_of

LesionT_contra = TypeVar("LesionT_contra", contravariant=True)
LesionT = TypeVar("LesionT")
Likeness = Callable[[MinedText, MinedText], float]
"""How well a predicted text (second) says what a reference (first) says, 0 to 1."""

SUV_SLACK, SUV_SLACK_FRAC = 0.06, 0.01
SIZE_SLACK_MM = 0.6


@runtime_checkable
class Describer(Protocol[LesionT_contra]):
    """Whatever writes a sentence on a lesion and its mask; the text comes back mined."""

    def __call__(self, lesion: LesionT_contra) -> MinedText:
        """Return what is said of the lesion."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One point of a perturbation curve."""

    amount: float
    """How far the masks were distorted; 0 is not at all."""
    score: Statistic
    same_frac: Statistic
    """Share of lesions of which the text states the same as at the first step."""


def finding_likeness(reference: MinedText, predicted: MinedText) -> float:
    """Return the PET finding score of one text, the usual likeness."""
    return score_case(reference, predicted).tally.score


def swap_rate(
    references: Sequence[MinedText],
    predictions: Sequence[MinedText],
    exams: Sequence[str],
    *,
    likeness: Likeness = finding_likeness,
) -> Statistic:
    """Return how often a text fits another lesion of the same exam as well as its own, or better.

    Pairs whose references state the same cannot be told apart and do not count; NaN when no exam
    has two different lesions.

    Args:
        references: what is true of each lesion.
        predictions: what was said of it.
        exams: the exam of each lesion; lesions are compared within it.
        likeness: how well a text fits.
    """
    _same_length(references, predictions, exams)
    wrong, compared = np.zeros(len(exams)), np.zeros(len(exams))
    for i, said in enumerate(predictions):
        own = likeness(references[i], said)
        for j, other in enumerate(references):
            if i == j or exams[i] != exams[j] or likeness(references[i], other) >= 1.0:
                continue
            compared[i] += 1
            wrong[i] += likeness(other, said) >= own
    return ratio_of(wrong, compared)


def following_rate(
    described: Describer[LesionT],
    lesions: Sequence[LesionT],
    shown: Sequence[LesionT],
    references: Sequence[MinedText],
    *,
    shown_references: Sequence[MinedText],
    likeness: Likeness = finding_likeness,
) -> Statistic:
    """Return how often the text follows the mask when another lesion's mask is shown.

    A case counts when what is said of its own lesion fits it better than the other, so that a
    describer is only asked to follow where it could tell the two apart.

    Args:
        described: writes on a lesion.
        lesions: the lesion of each case.
        shown: the other lesion, shown in its place.
        references: what is true of `lesions`.
        shown_references: what is true of `shown`.
        likeness: how well a text fits.
    """
    _same_length(lesions, shown, references, shown_references)
    followed = np.full(len(lesions), np.nan)
    for i, (own, other) in enumerate(zip(lesions, shown, strict=True)):
        here, there = references[i], shown_references[i]
        usual = described(own)
        if likeness(here, usual) > likeness(there, usual):
            swapped = described(other)
            followed[i] = likeness(there, swapped) > likeness(here, swapped)
    return mean_of(followed)


def perturbation_curve(
    described: Describer[LesionT],
    lesions: Sequence[LesionT],
    references: Sequence[MinedText],
    distort: Callable[[LesionT, float], LesionT],
    *,
    amounts: Sequence[float],
    likeness: Likeness = finding_likeness,
) -> tuple[Step, ...]:
    """Return the score at each amount of distortion of the masks.

    Args:
        described: writes on a lesion.
        lesions: with their true masks.
        references: what is true of each.
        distort: makes a lesion with a worse mask (shifted, grown, shrunk by the amount).
        amounts: from none upwards.
        likeness: how well a text fits.
    """
    _same_length(lesions, references)
    first: list[MinedText] = []
    curve = []
    for amount in amounts:
        said = [described(distort(lesion, amount)) for lesion in lesions]
        first = first or said
        scores = [likeness(true, text) for true, text in zip(references, said, strict=True)]
        same = [_states(a) == _states(b) for a, b in zip(first, said, strict=True)]
        curve.append(
            Step(
                amount=amount,
                score=mean_of(np.array(scores, np.float64)),
                same_frac=mean_of(np.array(same, np.float64)),
            )
        )
    return tuple(curve)


def pointing_accuracy(
    points_mm: Float[np.ndarray, "n 3"],
    voxels_mm: Sequence[Float[np.ndarray, "voxels 3"]],
    *,
    within_mm: float = 0.0,
) -> Statistic:
    """Return how often a point lies in its lesion.

    Args:
        points_mm: where each text points to, LPS.
        voxels_mm: centres of the voxels of each lesion, LPS.
        within_mm: how far outside still counts; half a voxel's diagonal is the least that makes
            sense on a grid.
    """
    _same_length(points_mm, voxels_mm)
    hits = [
        bool(len(voxels)) and float(np.linalg.norm(voxels - point, axis=1).min()) <= within_mm
        for point, voxels in zip(points_mm, voxels_mm, strict=True)
    ]
    return mean_of(np.array(hits, np.float64))


def number_faithfulness(
    texts: Sequence[MinedText], lesions: Sequence[Lesion]
) -> Mapping[str, Statistic]:
    """Return the share of stated current numbers that were measured on the text's lesion.

    By kind: `suv`, `size`, `image` and `all`. Numbers of prior exams are not judged.

    Args:
        texts: what was said.
        lesions: the measured lesion each text is about.
    """
    _same_length(texts, lesions)
    kinds = {"suv": _suvs, "size": _sizes, "image": _images}
    counts = {
        kind: np.array(
            [_tally(check(text, lesion)) for text, lesion in zip(texts, lesions, strict=True)],
            np.float64,
        ).reshape(-1, 2)
        for kind, check in kinds.items()
    }
    counts["all"] = np.sum([counts[kind] for kind in kinds], axis=0)
    return {kind: ratio_of(table[:, 0], table[:, 1]) for kind, table in counts.items()}


def _tally(right: Sequence[bool]) -> tuple[int, int]:
    return sum(right), len(right)


def _suvs(text: MinedText, lesion: Lesion) -> list[bool]:
    measured = lesion.measurement
    known = {
        "max": [measured.suv_max],
        "mean": [measured.suv_mean],
        "peak": [measured.suv_peak, measured.suv_peak_global],
    }
    every = [value for values in known.values() for value in values]
    return [
        any(
            value is not None and abs(claim.value - value) <= max(SUV_SLACK, SUV_SLACK_FRAC * value)
            for value in known.get(claim.stat, every)
        )
        for finding in text.findings
        for claim in finding.suv
        if claim.time == "current" and claim.value is not None
    ]


def _sizes(text: MinedText, lesion: Lesion) -> list[bool]:
    measured = lesion.measurement
    axes = [measured.long_axis_mm, measured.short_axis_mm, measured.axis_3d_mm]
    return [
        any(axis is not None and abs(dim - axis) <= SIZE_SLACK_MM for axis in axes)
        for finding in text.findings
        for size in finding.size_mm
        if size.time == "current"
        for dim in size.dims
    ]


def _images(text: MinedText, lesion: Lesion) -> list[bool]:
    slices = {lesion.measurement.slice_pet, lesion.measurement.slice_ct}
    return [
        any(first <= known <= last for known in slices if known is not None)
        for finding in text.findings
        for ref in finding.refs
        if (first := ref.image) is not None
        for last in [first if ref.image_end is None else ref.image_end]
    ]


def _states(text: MinedText) -> tuple[object, ...]:
    """Return what a text states, without where in the text it stands."""
    return tuple(
        (f.anatomy, f.region, f.laterality, f.type, f.negated, f.uptake, f.suv, f.size_mm, f.dx)
        for f in text.findings
    )


def _same_length(*lists: Sequence[object] | Float[np.ndarray, "n 3"]) -> None:
    lengths = {len(x) for x in lists}
    if len(lengths) > 1:
        raise ValueError(f"lists of different lengths: {sorted(lengths)}")
