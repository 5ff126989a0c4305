"""Phrases that deny: a lesion, all in an organ, or only the uptake of a lesion that is there.

Existence and avidity are separate: "7 mm nodule without uptake" is present and not avid.
"""

from petscribe.mining.groups.chunks import Chunk
from petscribe.mining.groups.groups import AVIDITY, LISTS, Folding, Group, attach, open_group
from petscribe.mining.groups.statements import fold_stated
from petscribe.mining.sites import Place
from petscribe.mining.vocabulary import Item


def fold_denied(state: Folding, chunk: Chunk) -> None:
    """Fold a phrase that denies, or that a denial reaches."""
    group = state.current
    places, core = chunk.places, chunk.core_types
    cut = _denied_from(chunk)
    before = [i for i in chunk.items if cut is not None and i.start < cut]
    headed = any(i.tags.get("type", "uptake") != "uptake" for i in before)
    uptake_only = bool(chunk.types or chunk.has(*AVIDITY, "degree")) and not core
    if headed and not _core_after(chunk, cut):
        # "nodule without uptake", "the node is not avid" within one phrase
        fold_stated(state, chunk)
        if state.current is not None:
            state.current.no_uptake = True
        return
    if (
        uptake_only
        and group is not None
        and group.sentence == state.sentence
        and group.negated
        and not places
    ):
        attach(state, chunk)
        return
    if (
        uptake_only
        and not places
        and group is not None
        and (group.has_core() or group.has_claims())
        and not group.negated
    ):
        attach(state, chunk)
        group.no_uptake = True
        return
    if uptake_only and group is not None and _closes_list(group, chunk, cut):
        attach(state, chunk, places)
        group.no_uptake = True
        return
    if _uptake_of_known(chunk, core, cut):
        fold_stated(state, chunk)
        if state.current is not None:
            state.current.no_uptake = True
        return
    state.negating = True
    _deny(state, chunk, places)


def _closes_list(group: Group, chunk: Chunk, cut: int | None) -> bool:
    """As in "nodes of the neck and axilla are without uptake": the last place, then the denial."""
    listed = chunk.sep in LISTS and group.open_list and group.has_core() and not group.negated
    return listed and bool(chunk.places) and all(p.end <= (cut or 0) for p in chunk.places)


def _deny(state: Folding, chunk: Chunk, places: list[Place]) -> None:
    group = state.current
    names = bool(places or chunk.core_types or chunk.types)
    if group is None:
        if names or chunk.has(*AVIDITY):
            open_group(state, chunk, places).negated = True
    elif chunk.has("diagnosis") and not names:
        _deny_diagnosis(state, chunk)
    elif group.negated and _joins_denied(group, chunk, places):
        attach(state, chunk, places)
    elif _denies_organ(group, chunk, places):
        group.negated = True
        attach(state, chunk, places)
    elif places or chunk.core_types:
        open_group(state, chunk, places).negated = True
    elif all("neg" in i.tags for i in chunk.items):
        group.negated = True
        attach(state, chunk)
    elif chunk.types and chunk.sep != "without":
        open_group(state, chunk, []).negated = True


def _deny_diagnosis(state: Folding, chunk: Chunk) -> None:
    """As in "Liver without metastasis" denies; "nodule without evidence of malignancy" does not."""
    group = state.current
    assert group is not None
    if group.negated or (group.places and not group.has_core() and not group.has_claims()):
        group.negated = True
        attach(state, chunk)


def _denies_organ(group: Group, chunk: Chunk, places: list[Place]) -> bool:
    """Whether the denial is of what an organ named before could show: "liver without lesion"."""
    if not group.places or group.has_core() or group.has_claims() or group.has("avid", "change"):
        return False
    cut = _denied_from(chunk) or 0
    return not places or (chunk.sep in LISTS and all(place.end <= cut for place in places))


def _joins_denied(group: Group, chunk: Chunk, places: list[Place]) -> bool:
    """Whether a phrase goes on with the same denial rather than starting the next one."""
    if not places:
        return True
    if not group.places:
        return True
    core = chunk.core_types
    return not (core and group.has_core())


def _denied_from(chunk: Chunk) -> int | None:
    if chunk.sep == "without":
        return chunk.link.start if chunk.link is not None else None
    for item in chunk.items:
        if "neg" in item.tags:
            return item.start
    return None


def _core_after(chunk: Chunk, cut: int | None) -> bool:
    return any(i.start > (cut or 0) for i in chunk.core_types)


def _uptake_of_known(chunk: Chunk, core: list[Item], cut: int | None) -> bool:
    """As in "No uptake within the known 7 mm nodule": the nodule is there, the uptake is not."""
    if not core or cut is None:
        return False
    first = core[0]
    uptake = [i for i in chunk.types if i.tags["type"] == "uptake" and cut < i.start < first.start]
    if not uptake:
        return False
    since = [i for i in chunk.items if uptake[0].start < i.start < first.start]
    sized = any("sizeval" in i.tags for i in chunk.items)
    return sized or any("the" in i.tags or "pron" in i.tags for i in since)
