"""What a model is told of an exam in words, before it is asked about it: one short line per lesion.

The line of a lesion holds its place, what it is called, its degree of uptake, and its ranks by
SUVmax and by volume; the line of the exam holds the tracer and the regions that it does not show.
Ranks are said in words of order, not measured values: figures are slots. Knows records and words.
"""

from collections.abc import Collection, Sequence
from typing import Final

from petscribe.core.lesion import Lesion
from petscribe.terms.anatomy import REGIONS, name
from petscribe.terms.claims import finding_of

_NOT_ASKED: Final = frozenset({"other", "muscle", "bone", "bone_marrow", "peritoneum"})
"""Regions without one place: never outside, never inside."""
_SMALL_MM, _LARGE_MM = 10.0, 30.0


def exam_brief(coverage: Collection[str], *, lang: str, tracer: str) -> str:
    """Return the exam's line: tracer, and the regions that lie outside the field of view."""
    outside = [r for r in REGIONS if r not in coverage and r not in _NOT_ASKED]
    shown = ", ".join(name(region, lang).lower() for region in outside) or "-"
    return f"{tracer}; outside: {shown}."


def lesion_briefs(lesions: Sequence[Lesion], *, lang: str, tracer: str) -> tuple[str, ...]:
    """Return one line per lesion, in their order."""
    hottest = _ranks([lesion.measurement.suv_max or 0.0 for lesion in lesions])
    largest = _ranks([lesion.measurement.mtv_ml for lesion in lesions])
    lines = []
    for lesion, hot, large in zip(lesions, hottest, largest, strict=True):
        finding = finding_of(lesion, lang=lang, tracer=tracer)
        side = finding.laterality or "no side"
        size = _size_class(lesion.measurement.long_axis_mm)
        lines.append(
            f"{finding.anatomy}; {side}; {finding.type}; {finding.uptake}; {size}; "
            f"heat {hot}; volume {large}."
        )
    return tuple(lines)


def _ranks(values: Sequence[float]) -> list[int]:
    order = sorted(range(len(values)), key=lambda k: -values[k])
    ranks = [0] * len(values)
    for rank, place in enumerate(order, 1):
        ranks[place] = rank
    return ranks


def _size_class(long_axis_mm: float) -> str:
    if long_axis_mm < _SMALL_MM:
        return "small"
    return "large" if long_axis_mm > _LARGE_MM else "medium"
