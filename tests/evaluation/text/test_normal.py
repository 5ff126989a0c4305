"""One spelling: NFC, Vietnamese tones and decimal commas."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from petscribe.core.errors import InputError
from petscribe.evaluation.text.normal import one_spelling

VI = "Hạch thượng đòn trái, SUVmax 12,4; không thấy tăng chuyển hóa ở thùy trên phổi phải."


def test_ascii_english_is_left_alone():
    assert one_spelling("SUVmax 12,4; FDG-avid", "en") == "SUVmax 12,4; FDG-avid"


def test_decomposed_vietnamese_becomes_the_same_text():
    assert one_spelling(unicodedata.normalize("NFD", VI), "vi") == one_spelling(VI, "vi")


def test_both_tone_placements_become_the_same_text():
    assert one_spelling("chuyển hoá ở thuỳ phải", "vi") == one_spelling(
        "chuyển hóa ở thùy phải", "vi"
    )


def test_a_decimal_comma_is_a_decimal_point():
    assert one_spelling("SUVmax 12,4", "vi") == one_spelling("SUVmax 12.4", "vi")


def test_a_comma_of_a_list_stays():
    assert one_spelling("gan, lách", "vi") == "gan, lách"


@pytest.mark.parametrize("lang", ["fr", "EN", ""])
def test_another_language_is_refused(lang: str):
    with pytest.raises(InputError) as fault:
        one_spelling("texte", lang)
    assert fault.value.code == "unknown-language"


@given(st.text(), st.sampled_from(["en", "vi"]))
def test_one_spelling_is_reached_in_one_step(text: str, lang: str):
    once = one_spelling(text, lang)
    assert unicodedata.is_normalized("NFC", once) or lang == "vi"
    if lang == "en":
        assert one_spelling(once, lang) == once
