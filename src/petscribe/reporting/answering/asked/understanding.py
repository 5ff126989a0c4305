"""Words to a `Question`: which kind of answer is wanted, about which places and lesions.

Cues come from `terms.questions`; the order of the rules below decides where several fit. What no
PET/CT of one day can tell is recognised before anything else, and what fits no rule is said to be
not understood, never guessed. Knows no exam.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from petscribe.reporting.answering.asked.question import (
    AskedPlace,
    Extreme,
    Kind,
    Limit,
    Quantity,
    Question,
)
from petscribe.reporting.answering.asked.references import bare_numbers, references_in
from petscribe.terms.anatomy import SECTIONS
from petscribe.terms.questions import Cue, cues_in

_MORE: Final[dict[str, Extreme]] = {
    "hotter": "hottest",
    "cooler": "coolest",
    "larger": "largest",
    "smaller": "smallest",
}
_EXTREMES: Final[dict[str, Extreme]] = {
    name: name for name in ("hottest", "coolest", "largest", "smallest")
}
_QUANTITIES: Final[dict[str, Quantity]] = {
    name: name
    for name in (
        *("suv_max", "suv_mean", "suv_peak", "volume", "tlg", "long_axis", "slice"),
        *("ratio_liver", "ratio_blood_pool", "deauville"),
    )
}
_SIZES: Final = frozenset({"volume", "tlg", "long_axis"})
_AS_SIZE: Final[dict[Extreme, Extreme]] = {"hottest": "largest", "coolest": "smallest"}
_FIGURE: Final = re.compile(r"[\s:]*(?:suv(?:max)?\s*)?(\d+(?:[.,]\d+)?)\s*(cm|mm|ml|cc)?")
_UNIT_QUANTITY: Final[dict[str | None, Quantity]] = {
    "cm": "long_axis",
    "mm": "long_axis",
    "ml": "volume",
    "cc": "volume",
}


@dataclass(frozen=True, slots=True)
class _Heard:
    """The cues of one question, to be asked about."""

    cues: Sequence[Cue]

    def has(self, kind: str, *keys: str) -> bool:
        return any(cue.means(kind, *keys) for cue in self.cues)

    def first(self, kind: str) -> str | None:
        return next((cue.meanings[kind] for cue in self.cues if kind in cue.meanings), None)


def understand(text: str, places: Sequence[AskedPlace], lang: str) -> Question:
    """Return what a question asks.

    Args:
        text: the question in one spelling (`mining.normalise`), lesion numbers included.
        places: the sites that it names, from left to right, with their spans.
        lang: `en` or `vi`.
    """
    lesions, rest = references_in(text, lang)
    places = _without_ratios(rest, places, lang)
    for place in places:
        if place.key:
            start, end = place.span
            rest = rest[:start] + " " * (end - start) + rest[end:]
    heard = _Heard(cues_in(rest, lang))
    if not lesions and (heard.has("more") or heard.has("ask", "same", "same_side")):
        bare = bare_numbers(rest)
        lesions = bare if len(bare) == 2 else ()
    named = (*places, *_sections(heard, places))
    topic = _unanswerable(heard, lesions, named)
    if topic:
        return Question(kind="unanswerable", places=named, lesions=lesions, topic=topic)
    if heard.has("beyond"):
        return Question(kind="not_understood", places=named, lesions=lesions)
    limit = _limit(heard, rest)
    pick = _pick(heard, lesions, limit)
    quantity = _quantity(heard)
    kind = _kind(heard, named, lesions, limit=limit, pick=pick, quantity=quantity)
    if kind == "side":  # "left or right" names no place
        named = tuple(_without_side(place) for place in named if place.key or place.section)
    return Question(
        kind=kind,
        places=named,
        lesions=lesions,
        quantity=quantity,
        pick=pick,
        more=_more(heard, quantity),
        limit=limit,
        nodes=heard.has("object", "node") or any(place.node for place in places),
        normal=heard.has("normal"),
        nature=heard.has("nature"),
        topic=heard.first("reference") or "",
    )


def _unanswerable(heard: _Heard, lesions: Sequence[int], places: Sequence[AskedPlace]) -> str:
    """Return why no exam of one day can answer, or nothing."""
    topic = heard.first("topic")
    if topic is not None:
        return topic
    if heard.has("thing") and not heard.has("object", "uptake"):
        return "thing"
    asked_of_one = lesions or not (places or heard.has("exists"))
    if (heard.has("nature", "grade") and asked_of_one) or (heard.has("nature") and lesions):
        return "nature"
    return ""


def _without_ratios(text: str, places: Sequence[AskedPlace], lang: str) -> tuple[AskedPlace, ...]:
    """Return the places that are not part of a quantity's name: "the ratio to liver"."""
    spans = [
        cue.span
        for cue in cues_in(text, lang)
        if cue.means("quantity", "ratio_liver", "ratio_blood_pool")
    ]
    return tuple(
        place
        for place in places
        if not any(start <= place.span[0] < end for start, end in spans if place.key)
    )


def _sections(heard: _Heard, places: Sequence[AskedPlace]) -> tuple[AskedPlace, ...]:
    side = next((p.side for p in places if not p.key), None)
    said = {cue.meanings["section"] for cue in heard.cues if "section" in cue.meanings}
    return tuple(AskedPlace(section=section, side=side) for section in SECTIONS if section in said)


