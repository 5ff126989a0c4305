"""What stands in a passage: its figures, sides, sites, counts, diagnoses, whosever they are.

Wider than what the rules conclude: every mark counts, without grammar. Used to tell whether an
answer about the passage can have come from it.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from petscribe.mining.figures.figures import join_dictated, value_of
from petscribe.mining.normalise import normalise
from petscribe.mining.sites import expand_lists
from petscribe.mining.vocabulary import Item, mark, vocabulary
from petscribe.terms.anatomy import side_words
from petscribe.terms.words import Term

_WORD: Final = re.compile(r"[^\W_]+")
_THOUSANDS: Final = re.compile(r"\d{1,3}(?:[.,]\d{3})+")
_CENTIMETRES: Final = re.compile(r"(?<![^\W\d_])cm\b")


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """Everything a passage names, one spelling."""

    text: str
    lang: str
    words: frozenset[str]
    figures: frozenset[float]
    counts: frozenset[int]
    sides: frozenset[str]
    regions: frozenset[str]
    """Regions of its sites; empty when the term base knows none of them."""
    diagnoses: frozenset[str]
    in_cm: bool

    def names(self, words: str) -> bool:
        """Tell whether every word stands here, in the singular or plural; sides as `sides`."""
        said = side_words(self.lang)
        sides = {w for side in self.sides for w in said[side].split()}
        return all(
            word in self.words or word in sides or f"{word}s" in self.words
            for word in _WORD.findall(words)
        )

    def has_length(self, mm: float) -> bool:
        """Tell whether a length stands here, in millimetres or in centimetres."""
        return self.has(mm) or (self.in_cm and self.has(mm / 10))

    def has(self, value: float) -> bool:
        """Tell whether a figure stands here."""
        return round(value, 6) in self.figures


def evidence_of(passage: str, lang: str) -> Evidence:
    """Return what stands in `passage`."""
    text = normalise(passage).text
    items = marks_of(text, lang)
    terms = [item.tags["site"] for item in items if "site" in item.tags]
    figures = set(_figures(items))
    said = [item.tags["count"] for item in items if "count" in item.tags]
    counted = {int(one) for one in said if str(one).isdigit()}
    return Evidence(
        text=" ".join(text.split()),
        lang=lang,
        words=frozenset(_WORD.findall(text)),
        figures=frozenset(figures),
        counts=frozenset(counted | {int(v) for v in figures if v.is_integer()}),
        sides=frozenset(_sides(items, terms, lang)),
        regions=regions_of(terms),
        diagnoses=frozenset(i.tags["diagnosis"] for i in items if "diagnosis" in i.tags),
        in_cm=bool(_CENTIMETRES.search(text)),
    )


def marks_of(text: str, lang: str) -> list[Item]:
    """Return the marks of a normalised text, list members with their sites."""
    return expand_lists(mark(text, 0, len(text), vocabulary(lang)), text, lang)


def regions_of(terms: Iterable[Term]) -> frozenset[str]:
    """Return the regions that sites may stand for, also of a lymph node there."""
    return frozenset(r for term in terms for r in (term.region, term.nodes) if r is not None)


def _figures(items: list[Item]) -> Iterable[float]:
    for item in (*items, *join_dictated(items)):
        for token in re.findall(r"\d+(?:[.,]\d+)*", item.text):
            value = value_of(token)
            if value is not None:
                yield round(value, 6)
            if _THOUSANDS.fullmatch(token):
                yield float(re.sub(r"[.,]", "", token))


def _sides(items: list[Item], terms: Iterable[Term], lang: str) -> Iterable[str]:
    said = side_words(lang)
    stated = {item.tags["side"] for item in items if "side" in item.tags}
    for term in terms:
        if term.side is not None:
            stated.add(term.side)
        words = term.text.lower().split()
        stated |= {side for side in ("left", "right") if said[side] in words}
        if lang == "vi" and words[:1] in (["hai"], ["2"]):
            stated.add("bilateral")
    if stated >= {"left", "right"}:
        stated.add("bilateral")
    if "bilateral" in stated:
        stated |= {"left", "right"}
    return stated
