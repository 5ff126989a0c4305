"""A sentence in phrases: cut at commas, conjunctions, "with", "but" and brackets.

Knows the signs and words that separate phrases, not what the phrases mean.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from petscribe.mining.sites import Place, has_neighbour_only, places_of
from petscribe.mining.vocabulary import Item

_WORDS: Final = ("stop", "without", "with", "including", "involving", "and", "or")
_NOT_SEPARATING: Final = frozenset(("count", "certainty", "site"))
_SEPARATING: Final = frozenset((*_WORDS, "punct"))
_SIGNS: Final = frozenset(("comma", "semicolon", "colon", "dot"))
NO_THING: Final = frozenset(("uptake", "abnormality"))
"""Nouns that name no thing of their own."""
CLAIMS: Final = frozenset(("suvval", "sizeval", "imageval", "mtvval", "tlgval"))


@dataclass(slots=True)
class Chunk:
    """One phrase and how it hangs on the one before."""

    sep: str
    """`start`, a separating word's kind, or a sign's name."""
    bracket: bool
    items: list[Item] = field(default_factory=list)
    link: Item | None = None
    """The separating word or sign itself."""
    places: list[Place] = field(default_factory=list)
    neighbour: bool = False
    """Whether its site only says what lies next to the lesion."""
    explained: bool = False
    """Whether its places stand in an explanation only: "likely due to rib fracture"."""
    kinds: frozenset[str] = frozenset()
    """Kinds of its marks."""
    claims: list[Item] = field(default_factory=list)
    """Its figures with a meaning."""
    types: list[Item] = field(default_factory=list)
    """Its nouns, those after "consistent with" left out."""
    core_types: list[Item] = field(default_factory=list)
    """Its nouns that name a thing, not a mere uptake."""

    def has(self, *kinds: str) -> bool:
        """Tell whether any mark of these kinds stands in the phrase."""
        return not self.kinds.isdisjoint(kinds)

    def settle(self, text: str, lang: str) -> None:
        """Read places, nouns and figures once all its marks are there."""
        empty: frozenset[str] = frozenset()
        self.kinds = empty.union(*(item.tags for item in self.items))
        kinds = self.kinds
        if "site" in kinds:
            self._sites(text, lang)
            self.neighbour = "rel" in kinds and has_neighbour_only(self.items)
        if not kinds.isdisjoint(CLAIMS):
            self.claims = [item for item in self.items if not CLAIMS.isdisjoint(item.tags)]
        if "type" in kinds:
            self.types = self._nouns()
            self.core_types = [i for i in self.types if i.tags["type"] not in NO_THING]

    def _explains(self, k: int) -> bool:
        """Whether what the lesion is, no longer what is seen, begins here: "likely a cyst"."""
        tags = self.items[k].tags
        if "certainty" not in tags or "localizes" in tags:
            return False
        return k > 0 or self.sep != "start"

    def _sites(self, text: str, lang: str) -> None:
        """Read the places; those of an explanation count only when there are no others."""
        cut = next((k for k in range(len(self.items)) if self._explains(k)), len(self.items))
        seen = any("site" in item.tags for item in self.items[:cut])
        self.explained = not seen
        self.places = places_of(self.items[:cut] if seen else self.items, text, lang)

    def _nouns(self) -> list[Item]:
        found: list[Item] = []
        for k, item in enumerate(self.items):
            if self._explains(k):
                break
            if "type" in item.tags:
                found.append(item)
        return found


def chunks_of(items: Sequence[Item], text: str, lang: str) -> list[Chunk]:
    """Cut the marks of a sentence into phrases with their places."""
    made: list[Chunk] = [Chunk(sep="start", bracket=False)]
    depth = 0
    for item in items:
        sep = _separator(item, text)
        sign = item.tags.get("punct")
        if sign == "open":
            depth += 1
            made.append(Chunk(sep="open", bracket=True, link=item))
        elif sign == "close":
            depth = max(0, depth - 1)
            made.append(Chunk(sep="close", bracket=depth > 0, link=item))
        elif sep:
            made.append(Chunk(sep=sep, bracket=depth > 0, link=item))
            if "neg" in item.tags and sep != "without":
                made[-1].items.append(item)
        elif _new_phrase(made[-1], item):
            made.append(Chunk(sep="juxta", bracket=depth > 0, items=[item]))
        else:
            made[-1].items.append(item)
    kept = _joined(made)
    for chunk in kept:
        chunk.settle(text, lang)
    return kept


def _separator(item: Item, text: str) -> str | None:
    tags = item.tags
    if _SEPARATING.isdisjoint(tags):
        return None
    sign = tags.get("punct")
    if sign in _SIGNS:
        return str(sign)
    if sign == "slash":
        return "and"
    if sign == "dash":
        spaced = text[item.start - 1 : item.start] == " " and text[item.end : item.end + 1] == " "
        return "comma" if spaced else None
    for word in _WORDS:
        if word in tags and _NOT_SEPARATING.isdisjoint(tags):
            return word
    return None


def _new_phrase(chunk: Chunk, item: Item) -> bool:
    """Whether a second lesion starts without a separator: noun, place and figures are complete."""
    if "type" not in item.tags or item.tags["type"] in {"uptake", "abnormality"}:
        return False
    kinds = {kind for mark in chunk.items for kind in mark.tags}
    thing = any(mark.tags.get("type", "uptake") not in NO_THING for mark in chunk.items)
    return thing and "site" in kinds and not kinds.isdisjoint(("suvval", "imageval"))


def _joined(chunks: list[Chunk]) -> list[Chunk]:
    """Drop empty phrases; what follows keeps the stronger separator."""
    strength = {"stop": 5, "semicolon": 5, "dot": 5, "colon": 4, "without": 4, "including": 3}
    kept: list[Chunk] = []
    pending: Chunk | None = None
    for chunk in chunks:
        if (pending is not None and strength.get(pending.sep, 0) > strength.get(chunk.sep, 0)) or (
            pending is not None and pending.sep in {"comma", "and", "or"} and chunk.sep in {"close"}
        ):
            chunk.sep, chunk.link = pending.sep, pending.link
        if chunk.items:
            kept.append(chunk)
            pending = None
        else:
            pending = chunk
    return kept
