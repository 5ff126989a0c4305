"""Vietnamese typed without its marks ("phoi trai co ton thuong khong"), told and restored.

Many keyboards write it so. Wordings of the lexicon are looked up by their bare letters, the longest
first; where two differ only in marks, the word of a question comes before the name of a place. Each
letter stays where it is. Knows the lexicon, no grammar: a word that it does not know stays bare.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Final

from petscribe.terms.questions import all_wordings
from petscribe.terms.words import terms

_WORD: Final = re.compile(r"[^\W\d_]+")
_RUN: Final = re.compile(r"[^\W\d_]+(?:\s+[^\W\d_]+)*")
_MOST: Final = 6  # words of a wording
_ENOUGH: Final = 0.6

Words = tuple[str, ...]


def is_unmarked_vietnamese(text: str) -> bool:
    """Tell whether more of a text's words are bare Vietnamese than are English, and most are."""
    words = _bare_words(text)
    vietnamese = _covered(words, "vi")
    return vietnamese >= _ENOUGH and vietnamese > _covered(words, "en")


def restored(text: str) -> str:
    """Return a lower-case text with the marks that its wordings have in the lexicon."""
    pieces, at = [], 0
    for start, end, words in _found(text, _known("vi")):
        gaps = re.findall(r"\s+", text[start:end])
        said = words[0] + "".join(g + w for g, w in zip(gaps, words[1:], strict=True))
        pieces += [text[at:start], said]
        at = end
    return "".join([*pieces, text[at:]])


def bare(text: str) -> str:
    """Return a text without marks, letter for letter."""
    return "".join(_bare_letter(letter) for letter in text)


@cache
def _bare_letter(letter: str) -> str:
    if letter == "\u0111":
        return "d"
    plain = "".join(c for c in unicodedata.normalize("NFD", letter) if not unicodedata.combining(c))
    return plain if len(plain) == 1 else letter


def _bare_words(text: str) -> Words:
    return tuple(_WORD.findall(bare(text)))


def _covered(words: Words, lang: str) -> float:
    line = " ".join(words)
    covered = sum(len(said) for _, _, said in _found(line, _known(lang)))
    return covered / len(words) if words else 0.0


def _found(text: str, known: Mapping[Words, Words]) -> Iterator[tuple[int, int, Words]]:
    """Yield the wordings of a text as spans with their words as the lexicon spells them."""
    for run in _RUN.finditer(text):
        spans = [match.span() for match in _WORD.finditer(text, *run.span())]
        words = [bare(text[start:end]) for start, end in spans]
        at = 0
        while at < len(words):
            stop, said = _longest(words, at, known)
            if said is not None:
                yield spans[at][0], spans[stop - 1][1], said
            at = stop


def _longest(
    words: Sequence[str], at: int, known: Mapping[Words, Words]
) -> tuple[int, Words | None]:
    for stop in range(min(len(words), at + _MOST), at, -1):
        said = known.get(tuple(words[at:stop]))
        if said is not None:
            return stop, said
    return at + 1, None


@cache
def _known(lang: str) -> Mapping[Words, Words]:
    found: dict[Words, Words] = {}
    for text in (*all_wordings(lang), *(term.text.lower() for term in terms(lang))):
        words = tuple(_WORD.findall(text))
        if 0 < len(words) <= _MOST and _RUN.fullmatch(text):
            found.setdefault(tuple(bare(word) for word in words), words)
    return found
