"""Marks to places: lists of levels and lobes, sides with their scope, one place per phrase.

Knows how the two languages order side and site; the wordings are `terms.lexicon`. A side belongs to
the site it stands beside; `groups` decides whether a shared noun carries it further.
"""

import re
from collections.abc import Sequence
from functools import cache
from typing import Final, NamedTuple

from petscribe.core.finding import Side
from petscribe.mining.vocabulary import Item
from petscribe.terms.anatomy import side_words
from petscribe.terms.words import Term, terms

_FAMILY: Final = re.compile(
    r"(lymph_node_level_|liver_segment_|rib_|vertebrae_[CTL]|lung_segment_|lymph_node_(?=\d))(\d+|[IV]+[AB]?)"
)
_LOBE: Final = re.compile(r"lung_(?:upper|middle|lower)_lobe")
_GENERIC: Final = frozenset(
    [
        "bone",
        "lung",
        "neck",
        "head_neck",
        "other",
        "muscle",
        "soft_tissue",
        "mediastinum",
        "pelvis",
        "retroperitoneum",
        "bone_spine",
        "bone_rib",
        "bone_pelvis",
        "lymph_node_cervical",
        "lymph_node_iliac",
        "skin",
        "abdominal_wall",
        "chest_wall",
        "liver",
        "bronchus",
        "trachea",
        "colon",
        "small_bowel",
        "brain",
    ]
)
_VAGUE: Final = frozenset(("other", "soft_tissue", "muscle", "bone", "brown_fat"))
_SIDE_IN_NAME: Final = frozenset(("colon", "retroperitoneum"))
_UNPAIRED: Final = frozenset(
    [
        "brain",
        "mediastinum",
        "heart",
        "esophagus",
        "liver",
        "gallbladder",
        "spleen",
        "pancreas",
        "bladder",
        "stomach",
        "small_bowel",
        "colon",
        "mesentery",
        "peritoneum",
        "retroperitoneum",
        "prostate",
        "bone_spine",
        "bone_marrow",
        "other",
        "bone",
    ]
)
"""Regions that a shared side is not carried to."""


class Place(NamedTuple):
    """One site as a text names it."""

    term: Term
    side: Side | None
    start: int
    end: int
    own_side: bool
    """Whether the side stands in this place's own words."""
    sibling: bool = False
    """Whether it goes on a list of the place before: "levels II and III"."""
    side_span: tuple[int, int] | None = None
    """Where the side word stands, when it is not inside the site's words."""

    @property
    def rank(self) -> int:
        """How specific the wording is."""
        if self.term.key in _VAGUE:
            return 0
        return 1 if self.term.key in _GENERIC else 2

    @property
    def paired(self) -> bool:
        """Whether a side may be carried to it from a neighbour."""
        return self.term.side is None and (
            self.term.region not in _UNPAIRED or "paratracheal" in self.term.text
        )

    def region(self, *, node: bool) -> str:
        """Return the region, of a lymph node there when `node`."""
        return self.term.nodes if node and self.term.nodes else self.term.region


def expand_lists(items: Sequence[Item], text: str, lang: str) -> list[Item]:
    """Give every member of a list a site: "levels II and III", "upper and lower lobes"."""
    made = list(items)
    for k, item in enumerate(items):
        term = item.tags.get("site")
        if term is None:
            continue
        if term.key == "bone_rib" and _figure_at(items, k + 1, item.j):
            numbered = term_of_key(lang, f"rib_{items[k + 1].text}", None)
            if numbered:
                made[k] = item._replace(tags={"site": numbered})
                made[k + 1] = items[k + 1]._replace(tags={"part": "number"})
                term = numbered
                _forward(made, items, k + 1, term=term, lang=lang)
                continue
        if _LOBE.match(term.key):
            _lobes(made, items, k, lang)
        elif _FAMILY.match(term.key):
            _forward(made, items, k, term=term, lang=lang)
            _backward(made, items, k, text=text, lang=lang)
    return made


def _figure_at(items: Sequence[Item], k: int, j: int) -> bool:
    return k < len(items) and "num" in items[k].tags and items[k].i == j and len(items[k].text) < 3


def _forward(made: list[Item], items: Sequence[Item], k: int, *, term: Term, lang: str) -> None:
    at = k + 1
    while at + 1 < len(items):
        link, member = items[at], items[at + 1]
        if not _links(link) or member.i - items[at - 1].j > 3 or _is_measure(items, at + 1):
            return
        found = _sibling(term, member, lang)
        if found is None:
            return
        made[at + 1] = member._replace(tags={"site": found, "sibling": True})
        at += 2


