"""Truths of replies: both languages can say the same, and nothing is left to fill."""

import json
import string

import pytest

from petscribe.terms.replies import counted_lesions, part, reply
from petscribe.terms.tables import LEXICON


def leaves(book, path=()):
    if isinstance(book, dict):
        for key, value in book.items():
            yield from leaves(value, (*path, key))
    elif isinstance(book, list):
        for k, value in enumerate(book):
            yield from leaves(value, (*path, k))
    else:
        yield path, book


def read(lang):
    return dict(leaves(json.loads((LEXICON / f"replies.{lang}.json").read_text("utf-8"))))


def holes(text):
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_both_languages_have_the_same_replies():
    assert read("en").keys() == read("vi").keys()


def test_a_reply_of_one_language_asks_for_no_more_than_the_other():
    either = {"tracer", "uptake"}
    for path, text in read("en").items():
        assert holes(text) - either == holes(read("vi")[path]) - either, path


def test_a_reply_starts_with_a_capital_and_a_part_does_not():
    assert reply("en", "lesion", id=3) == "Lesion 3"
    assert part("en", "lesion", id=3) == "lesion 3"


def test_a_missing_reply_is_named():
    with pytest.raises(ValueError, match="nowhere"):
        reply("en", "nowhere")


def test_lesions_are_counted_in_words():
    assert [counted_lesions(n, "en") for n in (0, 1, 5)] == ["no lesion", "1 lesion", "5 lesions"]
