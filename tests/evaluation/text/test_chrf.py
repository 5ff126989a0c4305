"""chrF against sacreBLEU and published vectors."""

import pytest

from petscribe.evaluation.text import chrf as chrf_module
from petscribe.evaluation.text.chrf import chrf


def test_a_text_equal_to_its_reference_scores_a_hundred():
    assert chrf(["Không thấy hạch"], [["Không thấy hạch"]]).value == pytest.approx(100.0)


def test_chrf_equals_the_published_corpus_figure(vectors):
    assert chrf(*vectors).value == pytest.approx(76.47, abs=0.005)


def test_chrf_is_the_packages(many, monkeypatch: pytest.MonkeyPatch):
    sacrebleu = pytest.importorskip("sacrebleu")
    monkeypatch.setattr(chrf_module, "_BLOCK_CASES", 7)
    hypotheses, references = many
    statistic, metric = chrf(hypotheses, references), sacrebleu.CHRF()
    alone = [metric.sentence_score(h, r).score for h, r in zip(hypotheses, references, strict=True)]
    assert statistic.per_case() == pytest.approx(alone, abs=1e-9)
    width = max(map(len, references))
    columns = [[r[k] if k < len(r) else None for r in references] for k in range(width)]
    assert statistic.value == pytest.approx(
        metric.corpus_score(hypotheses, columns).score, abs=1e-9
    )


def test_spaces_do_not_count():
    assert chrf(["left lobe"], [["leftlobe"]]).value == pytest.approx(100.0)


def test_an_empty_text_scores_zero():
    assert chrf([""], [["abc"]]).value == 0.0
