"""Where the parts of a report begin: findings, impression, and the parts that state no finding.

Reads headings at the start of a line (or of the whole text), with or without a colon, in both
languages; the words lie in `terms/lexicon/headings.tsv`. Knows nothing of what the parts say.
"""

import re
from dataclasses import dataclass
from functools import cache
from typing import Literal

from petscribe.terms.tables import read_table

SectionKind = Literal["findings", "impression", "silent"]
"""`silent`: technique, history, indication, comparison - nothing there is a current finding."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One part of a text: its kind and its span, heading left out."""

    kind: SectionKind
    start: int
    end: int
    headed: bool
    """Whether a heading opened it."""


def parts_of(text: str) -> tuple[Part, ...]:
    """Split a normalised text at its headings; a text without any is one part of findings."""
    if ":" not in text and "\n" not in text:
        return (Part(kind="findings", start=0, end=len(text), headed=False),)
    found: list[Part] = []
    kind: SectionKind = "findings"
    start, headed = 0, False
    for match in _headings().finditer(text):
        if match.start() > start:
            found.append(Part(kind=kind, start=start, end=match.start(), headed=headed))
        kind, start, headed = _kind_of(match), match.end(), True
    found.append(Part(kind=kind, start=start, end=len(text), headed=headed))
    return tuple(part for part in found if text[part.start : part.end].strip())


def _kind_of(match: re.Match[str]) -> SectionKind:
    return _kinds()[" ".join(match["heading"].split())]


@cache
def _kinds() -> dict[str, SectionKind]:
    return {row["key"]: row["kind"] for row in read_table("headings.tsv")}  # type: ignore[misc]


@cache
def _headings() -> re.Pattern[str]:
    words = sorted(_kinds(), key=len, reverse=True)
    choice = "|".join(re.escape(word).replace(r"\ ", r"\ {1,3}") for word in words)
    # after a heading stands a colon, or nothing more on its line
    return re.compile(
        rf"(?:^|\n|(?<=[.!?;]\ )) {{0,8}}(?:[#*]{{1,3}} {{0,2}}|\d{{1,2}}[.)] )?"
        rf"(?P<heading>{choice})(?:\*{{1,2}})?(?: {{0,3}}:(?:\*{{1,2}})?| {{0,3}}(?=\n|$))"
    )
