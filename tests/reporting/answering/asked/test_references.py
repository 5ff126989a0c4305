"""Truths of lesions named by number."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from petscribe.reporting.answering.asked.references import bare_numbers, references_in, with_tokens


@pytest.mark.parametrize(
    ("lang", "text", "numbers"),
    [
        ("en", "where is lesion 3?", (3,)),
        ("en", "is lesion 1 hotter than lesion 2?", (1, 2)),
        ("en", "lesions 1, 2 and 3", (1, 2, 3)),
        ("en", "<l3> and <l4>", (3, 4)),
        ("en", "lesion #4", (4,)),
        ("en", "lesion no. 5 vs 6", (5, 6)),
        ("en", "number 3", (3,)),
        ("en", "lesion two", (2,)),
        ("vi", "tổn thương số 3 và tổn thương thứ hai", (3, 2)),
        ("vi", "tổn thương 1 hay 2", (1, 2)),
    ],
)
def test_a_number_beside_a_word_for_a_lesion_names_it(lang, text, numbers):
    assert references_in(text, lang).lesions == numbers


@pytest.mark.parametrize(
    ("lang", "text"),
    [
        ("en", "any lesion 2 cm or more"),
        ("en", "the l3 vertebra"),
        ("en", "nodes in level 2"),
        ("en", "2 lesions"),
        ("en", "a lesion 12.5 wide"),
        ("en", "rib number 4"),
        ("vi", "xương sườn số 4"),
        ("vi", "hạch một bên"),
        ("vi", "có 2 tổn thương"),
    ],
)
def test_other_numbers_name_no_lesion(lang, text):
    assert references_in(text, lang) == ((), text)


def test_what_was_read_is_blanked_in_place():
    named = references_in("is <l3> in l3?", "en")
    assert named.rest == "is      in l3?"


def test_bare_numbers_stand_alone():
    assert bare_numbers("compare 1 and 2, not 3 cm, t8 or 1.5") == (1, 2)


def test_a_model_hears_its_own_tokens():
    text = "Is Lesion 3 hotter than lesions 4 and 7?"
    said = with_tokens(text, text.lower(), "en", {3: "<L1>", 4: "<L2>", 7: "<L3>"})
    assert said == "Is <L1> hotter than <L2> and <L3>?"


def test_a_lesion_without_a_token_stays_as_it_is():
    assert with_tokens("Lesion 9?", "lesion 9?", "en", {3: "<L1>"}) == "Lesion 9?"


@given(st.text(max_size=80))
def test_any_text_keeps_its_length(text):
    for lang in ("en", "vi"):
        assert len(references_in(text.lower(), lang).rest) == len(text.lower())
