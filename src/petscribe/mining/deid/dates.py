"""Dates, moved by one number of days for all texts of a patient, so that intervals stay true.

Written back in the form they were found in. Day or month first is decided for a whole text: by its
own dates where one can only be read in one way, else by its language. A date that cannot exist
gives way to `[DATE]`; a year alone stays.
"""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from functools import cache
from typing import Final

from petscribe.mining.deid.alphabet import Sign, choice, tagged, texts
from petscribe.terms.tables import read_table

_YEARS: Final = range(1900, 2100)
_NO_YEAR: Final = 2023
"""Stands in for a year that a date leaves out: not a leap year."""

_NUMERIC: Final = re.compile(
    r"(?<![\w./-])(?P<a>\d{1,2})(?P<s>[/.-])(?P<b>\d{1,2})(?P=s)(?P<y>\d{4}|\d{2})(?![\w/]|[.-]\d)"
)
_ISO: Final = re.compile(
    r"(?<![\w./-])(?P<y>(?:19|20)\d{2})(?P<s>[/.-])(?P<m>\d{1,2})(?P=s)(?P<d>\d{1,2})(?!\d|[/.-]\d)"
)
_COMPACT: Final = re.compile(
    r"(?<![\w.])(?P<y>(?:19|20)\d{2})(?P<m>0[1-9]|1[0-2])(?P<d>0[1-9]|[12]\d|3[01])(?!\w|\.\d)"
)
_MONTH_YEAR: Final = re.compile(r"(?<![\w./-])(?P<m>0?[1-9]|1[0-2])/(?P<y>(?:19|20)\d{2})(?![\w/])")
_EXAM_OF: Final = re.compile(
    r"(?i:dated|(?:scan|study|exam|examination|ct|pet|mri|biopsy)(?: of| from| on))"
    r" (?P<a>\d{1,2})/(?P<b>\d{1,2})(?![\w/]|[.,]\d)"
)


def shifted(text: str, *, days: int, lang: str) -> Iterator[Sign]:
    """Yield every date of `text` with the date `days` later in its place."""
    day_first = _day_first(text, lang)
    for found in _NUMERIC.finditer(text):
        if found["s"] != "." or len(found["y"]) == 4 or lang == "vi":
            yield _numeric(found, days, day_first=day_first)
    for pattern in (_ISO, _COMPACT):
        for found in pattern.finditer(text):
            yield _moved(found, days)
    for found in _MONTH_YEAR.finditer(text):
        yield _moved(found, days)
    for found in _EXAM_OF.finditer(text):
        yield from _without_year(found, days, day_first=day_first)
    yield from _in_words(text, days)


def _day_first(text: str, lang: str) -> bool:
    firsts = [int(found["a"]) for found in _NUMERIC.finditer(text)]
    seconds = [int(found["b"]) for found in _NUMERIC.finditer(text)]
    if any(a > 12 for a in firsts) != any(b > 12 for b in seconds):
        return any(a > 12 for a in firsts)
    return lang == "vi"


def _numeric(found: re.Match[str], days: int, *, day_first: bool) -> Sign:
    first, second = int(found["a"]), int(found["b"])
    day_first = (day_first or first > 12) and second <= 12
    d, m = ("a", "b") if day_first else ("b", "a")
    return _moved(found, days, day=d, month=m)


def _without_year(found: re.Match[str], days: int, *, day_first: bool) -> Iterator[Sign]:
    first, second = int(found["a"]), int(found["b"])
    if min(first, second) in range(1, 13) and max(first, second) in range(1, 32):
        later = (day_first or first > 12) and second <= 12
        d, m = ("a", "b") if later else ("b", "a")
        yield _moved(found, days, day=d, month=m, whole=("a", "b"))