def _links(item: Item) -> bool:
    return bool(item.tags.keys() & {"and", "or", "to"}) or item.tags.get("punct") in {
        "comma", "slash", "dash",
    }  # fmt: skip


def _is_measure(items: Sequence[Item], k: int) -> bool:
    """Whether a figure has a unit, or counts what follows."""
    if "site" in items[k].tags:
        return True
    for after in items[k + 1 : k + 3]:
        if after.i - items[k].j <= 1 and after.tags.keys() & {"unit", "times", "notunit", "vunit"}:
            return True
        if "type" in after.tags and after.i - items[k].j <= 2 and "num" in items[k].tags:
            return True
        if "punct" in after.tags:
            return False
    return False


def _sibling(term: Term, member: Item, lang: str) -> Term | None:
    found = _FAMILY.match(term.key)
    word = member.text.upper()
    if found is None or not (member.tags.keys() & {"num", "roman"}):
        return None
    family = found[1]
    if family == "lymph_node_level_":
        key = f"{family}{_ROMAN.get(word, word)}"
    elif family in {"liver_segment_", "lung_segment_"}:
        key = f"{family}{_ARABIC.get(word, word)}"
    else:
        key = f"{family}{word}"
    sides = (None, term.side, "midline")
    return next((t for side in sides if (t := term_of_key(lang, key, side))), None)


_ROMAN: Final = {"1": "I", "2": "II", "3": "III", "4": "IV", "5": "V", "6": "VI", "7": "VII"}
_ARABIC: Final = {"I": "1", "II": "2", "III": "3", "IV": "4", "V": "5", "VI": "6", "VII": "7",
                  "VIII": "8"}  # fmt: skip


def _backward(made: list[Item], items: Sequence[Item], k: int, *, text: str, lang: str) -> None:
    """As in "4th and 5th ribs", "7 and 4R", "II and III levels": members before the first site."""
    term = items[k].tags["site"]
    at = k
    while at >= 2 and _links(items[at - 1]) and "site" not in items[at - 2].tags:
        member = items[at - 2]
        ordinal = text[member.end : member.end + 2] in {"th", "st", "nd", "rd"}
        station = (
            term.key.startswith("lymph_node_")
            and at >= 3
            and (items[at - 3].tags.get("punct") == "open" or "stations" in items[at - 3].tags)
        )
        if items[at].i - member.j > 3 or not (ordinal or station):
            return
        found = _sibling(term, member, lang)
        if found is None:
            return
        made[at - 2] = member._replace(tags={"site": found})
        made[at] = made[at]._replace(tags={**made[at].tags, "sibling": True})
        at -= 2


def _lobes(made: list[Item], items: Sequence[Item], k: int, lang: str) -> None:
    at = k
    while at >= 2 and _links(items[at - 1]) and "lobeword" in items[at - 2].tags:
        if items[at].i - items[at - 2].j > 2:
            break
        found = _of_text(lang, f"{items[at - 2].text} lobe")
        if found is None:
            break
        made[at - 2] = items[at - 2]._replace(tags={"site": found})
        made[at] = made[at]._replace(tags={**made[at].tags, "sibling": True})
        at -= 2
    at = k
    while lang == "vi" and at + 2 < len(items):
        link, member = items[at + 1], items[at + 2]
        if not (_links(link) and "lobeword" in member.tags and member.i - items[at].j <= 2):
            break
        lead = items[k].text.split()[0]
        found = _of_text(lang, f"{lead} {member.text}")
        if found is None:
            break
        made[at + 2] = member._replace(tags={"site": found, "sibling": True})
        at += 2


@cache
def _index(lang: str) -> tuple[dict[tuple[str, str | None], Term], dict[str, Term]]:
    by_key: dict[tuple[str, str | None], Term] = {}
    by_text: dict[str, Term] = {}
    for term in terms(lang):
        by_key.setdefault((term.key, term.side), term)
        by_text.setdefault(term.text.lower(), term)
    return by_key, by_text


def term_of_key(lang: str, key: str, side: str | None) -> Term | None:
    """Return the first wording of a key in a language."""
    return _index(lang)[0].get((key, side))


def _of_text(lang: str, text: str) -> Term | None:
    return _index(lang)[1].get(text)


# --- one phrase's places ----------------------------------------------------------------------


