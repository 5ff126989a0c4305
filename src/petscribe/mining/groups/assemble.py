"""Groups to findings: one record per lesion, figures distributed, repetitions merged.

Follows the conventions of the finding schema: a list of two lesions is two findings, "respectively"
distributes in order, a bilateral finding with a value for each side is two, and a denied finding
carries no uptake and no SUV.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from petscribe.core.finding import (
    Finding,
    Side,
    SizeClaim,
    SuvClaim,
)
from petscribe.mining.groups.attributes import (
    change_of,
    comparisons_of,
    count_of,
    diagnoses_of,
    type_of,
    uptake_of,
)
from petscribe.mining.groups.chunks import Chunk
from petscribe.mining.groups.groups import Group
from petscribe.mining.groups.shared import carried_sides
from petscribe.mining.normalise import Normalised
from petscribe.mining.sites import Place
from petscribe.terms.anatomy import side_words

_EVIDENCE: Final = (
    "avid",
    "uptake",
    "change",
    "diagnosis",
    "vs",
    "suvval",
    "sizeval",
    "mtvval",
    "tlgval",
    "imageval",
)


_NO_RECORD: Final = frozenset(("thing", "abnormality"))
"""Nouns that a denial without a site makes no record of: "no pneumothorax"."""


@dataclass(slots=True)
class _Claim:
    """A figure of a group, and the side that its phrase gives it."""

    value: Any
    start: int
    side: Side | None


@dataclass(slots=True, kw_only=True)
class _Claims:
    """The figures of a group by kind, in text order."""

    suv: list[_Claim]
    size: list[_Claim]
    refs: list[_Claim]
    mtv: list[_Claim]
    tlg: list[_Claim]


_NONE: Final = _Claims(suv=[], size=[], refs=[], mtv=[], tlg=[])


def findings_of(groups: Sequence[Group], text: Normalised, lang: str) -> list[Finding]:
    """Return the findings of a text's groups, in text order."""
    made: list[Finding] = []
    known: dict[tuple[str, bool], list[int]] = {}
    for group in groups:
        if not _says_something(group):
            continue
        for finding in _findings(group, text, lang):
            alike = known.setdefault((finding.region, finding.negated), [])
            if group.impression and _merged_into(made, finding, alike):
                continue
            if len(alike) < _MOST_ALIKE:
                alike.append(len(made))
            made.append(finding)
    return made


_MOST_ALIKE: Final = 50
"""Findings of one region that an impression is compared with."""


def _says_something(group: Group) -> bool:
    if group.negated:
        return bool(group.places) or any(i.tags["type"] not in _NO_RECORD for i in group.nouns)
    if group.places:
        return (
            bool(group.nouns) or group.no_uptake or group.has(*_EVIDENCE) or bool(group.inherited)
        )
    return group.has("suvval", "sizeval") or (
        group.has_core() and group.has("avid", "uptake", "change")
    )


def _findings(group: Group, text: Normalised, lang: str) -> list[Finding]:
    whole = _record(group, text, lang)
    if group.negated:
        denied: list[Place | None] = list(carried_sides(group, lang)) or [None]
        return [_built(whole, _NONE, place, text) for place in denied]
    claims = _claims(group)
    places: list[Place | None] = list(carried_sides(group, lang)) or [None]
    if _sides_apart(claims, places):
        return _by_side(whole, claims, places[0], text)
    parts = _shares(group, claims, len(places), whole.count)
    if len(places) == 1 and len(parts) > 1:
        places = places * len(parts)
    if len(parts) > 1 and (_plural_only(group) or whole.count == len(parts)):
        whole = replace(whole, count=1)
    shared = parts if len(parts) == len(places) else [claims] * len(places)
    return [_built(whole, part, at, text) for at, part in zip(places, shared, strict=True)]


def _plural_only(group: Group) -> bool:
    return not any(i.tags.get("count") == "multiple" for i in group.items())


def _record(group: Group, text: Normalised, lang: str) -> Finding:
    """Return the finding of a group, but for its place and its figures."""
    first = min(chunk.items[0].start for chunk in group.chunks)
    last = max(chunk.items[-1].end for chunk in group.chunks)
    if group.negated:
        return Finding(
            anatomy="",
            region="other",
            type=type_of(group, lang),
            negated=True,
            span=text.span(first, last),
        )
    items = group.items()
    kinds = group.kinds()
    return Finding(
        anatomy="",
        region="other",
        laterality=_loose_side(group),
        type=type_of(group, lang),
        count=count_of(group, items),
        uptake=uptake_of(group, items),
        change=change_of(items) if not kinds.isdisjoint(("change", "changed")) else None,
        dx=diagnoses_of(group) if "diagnosis" in kinds or "certainty" in kinds else (),
        vs=comparisons_of(items) if "vs" in kinds else (),
        span=text.span(first, last),
    )


