"""How answers to questions are said, by language, from `lexicon/replies.<lang>.json`.

A reply is a `str.format` text found by its path; a missing one is a fault of the package. Knows
words, not what is true.
"""

import json
from collections.abc import Mapping
from functools import cache
from typing import Any

from petscribe.terms.phrasebook import capitalised
from petscribe.terms.tables import LEXICON


def reply(lang: str, *path: str, **values: object) -> str:
    """Return one reply as a sentence, its holes filled.

    Raises:
        ValueError: there is no such reply.
    """
    return capitalised(part(lang, *path, **values))


def part(lang: str, *path: str, **values: object) -> str:
    """Return one reply as it stands inside a sentence, its holes filled.

    Raises:
        ValueError: there is no such reply.
    """
    found: Any = _replies(lang)
    for step in path:
        if not isinstance(found, Mapping) or step not in found:
            raise ValueError(f"no reply {'/'.join(path)} in {lang}")
        found = found[step]
    return str(found).format(**values)


def counted_lesions(count: int, lang: str) -> str:
    """Return a number of lesions in words: `no lesion`, `1 lesion`, `5 lesions`."""
    forms = _replies(lang)["count_lesions"]
    return str(forms[min(count, 2)]).format(count=count)


@cache
def _replies(lang: str) -> Mapping[str, Any]:
    book: Mapping[str, Any] = json.loads((LEXICON / f"replies.{lang}.json").read_text("utf-8"))
    return book
