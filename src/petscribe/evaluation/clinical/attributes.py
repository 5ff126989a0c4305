"""Credit of each thing two findings say: SUV, size, uptake, type, change, diagnosis, image.

Every function returns a number from 0 (contradiction, or only one says it) to 1 (the same), or
None when neither says anything: unknown never equals unknown, it is not counted.

Steps, once:

- SUV: 1 up to max(0.1, 5 %) apart, then linearly to 0 at 30 % (test-retest limits of SUVmax lie
  near 27-33 %). A range holds every value inside it; two ranges are compared end by end. "SUV"
  without a statistic is SUVmax.
- size: 1 up to max(2 mm, 10 %), linearly to 0 at max(4 mm, 30 %), axes longest first, as many as
  both state.
- uptake: 1 - distance / 4 on none < low, mild < moderate < increased < intense.
- certainty: 1 - distance / 3 on unlikely < possible < probable < definite.
- images: 1 up to two slices apart, else 0; counted only when both state one.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from petscribe.core.finding import Diagnosis, Finding, SizeClaim, SuvClaim

SUV_EXACT, SUV_EXACT_FRAC, SUV_WRONG_FRAC = 0.1, 0.05, 0.30
SIZE_EXACT_MM, SIZE_EXACT_FRAC = 2.0, 0.10
SIZE_WRONG_MM, SIZE_WRONG_FRAC = 4.0, 0.30
IMAGES_APART: Final = 2

_DEGREE: Final[Mapping[str, int]] = {
    "none": 0,
    "low": 1,
    "mild": 1,
    "moderate": 2,
    "increased": 3,
    "intense": 4,
}
_CERTAINTY: Final[Mapping[str, int]] = {
    "unlikely": 0,
    "possible": 1,
    "probable": 2,
    "definite": 3,
}
_GENERIC: Final = frozenset({"lesion", "focus", "uptake"})
_CLOSE_TYPES: Final[Mapping[frozenset[str], float]] = {
    frozenset({"node", "nodal_mass"}): 0.75,
    frozenset({"nodule", "mass"}): 0.5,
    frozenset({"mass", "nodal_mass"}): 0.5,
}


def suv_values(finding: Finding, time: str) -> dict[str, tuple[float, float]]:
    """Return the lowest and the highest value per statistic that a finding states for a time."""
    found: dict[str, tuple[float, float]] = {}
    for claim in finding.suv:
        span = _span(claim)
        if claim.time == time and span is not None:
            stat = "max" if claim.stat == "unspecified" else claim.stat
            low, high = found.get(stat, span)
            found[stat] = (max(low, span[0]), max(high, span[1]))
    return found


def suv_credit(first: Finding, second: Finding, time: str = "current") -> float | None:
    """Return the credit of the SUVs of one time."""
    one, other = suv_values(first, time), suv_values(second, time)
    return _mean(
        suv_closeness(one[stat], other[stat]) if stat in one and stat in other else 0.0
        for stat in one.keys() | other.keys()
    )


def worst_suv_credit(first: Finding, second: Finding) -> float | None:
    """Return the lowest credit of the current SUVs that both state, None when they share none."""
    if not first.suv or not second.suv:
        return None
    one, other = suv_values(first, "current"), suv_values(second, "current")
    shared = one.keys() & other.keys()
    return min((suv_closeness(one[stat], other[stat]) for stat in shared), default=None)


def suv_closeness(first: tuple[float, float], second: tuple[float, float]) -> float:
    """Return the credit of two SUVs given as intervals; symmetric in its arguments."""
    if first[0] < first[1] and second[0] < second[1]:
        ends = zip(first, second, strict=True)
        return sum(suv_closeness((a, a), (b, b)) for a, b in ends) / 2
    apart = max(first[0] - second[1], second[0] - first[1], 0.0)
    reference = min(first[1], second[1])
    exact = max(SUV_EXACT, SUV_EXACT_FRAC * reference)
    wrong = max(SUV_WRONG_FRAC * reference, 2 * exact)
    return _ramp(apart, exact, wrong)


def size_credit(first: Finding, second: Finding, time: str = "current") -> float | None:
    """Return the credit of the sizes of one time."""
    one, other = size_of(first, time), size_of(second, time)
    if not one and not other:
        return None
    return _mean(_length_closeness(a, b) for a, b in zip(one, other, strict=False)) or 0.0


def size_of(finding: Finding, time: str) -> tuple[float, ...]:
    """Return the extents in mm that a finding states for a time, longest first."""
    stated: Iterable[SizeClaim] = (s for s in finding.size_mm if s.time == time and s.dims)
    return max((tuple(sorted(size.dims, reverse=True)) for size in stated), default=())


def uptake_credit(first: Finding, second: Finding) -> float | None:
    """Return the credit of the degree of uptake."""
    if first.uptake is None and second.uptake is None:
        return None
    if first.uptake == second.uptake:
        return 1.0
    one, other = _DEGREE.get(first.uptake or ""), _DEGREE.get(second.uptake or "")
    return 0.0 if one is None or other is None else 1.0 - abs(one - other) / 4


def type_credit(first: Finding, second: Finding) -> float | None:
    """Return the credit of the kind of lesion; None unless both state one."""
    if first.type is None or second.type is None:
        return None
    if first.type == second.type or {first.type, second.type} <= _GENERIC:
        return 1.0
    if first.type in _GENERIC or second.type in _GENERIC:
        return 0.75
    return _CLOSE_TYPES.get(frozenset({first.type, second.type}), 0.0)


def change_credit(first: Finding, second: Finding) -> float | None:
    """Return the credit of the change since another exam."""
    if first.change is None and second.change is None:
        return None
    return 1.0 if first.change == second.change else 0.0


def diagnosis_credit(first: Finding, second: Finding) -> float | None:
    """Return the credit of the diagnoses: each label that both give, by how sure both are."""
    one, other = _certainties(first.dx), _certainties(second.dx)
    return _mean(
        1.0 - abs(one[label] - other[label]) / 3 if label in one and label in other else 0.0
        for label in one.keys() | other.keys()
    )


def image_credit(first: Finding, second: Finding) -> float | None:
    """Return the credit of the image numbers, None unless both state one."""
    one = [ref.image for ref in first.refs if ref.image is not None]
    other = [ref.image for ref in second.refs if ref.image is not None]
    if not one or not other:
        return None
    return float(min(abs(a - b) for a in one for b in other) <= IMAGES_APART)


def volume_credit(first: float | None, second: float | None) -> float | None:
    """Return the credit of two volumes (MTV, TLG), None unless both state one; steps of SUV."""
    if first is None or second is None:
        return None
    return suv_closeness((first, first), (second, second))


def _span(claim: SuvClaim) -> tuple[float, float] | None:
    low = claim.value if claim.low is None else claim.low
    high = claim.value if claim.high is None else claim.high
    if low is None or high is None:
        return None
    return low, high


def _length_closeness(first: float, second: float) -> float:
    reference = min(first, second)
    exact = max(SIZE_EXACT_MM, SIZE_EXACT_FRAC * reference)
    return _ramp(abs(first - second), exact, max(SIZE_WRONG_MM, SIZE_WRONG_FRAC * reference, exact))


def _ramp(apart: float, exact: float, wrong: float) -> float:
    """Return 1 up to `exact`, 0 from `wrong`, linear between."""
    if apart <= exact + 1e-9:
        return 1.0
    if apart >= wrong:
        return 0.0
    return (wrong - apart) / (wrong - exact)


def _certainties(diagnoses: Sequence[Diagnosis]) -> dict[str, int]:
    return {dx.label: _CERTAINTY[dx.certainty] for dx in diagnoses}


def _mean(values: Iterable[float]) -> float | None:
    found = list(values)
    return sum(found) / len(found) if found else None
