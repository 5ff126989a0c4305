"""Truths of question words: the longest wording counts, word for word."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from petscribe.terms.questions import all_wordings, cues_in, wordings_of


def test_the_longest_wording_at_a_place_wins():
    cues = cues_in("what is the maximum suv", "en")
    assert [cue.span for cue in cues if cue.means("quantity")] == [(12, 23)]


def test_a_word_inside_another_is_no_cue():
    assert not any(cue.means("topic") for cue in cues_in("homage", "en"))


def test_a_wording_may_mean_two_things():
    (cue,) = (c for c in cues_in("is it hotter than that", "en") if c.means("more"))
    assert cue.means("more", "hotter")
    assert cue.means("limit", "above")


@pytest.mark.parametrize("lang", ["en", "vi"])
def test_every_wording_is_found_in_itself(lang):
    for text in all_wordings(lang):
        (cue,) = cues_in(text, lang)
        assert cue.span == (0, len(text)), text


@pytest.mark.parametrize("kind", ["ask", "quantity", "topic", "object", "said", "number", "lead"])
def test_both_languages_know_the_same_keys(kind):
    keys = [{key for _, key in wordings_of(kind, lang)} for lang in ("en", "vi")]
    assert keys[0] == keys[1]


@given(st.text(max_size=80))
def test_any_text_gives_spans_in_order(text):
    for lang in ("en", "vi"):
        spans = [cue.span for cue in cues_in(text, lang)]
        assert spans == sorted(spans)
        assert all(0 <= start < end <= len(text) for start, end in spans)
