"""BERTScore's arithmetic on vectors that can be checked by hand."""

import math
from collections.abc import Sequence

import numpy as np
import pytest

from petscribe.core.errors import InputError
from petscribe.evaluation.learned.bertscore import Encoded, bert_scores, inverse_frequency

VECTORS = {
    "left": [1.0, 0.0, 0.0],
    "right": [0.6, 0.8, 0.0],
    "node": [0.0, 0.0, 2.0],
    "mass": [0.0, 3.0, 0.0],
}


def encode(texts: Sequence[str]) -> list[Encoded]:
    """Look the vectors of words up."""
    return [
        Encoded(
            tokens=tuple(text.split()),
            vectors=np.array([VECTORS[w] for w in text.split()]).reshape(-1, 3),
        )
        for text in texts
    ]


def test_a_text_equals_itself_whatever_its_vectors_lengths():
    scores = bert_scores(["left node", "mass"], [["left node"], ["mass"]], encode)
    assert scores.f1 == pytest.approx([1.0, 1.0])


def test_every_token_takes_its_nearest():
    scores = bert_scores(["left node"], [["right node mass"]], encode)
    assert scores.precision == pytest.approx([(0.6 + 1.0) / 2])
    assert scores.recall == pytest.approx([(0.6 + 1.0 + 0.0) / 3])
    assert scores.f1 == pytest.approx([2 * 0.8 * (1.6 / 3) / (0.8 + 1.6 / 3)])


def test_a_flipped_side_looks_alike_to_vectors():
    assert bert_scores(["right node"], [["left node"]], encode).f1[0] == pytest.approx(0.8)


def test_the_best_reference_counts():
    assert bert_scores(["left"], [["mass", "left"]], encode).f1.tolist() == [1.0]


def test_rare_tokens_weigh_more():
    weights = inverse_frequency(encode(["left node", "right node", "node"]))
    assert weights["node"] == 0.0
    assert weights["left"] == pytest.approx(math.log(2))
    assert weights[""] == pytest.approx(math.log(4))
    references = [["left node"], ["right node"], ["node"]]
    scores = bert_scores(["right node", "right node", "node"], references, encode, idf=True)
    assert scores.precision[0] == pytest.approx(0.6)


def test_a_baseline_becomes_zero():
    scores = bert_scores(["right node"], [["left node"]], encode, baseline=(0.8, 0.8, 0.8))
    assert scores.f1[0] == pytest.approx(0.0, abs=1e-12)


def test_an_empty_text_scores_zero():
    assert bert_scores([""], [["left"]], encode).f1.tolist() == [0.0]


def test_each_distinct_text_is_encoded_once():
    seen: list[str] = []

    def counting(texts: Sequence[str]) -> list[Encoded]:
        seen.extend(texts)
        return encode(texts)

    bert_scores(["left", "left"], [["left"], ["mass"]], counting)
    assert sorted(seen) == ["left", "mass"]


def test_an_encoder_that_loses_texts_is_refused():
    with pytest.raises(InputError) as fault:
        bert_scores(["left"], [["mass"]], lambda texts: encode(texts)[:1])
    assert fault.value.code == "encoder-mismatch"