def _loose_side(group: Group) -> Side | None:
    """Return the side of a group without a place: "left-sided lesion"."""
    if group.places:
        return None
    sides = [i.tags["side"] for i in group.items() if "side" in i.tags]
    return sides[0] if sides else None


def _built(whole: Finding, claims: _Claims, place: Place | None, text: Normalised) -> Finding:
    """Return the finding at one place with its figures; built at once, as this is the hot path."""
    if place is None:
        anatomy, region, side = "", "other", whole.laterality
    else:
        anatomy = text.words(place.start, place.end)
        if place.side_span is not None and not _inside(place.side_span, place):
            anatomy = _with_side_words(anatomy, place, text)
        region = place.region(node=whole.type in {"node", "nodal_mass"})
        side = place.side
    return Finding(
        anatomy=anatomy,
        region=region,
        laterality=side,
        type=whole.type,
        count=whole.count,
        negated=whole.negated,
        uptake=whole.uptake,
        suv=tuple(claim.value for claim in claims.suv),
        size_mm=tuple(claim.value for claim in claims.size),
        mtv_ml=claims.mtv[0].value if claims.mtv else None,
        tlg=claims.tlg[0].value if claims.tlg else None,
        refs=tuple(claim.value for claim in claims.refs),
        change=whole.change,
        dx=whole.dx,
        vs=whole.vs,
        span=whole.span,
    )


def _inside(span: tuple[int, int], place: Place) -> bool:
    return place.start <= span[0] and span[1] <= place.end


def _with_side_words(words: str, place: Place, text: Normalised) -> str:
    """Put a side that stands elsewhere beside the site, as the language does."""
    assert place.side_span is not None
    side = text.words(*place.side_span)
    return f"{side} {words}" if place.term.lang == "en" else f"{words} {side}"


# --- figures ----------------------------------------------------------------------------------


_KINDS: Final = (
    ("suvval", "suv"),
    ("sizeval", "size"),
    ("imageval", "refs"),
    ("mtvval", "mtv"),
    ("tlgval", "tlg"),
)


def _claims(group: Group) -> _Claims:
    found = _Claims(suv=[], size=[], refs=[], mtv=[], tlg=[])
    running: Side | None = None
    for k, chunk in enumerate(group.chunks):
        side = _said_side(chunk) or _side_in_bracket(group.chunks[k + 1 : k + 2])
        if side is None and not chunk.places and chunk.sep in {"with", "comma", "open"}:
            side = running  # "1.8 cm on the right with SUVmax 3.9"
        running = side
        if not chunk.claims:
            continue
        for item in chunk.claims:
            for kind, name in _KINDS:
                if kind in item.tags:
                    getattr(found, name).append(_Claim(item.tags[kind], item.start, side))
    return found


def _said_side(chunk: Chunk) -> Side | None:
    sides: list[Side] = [i.tags["side"] for i in chunk.items if "side" in i.tags]
    return sides[0] if len(sides) == 1 and sides[0] in {"left", "right"} else None


def _side_in_bracket(following: Sequence[Chunk]) -> Side | None:
    """As in "SUVmax 2.1 (right) and 3.3 (left)"."""
    if not following or not following[0].bracket or following[0].kinds != {"side"}:
        return None
    return _said_side(following[0])


def _sides_apart(claims: _Claims, places: Sequence[Place | None]) -> list[Side]:
    """Return the two sides when one bilateral site has a value for each."""
    if len(places) != 1 or places[0] is None or places[0].side in {"left", "right"}:
        return []
    sides: list[Side] = []
    for claim in sorted([*claims.suv, *claims.size], key=lambda c: c.start):
        if claim.side is not None and claim.side not in sides:
            sides.append(claim.side)
    return sides if len(sides) == 2 else []


