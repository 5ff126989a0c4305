"""What people ask an exam, in words: the cues of `lexicon/questions.<lang>.tsv`, found in a text.

Columns `kind`, `key`, `texts`; a wording counts word for word, the longest at a place wins. Knows
words, neither their order in a question nor what follows from them. A text is handed over in one
spelling (lower case, NFC, the tone mark on the first vowel), as `mining.normalise` makes it.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Final

from petscribe.terms.tables import read_table

_TOKEN: Final = re.compile(r"\d+(?:[.,]\d+)*|[^\W\d_]+|[^\w\s]|_")


@dataclass(frozen=True, slots=True, kw_only=True)
class Cue:
    """One wording where it stands in a text."""

    meanings: Mapping[str, str]
    """Key by kind: a wording may be a limit and a comparison at once."""
    span: tuple[int, int]

    def means(self, kind: str, *keys: str) -> bool:
        """Tell whether the wording is of this kind, and of one of the keys when some are given."""
        return kind in self.meanings and (not keys or self.meanings[kind] in keys)


def cues_in(text: str, lang: str) -> tuple[Cue, ...]:
    """Return every wording of a text, in order, without overlaps."""
    tokens = list(_TOKEN.finditer(text))
    return tuple(_found(tokens, lang))


def _found(tokens: list[re.Match[str]], lang: str) -> Iterator[Cue]:
    wordings, at = _wordings(lang), 0
    longest = max(map(len, wordings))
    while at < len(tokens):
        for stop in range(min(len(tokens), at + longest), at, -1):
            meanings = wordings.get(tuple(token[0] for token in tokens[at:stop]))
            if meanings is not None:
                yield Cue(meanings=meanings, span=(tokens[at].start(), tokens[stop - 1].end()))
                at = stop - 1
                break
        at += 1


@cache
def _wordings(lang: str) -> Mapping[tuple[str, ...], Mapping[str, str]]:
    found: dict[tuple[str, ...], dict[str, str]] = {}
    for row in read_table(f"questions.{lang}.tsv"):
        for text in row["texts"].split(" | "):
            meanings = found.setdefault(tuple(_TOKEN.findall(text)), {})
            meanings.setdefault(row["kind"], row["key"])
    return found


@cache
def wordings_of(kind: str, lang: str) -> tuple[tuple[str, str], ...]:
    """Return the wordings of a kind with their keys."""
    rows = (row for row in read_table(f"questions.{lang}.tsv") if row["kind"] == kind)
    return tuple((text, row["key"]) for row in rows for text in row["texts"].split(" | "))


@cache
def all_wordings(lang: str) -> tuple[str, ...]:
    """Return every wording of the table, in its order."""
    rows = read_table(f"questions.{lang}.tsv")
    return tuple(text for row in rows for text in row["texts"].split(" | "))
