"""The main path: never raises, linear, and right on sentences it was not written for."""

import re
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mining.gold import load, score
from petscribe.core.codec import encode
from petscribe.mining.rules import mine_text, parse_sentence

REPORT_WORDS = (
    "no nodule SUVmax 4.2 (4/132) right and left , . ; : liver 12 mm x cm without but hilar 4R "
    "level II III previously from to respectively bilateral both the largest it is not seen "
    "image 88 - / metastasis versus likely above blood pool Deauville không thấy hạch phổi "
    "phải tăng chuyển hóa FDG lần lượt trước đây"
)


@given(st.text())
def test_no_text_raises(text: str):
    encode(mine_text(text))


@given(
    st.lists(st.sampled_from(REPORT_WORDS.split()), max_size=40),
    st.sampled_from(["en", "vi", None]),
)
def test_no_heap_of_report_words_raises(words: list[str], lang: str | None):
    text = " ".join(words)
    for finding in mine_text(text, lang=lang).findings:
        assert 0 <= finding.span[0] <= finding.span[1] <= len(text)


@pytest.mark.parametrize("unit", ["right hilar and ", "1.2 x ", "(", "no ", "SUV ", "1. ", "a b "])
def test_time_grows_with_length_only(unit: str):
    def seconds(size: int) -> float:
        text = unit * (size // len(unit))
        start = time.process_time()
        mine_text(text, lang="en")
        return time.process_time() - start

    seconds(2_000)
    assert seconds(24_000) < 8 * seconds(6_000) + 0.5


@pytest.mark.parametrize("lang", ["en", "vi"])
@pytest.mark.parametrize("part", ["dev", "heldout"])
def test_gold_sentences_are_read(lang: str, part: str):
    found = score(load(part, lang))
    assert found.suv_f1 >= 0.97
    assert found.accuracy("negated") >= 0.97
    assert found.accuracy("laterality") >= 0.97
    assert found.whole >= 0.85


def test_ids_and_text_are_kept():
    mined = mine_text("Liver lesion.", id="case-7")
    assert (mined.id, mined.text, mined.lang) == ("case-7", "Liver lesion.", "en")


def test_one_sentence_is_parsed_in_its_language():
    (finding,) = parse_sentence("Gan có ổ tăng chuyển hóa FDG, SUVmax 8,1.", "vi")
    assert (finding.region, finding.type, finding.suv[0].value) == ("liver", "focus", 8.1)


@pytest.fixture(scope="module")
def reports(shared_data: Callable[[str], Path]) -> list[str]:
    path = shared_data("reports-en") / "siim_petct_reports.txt"
    return re.split(r"\n=== ", path.read_text("utf-8"))[1:]


@pytest.mark.real_data
def test_every_value_of_the_four_reports_is_read(reports: list[str]):
    found = [
        sorted(
            (
                f.region,
                f.laterality,
                tuple((s.value, s.time) for s in f.suv),
                tuple((s.dims, s.time) for s in f.size_mm),
                tuple((r.series, r.image) for r in f.refs),
            )
            for f in mine_text(report).findings
            if f.suv
        )
        for report in reports
    ]
    now, before = "current", "prior"
    assert found == [
        [
            ("hilum", "left", ((3.2, now),), (((50.0,), now),), ((None, 162),)),
            ("mediastinum", "left", ((2.7, now),), (((18.0, 12.0), now),), ((None, 132),)),
        ],
        [("head_neck", "right", ((8.4, now),), (), ())],
        [
            ("lung", "left", ((3.1, now),), (((46.0, 46.0), now),), ((3, 78),)),
            ("mediastinum", None, ((1.5, now),), (), ((3, 89),)),
        ],
        [
            (
                *("lung", "left", ((1.96, now), (3.1, before))),
                (((28.0, 21.0), now), ((46.0, 46.0), before)),
                ((3, 85),),
            ),
            (
                *("mediastinum", None, ((1.46, now), (1.53, before))),
                (((20.0, 17.0), now), ((32.0, 24.0), before)),
                ((3, 85),),
            ),
        ],
    ]


@pytest.mark.real_data
def test_what_the_four_reports_deny_is_denied(reports: list[str]):
    first = {(f.region, f.laterality) for f in mine_text(reports[0]).findings if f.negated}
    assert {("hilum", "right"), ("axilla", None), ("liver", None), ("bone", None)} <= first
    last = {f.region for f in mine_text(reports[3]).findings if f.negated}
    assert {"hilum", "mediastinum", "lung"} <= last
