"""The phrase books: the same phrases in both languages."""

import re

import pytest

from petscribe.terms.phrasebook import capitalised, listed, phrase, phrases

WORD_TABLES = {"articles", "upper", "before", "uptake_of"}


def leaves(book, path=()):
    for key, value in book.items():
        if isinstance(value, dict):
            yield from leaves(value, (*path, key))
        else:
            yield (*path, key), value


def test_both_languages_have_the_same_phrases():
    paths = [{p for p, _ in leaves(phrases(x)) if p[0] not in WORD_TABLES} for x in ("en", "vi")]
    assert {p for p in paths[0] ^ paths[1] if p[0] != "after"} == set()


def test_both_languages_fill_the_same_slots():
    vietnamese = dict(leaves(phrases("vi")))
    for path, text in leaves(phrases("en")):
        if isinstance(text, str) and path in vietnamese and path[0] not in WORD_TABLES:
            slots = [set(re.findall(r"{(\w+)}", x)) for x in (text, vietnamese[path])]
            same = {"Uptake": "tracer", "uptake": "tracer"}
            assert {same.get(s, s) for s in slots[0]} >= {same.get(s, s) for s in slots[1]} - {
                "avid"
            }


def test_a_missing_phrase_is_named():
    with pytest.raises(ValueError, match="headings/elbow"):
        phrase("en", "headings", "elbow")


def test_an_unknown_language_is_refused():
    with pytest.raises(ValueError, match="fr"):
        phrases("fr")


def test_capitals_touch_the_first_letter_only():
    assert capitalised("ổ khu trú FDG") == "Ổ khu trú FDG"


def test_lists_end_with_and():
    assert listed(["a", "b", "c"], "en") == "a, b and c"
    assert listed(["a"], "en") == "a"
    assert listed(["a", "b"], "vi") == "a và b"
    assert listed(["a", "b"], "en", word="or") == "a or b"