def _without_side(place: AskedPlace) -> AskedPlace:
    return AskedPlace(key=place.key, region=place.region, section=place.section, span=place.span)


def _quantity(heard: _Heard) -> Quantity | None:
    said = heard.first("quantity")
    return _QUANTITIES.get(said) if said else None


def _limit(heard: _Heard, text: str) -> Limit | None:
    for cue in heard.cues:
        figure = _FIGURE.match(text, cue.span[1]) if cue.means("limit") else None
        if figure is None:
            continue
        value, unit = float(figure[1].replace(",", ".")), figure[2]
        quantity = _UNIT_QUANTITY.get(unit) or _quantity(heard) or _limited_by(heard)
        value *= 10.0 if unit == "cm" else 1.0
        return Limit(quantity=quantity, above=cue.means("limit", "above"), value=value)
    return None


def _limited_by(heard: _Heard) -> Quantity:
    by_size = heard.has("ask", "size") or heard.has("more", "larger", "smaller")
    return "long_axis" if by_size else "suv_max"


def _pick(heard: _Heard, lesions: Sequence[int], limit: Limit | None) -> Extreme | None:
    """Return which of several lesions is meant; none when one is named or a limit is asked."""
    if len(lesions) == 1 or limit is not None:
        return None
    keys = [cue.meanings["ask"] for cue in heard.cues if "ask" in cue.meanings]
    found = next((_EXTREMES[key] for key in keys if key in _EXTREMES), None)
    if found is None and heard.has("ask", "which") and heard.has("more"):
        found = _MORE[str(heard.first("more"))]
    if found in _AS_SIZE and _quantity(heard) in _SIZES:
        return _AS_SIZE[found]
    return found


def _more(heard: _Heard, quantity: Quantity | None) -> Extreme | None:
    said = heard.first("more")
    if said is None:
        return None
    more = _MORE[said]
    return _AS_SIZE.get(more, more) if quantity in _SIZES else more


def _kind(
    heard: _Heard,
    places: Sequence[AskedPlace],
    lesions: Sequence[int],
    *,
    limit: Limit | None,
    pick: Extreme | None,
    quantity: Quantity | None,
) -> Kind:
    """Return the first rule that fits."""
    single = _about_some(heard, pick, quantity)
    both_sides = {"left", "right"} <= {place.side for place in places if not place.region}
    rules: tuple[tuple[bool, Kind], ...] = (
        (both_sides, "side"),
        (_asks_reference(heard, lesions, quantity), "reference"),
        (heard.has("ask", "same_side") and len(lesions) > 1, "same_side"),
        (_compares(heard, places, lesions) and limit is None and pick is None, "comparison"),
        (limit is not None and bool(lesions), "comparison"),
        (limit is not None and not heard.has("ask", "count"), "presence"),
        (heard.has("ask", "count") and (quantity is None or limit is not None), "count"),
        (_asks_total(heard, quantity, lesions), "total"),
        (single is not None, single or "presence"),
        (heard.has("ask", "where"), "site"),
        (bool(lesions) and bool(places), "place_check"),
        (_asks_presence(heard, places), "presence"),
        (heard.has("ask", "list", "total") or bool(lesions), "site" if lesions else "presence"),
    )
    return next((kind for fits, kind in rules if fits), "not_understood")


def _about_some(heard: _Heard, pick: Extreme | None, quantity: Quantity | None) -> Kind | None:
    """Return what is asked about lesions that are there: side, degree, size, value, or which."""
    if heard.has("ask", "side"):
        return "side"
    if pick is not None:
        of_heat = pick in _AS_SIZE
        of_size = quantity in _SIZES | {"slice", "deauville"}
        if quantity is not None and of_heat == of_size:
            return "measure"  # of another quantity than what it was picked by
        asks_size = heard.has("ask", "size") and of_heat
        asks_uptake = heard.has("ask", "uptake") and not of_heat
        return "size_class" if asks_size else "uptake_class" if asks_uptake else pick
    if quantity is not None:
        return "measure"
    if heard.has("ask", "uptake"):
        return "uptake_class"
    return "size_class" if heard.has("ask", "size") else None


def _asks_reference(heard: _Heard, lesions: Sequence[int], quantity: Quantity | None) -> bool:
    ratio = quantity in {"ratio_liver", "ratio_blood_pool"}
    return heard.has("reference") and not lesions and not ratio and not heard.has("more")


def _compares(heard: _Heard, places: Sequence[AskedPlace], lesions: Sequence[int]) -> bool:
    sides = len(lesions) + sum(bool(p.region) for p in places) + heard.has("reference")
    return sides > 1 and (heard.has("more") or heard.has("ask", "same"))


def _asks_total(heard: _Heard, quantity: Quantity | None, lesions: Sequence[int]) -> bool:
    summed = quantity in {"volume", "tlg"} or (
        quantity is None and heard.has("ask", "total") and not heard.has("object")
        and not heard.has("ask", "list", "presence", "where")
    )  # fmt: skip
    return heard.has("ask", "total") and summed and not lesions


def _asks_presence(heard: _Heard, places: Sequence[AskedPlace]) -> bool:
    about = heard.has("object") or heard.has("nature") or heard.has("normal")
    return about or bool(places)
