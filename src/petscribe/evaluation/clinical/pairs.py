"""Two findings as one: whether they may speak of the same lesion, and what credit that earns.

`weight` says whether they may be the same lesion: region the same 0.5, touching 0.25; side the
same 0.2; type compatible 0.1; SUV close 0.2; at least 0.5 is asked. `credit` is the mean over
everything that either states (`attributes`), times the lowest of four gates, because place, side
and SUVmax are what identifies a lesion: a statement that gets one of them wrong is worse than
silence.

    gate of the side    0.1 when the sides contradict each other, else 1
    gate of the time    0.2 when a prior value stands as the current one, else 1
    gate of the SUV     0.25 when it is 30 % off or more, rising linearly to 1 when it agrees
    gate of the place   0.33 for another part of the region (another lobe) or a region beside it,
                        rising linearly to 1 for the same part

The order of the gates is the order of severity that the score promises. Findings of contradicting
avidity ("no uptake" against avid) are never one.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from petscribe.core.finding import Finding
from petscribe.evaluation.clinical.attributes import (
    change_credit,
    diagnosis_credit,
    image_credit,
    size_credit,
    size_of,
    suv_credit,
    suv_values,
    type_credit,
    uptake_credit,
    volume_credit,
    worst_suv_credit,
)
from petscribe.evaluation.clinical.sites import OTHER_PART, Site, site_credit, site_of

MIN_WEIGHT: Final = 0.5
SIDE_GATE, TIME_GATE, SUV_GATE, PLACE_GATE = 0.1, 0.2, 0.25, 0.33
AVID: Final = frozenset({"intense", "increased", "moderate", "mild", "low"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """A reference finding and a predicted finding read as one lesion."""

    weight: float
    credit: float
    side_flipped: bool = False
    prior_as_current: bool = False


@lru_cache(maxsize=200_000)
def place(finding: Finding) -> Site:
    """Return the place of a finding, remembered."""
    return site_of(finding)


def compare(reference: Finding, predicted: Finding) -> Pair | None:
    """Return two findings as a pair, or None when they cannot be the same lesion."""
    where = site_credit(place(reference), place(predicted))
    if where == 0.0 or avidity_contradicts(reference, predicted):
        return None
    kind, suv = type_credit(reference, predicted), worst_suv_credit(reference, predicted)
    same_region = reference.region == predicted.region
    flipped = sides_contradict(reference, predicted)
    if flipped and not (same_region and kind != 0.0 and suv != 0.0):
        return None
    same_side = reference.laterality is not None and not flipped and predicted.laterality
    weight = 0.5 if same_region else 0.25
    weight += 0.2 * bool(same_side) + 0.1 * bool(kind) + 0.2 * bool(suv)
    if weight < MIN_WEIGHT - 1e-9:
        return None
    stale = _prior_as_current(reference, predicted)
    gates = (
        SIDE_GATE if flipped else 1.0,
        TIME_GATE if stale else 1.0,
        1.0 if suv is None else SUV_GATE + (1 - SUV_GATE) * suv,
        PLACE_GATE + (1 - PLACE_GATE) * max(where - OTHER_PART, 0.0) / (1 - OTHER_PART),
    )
    mean = _mean_credit(reference, predicted, where)
    return Pair(
        weight=weight,
        credit=mean * min(gates),
        side_flipped=flipped,
        prior_as_current=stale,
    )


def sides_contradict(first: Finding, second: Finding) -> bool:
    """Tell whether one says left and the other right."""
    return {first.laterality, second.laterality} == {"left", "right"}


def avidity_contradicts(first: Finding, second: Finding) -> bool:
    """Tell whether one says "no uptake" and the other says there is some."""
    degrees = {first.uptake, second.uptake}
    return "none" in degrees and not degrees.isdisjoint(AVID)


def _mean_credit(reference: Finding, predicted: Finding, where: float) -> float:
    if reference == predicted:
        return 1.0
    said = (
        where,
        _side_credit(reference, predicted),
        uptake_credit(reference, predicted),
        suv_credit(reference, predicted),
        suv_credit(reference, predicted, "prior"),
        suv_credit(reference, predicted, "delayed"),
        size_credit(reference, predicted),
        size_credit(reference, predicted, "prior"),
        type_credit(reference, predicted),
        change_credit(reference, predicted),
        diagnosis_credit(reference, predicted),
        image_credit(reference, predicted),
        volume_credit(reference.mtv_ml, predicted.mtv_ml),
        volume_credit(reference.tlg, predicted.tlg),
    )
    counted = [credit for credit in said if credit is not None]
    return sum(counted) / len(counted)


def _side_credit(first: Finding, second: Finding) -> float | None:
    if first.laterality is None and second.laterality is None:
        return None
    return float(first.laterality == second.laterality)


def _prior_as_current(reference: Finding, predicted: Finding) -> bool:
    """Tell whether a value the reference gives for a prior exam is predicted as the current one."""
    now, said = suv_values(reference, "current"), suv_values(predicted, "current")
    for stat, prior in suv_values(reference, "prior").items():
        if said.get(stat) == prior and now.get(stat) != prior:
            return True
    old, size = size_of(reference, "prior"), size_of(predicted, "current")
    return bool(old) and size == old and size_of(reference, "current") != old
