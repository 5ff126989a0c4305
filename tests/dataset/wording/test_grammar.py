"""Symbols, their alternatives, and what is kept for tests."""

import numpy as np
import pytest

from petscribe.dataset.wording.grammar import HELD_OUT, Speaker, alternatives, grammar, symbol

RULES = {
    "a": ["{b} and {b}"],
    "b": ["old", "~new"],
    "noun": ["thing"],
    "noun.nodule": ["nodule"],
    "noun.nodule.lung": ["lung nodule"],
    "article": ["a intense focus", "a nodule"],
}
GRAMMARS = ("findings", "prompts", "questions", "reports", "structures")


def speaker(part: str = "train", *, qualifiers: tuple[str, ...] = ()) -> Speaker:
    return Speaker(
        rules=RULES,
        part=part,  # type: ignore[arg-type]
        qualifiers=qualifiers,
        words={"place": ["liver"]},
        rng=np.random.default_rng(0),
    )


def test_holes_are_filled_in_turn():
    assert speaker().say("a") == "old and old"


def test_the_test_part_says_only_what_is_held_out():
    assert speaker("test").say("a") == "new and new"


def test_a_symbol_without_held_out_wordings_is_the_same_in_both_parts():
    assert alternatives(RULES, "noun", "test") == alternatives(RULES, "noun", "train")


def test_words_of_the_thing_come_before_the_grammar():
    assert speaker().say("place") == "liver"


@pytest.mark.parametrize(
    ("qualifiers", "found"),
    [
        (("nodule", "lung"), "noun.nodule.lung"),
        (("nodule", "bone"), "noun.nodule"),
        (("mass", "lung"), "noun"),
    ],
)
def test_the_most_special_symbol_is_meant(qualifiers: tuple[str, ...], found: str):
    assert symbol(RULES, "noun", qualifiers) == found


def test_a_missing_symbol_is_named():
    with pytest.raises(ValueError, match="verb"):
        symbol(RULES, "verb", ())


def test_the_article_fits_the_next_word():
    said = {speaker().say("article") for _ in range(1)} | {
        Speaker(
            rules=RULES, part="train", qualifiers=(), words={}, rng=np.random.default_rng(seed)
        ).say("article")
        for seed in range(9)
    }
    assert said == {"an intense focus", "a nodule"}


@pytest.mark.parametrize("name", GRAMMARS)
def test_both_languages_have_the_same_symbols(name: str):
    english = {key for key in grammar("en", name) if not key.startswith(("adverb", "adjective"))}
    vietnamese = set(grammar("vi", name))
    only_english = {"avid_noun", "degree_uptake", "adverb_avid", "adverb_avid.increased"}
    only_vietnamese = {key for key in vietnamese if key.startswith(("avid_degree", "degree"))}
    assert english - only_english == vietnamese - only_vietnamese


@pytest.mark.parametrize("lang", ["en", "vi"])
@pytest.mark.parametrize("name", ["findings", "prompts", "questions"])
def test_every_kind_of_text_has_held_out_wordings(lang: str, name: str):
    rules = grammar(lang, name)
    asked = [key for key in rules if key.startswith(("report", "brief", "finding", "presence"))]
    held = [key for key in asked if any(text.startswith(HELD_OUT) for text in rules[key])]
    assert held
    assert all(len(rules[key]) > 1 for key in held)


@pytest.mark.parametrize("lang", ["en", "vi"])
@pytest.mark.parametrize("name", GRAMMARS)
def test_no_grammar_writes_a_figure(lang: str, name: str):
    texts = [text for found in grammar(lang, name).values() for text in found]
    assert not [text for text in texts if any(sign.isdigit() for sign in text)]
