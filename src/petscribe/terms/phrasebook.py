"""Every phrase a user reads, by language, from `lexicon/phrases.<lang>.json`.

Knows where phrases lie and how a template is filled; knows neither findings nor exams. A template
is a `str.format` text; a missing phrase is a fault of the package and named as such.
"""

import json
from collections.abc import Mapping
from functools import cache
from typing import Any

from petscribe.terms.anatomy import LANGUAGES
from petscribe.terms.tables import LEXICON


@cache
def phrases(lang: str) -> Mapping[str, Any]:
    """Return the phrase book of `lang`.

    Raises:
        ValueError: the language is neither `en` nor `vi`.
    """
    if lang not in LANGUAGES:
        raise ValueError(f"language {lang!r} is not one of {', '.join(LANGUAGES)}")
    book: dict[str, Any] = {}
    for name in (f"phrases.{lang}.json", f"statements.{lang}.json"):
        book |= json.loads((LEXICON / name).read_text("utf-8"))
    return book


def phrase(lang: str, *path: str) -> str:
    """Return one phrase, by its path through the book.

    Raises:
        ValueError: there is no such phrase.
    """
    found: Any = phrases(lang)
    for step in path:
        if not isinstance(found, Mapping) or step not in found:
            raise ValueError(f"no phrase {'/'.join(path)} in {lang}")
        found = found[step]
    return str(found)


def capitalised(text: str) -> str:
    """Return the text with its first letter in upper case, the rest as it is."""
    return text[:1].upper() + text[1:]


def listed(items: list[str], lang: str, *, word: str = "and") -> str:
    """Return `a, b and c` in the words of `lang`; `word` is `and` or `or`."""
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])} {phrase(lang, word)} {items[-1]}"
