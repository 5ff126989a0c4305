"""ROUGE against published vectors, rouge_score and a plain table."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from petscribe.evaluation.text.grams import documents, shared_grams
from petscribe.evaluation.text.ptb import ptb_tokens
from petscribe.evaluation.text.rouge import coco_rouge_l, longest_common, rouge_l, rouge_n
from petscribe.evaluation.text.tokens import rouge_tokens

IDS = st.lists(st.integers(0, 3), max_size=80)


def _docs(hypotheses, references, tokenise):
    return documents(
        [tokenise(x) for x in hypotheses], [[tokenise(x) for x in refs] for refs in references]
    )


def _by_table(first: list[int], second: list[int]) -> int:
    row = [0] * (len(second) + 1)
    for a in first:
        new = [0]
        for j, b in enumerate(second):
            new.append(row[j] + 1 if a == b else max(row[j + 1], new[j]))
        row = new
    return row[-1]


@given(IDS, IDS)
def test_the_subsequence_is_as_long_as_by_the_table(first: list[int], second: list[int]):
    assert longest_common(first, second) == _by_table(first, second)


def test_rouge_equals_the_published_vectors(vectors):
    docs = _docs(*vectors, rouge_tokens)
    unigrams, bigrams = shared_grams(docs, 2)
    assert rouge_n(docs, unigrams, 1) == pytest.approx([0.666667, 0.923077, 0.9375, 1], abs=1e-6)
    assert rouge_n(docs, bigrams, 2) == pytest.approx([0.352941, 0.909091, 0.866667, 1], abs=1e-6)
    assert rouge_l(docs) == pytest.approx([0.5, 0.923077, 0.9375, 1], abs=1e-6)


def test_coco_rouge_l_equals_the_published_vectors(vectors):
    scores = coco_rouge_l(_docs(*vectors, ptb_tokens))
    assert scores == pytest.approx([0.520811, 0.910448, 0.933333, 1.0], abs=1e-6)
    assert scores.mean() == pytest.approx(0.841148, abs=1e-6)


def test_rouge_is_the_packages_at_the_best_reference(many):
    scorer = pytest.importorskip("rouge_score.rouge_scorer").RougeScorer(
        ["rouge1", "rouge2", "rougeL"]
    )
    hypotheses, references = many[0][:25], many[1][:25]
    docs = _docs(hypotheses, references, rouge_tokens)
    unigrams, bigrams = shared_grams(docs, 2)
    ours = (rouge_n(docs, unigrams, 1), rouge_n(docs, bigrams, 2), rouge_l(docs))
    for name, values in zip(("rouge1", "rouge2", "rougeL"), ours, strict=True):
        expected = [
            scorer.score_multi(refs, text)[name].fmeasure
            for text, refs in zip(hypotheses, references, strict=True)
        ]
        assert values == pytest.approx(expected, abs=1e-12)


def test_a_wrong_lobe_and_side_in_vietnamese_is_not_almost_right():
    first = "Nốt đặc thùy trên phổi phải tăng chuyển hóa"
    second = "Nốt đặc thùy dưới phổi trái tăng chuyển hóa"
    docs = _docs([second], [[first]], lambda x: x.lower().split())
    assert rouge_n(docs, next(shared_grams(docs, 1)), 1)[0] == pytest.approx(7 / 9)


def test_an_empty_text_scores_zero():
    docs = _docs([""], [["a b"]], str.split)
    assert rouge_l(docs).tolist() == coco_rouge_l(docs).tolist() == [0.0]
