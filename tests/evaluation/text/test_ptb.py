"""PTB tokens as COCO's metrics count them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from petscribe.evaluation.text.ptb import ptb_tokens


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("FDG-avid nodule, SUVmax of 12.4.", ["fdg-avid", "nodule", "suvmax", "of", "12.4"]),
        ("2.3 x 1.8 cm", ["2.3", "x", "1.8", "cm"]),
        (
            "SUV max 5.6 (previously 8.1).",
            ["suv", "max", "5.6", "-lrb-", "previously", "8.1", "-rrb-"],
        ),
        ("[18F]FDG", ["-lsb-", "18f", "-rsb-", "fdg"]),
        ("The patient's isn't", ["the", "patient", "'s", "is", "n't"]),
        ("cannot", ["can", "not"]),
        ("PET/CT, 12 g/ml", [r"pet\/ct", "12", r"g\/ml"]),
        ("30% of 1,200 mL", ["30", "%", "of", "1,200", "ml"]),
        ("SUV >2.5, <4", ["suv", ">", "2.5", "<", "4"]),
        ("new -- or old - lesion...", ["new", "or", "old", "lesion"]),
        ("vs. prior", ["vs.", "prior"]),
        ("stable vs.", ["stable", "vs"]),
        ('"quoted"; yes!', ["quoted", "yes"]),
        ("\u201cquoted\u201d \u2013 yes\u2026", ["quoted", "yes"]),
        ("line one\nline two", ["line", "one", "line", "two"]),
        ("", []),
        (" . , ", []),
    ],
)
def test_tokens_are_those_of_the_reference_tokeniser(text: str, tokens: list[str]):
    assert ptb_tokens(text) == tokens


def test_accented_words_stay_whole():
    assert ptb_tokens("Na\u00efve caf\u00e9") == ["na\u00efve", "caf\u00e9"]


@given(st.text(max_size=200))
def test_any_text_gives_words_without_spaces_or_capitals(text: str):
    words = ptb_tokens(text)
    assert all(word and not any(c.isspace() for c in word) for word in words)
    assert [word.lower() for word in words] == words


@given(st.lists(st.sampled_from(["nodule", "12.4", "FDG-avid", "(left)", "isn't", "PET/CT"])))
def test_words_of_pieces_add_up(pieces: list[str]):
    assert ptb_tokens(" ".join(pieces)) == [w for piece in pieces for w in ptb_tokens(piece)]


def test_a_long_word_is_read_in_linear_time():
    assert len(ptb_tokens("a" * 20_000)[0]) == 20_000
