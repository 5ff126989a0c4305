"""What a free-text answer says, by kind of question: yes or no, side, count, number, site, choice.

An answer that cannot be read is None, never a guess: it counts as wrong and as unread. Knows the
words of `terms` and what `mining` reads; not which answer is right (`vqa` does).
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Literal

from petscribe.evaluation.text.normal import one_spelling
from petscribe.evaluation.text.tokens import syllable_tokens
from petscribe.mining.rules import mine_text
from petscribe.terms.statements import label
from petscribe.terms.tables import read_table
from petscribe.terms.words import terms, words

Kind = Literal["yes_no", "side", "count", "number", "site", "choice", "unanswerable", "open"]
Tokens = tuple[str, ...]

_NUMBER = re.compile(r"(?<![\w.])[-+]?\d+(?:\.\d+)?(?:\s*(cm|mm)\b)?(?!\w)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """A place that an answer names; key is an organ's base name or a region."""

    key: str
    region: str
    side: str | None


Value = bool | int | float | str | Site | None


def read_answer(
    text: str, kind: Kind, lang: str, *, options: Mapping[str, Sequence[str]] | None = None
) -> Value:
    """Return what an answer says, or None when it cannot be read as an answer of its kind.

    Args:
        text: the answer.
        kind: what was asked; `open` and `unanswerable` have no value.
        lang: `en` or `vi`.
        options: for `choice`, the wordings of every option by its name.
    """
    plain = one_spelling(text, lang)
    if kind == "yes_no":
        return yes_or_no(plain, lang)
    if kind == "side":
        return side(plain, lang)
    if kind == "count":
        return count(plain, lang)
    if kind == "number":
        return number(plain)
    if kind == "site":
        return site(plain, lang)
    return _option(tokens(text, lang), options or {}, lang) if kind == "choice" else None


@lru_cache(maxsize=1 << 14)
def tokens(text: str, lang: str) -> Tokens:
    """Return the words of an answer as they are compared: one spelling, no punctuation."""
    return tuple(syllable_tokens(one_spelling(text, lang)))


def yes_or_no(text: str, lang: str) -> bool | None:
    """Return the polarity of an answer: its first word, else what its findings say."""
    said = tokens(text, lang)
    if any(said[: len(start)] == start for start in _undecided(lang)):
        return None
    for word, meaning in (("yes", True), ("no", False)):
        wanted = tokens(label(word, lang), lang)
        if said[: len(wanted)] == wanted:
            return meaning
    findings = mine_text(text, lang=lang).findings
    if not findings:
        return None
    return any(not finding.negated for finding in findings)


def side(text: str, lang: str) -> str | None:
    """Return left, right, bilateral or midline; None when no side, or no single one, is named."""
    found = _named(text, "side", lang)
    if {"left", "right"} <= found:
        return "bilateral"
    return found.pop() if len(found) == 1 else None


def count(text: str, lang: str) -> int | None:
    """Return a whole number, in digits or in words; "no" and "none" are 0."""
    value = number(text)
    if value is not None:
        return int(value) if value >= 0 and value == int(value) else None
    found = {key for key in _named(text, "count", lang) if key.isdigit()}
    if len(found) == 1:
        return int(found.pop())
    said = tokens(text, lang)
    none = (tokens(label(word, lang), lang) for word in ("no", "none"))
    return 0 if not found and any(holds(said, word) for word in none) else None


def number(text: str) -> float | None:
    """Return the only number of an answer, in millimetres if centimetres are stated; else None."""
    found = {
        float(m[0].removesuffix(m[1] or "")) * (10.0 if m[1] == "cm" else 1.0)
        for m in _NUMBER.finditer(text.lower())
    }
    return found.pop() if len(found) == 1 else None


def site(text: str, lang: str) -> Site | None:
    """Return the place that an answer names: the longest wording that the lexicon knows."""
    said = tuple(syllable_tokens(text))
    known = _sites(lang)
    longest = max(map(len, known))
    for length in range(min(longest, len(said)), 0, -1):
        for start in range(len(said) - length + 1):
            found = known.get(said[start : start + length])
            if found is not None:
                return found if found.side else _with_side(found, side(text, lang))
    return None


def _with_side(found: Site, said: str | None) -> Site:
    return Site(key=found.key, region=found.region, side=said)


def holds(said: Tokens, wanted: Tokens) -> bool:
    """Tell whether a wording stands in a text, word for word; an empty one never does."""
    size = len(wanted)
    return size > 0 and any(
        said[i : i + size] == wanted for i in range(len(said) - size + 1) if said[i] == wanted[0]
    )


def _option(said: Tokens, options: Mapping[str, Sequence[str]], lang: str) -> str | None:
    """Return the option of which the longest wording stands in the text; None for a tie."""
    best: dict[str, int] = {}
    for name, wordings in options.items():
        wanted = [tokens(wording, lang) for wording in (*wordings, name)]
        best[name] = max((len(words) for words in wanted if holds(said, words)), default=0)
    longest = max(best.values(), default=0)
    chosen = [name for name, length in best.items() if length == longest > 0]
    return chosen[0] if len(chosen) == 1 else None


def _named(text: str, kind: str, lang: str) -> set[str]:
    said = tokens(text, lang)
    return {key for key, wanted in _cues(kind, lang) if holds(said, wanted)}


@cache
def _undecided(lang: str) -> tuple[Tokens, ...]:
    """Return the wordings that start like a "no" and are none ("not clear")."""
    rows = read_table(f"cues.{lang}.tsv")
    texts = (x for row in rows if row["kind"] == "nonneg" for x in row["texts"].split(" | "))
    return tuple(tokens(text, lang) for text in texts)


@cache
def _cues(kind: str, lang: str) -> tuple[tuple[str, Tokens], ...]:
    return tuple((w.key, tokens(w.text, lang)) for w in words(lang) if w.kind == kind)


@cache
def _sites(lang: str) -> Mapping[Tokens, Site]:
    found: dict[Tokens, Site] = {}
    for term in terms(lang):
        place = Site(key=term.key, region=term.region, side=term.side)
        found.setdefault(tokens(term.text, lang), place)
    found.pop((), None)
    return found
