"""What an answer says, in both languages."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from petscribe.evaluation.answers import number, read_answer, tokens

KINDS = ("yes_no", "side", "count", "number", "site", "choice", "unanswerable", "open")


@pytest.mark.parametrize(
    ("text", "lang", "value"),
    [
        ("Yes, there is uptake in the left adrenal.", "en", True),
        ("No.", "en", False),
        ("no FDG-avid lesion", "en", False),
        ("There is intense uptake in the left adrenal.", "en", True),
        ("Có, ở thượng thận trái.", "vi", True),
        ("Không thấy tổn thương tăng chuyển hóa ở gan.", "vi", False),
        ("Không rõ.", "vi", None),
        ("perhaps", "en", None),
        ("", "en", None),
    ],
)
def test_yes_and_no_are_told_apart(text: str, lang: str, value):
    assert read_answer(text, "yes_no", lang) is value


@pytest.mark.parametrize(
    ("text", "lang", "value"),
    [
        ("Left.", "en", "left"),
        ("It lies on the right side.", "en", "right"),
        ("both the left and the right", "en", "bilateral"),
        ("Bên phải", "vi", "right"),
        ("hai bên", "vi", "bilateral"),
        ("in the liver", "en", None),
    ],
)
def test_sides_are_read(text: str, lang: str, value):
    assert read_answer(text, "side", lang) == value


@pytest.mark.parametrize(
    ("text", "lang", "value"),
    [
        ("3", "en", 3),
        ("There are three lesions.", "en", 3),
        ("no lesion", "en", 0),
        ("2.5", "en", None),
        ("two or three", "en", None),
        ("Hai tổn thương", "vi", 2),
        ("Không có tổn thương", "vi", 0),
    ],
)
def test_counts_are_read(text: str, lang: str, value):
    assert read_answer(text, "count", lang) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("SUVmax is 12.4", 12.4),
        ("1.2 cm", 12.0),
        ("12mm", 12.0),
        ("T12", None),
        ("between 3 and 4", None),
        ("4.0, that is 4", 4.0),
        ("none", None),
    ],
)
def test_the_only_number_of_an_answer_is_read(text: str, value):
    assert number(text) == value


def test_a_decimal_comma_is_read_in_vietnamese():
    assert read_answer("SUVmax là 12,4", "number", "vi") == 12.4


@pytest.mark.parametrize(
    ("text", "lang", "key", "side"),
    [
        ("left adrenal gland", "en", "adrenal_gland", "left"),
        ("The lesion is in the liver.", "en", "liver", None),
        ("thượng thận trái", "vi", "adrenal_gland", "left"),
    ],
)
def test_places_are_read(text: str, lang: str, key: str, side):
    found = read_answer(text, "site", lang)
    assert (found.key, found.side) == (key, side)


def test_no_place_is_no_value():
    assert read_answer("nowhere at all", "site", "en") is None


def test_the_option_with_the_longest_wording_is_chosen():
    options = {"mild": ("mild",), "intense": ("intense", "very intense"), "none": ("no uptake",)}
    assert read_answer("Very intense.", "choice", "en", options=options) == "intense"
    assert read_answer("mild or intense", "choice", "en", options=options) is None
    assert read_answer("blue", "choice", "en", options=options) is None


def test_answers_are_compared_without_punctuation_or_case():
    assert tokens("Left,  LUNG.", "en") == ("left", "lung")


@given(st.text(max_size=80), st.sampled_from(KINDS), st.sampled_from(["en", "vi"]))
def test_no_text_is_too_strange_to_read(text: str, kind, lang: str):
    read_answer(text, kind, lang, options={"a": ("b",)})