def _by_side(
    whole: Finding, claims: _Claims, place: Place | None, text: Normalised
) -> list[Finding]:
    assert place is not None
    made: list[Finding] = []
    for side in _sides_apart(claims, [place]):
        named = _built(whole, _of_side(claims, side), place, text)
        anatomy = _side_word(side, place.term.lang, _bare_words(place, text))
        made.append(replace(named, anatomy=anatomy, laterality=side))
    return made


def _of_side(claims: _Claims, side: Side) -> _Claims:
    parts = {
        name: [c for c in getattr(claims, name) if c.side in {side, None}]
        for name in ("suv", "size", "refs", "mtv", "tlg")
    }
    return _Claims(**parts)


def _bare_words(place: Place, text: Normalised) -> str:
    start, end = place.start, place.end
    if place.side_span is not None and _inside(place.side_span, place):
        if place.side_span[0] == start:
            start = place.side_span[1]
        elif place.side_span[1] == end:
            end = place.side_span[0]
    return text.words(start, end)


def _side_word(side: Side, lang: str, words: str) -> str:
    word = side_words(lang)[side]
    return f"{word} {words}" if lang == "en" else f"{words} {word}"


def _shares(group: Group, claims: _Claims, num_places: int, count: int | str) -> list[_Claims]:
    """Return the figures of each lesion when they can be told apart, else all of them once."""
    current = [c for c in claims.suv if c.value.time == "current" and c.value.op != "range"]
    sizes = [c for c in claims.size if c.value.time == "current"]
    parts = num_places if num_places > 1 else (count if isinstance(count, int) else 1)
    if group.respectively and num_places == 1 and parts == 1:
        parts = max(len(current), len(sizes), 1)
    if parts < 2 or group.largest:
        return [claims]
    if parts not in {len(current), len(sizes), len(claims.refs)}:
        return [claims]
    if num_places == 1 and not _listed(group, len(current) == parts, len(sizes) == parts):
        return [claims]
    stats = {c.value.stat for c in current}
    if len(current) == parts and len(stats) > 1:
        return [claims]
    return [_share(claims, k, parts) for k in range(parts)]


def _listed(group: Group, suv: bool, size: bool) -> bool:  # noqa: FBT001
    """Whether figures of one site stand in a list, one per lesion: "SUVmax 5.6 and 4.2"."""
    if not (suv or size):
        return False
    return group.respectively or (suv and group.has("linked")) or (size and not suv)


def _share(claims: _Claims, k: int, parts: int) -> _Claims:
    def own(found: list[_Claim]) -> list[_Claim]:
        current = [c for c in found if getattr(c.value, "time", "current") == "current"]
        if len(current) != parts:
            return found
        after = [c.start for c in current[k + 1 : k + 2]] or [10**9]
        rest = [
            c for c in found
            if c not in current and current[k].start < c.start < after[0]
        ]  # fmt: skip
        return [current[k], *rest]

    return _Claims(
        suv=own(claims.suv),
        size=own(claims.size),
        refs=own(claims.refs),
        mtv=own(claims.mtv),
        tlg=own(claims.tlg),
    )


# --- impression -------------------------------------------------------------------------------


def _merged_into(made: list[Finding], finding: Finding, alike: Sequence[int]) -> bool:
    """Merge what an impression repeats into the one finding it can mean; say whether it could."""
    same = [k for k in alike if _repeats(made[k], finding)]
    if not same:
        return False
    if finding.negated:
        return True
    for name in ("laterality", "type"):
        exact = [k for k in same if getattr(made[k], name) == getattr(finding, name)]
        same = exact or same
    if len(same) > 1:
        return not (finding.suv or finding.size_mm or finding.dx or finding.change)
    other = made[same[0]]
    labels = {d.label for d in other.dx}
    made[same[0]] = replace(
        other,
        dx=(*other.dx, *(d for d in finding.dx if d.label not in labels)),
        change=other.change or finding.change,
        uptake=other.uptake or finding.uptake,
        laterality=other.laterality or finding.laterality,
        type=other.type or finding.type,
    )
    return True


def _repeats(known: Finding, said: Finding) -> bool:
    sides = {known.laterality, said.laterality}
    if len(sides) == 2 and None not in sides:
        return False
    return not _differs(known.suv, said.suv) and not _differs(known.size_mm, said.size_mm)


def _differs(
    known: tuple[SuvClaim, ...] | tuple[SizeClaim, ...],
    said: tuple[SuvClaim, ...] | tuple[SizeClaim, ...],
) -> bool:
    return any(claim not in known for claim in said)
