"""Dates, moved together and written back in their own form."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from petscribe.mining.deid.dates import shifted
from petscribe.mining.deid.deidentify import deidentify


def moved(text: str, days: int = -30, lang: str = "en") -> str:
    return deidentify(text, days=days, lang=lang).text


@pytest.mark.parametrize(
    ("lang", "before", "after"),
    [
        ("en", "3/14/2023", "2/12/2023"), ("en", "03/14/2023", "02/12/2023"),
        ("en", "3/14/23", "2/12/23"), ("en", "14/3/2023", "12/2/2023"),
        ("vi", "14/03/2023", "12/02/2023"), ("vi", "05/03/2023", "03/02/2023"),
        ("en", "05/03/2023", "04/03/2023"), ("en", "2023-03-14", "2023-02-12"),
        ("en", "20230314", "20230212"), ("en", "14.03.2023", "12.02.2023"),
        ("en", "March 14, 2023", "February 12, 2023"), ("en", "14 Mar 2023", "12 Feb 2023"),
        ("en", "14th of March 2023", "12th of February 2023"), ("en", "May 2023", "April 2023"),
        ("en", "MAY 14, 2023", "APRIL 14, 2023"), ("en", "6/2022", "5/2022"),
        ("en", "CT dated 4/12", "CT dated 3/13"), ("en", "March 14", "February 12"),
        ("vi", "ngày 15 tháng 3 năm 2024", "ngày 14 tháng 2 năm 2024"),
        ("vi", "tháng 6/2023", "tháng 5/2023"), ("vi", "ngày 2/1", "ngày 3/12"),
        ("en", "31/31/2023", "[DATE]"), ("en", "2/30/2023", "[DATE]"),
    ],
)  # fmt: skip
def test_a_date_keeps_its_form(lang: str, before: str, after: str):
    assert moved(f"Scan: {before}.", lang=lang) == f"Scan: {after}."


@pytest.mark.parametrize(
    "text",
    ["SUVmax 12.4", "(4/132)", "(3/12)", "image 12/40", "Deauville 4/5", "1.2.3", "in 2019",
     "T1/T2", "May 5 mm nodule", "may 12 resolve", "3-4-5", "10:30", "SUV 5.6-8.9", "5/10 lesions"],
)  # fmt: skip
def test_what_is_no_date_stays(text: str):
    assert moved(text) == text


def test_the_text_itself_tells_whether_days_come_first():
    assert moved("Scans 25/03/2023 and 05/04/2023.") == "Scans 23/02/2023 and 06/03/2023."


@given(st.dates(date(1950, 1, 1), date(2049, 1, 1)), st.integers(-365, -1), st.booleans())
def test_intervals_stay(day: date, days: int, vi: bool):
    later = day + timedelta(days=41)
    form = "%d/%m/%Y" if vi else "%m/%d/%Y"
    lang = "vi" if vi else "en"
    text = f"{day.strftime(form)} and {later.strftime(form)}"
    expected = (day + timedelta(days=days)).strftime(form)
    signs = list(shifted(text, days=days, lang=lang))
    assert [len(sign.text) for sign in signs] == [10, 10]
    if vi or max(day.day, later.day) <= 12:  # one reading only
        assert signs[0].text == expected
