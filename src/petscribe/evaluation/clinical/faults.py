"""Critical errors, counted one by one beside the score, and how far numbers are off.

    negation_flip     one text denies a lesion (or its uptake) that the other states
    side_flip         the same lesion on the other side
    invented_avid     an avid finding that the reference does not have
    missed_avid       an avid finding of the reference that is not predicted
    prior_as_current  a value of a prior exam given as this one's

A finding is avid when it is said to be moderate or more, or its SUVmax is above the liver's: the
liver value that its text states, else 2.5. A lesion that is denied, or stands on the other side, is
not missed or invented as well.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, fields
from typing import Final

from petscribe.core.finding import Finding, MinedText
from petscribe.evaluation.clinical.attributes import size_of, suv_values, type_credit
from petscribe.evaluation.clinical.pairs import (
    Pair,
    avidity_contradicts,
    place,
    sides_contradict,
)
from petscribe.evaluation.clinical.sites import COARSER, site_credit

LIVER_SUV: Final = 2.5
_AVID: Final = frozenset({"moderate", "increased", "intense"})

Chosen = Sequence[tuple[int, int, Pair]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Faults:
    """Counts of critical errors and sums of numeric errors, of one case or of many."""

    negation_flip: int = 0
    side_flip: int = 0
    invented_avid: int = 0
    missed_avid: int = 0
    prior_as_current: int = 0
    suv_compared: int = 0
    suv_error: float = 0.0
    """Sum of |difference| of SUVmax over pairs that both state one."""
    suv_error_frac: float = 0.0
    suv_wrong: int = 0
    """Off by more than max(0.1, 5 %)."""
    size_compared: int = 0
    size_error_mm: float = 0.0
    """Sum of |difference| of the longest axis."""
    deauville_compared: int = 0
    deauville_error: int = 0

    def __add__(self, other: "Faults") -> "Faults":
        """Return the sums of both."""
        return Faults(**{f.name: getattr(self, f.name) + getattr(other, f.name) for f in _FIELDS})

    @property
    def critical(self) -> int:
        """All critical errors."""
        return sum(getattr(self, name) for name in CRITICAL)


_FIELDS: Final = fields(Faults)
CRITICAL: Final = (
    "negation_flip",
    "side_flip",
    "invented_avid",
    "missed_avid",
    "prior_as_current",
)


def count_faults(
    reference: MinedText,
    predicted: MinedText,
    *,
    wanted: Sequence[Finding],
    said: Sequence[Finding],
    chosen: Chosen,
) -> Faults:
    """Count everything but contradicted denials, which `denials_contradicted` finds.

    Args:
        reference: the reference text, for its liver value and scores.
        predicted: the predicted text.
        wanted: the reference's findings that score.
        said: the prediction's findings that score.
        chosen: pairs of indices into both.
    """
    missed = [f for i, f in enumerate(wanted) if i not in {w for w, _, _ in chosen}]
    extra = [f for j, f in enumerate(said) if j not in {s for _, s, _ in chosen}]
    flipped = [
        (a, b) for a in missed for b in extra if avidity_contradicts(a, b) and _same_place(a, b)
    ]
    missed = _without(_undenied(missed, predicted), [a for a, _ in flipped])
    extra = _without(_undenied(extra, reference), [b for _, b in flipped])
    liver = liver_suv(reference)
    counts = Faults(
        negation_flip=min(len({id(a) for a, _ in flipped}), len({id(b) for _, b in flipped})),
        side_flip=sum(pair.side_flipped for _, _, pair in chosen),
        invented_avid=sum(is_avid(f, liver_suv(predicted)) for f in extra),
        missed_avid=sum(is_avid(f, liver) for f in missed),
        prior_as_current=sum(pair.prior_as_current for _, _, pair in chosen),
    )
    return sum(
        (_numbers(wanted[i], said[j]) for i, j, _ in chosen),
        counts + _deauville(reference, predicted),
    )


def denials_contradicted(
    findings: Sequence[Finding], paired: Collection[int], *, denials: Sequence[Finding]
) -> list[Finding]:
    """Return the unpaired findings that a denial of the other text speaks against."""
    return [
        finding
        for index, finding in enumerate(findings)
        if index not in paired and any(denies(denial, finding) for denial in denials)
    ]


def denies(denial: Finding, finding: Finding) -> bool:
    """Tell whether a denial speaks against a finding: its place, its side, its kind."""
    return _same_place(denial, finding) and type_credit(denial, finding) != 0.0


def is_avid(finding: Finding, liver: float) -> bool:
    """Tell whether a finding is said to take up more than the liver."""
    if finding.uptake == "none":
        return False
    highest = suv_values(finding, "current").get("max")
    return finding.uptake in _AVID or (highest is not None and highest[1] > liver)


def liver_suv(text: MinedText) -> float:
    """Return the liver's SUV that a text states, else a usual one."""
    stated = [region.value for region in text.reference_regions if region.organ == "liver"]
    return max(stated, default=LIVER_SUV)


def _same_place(first: Finding, second: Finding) -> bool:
    same = site_credit(place(first), place(second)) >= COARSER
    return same and not sides_contradict(first, second)


def _undenied(findings: Sequence[Finding], other: MinedText) -> list[Finding]:
    denials = [f for f in other.findings if f.negated]
    return [f for f in findings if not any(denies(denial, f) for denial in denials)]


def _without(findings: Sequence[Finding], others: Sequence[Finding]) -> list[Finding]:
    gone = {id(f) for f in others}
    return [f for f in findings if id(f) not in gone]


def _numbers(reference: Finding, predicted: Finding) -> Faults:
    return _suv_numbers(reference, predicted) + _size_numbers(reference, predicted)


def _suv_numbers(reference: Finding, predicted: Finding) -> Faults:
    wanted = suv_values(reference, "current").get("max")
    said = suv_values(predicted, "current").get("max")
    if wanted is None or said is None:
        return Faults()
    error = abs(wanted[1] - said[1])
    return Faults(
        suv_compared=1,
        suv_error=error,
        suv_error_frac=error / wanted[1] if wanted[1] else 0.0,
        suv_wrong=int(error > max(0.1, 0.05 * wanted[1]) + 1e-9),
    )


def _size_numbers(reference: Finding, predicted: Finding) -> Faults:
    wanted, said = size_of(reference, "current"), size_of(predicted, "current")
    if not wanted or not said:
        return Faults()
    return Faults(size_compared=1, size_error_mm=abs(wanted[0] - said[0]))


def _deauville(reference: MinedText, predicted: MinedText) -> Faults:
    wanted, said = reference.scores.deauville, predicted.scores.deauville
    if wanted is None or said is None:
        return Faults()
    return Faults(deauville_compared=1, deauville_error=abs(wanted - said))
