"""The four tokenisers, against their packages where they have one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from petscribe.evaluation.text.tokens import (
    caption_tokens,
    mteval_tokens,
    rouge_tokens,
    summary_tokens,
    syllable_tokens,
    word_tokens,
)

VI = "Không thấy tăng chuyển hóa FDG ở hạch nách phải, SUVmax 12.4."
MARKS = st.text(alphabet="aB1 .,-()/%&;<>'\"\n$_", max_size=60)


def test_a_vietnamese_syllable_is_one_token():
    assert syllable_tokens(VI)[:4] == ["không", "thấy", "tăng", "chuyển"]


def test_a_number_is_one_token():
    assert syllable_tokens("SUVmax 12.4, 3") == ["suvmax", "12.4", "3"]


def test_no_english_tokeniser_touches_vietnamese():
    assert caption_tokens("vi") is summary_tokens("vi") is syllable_tokens


def test_the_english_tokenisers_differ():
    text = "FDG-avid (12.4)"
    assert caption_tokens("en")(text) == ["fdg-avid", "-lrb-", "12.4", "-rrb-"]
    assert summary_tokens("en")(text) == ["fdg", "avid", "12", "4"]


@pytest.mark.slow  # the package reads its models for seconds
def test_vietnamese_words_join_syllables():
    pytest.importorskip("underthesea")
    words = word_tokens("hạch bạch huyết ở phổi phải")
    assert any("_" in word for word in words)
    assert "_".join(words).replace("_", " ") == "hạch bạch huyết ở phổi phải"


@given(MARKS)
def test_mteval_tokens_are_sacrebleus(text: str):
    oracle = pytest.importorskip("sacrebleu.tokenizers.tokenizer_13a").Tokenizer13a()
    assert mteval_tokens(text) == oracle(text.rstrip()).split()


@given(st.text(max_size=60))
def test_rouge_tokens_are_rouge_scores(text: str):
    oracle = pytest.importorskip("rouge_score.tokenize")
    assert rouge_tokens(text) == oracle.tokenize(text, None)
