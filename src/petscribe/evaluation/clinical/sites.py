"""Whether two findings speak of the same place: region, part of a region, level, side.

A place is looked up in the term base by its own words, so "RUL" and "right upper lobe" are one
place, in both languages. Places that the term base does not know have their region only. Knows no
coordinates.
"""

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Final

from petscribe.core.finding import Finding
from petscribe.terms.anatomy import LANGUAGES, ORGANS, adjacent, side_words
from petscribe.terms.places import terms_by_text

SAME: Final = 1.0
COARSER: Final = 0.75
"""One says less than the other: "lung" for "right upper lobe"."""
NEIGHBOUR: Final = 0.5
"""The next vertebra or rib."""
OTHER_PART: Final = 0.25
"""Another part of the same region: another lobe."""
ADJACENT: Final = 0.25
"""A region that touches it."""
ELSEWHERE: Final = 0.0

_LEVEL: Final = re.compile(r"(vertebrae_[CTLS]|rib_)(\d+)")
_SPINE: Final = {"C": 0, "T": 7, "L": 19, "S": 24}
_LONGEST: Final = 9  # words of a place


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """A place as far as it is known."""

    region: str
    part: str | None
    """Base key of an organ or level inside the region; None when only the region is known."""
    words: str
    """The text's own words, which tell unknown places of region `other` apart."""


def site_of(finding: Finding) -> Site:
    """Return the place of a finding."""
    key = part_key(finding.anatomy)
    part = key if key is not None and key != finding.region else None
    return Site(region=finding.region, part=part, words=finding.anatomy)


@lru_cache(maxsize=65536)
def part_key(anatomy: str) -> str | None:
    """Return the base key of the longest known wording inside `anatomy`, or None."""
    whole = _known(" ".join(anatomy.lower().split()))
    if whole is not None:
        return whole
    words = [word for word in anatomy.lower().split() if word not in _side_tokens()]
    for length in range(min(len(words), _LONGEST), 0, -1):
        for start in range(len(words) - length + 1):
            key = _known(" ".join(words[start : start + length]))
            if key is not None:
                return key
    return None


def site_credit(first: Site, second: Site) -> float:
    """Return how far two places are the same, 1 to 0; unknown never equals unknown."""
    if first.region != second.region:
        return ADJACENT if adjacent(first.region, second.region) else ELSEWHERE
    if first.part == second.part:
        if first.region == "other" and first.part is None and first.words != second.words:
            return ELSEWHERE
        return SAME
    if first.part is None or second.part is None:
        return COARSER
    return _parts_credit(first.part, second.part)


def _parts_credit(first: str, second: str) -> float:
    steps = _levels_apart(first, second)
    if steps is not None:
        return NEIGHBOUR if steps == 1 else OTHER_PART
    if _kind(first) != _kind(second):
        return COARSER
    return OTHER_PART


def _levels_apart(first: str, second: str) -> int | None:
    """Return the distance of two vertebrae or two ribs, None for anything else."""
    found, other = _LEVEL.fullmatch(first), _LEVEL.fullmatch(second)
    if found is None or other is None or found[1][:4] != other[1][:4]:
        return None
    return abs(_height(found) - _height(other))


def _height(level: re.Match[str]) -> int:
    return _SPINE.get(level[1].removeprefix("vertebrae_"), 0) + int(level[2])


@cache
def _kind(part: str) -> tuple[str, bool]:
    """Return what sort of part it is: lobes do not compete with numbered segments."""
    kinds = sorted({organ.kind for organ in ORGANS.values() if organ.base == part})
    return (kinds[0] if kinds else "region", part[-1].isdigit())


@lru_cache(maxsize=65536)
def _known(text: str) -> str | None:
    for lang in LANGUAGES:
        term = terms_by_text(lang).get(text)
        if term is not None:
            return term.key
    return None


@cache
def _side_tokens() -> frozenset[str]:
    """Return the single words that only say a side."""
    found: set[str] = set()
    for lang in LANGUAGES:
        words = side_words(lang)
        found |= {words["left"], words["right"]}
        found |= {word for word in words["bilateral"].split() if lang == "en"}
    return frozenset(found)
