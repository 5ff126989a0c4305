"""What may be said: slots that were measured, names with numbers, no figures."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.made import noise, opened, tiny
from petscribe.core.errors import InputError
from petscribe.model.decoding.grammar import Grammar, finding_grammar
from petscribe.model.generate import Decoding, generate
from petscribe.model.language.tokens import Speech


@pytest.fixture(scope="module")
def grammar(speech: Speech) -> Grammar:
    return Grammar(speech, finding_grammar(["suv_max", "size"]))


@pytest.mark.parametrize(
    "text",
    [
        "A node with SUVmax <suv_max> at T12.",
        "Uptake in segment 7, 4R node of <size>.",
        "No focal uptake!",
        "<suv_max>.",
    ],
)
def test_findings_are_allowed(grammar: Grammar, text: str) -> None:
    assert grammar.accepts(text)


@pytest.mark.parametrize(
    "text",
    [
        "SUVmax 7.3.",
        "SUVmax 7,3.",
        "It measures 12 mm.",
        "It measures 12mm.",
        "A share of 5 %.",
        "Slice 123.",
        "TLG <tlg>.",
        "Lesion <L1> is hot.",
        "No end",
        "Two.\nLines.",
        "",
    ],
)
def test_figures_unknown_slots_and_open_ends_are_not(grammar: Grammar, text: str) -> None:
    assert not grammar.accepts(text)


@given(st.floats(0.1, 99.9))
def test_no_decimal_can_be_said(grammar: Grammar, value: float) -> None:
    assert not grammar.accepts(f"SUVmax {value:.1f}.")


def test_references_are_allowed_up_to_their_number(speech: Speech) -> None:
    two = Grammar(speech, finding_grammar(["suv_max"], lesions=2))
    assert two.accepts("<L1> and <L2><suv_max>.")
    assert not two.accepts("<L3> is hot.")


def test_without_slots_there_is_prose_alone(speech: Speech) -> None:
    prose = Grammar(speech, finding_grammar([]))
    assert prose.accepts("Nothing.")
    assert not prose.accepts("SUVmax <suv_max>.")


def test_whatever_a_model_would_say_it_follows_the_grammar(speech: Speech) -> None:
    model = opened(tiny())
    grammar = Grammar(speech, finding_grammar(["suv_max"]))
    how = Decoding(most=40, temperature=3.0)
    rows = generate(model, noise(model), how, end=speech.end, constraint=grammar).rows
    for row in rows:
        said = speech.tokenizer.decode(list(row.tokens), skip_special_tokens=False)
        assert "<size>" not in said
        assert grammar.accepts(said) or not row.ended


def test_what_does_not_follow_is_refused(grammar: Grammar, speech: Speech) -> None:
    with pytest.raises(ValueError, match="does not follow"):
        grammar.allow(7, speech.words("<tlg>"))


def test_an_unknown_slot_and_a_broken_grammar_are_refused(speech: Speech) -> None:
    with pytest.raises(ValueError, match="no slot"):
        finding_grammar(["weight"])
    with pytest.raises(ValueError, match="too many"):
        finding_grammar([], lesions=99)
    with pytest.raises(InputError, check=lambda fault: fault.code == "bad-grammar"):
        Grammar(speech, "start: (")
