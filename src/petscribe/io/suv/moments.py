"""DICOM dates and times: DA, TM and DT strings to naive local datetimes.

One rule for time zones: everything becomes local time of the dataset. A DT with an offset is moved
to the dataset's TimezoneOffsetFromUTC when there is one; without one, its own offset is taken to be
the dataset's and dropped. What cannot be parsed is None, never a guess. Source: DICOM PS3.5 6.2
(DA, TM, DT), PS3.3 C.12.1.1 (TimezoneOffsetFromUTC).
"""

import re
from datetime import date, datetime, time, timedelta

_DATE = re.compile(r"(\d{4})[.\-/]?(\d{2})[.\-/]?(\d{2})")
_TIME = re.compile(r"(\d{2})(?::?(\d{2})(?::?(\d{2})(?:\.(\d{1,9}))?)?)?")
_DATETIME = re.compile(r"(\d{8})(\d{2}(?:\d{2}(?:\d{2}(?:\.\d{1,9})?)?)?)([+-]\d{4})?")
_OFFSET = re.compile(r"([+-])(\d{2})(\d{2})")
_LOWEST_OFFSET = timedelta(hours=-12)
_HIGHEST_OFFSET = timedelta(hours=14)


def parse_date(text: str | None) -> date | None:
    """Return the date of a DA value, or None."""
    match = _DATE.fullmatch((text or "").strip())
    if match is None:
        return None
    try:
        return date(*(int(part) for part in match.groups()))
    except ValueError:
        return None


def parse_time(text: str | None) -> time | None:
    """Return the clock time of a TM value (HH, HHMM, HHMMSS or with a fraction), or None."""
    match = _TIME.fullmatch((text or "").strip())
    if match is None:
        return None
    hour, minute, second, fraction = match.groups()
    microsecond = int((fraction or "0").ljust(6, "0")[:6])
    try:
        # a leap second, 60, is the last moment of the minute
        return time(int(hour), int(minute or 0), min(int(second or 0), 59), microsecond)
    except ValueError:
        return None


def parse_offset(text: str | None) -> timedelta | None:
    """Return the offset of a `+HHMM` value within -1200..+1400, or None; `-0000` is invalid."""
    match = _OFFSET.fullmatch((text or "").strip())
    if match is None or match.group(0) == "-0000":
        return None
    offset = timedelta(hours=int(match.group(2)), minutes=int(match.group(3)))
    offset = -offset if match.group(1) == "-" else offset
    valid = _LOWEST_OFFSET <= offset <= _HIGHEST_OFFSET and int(match.group(3)) < 60
    return offset if valid else None


def parse_datetime(text: str | None, zone: timedelta | None = None) -> datetime | None:
    """Return the local datetime of a DT value that holds at least an hour, or None.

    Args:
        text: the value, with or without an offset.
        zone: the dataset's offset from UTC, when stated.
    """
    match = _DATETIME.fullmatch((text or "").strip())
    if match is None:
        return None
    moment = join(parse_date(match.group(1)), parse_time(match.group(2)))
    if moment is None or match.group(3) is None:
        return moment
    offset = parse_offset(match.group(3))
    if offset is None:
        return None
    try:
        return moment if zone is None else moment - offset + zone
    except OverflowError:
        return None


def join(day: date | None, clock: time | None) -> datetime | None:
    """Return the moment of a date and a clock time, or None when either is missing."""
    return datetime.combine(day, clock) if day is not None and clock is not None else None
