"""One spelling, letter for letter."""

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from petscribe.mining.normalise import language_of, normalise


def test_composed_and_decomposed_text_are_the_same():
    text = "Thùy trên phổi phải tăng chuyển hóa"
    apart = unicodedata.normalize("NFD", text)
    assert normalise(apart).text == normalise(text).text


def test_both_tone_placements_are_the_same():
    assert normalise("chuyển hoá, thuỳ").text == normalise("chuyển hóa, thùy").text


def test_qu_keeps_its_tone_where_it_is():
    assert normalise("quý").text == "quý"


def test_full_width_and_odd_blanks_become_plain():
    assert normalise("ＳＵＶ\u00a0４．２\u2013５ \u00d7").text == "suv 4.2-5 x"


def test_a_span_leads_back_to_the_original():
    text = unicodedata.normalize("NFD", "Hạch nách trái")
    plain = normalise(text)
    at = plain.text.index("trái")
    first, last = plain.span(at, at + len("trái"))
    assert unicodedata.normalize("NFC", text[first:last]) == "trái"


def test_words_of_a_span_are_lower_case_with_single_blanks():
    assert normalise("RIGHT\n  Hilum").words(0, 13) == "right hilum"


@given(st.text())
def test_every_span_lies_in_the_original(text: str):
    plain = normalise(text)
    first, last = plain.span(0, len(plain.text))
    assert (first, last) == (0, len(text))


def test_language_is_told_by_letters():
    assert language_of("Khối u phổi phải") == "vi"
    assert language_of("Right lung mass, fossa of Rosenmüller") == "en"
    assert language_of("Khối u", "en") == "en"
    assert language_of("Khối u phổi", "fr") == "vi"
