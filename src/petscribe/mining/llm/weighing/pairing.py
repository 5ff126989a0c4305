"""Which findings of two lists speak of the same lesion.

Judged by region, side, figures and words of the site; knows no text and not who said what.
"""

from collections.abc import Sequence
from typing import Final

from petscribe.core.finding import Finding

_ENOUGH: Final = 2.0
"""Score from which two findings are one: the same region, or the same figures at one site."""


def paired(first: Sequence[Finding], second: Sequence[Finding]) -> list[tuple[int, int]]:
    """Return pairs of places in the two lists, each used once, the best pairs first."""
    scored = sorted(
        (
            (-likeness(one, other), i, j)
            for i, one in enumerate(first)
            for j, other in enumerate(second)
        ),
    )
    made: list[tuple[int, int]] = []
    left, right = set(range(len(first))), set(range(len(second)))
    for score, i, j in scored:
        if -score < _ENOUGH:
            break
        if i in left and j in right:
            left.remove(i)
            right.remove(j)
            made.append((i, j))
    return made


def likeness(one: Finding, other: Finding) -> float:
    """Return how much two findings have in common; from 2 on they may be one."""
    share = bool(figures_of(one) & figures_of(other))
    unsited = "other" in {one.region, other.region} and share
    score = 2.0 if one.region == other.region or unsited else 0.0
    if one.laterality == other.laterality:
        score += 0.5
    elif None not in {one.laterality, other.laterality}:
        score -= 0.75
    score += share
    words, others = set(one.anatomy.lower().split()), set(other.anatomy.lower().split())
    score += len(words & others) / max(1, len(words | others))
    if one.negated != other.negated:
        score -= 0.25
    return score


def figures_of(finding: Finding) -> set[tuple[str, float]]:
    """Return the figures of a finding with their kind."""
    found = {("suv", v) for c in finding.suv for v in (c.value, c.low, c.high) if v is not None}
    found |= {("mm", dim) for claim in finding.size_mm for dim in claim.dims}
    found |= {("image", float(ref.image)) for ref in finding.refs if ref.image is not None}
    return found
