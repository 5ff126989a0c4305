"""Tables: patterns stand for the rows they say."""

import pytest

from petscribe.terms.tables import LEXICON, ordinal, read_table, unfold


def test_a_side_pattern_stands_for_left_and_right():
    rows = list(unfold({"key": "kidney_{side}", "side": "", "en": "{side} kidney"}))
    assert [(r["key"], r["base"], r["side"]) for r in rows] == [
        ("kidney_left", "kidney", "left"),
        ("kidney_right", "kidney", "right"),
    ]


def test_a_letter_pattern_gives_the_side():
    rows = list(unfold({"key": "lymph_node_4{RL}", "side": "", "texts": "station 4{RL}"}))
    assert [(r["key"], r["side"], r["texts"]) for r in rows] == [
        ("lymph_node_4R", "right", "station 4R"),
        ("lymph_node_4L", "left", "station 4L"),
    ]


def test_a_range_is_told_in_digits_ordinals_words_and_roman_numerals():
    rows = list(unfold({"key": "rib_{1-12}", "texts": "{n} {nth} {word} {roman}"}))
    assert len(rows) == 12
    assert rows[5]["texts"] == "6 6th sixth VI"
    assert rows[5]["base"] == "rib_6"


def test_neck_levels_have_roman_and_arabic_forms():
    rows = list(unfold({"key": "level_{level}", "texts": "{level} {arabic}"}))
    assert "IIA 2A" in [r["texts"] for r in rows]
    assert "VB 5B" in [r["texts"] for r in rows]


@pytest.mark.parametrize(("number", "text"), [(1, "1st"), (2, "2nd"), (3, "3rd"), (11, "11th")])
def test_ordinals_end_as_in_english(number: int, text: str):
    assert ordinal(number) == text


@pytest.mark.parametrize("path", sorted(LEXICON.glob("*.tsv")), ids=lambda p: p.name)
def test_every_row_has_as_many_cells_as_the_header(path):
    lines = path.read_text("utf-8").splitlines()
    width = len(lines[0].split("\t"))
    wrong = [x for x in lines[1:] if x and x[0] != "#" and len(x.split("\t")) != width]
    assert wrong == []


@pytest.mark.parametrize("path", sorted(LEXICON.iterdir()), ids=lambda p: p.name)
def test_every_lexicon_file_is_nfc(path):
    import unicodedata

    assert unicodedata.is_normalized("NFC", path.read_text("utf-8"))


def test_a_table_is_read_once():
    assert read_table("regions.tsv") is read_table("regions.tsv")
