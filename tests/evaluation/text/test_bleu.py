"""BLEU in three spellings, against published vectors and sacreBLEU."""

import numpy as np
import pytest

from petscribe.evaluation.text.bleu import (
    bleu_counts,
    coco_bleu,
    plain_bleu,
    sacre_bleu,
    sacre_bleu_by_case,
)
from petscribe.evaluation.text.grams import documents, shared_grams
from petscribe.evaluation.text.ptb import ptb_tokens
from petscribe.evaluation.text.tokens import mteval_tokens

COCO = {
    1: ([0.565493, 0.846482, 0.933333, 1.0], 0.789450),
    2: ([0.372253, 0.846482, 0.894427, 1.0], 0.704302),
    3: ([0.264583, 0.846482, 0.878038, 1.0], 0.655394),
    4: ([0.192094, 0.846482, 0.866642, 1.0], 0.618937),
}


def _counts(hypotheses, references, tokenise):
    docs = documents(
        [tokenise(x) for x in hypotheses], [[tokenise(x) for x in refs] for refs in references]
    )
    return bleu_counts(docs, list(shared_grams(docs, 4)))


def test_a_text_equal_to_its_reference_scores_one():
    counts = _counts(["a b c d e"], [["a b c d e"]], str.split)
    assert coco_bleu(counts, 4).value == pytest.approx(1.0, abs=1e-8)
    assert sacre_bleu(counts).value == pytest.approx(100.0)
    assert plain_bleu(counts).value == 1.0


def test_nothing_in_common_scores_zero():
    counts = _counts(["a b c d e"], [["v w x y z"]], str.split)
    assert coco_bleu(counts, 1).value == pytest.approx(0.0, abs=1e-12)
    assert sacre_bleu(counts).value == plain_bleu(counts).value == 0.0


def test_an_empty_text_scores_zero_not_an_error():
    counts = _counts([""], [["a b"]], str.split)
    assert sacre_bleu(counts).value == plain_bleu(counts).value == 0.0
    assert coco_bleu(counts, 4).value == pytest.approx(0.0, abs=1e-9)


@pytest.mark.parametrize("order", [1, 2, 3, 4])
def test_coco_bleu_equals_the_published_vectors(vectors, order: int):
    statistic = coco_bleu(_counts(*vectors, ptb_tokens), order)
    per_case, corpus = COCO[order]
    assert statistic.per_case() == pytest.approx(per_case, abs=1e-6)
    assert statistic.value == pytest.approx(corpus, abs=1e-6)


def test_the_counts_are_those_of_the_reference_implementation(vectors):
    sums = _counts(*vectors, ptb_tokens).sum(axis=0)
    assert sums.tolist() == [39, 44, 35, 25, 20, 16, 39, 35, 31, 27]


def test_plain_bleu_equals_nltks_published_figures(vectors):
    cased = plain_bleu(_counts(*vectors, str.split)).value
    lowered = plain_bleu(_counts(*vectors, lambda x: x.lower().split())).value
    assert (cased, lowered) == (
        pytest.approx(0.535511, abs=1e-6),
        pytest.approx(0.595606, abs=1e-6),
    )


def test_sacrebleu_equals_the_published_vectors(vectors):
    counts = _counts(*vectors, mteval_tokens)
    assert sacre_bleu(counts).value == pytest.approx(60.73, abs=0.005)
    expected = [13.0372, 70.1397, 88.4395, 100.0]
    assert sacre_bleu_by_case(counts) == pytest.approx(expected, abs=1e-4)


def test_sacrebleu_is_the_packages_on_many_references(many):
    sacrebleu = pytest.importorskip("sacrebleu")
    hypotheses, references = many
    metric = sacrebleu.BLEU(effective_order=True)
    counts = _counts(hypotheses, references, mteval_tokens)
    alone = [metric.sentence_score(h, r).score for h, r in zip(hypotheses, references, strict=True)]
    assert sacre_bleu_by_case(counts) == pytest.approx(alone, abs=1e-9)
    width = max(map(len, references))
    columns = [[r[k] if k < len(r) else None for r in references] for k in range(width)]
    corpus = sacrebleu.corpus_bleu(hypotheses, columns).score
    assert sacre_bleu(counts).value == pytest.approx(corpus, abs=1e-9)


def test_the_corpus_score_is_a_function_of_summed_counts(vectors):
    counts = _counts(*vectors, ptb_tokens)
    twice = np.concatenate([counts, counts])
    assert coco_bleu(twice, 4).value == pytest.approx(coco_bleu(counts, 4).value, abs=1e-9)
