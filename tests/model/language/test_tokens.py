"""Tokens: special ones are whole, text comes back, a tokenizer is saved once."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from petscribe.core.errors import InputError
from petscribe.model.language.tokens import (
    SPECIAL_TOKENS,
    Speech,
    load_speech,
    with_special_tokens,
)


def test_each_special_token_is_one_token(speech: Speech) -> None:
    assert all(len(speech.words(token)) == 1 for token in SPECIAL_TOKENS)


@given(st.text("abc xyz.,-", min_size=1, max_size=20).map(str.strip))
def test_text_comes_back(speech: Speech, text: str) -> None:
    assert speech.text(speech.answer(text)) == text


def test_slots_stay_in_the_text_and_the_end_does_not(speech: Speech) -> None:
    assert speech.text([*speech.words("SUVmax <suv_max> of <L2>"), speech.end]) == (
        "SUVmax <suv_max> of <L2>"
    )


def test_a_request_goes_through_the_chat_template(speech: Speech) -> None:
    assert speech.tokenizer.decode(speech.prompt("x")) == "<s><user>x<assistant>"
    bare = Speech(tokenizer=speech.tokenizer, chat=False)
    assert bare.tokenizer.decode(bare.prompt("x")) == "<s>x"


def test_special_tokens_are_added_once_and_saved(speech: Speech, tmp_path: Path) -> None:
    before = len(speech)
    assert len(with_special_tokens(speech.tokenizer)) == before
    speech.save(tmp_path)
    read = load_speech(tmp_path)
    assert len(read) == before
    assert read.words("<tlg> T12") == speech.words("<tlg> T12")


def test_a_folder_without_a_tokenizer_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, check=lambda fault: fault.code == "no-tokenizer"):
        load_speech(tmp_path)
