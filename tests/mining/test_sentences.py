"""Sentence ends that reports set traps around."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from petscribe.mining.normalise import normalise
from petscribe.mining.sentences import LONGEST, sentences_of


def split(text: str) -> list[str]:
    plain = normalise(text)
    return [plain.text[a:b].strip() for a, b in sentences_of(plain, 0, len(plain.text))]


@pytest.mark.parametrize(
    "text",
    [
        "SUVmax 5.6. Im 88.",
        "It measures approx. 12 mm.",
        "Seen by Dr. Smith at St. P. hospital.",
        "SUVmax is 6. 2 in the liver.".replace(" in the liver", ""),
        "Adenoma vs. metastasis.",
    ],
)
def test_it_is_one_sentence(text: str):
    assert len(split(text)) == 1


def test_full_stops_end_sentences():
    assert split("Liver is normal. Spleen is normal.") == ["liver is normal.", "spleen is normal."]


def test_a_figure_may_begin_the_next_sentence():
    assert split("SUVmax is 5. 2 nodules are stable.") == ["suvmax is 5.", "2 nodules are stable."]


def test_list_markers_are_no_sentences():
    assert split("1. Mass.\n2. Node.\n- Cyst") == ["mass.", "node.", "cyst"]


def test_a_wrapped_line_goes_on():
    assert len(split("No uptake\nsuggestive of disease.")) == 1
    assert len(split("Liver: normal\nSpleen: normal")) == 2


@given(st.text(alphabet="ab1.!?\n ;-", max_size=300))
def test_spans_are_in_order_and_apart(text: str):
    plain = normalise(text)
    spans = sentences_of(plain, 0, len(text))
    assert all(a < b for a, b in spans)
    assert all(x[1] <= y[0] for x, y in pairwise(spans))


def test_no_sentence_is_longer_than_the_bound():
    plain = normalise("word " * 5000)
    assert max(b - a for a, b in sentences_of(plain, 0, len(plain.text))) <= LONGEST
