"""Truths of Vietnamese without marks: told from English, restored letter for letter."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from petscribe.terms.unmarked import bare, is_unmarked_vietnamese, restored

QUESTIONS = [
    "phổi trái có tổn thương không",
    "có bao nhiêu tổn thương ở gan",
    "tổn thương nào lớn nhất",
    "tuyến thượng thận trái có bất thường không",
]


@pytest.mark.parametrize("text", QUESTIONS)
def test_a_question_gets_its_marks_back(text):
    assert is_unmarked_vietnamese(bare(text))
    assert restored(bare(text)) == text


@pytest.mark.parametrize(
    "text",
    ["is there a lesion in the liver", "suvmax lesion 2", "how many lesions", "can you do so", ""],
)
def test_english_is_not_vietnamese(text):
    assert not is_unmarked_vietnamese(text)


def test_a_word_nobody_knows_stays_bare():
    assert restored("gan xyzzy") == "gan xyzzy"


def test_a_wording_does_not_reach_over_a_number():
    assert restored("ton 3 thuong") != "tổn 3 thương"


@given(
    st.text(max_size=60)
    | st.lists(st.sampled_from(["ton", "thuong", "3", "  ", "phoi", ",", "trai", "_"])).map(
        " ".join
    )
)
def test_every_letter_stays_where_it_is(text):
    assert len(bare(text)) == len(text)
    assert len(restored(text)) == len(text)
