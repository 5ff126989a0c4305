"""METEOR in both forms, against published vectors, NLTK and its own order of things."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from petscribe.evaluation.text.meteor import (
    ENGLISH,
    UNIVERSAL,
    MeteorForm,
    align_words,
    form_of,
    meteor,
    meteor_2005,
)
from petscribe.evaluation.text.meteor_tables import MeteorTables
from petscribe.evaluation.text.ptb import ptb_tokens

_WORDS = "the node nodes nodule of measuring measured left lobe"
WORDS = st.lists(
    st.sampled_from(_WORDS.split()),
    min_size=1,
    max_size=9,
)


def _texts(vectors):
    hypotheses, references = vectors
    return [ptb_tokens(x) for x in hypotheses], [[ptb_tokens(x) for x in r] for r in references]


def test_meteor_equals_the_published_vectors(vectors):
    statistic = meteor(*_texts(vectors), ENGLISH)
    assert statistic.per_case() == pytest.approx([0.278645, 0.547465, 0.550011, 1.0], abs=1e-6)
    assert statistic.value == pytest.approx(0.441044, abs=1e-6)


def test_meteor_2005_equals_the_published_vectors(vectors):
    expected = [0.499096, 0.867552, 0.931973, 0.996]
    assert meteor_2005(*_texts(vectors)) == pytest.approx(expected, abs=1e-6)


@given(WORDS, WORDS)
def test_meteor_2005_is_nltks(hypothesis: list[str], reference: list[str]):
    module = pytest.importorskip("nltk.translate.meteor_score")

    class NoWordNet:
        def synsets(self, _word: str) -> list[str]:
            return []

    expected = module.single_meteor_score(reference, hypothesis, wordnet=NoWordNet())
    assert meteor_2005([hypothesis], [[reference]])[0] == pytest.approx(expected, abs=1e-12)


def test_a_stem_counts_less_than_the_word():
    same = meteor([["left", "nodes"]], [[["left", "nodes"]]], ENGLISH).value
    stem = meteor([["left", "node"]], [[["left", "nodes"]]], ENGLISH).value
    other = meteor([["left", "mass"]], [[["left", "nodes"]]], ENGLISH).value
    assert 1.0 == same > stem > other > 0.0


def test_order_matters():
    reference = [["left", "upper", "lobe", "nodule"]]
    straight = meteor([["left", "upper", "lobe", "nodule"]], [reference], ENGLISH).value
    mixed = meteor([["nodule", "upper", "left", "lobe"]], [reference], ENGLISH).value
    assert straight > mixed


def test_the_best_reference_counts():
    worse, better = ["some", "mass"], ["left", "nodule"]
    both = meteor([["left", "nodule"]], [[worse, better]], ENGLISH).value
    assert both == 1.0


def test_a_synonym_counts_when_the_tables_know_it():
    tables = MeteorTables(synonyms={"mass": frozenset("7"), "tumor": frozenset("79")})
    form = MeteorForm(alpha=0.85, beta=0.2, gamma=0.6, delta=0.75, stem=None, tables=tables)
    found = align_words(["left", "mass"], ["left", "tumor"], form)
    assert [m.weight for m in found.matches] == [1.0, 0.8]


def test_a_paraphrase_matches_phrases_of_different_length():
    tables = MeteorTables(paraphrases={("uptake",): frozenset([("tracer", "avidity")])}, longest=2)
    form = MeteorForm(alpha=0.85, beta=0.2, gamma=0.6, delta=0.75, stem=None, tables=tables)
    found = align_words(["mild", "uptake"], ["mild", "tracer", "avidity"], form)
    assert found.chunks == 1
    assert [(m.length, m.reference_length) for m in found.matches] == [(1, 1), (1, 2)]


def test_vietnamese_has_no_stems():
    assert form_of("vi") is UNIVERSAL
    assert len(align_words(["nodes"], ["node"], UNIVERSAL).matches) == 0


@pytest.mark.parametrize("form", [ENGLISH, UNIVERSAL])
def test_empty_and_foreign_texts_score_zero(form: MeteorForm):
    assert meteor([[], ["x"]], [[["a"]], [["a"]]], form).per_case().tolist() == [0.0, 0.0]
    assert meteor_2005([[], ["x"]], [[["a"]], [["a"]]]).tolist() == [0.0, 0.0]


@given(WORDS, WORDS)
def test_scores_stay_between_zero_and_one(hypothesis: list[str], reference: list[str]):
    assert 0.0 <= meteor([hypothesis], [[reference]], ENGLISH).value <= 1.0
