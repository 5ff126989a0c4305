"""CIDEr-D against published vectors and a plain version."""

import math
from collections import Counter

import pytest

from petscribe.evaluation.text.cider import cider_d
from petscribe.evaluation.text.grams import documents, shared_grams
from petscribe.evaluation.text.ptb import ptb_tokens


def _score(hypotheses, references, tokenise=str.split):
    docs = documents(
        [tokenise(x) for x in hypotheses], [[tokenise(x) for x in refs] for refs in references]
    )
    return cider_d(docs, list(shared_grams(docs, 4)))


def _grams(words: list[str], n: int) -> Counter[tuple[str, ...]]:
    return Counter(tuple(words[i : i + n]) for i in range(len(words) - n + 1))


def _plain(hypotheses: list[str], references: list[list[str]]) -> list[float]:
    total = math.log(len(references))
    scores = []
    frequency = Counter(
        gram
        for refs in references
        for gram in {g for r in refs for n in range(1, 5) for g in _grams(r.split(), n)}
    )

    def vector(words: list[str], n: int) -> dict[tuple[str, ...], float]:
        return {
            g: c * (total - math.log(max(1, frequency[g]))) for g, c in _grams(words, n).items()
        }

    for hypothesis, refs in zip(hypotheses, references, strict=True):
        values = []
        for ref in refs:
            cosines = []
            for n in range(1, 5):
                mine, theirs = vector(hypothesis.split(), n), vector(ref.split(), n)
                dot = sum(min(mine[g], theirs[g]) * theirs[g] for g in mine if g in theirs)
                size = math.hypot(*mine.values()) * math.hypot(*theirs.values())
                cosines.append(dot / size if size else 0.0)
            gap = len(hypothesis.split()) - len(ref.split())
            values.append(sum(cosines) / 4 * math.exp(-(gap**2) / 72.0))
        scores.append(10.0 * sum(values) / len(values))
    return scores


def test_cider_equals_the_published_vectors(vectors):
    scores = _score(*vectors, ptb_tokens)
    assert scores == pytest.approx([2.431073, 8.850811, 8.666136, 10.0], abs=1e-6)
    assert scores.mean() == pytest.approx(7.487005, abs=1e-6)


def test_cider_equals_the_published_captioning_example():
    hypotheses = ["a man is speaking", "rain falls"]
    references = [
        [
            "a man speaks.",
            "someone speaks.",
            "a man is speaking while a bird is chirping in the background",
        ],
        ["rain is falling hard on a surface"],
    ]
    scores = _score(hypotheses, references, ptb_tokens)
    assert scores.mean() == pytest.approx(0.9614, abs=5e-5)
    assert scores == pytest.approx([1.3641, 0.5587], abs=5e-5)


def test_cider_is_the_plain_version_on_many_references(many):
    hypotheses, references = many
    assert _score(hypotheses, references) == pytest.approx(_plain(hypotheses, references), abs=1e-9)


def test_a_set_of_one_case_scores_zero():
    assert _score(["a b c d"], [["a b c d"]]).tolist() == [0.0]
