"""The phrases of a sentence folded into groups, left to right.

Keeps what a sentence leaves open for the next phrase or sentence: the reach of a denial, a lone
side, figures "respectively", and the lesion that "it" means.
"""

from collections.abc import Sequence

from petscribe.mining.groups.chunks import Chunk
from petscribe.mining.groups.denials import fold_denied
from petscribe.mining.groups.groups import Folding, same_noun
from petscribe.mining.groups.statements import fold_stated


def fold_sentence(state: Folding, chunks: Sequence[Chunk]) -> None:
    """Fold the phrases of one sentence into groups."""
    state.sentence += 1
    state.first = len(state.groups)
    state.current, state.reach, state.negating, state.pending = None, [], False, None
    for chunk in chunks:
        if chunk.sep in {"stop", "semicolon", "dot"}:
            state.negating, state.reach = False, []
        _fold(state, chunk)
    _flush_side(state)
    _distribute(state)
    state.previous = state.current or (None if chunks else state.previous)


def _distribute(state: Folding) -> None:
    """Give figures "respectively" to the groups of a sentence when the last one holds them all."""
    here = [g for g in state.groups[state.first :] if not g.negated]
    if len(here) < 2 or not here[-1].respectively:
        return
    last = here[-1]
    for kind in ("suvval", "sizeval"):
        listed = [c for c in last.chunks if kind in c.kinds and not _own_figure(c, kind)]
        marks = [(c, i) for c in listed for i in c.items if kind in i.tags]
        if len(marks) != len(here) or any(g.has(kind) for g in here[:-1]):
            continue
        for group, (chunk, mark) in zip(here[:-1], marks[:-1], strict=True):
            chunk.items.remove(mark)
            chunk.claims.remove(mark)
            alone = Chunk(sep="with", bracket=False, items=[mark], kinds=frozenset((kind,)))
            alone.claims = [mark]
            group.chunks.append(alone)
        last.chunks = [c for c in last.chunks if c.items]
        last.respectively = False


def _own_figure(chunk: Chunk, kind: str) -> bool:
    """Whether the figure stands before the noun it measures: "a 12 mm node"."""
    first = next(i.start for i in chunk.items if kind in i.tags)
    return any(first < noun.start for noun in chunk.core_types)


def _fold(state: Folding, chunk: Chunk) -> None:
    if state.pending is not None and chunk.places:
        _spread_side(state, chunk)
    elif _is_lone_side(chunk):
        state.pending = chunk
        return
    elif state.pending is not None:
        _flush_side(state)
    if _look_back(state, chunk):
        state.current = state.previous
        state.reach = [state.current] if state.current else []
    denies = chunk.sep == "without" or chunk.has("neg")
    if denies or (state.negating and _carries_on(chunk)):
        fold_denied(state, chunk)
    else:
        state.negating = False
        fold_stated(state, chunk)
    _after(state, chunk)


def _after(state: Folding, chunk: Chunk) -> None:
    """Denials that follow what they deny: "is not seen", "are unremarkable"."""
    if chunk.has("negafter"):
        for group in state.reach:
            if not group.has_claims() and not group.has("change"):
                group.negated = True
    if chunk.has("normal"):
        for group in state.reach:
            if not group.has_core() and not group.has_claims() and not group.has("avid", "change"):
                group.negated = True


def _carries_on(chunk: Chunk) -> bool:
    """Whether a denial reaches into this phrase: "no A, B or C"."""
    if chunk.sep not in {"comma", "or", "and", "slash", "open", "close", "including", "juxta"}:
        return False
    if chunk.claims or chunk.has("normal", "change", "pron"):
        return chunk.bracket
    return True


def _is_lone_side(chunk: Chunk) -> bool:
    return (
        bool(chunk.items)
        and all("side" in i.tags or "the" in i.tags for i in chunk.items)
        and chunk.has("side")
        and not chunk.bracket
        and chunk.sep != "close"
    )


def _spread_side(state: Folding, chunk: Chunk) -> None:
    """As in "Right and left axillary nodes": the site stands once, for both sides."""
    pending, state.pending = state.pending, None
    assert pending is not None
    side = next(i for i in pending.items if "side" in i.tags)
    first = chunk.places[0]
    if (
        first.side in {"left", "right"}
        and side.tags["side"] in {"left", "right"}
        and first.side != side.tags["side"]
    ):
        other = first._replace(side=side.tags["side"], side_span=(side.start, side.end))
        chunk.places = [other, *chunk.places]
    elif first.side is None and first.paired:
        chunk.places = [first._replace(side=side.tags["side"], own_side=True), *chunk.places[1:]]


def _flush_side(state: Folding) -> None:
    """A lone side after all: "nodules in the lungs, bilaterally"."""
    pending, state.pending = state.pending, None
    group = state.current
    if pending is None or group is None or not group.places:
        return
    last = group.places[-1]
    if last.side is None:
        side = next(i.tags["side"] for i in pending.items if "side" in i.tags)
        group.places[-1] = last._replace(side=side)


def _look_back(state: Folding, chunk: Chunk) -> bool:
    """Whether the sentence goes on about the lesion of the one before."""
    before = state.previous
    started = state.current is not None or bool(state.reach)
    if before is None or before.negated or started or chunk.places:
        return False
    if chunk.has("pron"):
        return True
    if chunk.has("neg"):
        bare = chunk.has("avid", "type") and not chunk.core_types
        return bare and before.has_core() and not chunk.has("other")
    if chunk.core_types:
        return chunk.has("the", "largest") and same_noun(before, chunk)
    if chunk.types:
        return chunk.has("largest") or (bool(chunk.claims) and chunk.has("the"))
    return bool(chunk.claims) or chunk.has("largest", "change", "certainty")