def places_of(items: Sequence[Item], text: str, lang: str) -> list[Place]:
    """Return the places of one phrase, most often one; words of one place are put together."""
    named = [k for k, item in enumerate(items) if "site" in item.tags]
    own = [k for k in named if not _is_neighbour(items, k)]
    found = [_place(items[k]) for k in own or named]
    found = _with_sides(found, items, lang)
    return _merged(found, text) if len(found) > 1 else found


def _place(item: Item) -> Place:
    term: Term = item.tags["site"]
    side: Side | None = term.side  # type: ignore[assignment]
    if side is None and term.text.startswith(("hai ", "2 ")):
        side = "bilateral"  # "both adrenal glands" in Vietnamese, as one wording
    elif side is None and term.region in _SIDE_IN_NAME:
        side = _side_in_words(term)
    return Place(
        term=term,
        side=side,
        start=item.start + _lead(item),
        end=item.end,
        own_side=side is not None,
        sibling="sibling" in item.tags,
    )


def _side_in_words(term: Term) -> Side | None:
    """Return the side that a wording holds though its organ has none: "right colon"."""
    said = side_words(term.lang)
    words = term.text.lower().split()
    sides: tuple[Side, Side] = ("left", "right")
    return next((side for side in sides if said[side] in words), None)


def _lead(item: Item) -> int:
    """Return how many characters of a wording say "node" before the site."""
    lead = item.tags.get("lead", 0)
    found = re.match(rf"(?:\S+\s+){{{lead}}}", item.text) if lead else None
    return found.end() if found else 0


def has_neighbour_only(items: Sequence[Item]) -> bool:
    """Whether every site of a phrase only says what the lesion lies next to."""
    sites = [k for k, item in enumerate(items) if "site" in item.tags]
    return bool(sites) and all(_is_neighbour(items, k) for k in sites)


def _is_neighbour(items: Sequence[Item], k: int) -> bool:
    for at in range(k - 1, max(k - 4, -1), -1):
        before = items[at]
        if "rel" in before.tags:
            return items[k].i - before.j <= 5
        if not before.tags.keys() & {"side", "the", "site"}:
            return False
    return False


def _with_sides(places: list[Place], items: Sequence[Item], lang: str) -> list[Place]:
    if not places:
        return places
    made = list(places)
    for item in items:
        if "side" not in item.tags:
            continue
        at = _owner(made, item, lang)
        if at is None:
            at = _contradicted(made, item, lang)
        if at is None:
            continue
        place = made[at]
        start, end = place.start, place.end
        near = item.start - end if item.start >= end else start - item.end
        outside = (item.start, item.end)
        if near <= 18:
            start, end = min(start, item.start), max(end, item.end)
        made[at] = place._replace(
            side=item.tags["side"], own_side=True, side_span=outside, start=start, end=end
        )
    return made


def _owner(places: Sequence[Place], item: Item, lang: str) -> int | None:
    free = [k for k, place in enumerate(places) if not place.own_side]
    before = [k for k in free if places[k].end <= item.start]
    after = [k for k in free if places[k].start >= item.end]
    if lang == "vi":
        before, after = before[-1:], after[:1]
        return (before or after or [None])[0]  # type: ignore[list-item]
    return (after[:1] or before[-1:] or [None])[0]  # type: ignore[list-item]


def _contradicted(places: Sequence[Place], item: Item, lang: str) -> int | None:
    """Return the site whose own side the word right beside it denies: "left station 10R".

    The reader's word stands, so that a check can hold it against the measurement.
    """
    if item.tags["side"] not in {"left", "right"}:
        return None
    for k, place in enumerate(places):
        gap = item.start - place.end if lang == "vi" else place.start - item.end
        if 0 <= gap <= 1 and place.side in {"left", "right"} and place.side_span is None:
            return k
    return None


def _merged(places: list[Place], text: str) -> list[Place]:
    """Make one place of the words of one phrase: the most specific one, with the phrase's side."""
    best = max(places, key=lambda place: (place.rank, bool(place.term.side), -place.start))
    sides = {place.side for place in places if place.side}
    start, end = best.start, best.end
    for place in places:
        gap = text[min(place.end, end) : max(place.start, start)]
        if len(gap) <= 14 and "," not in gap:
            start, end = min(start, place.start), max(end, place.end)
    said = {place.side for place in places if place.side_span is not None}
    side = best.side or (next(iter(sides)) if len(sides) == 1 else None)
    if len(said) == 1 and best.side in {"left", "right"} and said <= {"left", "right"}:
        side = next(iter(said))  # a word beside the site outweighs the side in a station's name
    return [best._replace(side=side, own_side=side is not None, start=start, end=end)]