def _moved(
    found: re.Match[str],
    days: int,
    *,
    day: str = "d",
    month: str = "m",
    whole: tuple[str, str] | None = None,
) -> Sign:
    """Return the date of a match moved; its groups are rewritten, all between them stays."""
    start, end = (found.start(whole[0]), found.end(whole[1])) if whole else found.span()
    groups = found.groupdict()
    try:
        year = _full_year(groups["y"]) if groups.get("y") else _NO_YEAR
        at = int(groups[day]) if groups.get(day) else 15  # the middle of a month without day
        moved = date(year, _month_number(groups[month]), at) + timedelta(days=days)
    except (ValueError, OverflowError):
        return tagged(start, end, "date")
    if moved.year not in _YEARS:
        return tagged(start, end, "date")
    written = {"y": moved.year, month: moved.month, day: moved.day}
    spans = sorted((found.span(name), name) for name in written if groups.get(name) is not None)
    figures = [groups[name] for name in (day, month) if (groups.get(name) or "").isdigit()]
    padded = any(f[0] == "0" for f in figures) or [len(f) for f in figures] == [2, 2]
    parts: list[str] = []
    at = start
    for (first, last), name in spans:
        parts.append(found.string[at:first])
        if name == "y":
            parts.append(f"{moved.year:04d}"[-len(groups["y"]) :])
        else:
            parts.append(_part_like(groups[name], written[name], padded=padded))
        at = last
    parts.append(found.string[at:end])
    return Sign(start, end, "date", "".join(parts))


def _full_year(text: str) -> int:
    year = int(text)
    if len(text) == 4:
        return year
    return 2000 + year if year < 50 else 1900 + year


def _part_like(before: str, value: int, *, padded: bool) -> str:
    """Return a day or month in the form that it had before."""
    if not before.isdigit():
        return _like(before, value)
    return f"{value:02d}" if padded else str(value)


# --- months in words --------------------------------------------------------------------------


def _in_words(text: str, days: int) -> Iterator[Sign]:
    taken: set[int] = set()
    for pattern in _worded():
        for found in pattern.finditer(text):
            if found.start("m") not in taken:
                taken.add(found.start("m"))
                yield _moved(found, days)


@cache
def _months() -> dict[str, int]:
    rows = [row for row in read_table("identity.tsv") if row["kind"] == "month"]
    return {text.lower(): int(row["key"]) for row in rows for text in row["texts"].split(" | ")}


def _month_number(text: str) -> int:
    return int(text) if text.isdigit() else _months()[text.lower().rstrip(".")]


def _like(before: str, month: int) -> str:
    """Return a month's name, short or long and in capitals as the one before."""
    names = [name for name, number in _months().items() if number == month]
    short = len(before.rstrip(".")) <= 4 and before.lower() not in {"may", "june", "july"}
    name = (min if short else max)(names, key=len)
    return name.upper() if before.isupper() else name.title()


@cache
def _worded() -> tuple[re.Pattern[str], ...]:
    month = choice(form for text in texts("month") for form in (text, text.upper()))
    day, year = r"(?P<d>\d{1,2})", r"(?P<y>(?:19|20)\d{2})"
    the_day, the_month, the_year = (re.escape(word) for word in _calendar())
    return (
        re.compile(
            rf"(?<![\w.]){day}(?:st|nd|rd|th)?[ -](?:of )?(?P<m>{month})\.?,?[ -]{year}(?!\w)"
        ),
        re.compile(rf"(?<!\w)(?P<m>{month})\.? {day}(?:st|nd|rd|th)?(?:,? {year})(?!\w)"),
        re.compile(rf"(?<!\w)(?P<m>{month})\.?,?(?: of)? {year}(?!\w)"),
        re.compile(rf"(?<!\w)(?P<m>{month})\.? {day}(?:st|nd|rd|th)?(?![\w/]|[.,]\d| ?[cm]m)"),
        re.compile(
            rf"(?i:{the_day}) {day} (?i:{the_month}) (?P<m>\d{{1,2}})"
            rf"(?:(?:,? (?i:{the_year}) |/){year})?"
        ),
        re.compile(rf"(?i:{the_month}) (?P<m>\d{{1,2}})(?:,? (?i:{the_year}) |[/-]){year}"),
        re.compile(rf"(?i:{the_day}) {day}/(?P<m>\d{{1,2}})(?![\w/]|[.,-]\d)"),
    )


@cache
def _calendar() -> tuple[str, ...]:
    (row,) = (row for row in read_table("identity.tsv") if row["kind"] == "calendar")
    return tuple(row["texts"].split(" | "))
