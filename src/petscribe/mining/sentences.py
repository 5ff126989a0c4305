"""Where sentences end: survives "SUVmax 5.6. Im 88", "approx.", "St. p.", lists and dictation.

Knows abbreviations and list markers, no medicine. A sentence longer than `LONGEST` characters is
cut at a blank, so that all later work is bounded by the length of the text.
"""

import re
from typing import Final

from petscribe.mining.normalise import Normalised

LONGEST: Final = 1500
"""Characters; a dictated paragraph without a full stop is rarely half as long."""

_END: Final = re.compile(r"[.!?]+(?=[\"')\]]{0,3}(?:\s|$))|\.(?=[^\W\d_]{3})|\n")
_MARKER: Final = re.compile(r"\s*(?:(?:\(?\d{1,2}[.)]|[-*+>#]{1,3}|[a-h][.)])\s+)?")
_ABBREVIATIONS: Final = frozenset(
    [
        "dr",
        "mr",
        "mrs",
        "ms",
        "prof",
        "approx",
        "ca",
        "cf",
        "e.g",
        "i.e",
        "eg",
        "ie",
        "vs",
        "st",
        "no",
        "nos",
        "fig",
        "im",
        "img",
        "ima",
        "ser",
        "se",
        "seg",
        "incl",
        "resp",
        "max",
        "min",
        "avg",
        "sup",
        "inf",
        "ant",
        "post",
        "lat",
        "med",
        "dx",
        "rt",
        "lt",
        "bilat",
        "ref",
        "prev",
        "meas",
        "approx",
        "diam",
        "bs",
        "ths",
        "ts",
        "gs",
        "pgs",
        "bn",
    ]
)
_IMAGE_NEXT: Final = re.compile(
    r"\s*\(?(?:axial |ct |pet )?(?:images?|img?s?|ima|slices?|series|ser?)\.?\s{0,2}#?\d"
)
_WORD_BEFORE: Final = re.compile(r"([^\W\d_]+(?:\.[^\W\d_]+)*)$")
_DICTATED: Final = re.compile(r" \d(?!\d)(?!\s*[^\W\d_])|\s?\d\s*(?:cm|mm)\b")


def sentences_of(text: Normalised, start: int, end: int) -> list[tuple[int, int]]:
    """Return the spans of the sentences of a part, list markers left out."""
    spans: list[tuple[int, int]] = []
    at = _after_marker(text.text, start, end)
    for found in _END.finditer(text.text, start, end):
        if found.end() <= at or not _ends(text, found, at, end):
            continue
        _add(spans, text.text, at, found.end())
        at = _after_marker(text.text, found.end(), end)
    _add(spans, text.text, at, end)
    return spans


def _ends(text: Normalised, found: re.Match[str], start: int, end: int) -> bool:
    plain = text.text
    if found[0] == "\n":
        return not _wraps(text, found.start(), found.end(), end)
    if found[0] != ".":
        return True
    before = _WORD_BEFORE.search(plain, max(start, found.start() - 12), found.start())
    if before and (before[1] in _ABBREVIATIONS or len(before[1]) == 1):
        return len(before[1]) == 1 and _starts_big(text, found.end())
    if _IMAGE_NEXT.match(plain, found.end(), end):
        return False
    digit = plain[found.start() - 1 : found.start()].isdigit()
    return not (digit and _DICTATED.match(plain, found.end(), end))


def _starts_big(text: Normalised, at: int) -> bool:
    first, _last = text.span(at, at)
    return text.original[first : first + 3].lstrip()[:1].isupper()


def _wraps(text: Normalised, at: int, after: int, end: int) -> bool:
    """Whether a line goes on in the next: no full stop, and a small letter or a figure follows."""
    line_end = text.text[max(0, at - 3) : at].rstrip()
    if not line_end or line_end[-1] in ".:;!?":
        return False
    first, last = text.span(after, min(end, after + 20))
    following = text.original[first:last].lstrip(" ")
    if following[:1] in {"", "\n"}:
        return False
    return following[0].islower() and not _MARKER.match(following.lower())[0].strip()  # type: ignore[index]


def _after_marker(text: str, at: int, end: int) -> int:
    found = _MARKER.match(text, at, end)
    return found.end() if found else at


def _add(spans: list[tuple[int, int]], text: str, start: int, end: int) -> None:
    while end - start > LONGEST:
        cut = text.rfind(" ", start + LONGEST // 2, start + LONGEST)
        cut = cut if cut > 0 else start + LONGEST
        spans.append((start, cut))
        start = cut
    if any(c.isalnum() for c in text[start:end]):
        spans.append((start, end))
