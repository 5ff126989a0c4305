"""Where something is, in words: "right hilum", "left 6th rib" and their Vietnamese.

The words never say more than region and side allow: an organ or level of another region than the
one stated is left out, and "right" is not said of what has no sides. Knows no coordinates.
"""

from collections.abc import Iterator
from functools import cache

from petscribe.core.finding import Finding, Side
from petscribe.terms.anatomy import (
    LANGUAGES,
    ORGANS,
    REGION_TABLE,
    name,
    names_by_language,
    organ_key,
    side_words,
)
from petscribe.terms.tables import ROMAN
from petscribe.terms.words import Term, terms, words

_LONGEST_TERM = 9  # words


def place_words(
    *,
    region: str,
    organ: str | None = None,
    laterality: str | None = None,
    level: str | None = None,
) -> dict[str, str]:
    """Return the place in words by language, without article.

    Args:
        region: of the closed list.
        organ: a key of `terms.anatomy.ORGANS`; an unknown one is left out.
        laterality: left, right, bilateral, midline or None.
        level: a vertebra (`T8`), rib (`rib_left_6`), lobe, segment (`VI`, `S6`), station (`4R`) or
            neck level (`IIA`); one that is not known is left out.

    Raises:
        ValueError: the region is unknown, or side and organ contradict each other.
    """
    key = site_key(region=region, organ=organ, laterality=laterality, level=level)
    return {lang: name(key, lang, side=laterality) for lang in LANGUAGES}


def site_key(*, region: str, organ: str | None, laterality: str | None, level: str | None) -> str:
    """Return the deepest organ key that lies in `region`, or the region itself.

    Raises:
        ValueError: the region is unknown, or side and organ contradict each other.
    """
    if region not in REGION_TABLE:
        raise ValueError(f"region {region!r} is not of the closed list")
    candidates = [*(_of_level(level, region, laterality) if level else ()), organ or ""]
    for key in candidates:
        if key in ORGANS and ORGANS[key].region == region:
            _check_side(key, laterality)
            return key
    return region


def side_said(place: str, side: Side | None, lang: str) -> Side | None:
    """Return `side` when the words of a place say it, else None."""
    return side if side is not None and _says_side(place, side, lang) else None


def place_of(finding: Finding, lang: str) -> str:
    """Return the finding's place in the words of `lang`, its side included.

    The finding's own words when they are of that language; else their translation; else the name
    of the region.
    """
    text = " ".join(finding.anatomy.split())
    if not _is_of_language(text, lang):
        return _translated(finding, lang)
    return _with_side(text, finding.laterality, lang)


@cache
def terms_by_text(lang: str) -> dict[str, Term]:
    """Return every term of `lang` by its wording in lower case."""
    return {term.text.lower(): term for term in terms(lang)}


def _of_level(level: str, region: str, side: str | None) -> Iterator[str]:
    yield level
    yield f"vertebrae_{level}"
    yield f"lymph_node_{level}"
    yield f"lymph_node_level_{level}"
    number = level.removeprefix("segment_").removeprefix("S")
    if number in ROMAN:
        number = str(ROMAN.index(number) + 1)
    bases = [f"lymph_node_level_{level}", level, f"lung_segment_{number}"]
    yield from (key for base in bases if (key := organ_key(base, side)))
    if region == "liver":
        yield f"liver_segment_{number}"


def _check_side(key: str, laterality: str | None) -> None:
    own = ORGANS[key].side
    if {own, laterality} == {"left", "right"}:
        raise ValueError(f"{key} lies on the {own}, but the side stated is {laterality}")


def _is_of_language(text: str, lang: str) -> bool:
    lower = text.lower()
    known = terms_by_text(lang)
    if lower in known:
        return True
    if any(lower in terms_by_text(other) for other in LANGUAGES if other != lang):
        return False
    return any(part in known for part in _parts(lower))


def _parts(text: str) -> Iterator[str]:
    parts = text.split()
    for start in range(len(parts)):
        for stop in range(start + 1, min(start + _LONGEST_TERM, len(parts)) + 1):
            yield " ".join(parts[start:stop])


def _translated(finding: Finding, lang: str) -> str:
    lower = " ".join(finding.anatomy.split()).lower()
    for other in LANGUAGES:
        if lower in names_by_language(other):
            key, side = names_by_language(other)[lower]
            return name(key, lang, side=side or finding.laterality)
        if lower in terms_by_text(other):
            term = terms_by_text(other)[lower]
            key = term.organ(finding.laterality) or term.key
            if key in ORGANS or key in REGION_TABLE:
                return name(key, lang, side=term.side or finding.laterality)
    place = name(finding.region, lang, side=finding.laterality)
    return _with_side(place, finding.laterality, lang)


def _with_side(place: str, side: str | None, lang: str) -> str:
    if side not in {"left", "right", "bilateral"} or _says_side(place, str(side), lang):
        return place
    word = side_words(lang)[str(side)]
    return f"{word} {place}" if lang == "en" else f"{place} {word}"


def _says_side(place: str, side: str, lang: str) -> bool:
    term = terms_by_text(lang).get(place.lower())
    if term is not None and term.side == side:
        return True
    spoken = {w.text.lower() for w in words(lang) if w.kind == "side" and w.key == side}
    return any(part in spoken for part in _parts(place.lower()))
