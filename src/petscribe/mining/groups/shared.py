"""Sides that several places share: lists, shared nouns, and a side that stands alone.

Laterality does not carry across "and" unless the noun is shared.
"""

from collections.abc import Sequence

from petscribe.mining.groups.chunks import NO_THING
from petscribe.mining.groups.groups import Group
from petscribe.mining.sites import Place, term_of_key


def carried_sides(group: Group, lang: str) -> list[Place]:
    """Return the places, with a side that a shared noun carries between paired sites.

    "Right hilar and paratracheal nodes" are both right; "right hilum and paratracheal node" not.
    """
    places = _in_bone(_sides_of_lists(group.places), lang)
    if len(places) == 1 and places[0].side is None:
        return [_with_loose_side(places[0], group)]
    if len(places) < 2:
        return places
    noun = next((i for i in group.nouns if i.tags["type"] not in NO_THING), None)
    if noun is None:
        return places
    if lang == "en" and noun.start > places[-1].start:
        for k in range(1, len(places)):
            if places[k].side is None and places[k].paired and places[k - 1].side:
                places[k] = _sided(places[k], places[k - 1])
    if lang == "vi" and len(places) == 2 and noun.start <= places[0].start:
        first, last = places
        if first.side is None and first.paired and last.own_side:
            places[0] = _sided(first, last)
    return places


def _sides_of_lists(given: Sequence[Place]) -> list[Place]:
    """Give all members of a list its side: "right levels II and III"."""
    places = list(given)
    for k in range(1, len(places)):
        if places[k].sibling and places[k].side is None and places[k - 1].side:
            places[k] = _sided(places[k], places[k - 1])
    for k in range(len(places) - 1, 0, -1):
        if places[k].sibling and places[k - 1].side is None and places[k].own_side:
            places[k - 1] = _sided(places[k - 1], places[k])
    return places


def _in_bone(places: list[Place], lang: str) -> list[Place]:
    """As in "Osseous lesions in the spine and pelvis": the pelvis is then the bone."""
    if len(places) < 2 or not any(p.term.region.startswith("bone") for p in places):
        return places
    bone = term_of_key(lang, "bone_pelvis", None)
    return [p._replace(term=bone) if bone and p.term.key == "pelvis" else p for p in places]


def _with_loose_side(place: Place, group: Group) -> Place:
    """As in "Thyroid, left lobe": a side in a phrase without a site of its own."""
    sides = {
        (i.tags["side"], i.start, i.end)
        for c in group.chunks
        if not c.places and not c.has("site", "rel")
        for i in c.items
        if "side" in i.tags
    }
    if len(sides) != 1:
        return place
    side, start, end = sides.pop()
    return place._replace(side=side, side_span=(start, end))


def _sided(place: Place, giver: Place) -> Place:
    side = giver.side if giver.side != "midline" else None
    return place._replace(side=side, side_span=giver.side_span)
