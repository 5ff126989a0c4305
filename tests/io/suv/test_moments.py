# ruff: noqa: DTZ001 - the times of a header are local and naive by design
"""Dates, clock times, offsets: every form of the standard, and what is none."""

from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from petscribe.io.suv.moments import join, parse_date, parse_datetime, parse_offset, parse_time


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("07", time(7)),
        ("0721", time(7, 21)),
        ("072100", time(7, 21)),
        ("072100.5", time(7, 21, 0, 500000)),
        ("072100.123456 ", time(7, 21, 0, 123456)),
        ("07:21:05", time(7, 21, 5)),
        ("235960", time(23, 59, 59)),
    ],
)
def test_short_and_long_clock_times_are_understood(text, expected):
    assert parse_time(text) == expected


@pytest.mark.parametrize("text", [None, "", "7", "24", "2460", "noon", "072", "12345678"])
def test_what_is_no_clock_time_is_none(text):
    assert parse_time(text) is None


def test_dates_old_and_new_style():
    assert parse_date("19600116") == date(1960, 1, 16)
    assert parse_date("1960.01.16") == date(1960, 1, 16)


@pytest.mark.parametrize("text", [None, "", "19601316", "00000101", "20230229", "yesterday"])
def test_what_is_no_date_is_none(text):
    assert parse_date(text) is None


def test_a_date_time_keeps_its_fraction():
    assert parse_datetime("20250101100000.25") == datetime(2025, 1, 1, 10, 0, 0, 250000)


def test_an_offset_is_moved_to_the_datasets_zone():
    moment = parse_datetime("20250101233000+0000", parse_offset("+0700"))
    assert moment == datetime(2025, 1, 2, 6, 30)


def test_an_offset_without_a_zone_is_taken_as_local():
    assert parse_datetime("20250101100000+0700") == datetime(2025, 1, 1, 10)


@pytest.mark.parametrize("text", ["20250101", "20250101100000+9999", "20250101100000-0000", "x"])
def test_a_date_time_without_an_hour_or_with_a_false_offset_is_none(text):
    assert parse_datetime(text) is None


@pytest.mark.parametrize("text", ["-0000", "+1500", "-1300", "+0060", "0700", ""])
def test_offsets_outside_the_standard_are_none(text):
    assert parse_offset(text) is None


def test_offsets_have_signs():
    assert parse_offset("-0330") == -timedelta(hours=3, minutes=30)


def test_a_moment_beyond_the_calendar_is_none():
    assert parse_datetime("99991231233000-1200", parse_offset("+1400")) is None


def test_date_or_clock_alone_is_no_moment():
    assert join(date(2025, 1, 1), None) is None
    assert join(None, time(1)) is None


@given(st.datetimes(min_value=datetime(1000, 1, 1)))
def test_every_moment_survives_the_round_trip(moment):
    assert parse_datetime(moment.strftime("%Y%m%d%H%M%S.%f")) == moment


@given(st.text())
def test_no_text_breaks_the_parsers(text):
    for parse in (parse_date, parse_time, parse_datetime, parse_offset):
        parse(text)
