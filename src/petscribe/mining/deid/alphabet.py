"""The words that point at a person, and what a written name looks like, in both languages.

Reads `identity.tsv` of the term base. Knows no text.
"""

import re
import sys
import unicodedata
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any, Final, Literal, NamedTuple

from petscribe.mining.vocabulary import vocabulary
from petscribe.terms.anatomy import LANGUAGES
from petscribe.terms.tables import read_table

Kind = Literal[
    "name", "id", "date", "phone", "email", "url", "address", "institution", "age", "known"
]


class Sign(NamedTuple):
    """A stretch of a text that identifies somebody, and what is to stand there."""

    start: int
    end: int
    kind: Kind
    text: str


def tagged(start: int, end: int, kind: Kind) -> Sign:
    """Return a sign whose words give way to its kind in brackets."""
    return Sign(start, end, kind, f"[{kind.upper()}]")


_LATIN: Final = [chr(c) for c in range(0x41, 0x1F00) if unicodedata.name(chr(c), "")[:5] == "LATIN"]
_BIG: Final = f"[{''.join(c for c in _LATIN if c.isupper())}]"
_SMALL: Final = f"[{''.join(c for c in _LATIN if c.islower())}]"
NAME_WORD: Final = (
    rf"(?:{_BIG}['\u2019]{_BIG}{_SMALL}+|{_BIG}{_SMALL}+(?:-?{_BIG}{_SMALL}+)?"
    rf"|{_BIG}{{2,20}}(?:-{_BIG}+)?|{_BIG}\.?)(?!\w)"
)
"""One word of a name: Smith, O'Brien, McKay, NGUYEN, or an initial."""
CAPITALISED: Final = rf"{_BIG}{_SMALL}+"
"""One plain word with a capital."""

_FOLDED: Final = {
    ord(c): base
    for c in _LATIN
    if len(base := unicodedata.normalize("NFD", c)[0]) == 1 and base != c
} | {0x111: "d", 0x110: "D"}


def folded(text: str) -> str:
    """Return an NFC text without accents and in lower case, letter for letter."""
    plain = text.translate(_FOLDED)
    lowered = plain.lower()
    return lowered if len(lowered) == len(text) else plain


@cache
def texts(kind: str, key: str | None = None) -> tuple[str, ...]:
    """Return the wordings of a kind (and key), longest first."""
    found = {
        text
        for row in read_table("identity.tsv")
        if row["kind"] == kind and key in {None, row["key"]}
        for text in row["texts"].split(" | ")
    }
    return tuple(sorted(found, key=lambda text: (-len(text), text)))


def choice(wordings: Iterable[str]) -> str:
    """Return the pattern of any of the wordings, the longest first; blanks may be doubled.

    Shared beginnings are written once: hundreds of wordings cost what a few do.
    """
    root: dict[str, Any] = {}
    for wording in wordings:
        node = root
        for letter in wording:
            node = node.setdefault(letter, {})
        node[""] = {}
    return _branches(root)


def _branches(node: dict[str, Any]) -> str:
    parts = [
        (" {1,2}" if letter == " " else re.escape(letter)) + _branches(after)
        for letter, after in node.items()
        if letter
    ]
    if not parts:
        return ""
    if "" in node:
        return f"(?:{'|'.join(parts)})?"
    return parts[0] if len(parts) == 1 else f"(?:{'|'.join(parts)})"


@cache
def medical_words() -> frozenset[str]:
    """Return every word of the lexicon of findings, lower case: a name that is one is in doubt."""
    found: set[str] = set()
    heap = [vocabulary(lang) for lang in LANGUAGES]
    while heap:
        for token, node in heap.pop().items():
            if token is not None:
                found.add(sys.intern(token))
                heap.append(node)
    return frozenset(found)


@cache
def no_names() -> frozenset[str]:
    """Return the capitalised words that stand beside a cue and are no name."""
    return frozenset(texts("not_name"))


def leading_names(words: Sequence[str]) -> int:
    """Return how many of the first words of a supposed name can be one."""
    for k, word in enumerate(words):
        if word in no_names():
            return k
    return len(words)


def is_medical(word: str) -> bool:
    """Tell whether a word is one of the lexicon of findings."""
    return word.lower().strip(".") in medical_words()
