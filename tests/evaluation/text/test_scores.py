"""All text metrics in one call."""

import pickle
import unicodedata

import numpy as np
import pytest

from petscribe.core.errors import InputError
from petscribe.evaluation.text.scores import SIGNATURES, text_scores

VI = (
    "Hạch thượng đòn trái kích thước 12 mm, SUVmax 12,4.",
    "Không thấy tăng chuyển hóa bất thường ở gan.",
    "Nốt đặc thùy trên phổi phải, tăng chuyển hóa mạnh.",
)


def test_every_metric_is_named_and_scored(vectors):
    scores = text_scores(*vectors, lang="en")
    assert list(scores.corpus) == list(scores.per_case) == list(SIGNATURES)
    assert all(len(values) == 4 for values in scores.per_case.values())


def test_the_corpus_figures_are_the_published_ones(vectors):
    corpus = text_scores(*vectors, lang="en").corpus
    expected = {"bleu_1": 0.78945, "bleu_4": 0.618937, "coco_rouge_l": 0.841148, "cider": 7.487005}
    assert {name: corpus[name] for name in expected} == pytest.approx(expected, abs=1e-6)


def test_identical_texts_score_one():
    texts = ["No uptake.", "Bone lesion."]
    corpus = text_scores(texts, [[text] for text in texts], lang="en").corpus
    assert corpus["rouge_1"] == corpus["coco_rouge_l"] == corpus["meteor"] == 1.0


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_a_vietnamese_text_equals_itself_in_any_spelling(form):
    changed = [unicodedata.normalize(form, text).replace("12,4", "12.4") for text in VI]
    corpus = text_scores(changed, [[text] for text in VI], lang="vi").corpus
    for name in ("bleu_4", "rouge_l", "meteor"):
        assert corpus[name] == pytest.approx(1.0, abs=1e-8)
    assert (corpus["sacrebleu"], corpus["chrf"]) == (pytest.approx(100.0), pytest.approx(100.0))


def test_a_flipped_negation_keeps_most_of_every_surface_metric():
    # why a clinical score stands beside these figures
    flipped = text_scores(
        ["Abnormal uptake in the liver."] * 2, [["No abnormal uptake in the liver."]] * 2, lang="en"
    )
    assert flipped.corpus["rouge_l"] > 0.9


def test_sums_of_some_cases_score_like_those_cases(vectors):
    hypotheses, references = vectors
    some = text_scores(*vectors, lang="en").take([1, 3])
    alone = text_scores([hypotheses[1], hypotheses[3]], [references[1], references[3]], lang="en")
    for name in SIGNATURES:
        if name != "cider":  # its document frequency belongs to the whole set
            assert some.corpus[name] == pytest.approx(alone.corpus[name], abs=1e-9)


def test_scores_travel_between_processes(vectors):
    scores = text_scores(*vectors, lang="en")
    assert pickle.loads(pickle.dumps(scores)).corpus == scores.corpus


def test_an_empty_prediction_is_scored_as_zero_not_left_out():
    scores = text_scores(["", "No uptake."], [["A node."], ["No uptake."]], lang="en")
    assert scores.per_case["rouge_l"].tolist() == [0.0, 1.0]
    assert all(np.isfinite(list(scores.corpus.values())))


def test_other_tokens_can_be_chosen():
    letters = text_scores(["ab"], [["ac"]], lang="en", tokenise=list)
    assert letters.corpus["rouge_1"] == 0.5


@pytest.mark.parametrize(
    ("predictions", "references", "lang", "code"),
    [
        ([], [], "en", "nothing-to-score"),
        (["a"], [["a"], ["b"]], "en", "mismatched-counts"),
        (["a"], [[]], "en", "empty-reference"),
        (["a"], [["a", "  "]], "en", "empty-reference"),
        (["a"], [["a"]], "de", "unknown-language"),
    ],
)
def test_what_cannot_be_scored_is_refused(predictions, references, lang: str, code: str):
    with pytest.raises(InputError) as fault:
        text_scores(predictions, references, lang=lang)
    assert fault.value.code == code


def test_a_bare_text_as_reference_is_a_mistake():
    with pytest.raises(ValueError, match="lists of texts"):
        text_scores(["a"], ["abc"], lang="en")
