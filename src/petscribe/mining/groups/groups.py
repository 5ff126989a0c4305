"""What is said of one lesion: a noun with its places, its modifiers and its figures.

Knows how a phrase joins a group or opens the next one; when it does is decided by `statements` and
`denials`.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from petscribe.mining.groups.chunks import NO_THING, Chunk
from petscribe.mining.sites import Place
from petscribe.mining.vocabulary import Item

LISTS: Final = frozenset(("and", "or", "comma", "slash", "including"))


AVIDITY: Final = ("avid", "uptake")


@dataclass(slots=True)
class Group:
    """What a text says of one lesion, or of lesions that share their words."""

    sentence: int
    places: list[Place] = field(default_factory=list)
    chunks: list[Chunk] = field(default_factory=list)
    nouns: list[Item] = field(default_factory=list)
    inherited: list[Item] = field(default_factory=list)
    """Marks taken over from the group before: shared noun and uptake."""
    negated: bool = False
    no_uptake: bool = False
    largest: bool = False
    open_list: bool = True
    """Whether another place may still join: nothing has been said of the ones named."""
    respectively: bool = False
    impression: bool = False

    def has_core(self) -> bool:
        """Tell whether it names a thing: nodule, node, mass, ..."""
        return any(
            i.tags["type"] not in NO_THING
            for i in (*self.nouns, *self.inherited)
            if "type" in i.tags
        )

    def has_claims(self) -> bool:
        """Tell whether a figure belongs to it."""
        return any(chunk.claims for chunk in self.chunks)

    def has(self, *kinds: str) -> bool:
        """Tell whether any of its phrases holds a mark of these kinds."""
        return any(chunk.has(*kinds) for chunk in self.chunks)

    def kinds(self) -> frozenset[str]:
        """Return the kinds of all its marks."""
        empty: frozenset[str] = frozenset()
        return empty.union(*(c.kinds for c in self.chunks), *(i.tags for i in self.inherited))

    def items(self) -> list[Item]:
        """Return its marks in order, separating words included."""
        made: list[Item] = list(self.inherited)
        for chunk in self.chunks:
            if chunk.link is not None:
                made.append(chunk.link)
            made.extend(chunk.items)
        return made


@dataclass(slots=True)
class Folding:
    """How far the folding of a text has come."""

    lang: str
    groups: list[Group] = field(default_factory=list)
    current: Group | None = None
    """The group that the phrase before belongs to, in this sentence."""
    reach: list[Group] = field(default_factory=list)
    """Groups of this sentence since its last turn ("but", ";")."""
    previous: Group | None = None
    """Last group of the sentence before: "it has an SUVmax of 14.8"."""
    sentence: int = 0
    first: int = 0
    """Number of the first group of this sentence."""
    negating: bool = False
    pending: Chunk | None = None
    """A lone side: "right and left axilla"."""
    context: Place | None = None
    """The organ that heads the line: "Liver: ..."."""


def refines(group: Group, places: list[Place]) -> bool:
    """Whether a place says more exactly where the last one is: "right lung, upper lobe"."""
    if not group.places or not places:
        return False
    last, new = group.places[-1], places[0]
    if last.term.region != new.term.region:
        return False
    if last.side and new.side and last.side != new.side:
        return False
    return last.rank < 2 or new.rank < 2 or last.term.key == new.term.key


def refine(group: Group, places: list[Place]) -> None:
    """Put the more exact of two wordings in the place of the last one."""
    last, new = group.places[-1], places[0]
    best = new if new.rank > last.rank else last
    side = last.side or new.side
    group.places[-1] = best._replace(
        side=side, start=min(last.start, new.start), end=max(last.end, new.end)
    )


def open_group(
    state: Folding, chunk: Chunk, places: Sequence[Place], *, inherit: bool = False
) -> Group:
    """Open a group with this phrase; `inherit` takes noun and uptake from the one before."""
    group = Group(sentence=state.sentence, places=list(places))
    before = state.current
    if inherit and before is not None:
        taken = [
            i for i in before.items() if "type" in i.tags or "avid" in i.tags or "degree" in i.tags
        ]
        group.inherited = [
            i for i in taken if not ("degree" in i.tags and chunk.has("degree", "avid", "uptake"))
        ]
        group.negated = before.negated and not chunk.claims
    if not places and state.context is not None and before is None:
        group.places = [state.context]
    state.groups.append(group)
    state.current = group
    state.reach.append(group)
    attach(state, chunk)
    return group


def attach(state: Folding, chunk: Chunk, places: Sequence[Place] = ()) -> None:
    """Add a phrase, and places with it, to the current group."""
    group = state.current
    assert group is not None
    group.chunks.append(chunk)
    closed = chunk.has("suvval", "imageval", "mtvval", "tlgval", "diagnosis")
    if places:
        group.places.extend(places)
    group.nouns.extend(chunk.types)
    group.respectively = group.respectively or chunk.has("resp")
    group.largest = group.largest or chunk.has("largest")
    noun_last = (
        bool(group.places)
        and bool(chunk.core_types)
        and chunk.core_types[0].start > group.places[-1].start
    )
    group.open_list = group.open_list and not closed and not noun_last


def same_noun(group: Group, chunk: Chunk) -> bool:
    """Tell whether a phrase can speak of the thing that the group names."""
    mine = {i.tags["type"] for i in (*group.nouns, *group.inherited) if "type" in i.tags}
    theirs = {i.tags["type"] for i in chunk.core_types}
    return not theirs or bool(mine & theirs) or "lesion" in theirs
