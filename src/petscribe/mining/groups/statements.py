"""Phrases that state: which of them go on about a lesion and which begin with the next one.

Knows how lists, shared nouns, "with", "including", brackets and "the largest" bind.
"""

from collections.abc import Sequence
from typing import Final

from petscribe.mining.groups.chunks import Chunk
from petscribe.mining.groups.groups import (
    AVIDITY,
    LISTS,
    Folding,
    Group,
    attach,
    open_group,
    refine,
    refines,
    same_noun,
)
from petscribe.mining.sites import Place

_OPENERS: Final = (
    *("site", "type", "avid", "uptake", "change", "count"),
    *("suvval", "sizeval", "imageval", "mtvval", "tlgval"),
)
"""Marks that a group may begin with."""


def fold_stated(state: Folding, chunk: Chunk) -> None:
    """Fold a phrase that states something."""
    group = state.current
    places, core = chunk.places, chunk.core_types
    if group is None:
        if chunk.has(*_OPENERS):
            open_group(state, chunk, places)
        return
    if (chunk.neighbour or chunk.explained) and group.places:
        places = []
        if not core:
            attach(state, chunk)
            return
    if _of_the_largest(group, chunk, places):
        group.largest = True
        attach(state, chunk, places if not group.places else [])
    elif chunk.bracket:
        _bracket(state, chunk, places)
    elif places and core:
        _with_noun_and_place(state, chunk, places)
    elif places:
        _with_place(state, chunk, places)
    elif core:
        _with_noun(state, chunk)
    else:
        _with_neither(state, chunk)


def _of_the_largest(group: Group, chunk: Chunk, places: list[Place]) -> bool:
    """Whether a phrase tells of the largest of several: one finding carries its values."""
    if chunk.has("largest"):
        return True
    return group.largest and not (places and chunk.core_types and group.has_claims())


def _with_noun_and_place(state: Folding, chunk: Chunk, places: list[Place]) -> None:
    group = state.current
    assert group is not None
    if (
        (not group.places and not group.nouns)
        or (
            group.places
            and not group.has_core()
            and group.open_list
            and chunk.sep in LISTS
            and not _own_words(group, chunk)
        )
        or (not group.places and group.open_list and not group.has_claims() and chunk.sep in LISTS)
    ):
        attach(state, chunk, places)
    elif _definite(chunk) and same_noun(group, chunk) and _compatible(group, places):
        attach(state, chunk)
    elif chunk.sep in {"with", "involving"} and not group.places:
        attach(state, chunk, places)
    elif chunk.sep == "colon" and not group.has_core() and refines(group, places):
        refine(group, places)
        attach(state, chunk)
    else:
        open_group(state, chunk, places)


def _own_words(group: Group, chunk: Chunk) -> bool:
    """Whether both lesions have modifiers of their own: "mild hilar and intense carinal uptake"."""
    both = chunk.has("degree", "avid", "count") and group.has("degree", "avid", "count")
    return both or bool(chunk.claims and _claim_first(chunk)) or group.has_claims()


def _claim_first(chunk: Chunk) -> bool:
    first_place = min(place.start for place in chunk.places)
    return any("sizeval" in i.tags and i.start < first_place for i in chunk.items)


def _with_place(state: Folding, chunk: Chunk, places: list[Place]) -> None:
    group = state.current
    assert group is not None
    if not group.places and not (chunk.sep == "colon" and not group.has_core()):
        attach(state, chunk, places)
    elif chunk.sep == "colon" and not group.has_core():
        open_group(state, chunk, places)
    elif chunk.sep in {"including", "colon"}:
        _specify(state, chunk, places)
    elif _is_accessory(chunk):
        attach(state, chunk)
    elif group.has_claims():
        _with_place_after_claims(state, chunk, places)
    elif _starts_anew(group, chunk):
        open_group(state, chunk, places, inherit=not chunk.has("type"))
    elif chunk.sep == "comma" and len(group.places) == 1 and refines(group, places):
        refine(group, places)
        attach(state, chunk)
    else:
        attach(state, chunk, places if chunk.sep in LISTS else ())


def _is_accessory(chunk: Chunk) -> bool:
    """Whether a place after "with" or "involving" belongs to what was named before."""
    bare = not chunk.claims and not chunk.has(*AVIDITY, "type")
    return chunk.sep in {"with", "involving"} and bare


def _starts_anew(group: Group, chunk: Chunk) -> bool:
    """Whether a place with words of its own goes with a new lesion, not with the list before."""
    if chunk.has("type", "avid", "uptake", "degree") and not group.open_list:
        return True
    return chunk.has("type") and group.has_core() and chunk.sep in LISTS


def _with_place_after_claims(state: Folding, chunk: Chunk, places: list[Place]) -> None:
    group = state.current
    assert group is not None
    own = chunk.has("avid", "uptake", "type", "change", "diagnosis")
    goes_on = chunk.sep in {"and", "or", "comma", "stop"} and (own or not refines(group, places))
    if chunk.claims or goes_on or _starts_anew(group, chunk):
        open_group(state, chunk, places, inherit=not chunk.has("type") and chunk.sep != "stop")
    else:
        attach(state, chunk)


def _specify(state: Folding, chunk: Chunk, places: list[Place]) -> None:
    group = state.current
    assert group is not None
    if all(place.rank < 2 for place in group.places) and not group.has_claims():
        group.places = []
        attach(state, chunk, places)
    elif group.has_claims() or chunk.claims:
        open_group(state, chunk, places, inherit=True)
    else:
        attach(state, chunk, places)


def _with_noun(state: Folding, chunk: Chunk) -> None:
    group = state.current
    assert group is not None
    if (
        (not group.has_core() and (group.open_list or chunk.sep in {"colon", "with", "juxta"}))
        or (not group.places and not group.has_claims())
        or (chunk.has("pron", "the") and same_noun(group, chunk))
        or (chunk.sep in {"with", "involving", "close"} and not chunk.claims)
        or _first_certainty(chunk)
    ):
        attach(state, chunk)
    else:
        open_group(state, chunk, list(group.places))


def _first_certainty(chunk: Chunk) -> bool:
    """Whether the phrase says what the lesion is, not that there is another."""
    for item in chunk.items:
        if "certainty" in item.tags:
            return True
        if "type" in item.tags:
            return False
    return False


def _with_neither(state: Folding, chunk: Chunk) -> None:
    group = state.current
    assert group is not None
    chunk_uptake = bool(chunk.types) or chunk.has(*AVIDITY)
    if chunk_uptake and chunk.sep == "stop" and group.negated and not group.places:
        open_group(state, chunk, [])
        return
    attach(state, chunk)


def _bracket(state: Folding, chunk: Chunk, places: list[Place]) -> None:
    group = state.current
    assert group is not None
    exact = bool(places and group.places) and refines(group, places)
    if not places:
        attach(state, chunk)
    elif chunk.claims and group.has_claims() and not exact:
        open_group(state, chunk, places, inherit=True)
    elif chunk.sep in LISTS and not group.has_claims():
        attach(state, chunk, places)
    else:
        if exact and chunk.sep == "open" and len(places) == 1:
            refine(group, places)
        attach(state, chunk, places if not group.places else ())


def _definite(chunk: Chunk) -> bool:
    return chunk.has("the", "pron")


def _compatible(group: Group, places: Sequence[Place]) -> bool:
    return any(
        mine.term.region == new.term.region
        and (not new.side or not mine.side or new.side == mine.side)
        for mine in group.places
        for new in places
    )
