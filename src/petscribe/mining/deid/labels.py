"""Fields of a report's head: "Patient name: ...", "MRN: ...", and their Vietnamese kin.

A field ends at the next label, at a tab, bar, semicolon or wide gap, or with its line.
"""

import re
from collections.abc import Iterator
from functools import cache
from typing import Final

from petscribe.mining.deid.alphabet import (
    NAME_WORD,
    Kind,
    Sign,
    choice,
    is_medical,
    leading_names,
    tagged,
    texts,
)
from petscribe.terms.tables import read_table

_LONGEST: Final = 160
_FIELD_END: Final = re.compile(r"\n|\t|\||;| {3}")
_ID: Final = re.compile(r"[#:\s]{0,4}((?=[^\s,;]{0,40}\d)[\w./-]{2,40})")
_PHONE: Final = re.compile(r"\s{0,3}(\+?[\d(][\d\s().-]{5,24}\d)")
_ANY_NAME: Final = re.compile(
    r"\s{0,3}([^\W\d_][\w.'\u2019-]*(?: {1,2}[^\W\d_][\w.'\u2019-]*){0,5}"
    rf"(?:, ?{NAME_WORD}(?: {NAME_WORD}){{0,2}})?)"
)
_BIG_NAME: Final = re.compile(rf"\s{{0,3}}({NAME_WORD}(?:,? {NAME_WORD}){{0,4}})")


def labelled(text: str) -> Iterator[Sign]:
    """Yield the values of identifying fields."""
    marks = list(_pattern().finditer(text))
    for k, mark in enumerate(marks):
        following = marks[k + 1].start() if k + 1 < len(marks) else len(text)
        end = min(following, mark.end() + _LONGEST)
        stop = _FIELD_END.search(text, mark.end(), end)
        found = _value(mark, text[: stop.start() if stop else end])
        if found is not None:
            yield found


def _value(mark: re.Match[str], text: str) -> Sign | None:
    """Return the value behind a label; `text` ends where its field does."""
    label = " ".join(mark["label"].lower().split())
    kind = _kinds()[label]
    if kind == "id":
        found = _ID.match(text, mark.end())
        # without a colon only a long number is one: "MRN 1234567", not "ID 2"
        sure = found and (mark["sign"] or sum(map(str.isdigit, found[1])) > 3)
        return tagged(*found.span(1), "id") if found and sure else None
    if not mark["sign"] and not label.endswith((" by", " to", " with")):
        return None
    if kind == "phone":
        found = _PHONE.match(text, mark.end())
        return tagged(*found.span(1), "phone") if found else None
    if kind in {"address", "institution"}:
        words = text[mark.end() :].strip()
        start = text.find(words, mark.end())
        return tagged(start, start + len(words), kind) if words else None
    return _name(label, text, mark.end()) if kind == "name" else None


def _name(label: str, text: str, at: int) -> Sign | None:
    sure = "name" in label or "t\u00ean" in label
    found = (_ANY_NAME if sure else _BIG_NAME).match(text, at)
    if found is None:
        return None
    words = list(re.finditer(r"[^\s,]+", found[1]))
    count = leading_names([word[0] for word in words])
    if words[0][0] in texts("title"):
        return None  # `names` finds what a title stands before
    doubtful = is_medical(words[0][0]) and words[0][0] not in texts("surname")
    if count == 0 or (doubtful and not sure):
        return None
    start = found.start(1)
    return tagged(start, start + words[count - 1].end(), "name")


@cache
def _kinds() -> dict[str, Kind]:
    return {
        text: row["key"]  # type: ignore[misc]
        for row in read_table("identity.tsv")
        if row["kind"] == "label"
        for text in row["texts"].split(" | ")
    }


@cache
def _pattern() -> re.Pattern[str]:
    return re.compile(
        rf"(?<![^\W_])(?P<label>{choice(texts('label'))})(?![^\W_])"
        r"(?:\s{0,2}\([^)\n]{1,20}\))?(?P<sign>\s{0,3}(?:no\.?\s?)?[:#=]|\t| ?\|)?",
        re.IGNORECASE,
    )
