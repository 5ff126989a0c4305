"""Lesions that a question names by number: "lesion 3", "lesions 1 and 2", "<L3>".

A bare "L3" is a vertebra. Knows how numbers stand beside the words for a lesion, not what exists.
"""

import re
from collections.abc import Mapping
from functools import cache
from typing import Final, NamedTuple

from petscribe.terms.questions import wordings_of

_UNITS: Final = r"(?![\d]|[.,]\d|\s*(?:cm|mm|ml|cc|%|g\b))"
_NO_NOUN_BEFORE: Final = r"(?<![^\W\d_]{3}\s)"
"""Before "number 3" without a lesion: not "rib number 3", "image number 3"."""
_JOIN: Final = r"\s*(?:,|;|/|&|\band\b|\bor\b|\bthan\b|\bwith\b|\bvs\.?|\bversus\b|{vi})\s*"
_JOIN_VI: Final = "\\bv\u00e0\\b|\\bhay\\b|\\bho\u1eb7c\\b|\\bv\u1edbi\\b"


class Named(NamedTuple):
    """The lesions of a question, and the question without them."""

    lesions: tuple[int, ...]
    rest: str
    """As long as the text it was, blanks where lesions were named."""


def references_in(text: str, lang: str) -> Named:
    """Return the lesions that a normalised text names by number, each once, in order."""
    numbers: dict[str, int] = _numbers(lang)
    found: list[int] = []

    def take(match: re.Match[str]) -> str:
        for part in _each(lang).finditer(match[0]):
            word = part["token"] or part["figure"] or part["word"]
            found.append(numbers[word] if word in numbers else int(word))
        return " " * len(match[0])

    rest = _list(lang).sub(take, text)
    return Named(lesions=tuple(dict.fromkeys(found)), rest=rest)


def bare_numbers(text: str) -> tuple[int, ...]:
    """Return the whole numbers of a text that stand alone: "compare 1 and 2"."""
    return tuple(
        int(found) for found in re.findall(rf"(?<![\w.,<>=-])\d{{1,3}}{_UNITS}(?![\w-])", text)
    )


def with_tokens(text: str, plain: str, lang: str, tokens: Mapping[int, str]) -> str:
    """Return a question with its lesions as a model's tokens: `lesion 3` -> `<L2>`.

    Args:
        text: the question as it was asked, NFC.
        plain: the same, normalised letter for letter.
        lang: `en` or `vi`.
        tokens: by lesion number; a lesion without one stays as it is.
    """
    pieces, at = [], 0
    another = re.compile(_parts(lang)[1])
    for group in _list(lang).finditer(plain):
        for match in another.finditer(plain, *group.span()):
            number = references_in(f"<l{match[0]}>" if match[0].isdigit() else match[0], lang)
            token = tokens.get(number.lesions[0]) if number.lesions else None
            if token is not None:
                pieces += [text[at : match.start()], token]
                at = match.end()
    return "".join([*pieces, text[at:]])


@cache
def _numbers(lang: str) -> dict[str, int]:
    return {text: int(key) for text, key in wordings_of("number", lang)}


@cache
def _parts(lang: str) -> tuple[str, str]:
    """Return patterns for a lesion with its number, and for one more number after it."""
    lead, sign = (
        _any([text for text, key in wordings_of("lead", lang) if key == wanted])
        for wanted in ("lesion", "sign")
    )
    word = _any(list(_numbers(lang)))
    figure = rf"\d{{1,3}}{_UNITS}"
    spoken = rf"(?:{sign}\s*{word}|{word})" if lang == "en" else rf"{sign}\s*{word}"
    number = rf"(?:(?:{sign}\s*)?{figure}|{spoken})"
    alone = rf"{_NO_NOUN_BEFORE}{sign}\s*{figure}"
    single = rf"(?:<l\d{{1,3}}>|{lead}\s*{number}|{alone})"
    return single, rf"(?:{single}|{figure})"


@cache
def _list(lang: str) -> re.Pattern[str]:
    single, another = _parts(lang)
    join = _JOIN.format(vi=_JOIN_VI)
    return re.compile(rf"{single}(?![\w-])(?:{join}{another}(?![\w-]))*")


@cache
def _each(lang: str) -> re.Pattern[str]:
    word = _any(list(_numbers(lang)))
    return re.compile(rf"<l(?P<token>\d{{1,3}})>|(?P<figure>\d{{1,3}})|(?P<word>{word})")


def _any(texts: list[str]) -> str:
    options = "|".join(re.escape(text) for text in sorted(texts, key=len, reverse=True))
    return rf"(?<!\w)(?:{options})(?![^\W\d])"
