"""What a name looks like."""

import re

import pytest

from petscribe.mining.deid.alphabet import (
    NAME_WORD,
    choice,
    folded,
    is_medical,
    leading_names,
    tagged,
    texts,
)


@pytest.mark.parametrize(
    "word", ["Smith", "O'Brien", "McKay", "NGUYỄN", "Nguyễn", "Đức", "J.", "Lee-Ann"]
)
def test_names_look_like_names(word: str):
    assert re.fullmatch(NAME_WORD, word)


@pytest.mark.parametrize("word", ["smith", "đường", "4R", "T12", "SUVmax", "12", ""])
def test_other_words_do_not(word: str):
    assert not re.fullmatch(NAME_WORD, word)


def test_folding_keeps_every_letter_in_its_place():
    assert folded("Đặng Thị Hoà") == "dang thi hoa"


def test_a_choice_takes_the_longest_wording():
    pattern = re.compile(choice(["Dr", "Dr.", "Prof", "Professor", "a b"]))
    assert pattern.match("Professor X")[0] == "Professor"
    assert pattern.match("Dr. X")[0] == "Dr."
    assert pattern.match("Dra")[0] == "Dr"
    assert pattern.match("a  b")
    assert not pattern.match("Doctor")


def test_every_wording_of_the_table_is_found_by_its_choice():
    for kind in ("label", "title", "given", "surname", "institution", "month"):
        pattern = re.compile(choice(texts(kind)))
        assert all(pattern.fullmatch(text) for text in texts(kind))


def test_medical_words_are_known():
    assert is_medical("Hilar")
    assert is_medical("phổi")
    assert not is_medical("Smith")


def test_words_that_are_no_name_end_one():
    assert leading_names(["Smith", "DOB", "Lee"]) == 1


def test_a_sign_shows_its_kind_only():
    assert tagged(3, 9, "phone").text == "[PHONE]"
