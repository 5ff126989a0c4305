"""The questions of an exam: every type, both answers, both languages, no figure."""

import re
from collections import Counter

import numpy as np
import pytest

from petscribe.core.lesion import Lesion
from petscribe.dataset.questions.asking import questions_of
from petscribe.terms.anatomy import REGIONS
from petscribe.terms.slots import lesions_in

COVERAGE = tuple(region for region in REGIONS if region not in {"brain", "groin"})
TYPES = {
    *("presence", "side", "site", "count", "size_class", "uptake_class", "measure"),
    *("hottest", "largest", "comparison", "unanswerable"),
}


@pytest.mark.parametrize("lang", ["en", "vi"])
def test_every_type_is_asked(lesions: tuple[Lesion, ...], lang: str):
    asked = questions_of(lesions, COVERAGE, lang=lang, rng=np.random.default_rng(0))
    assert {question.type for question in asked} == TYPES


@pytest.mark.parametrize("lang", ["en", "vi"])
def test_yes_and_no_are_balanced(lesions: tuple[Lesion, ...], lang: str):
    said: Counter[bool] = Counter()
    for seed in range(40):
        rng = np.random.default_rng(seed)
        for question in questions_of(lesions, COVERAGE, lang=lang, rng=rng):
            if isinstance(question.value, bool):
                said[question.value] += 1
    assert 0.4 < said[True] / (said[True] + said[False]) < 0.6


@pytest.mark.parametrize("lang", ["en", "vi"])
@pytest.mark.parametrize("part", ["train", "test"])
def test_answers_speak_only_of_lesions_there_are(lesions: tuple[Lesion, ...], lang: str, part: str):
    for seed in range(10):
        rng = np.random.default_rng(seed)
        for question in questions_of(lesions, COVERAGE, lang=lang, rng=rng, part=part):  # type: ignore[arg-type]
            assert set(lesions_in(question.answer)) <= set(question.evidence)
            assert set(question.evidence) <= {1, 2, 3, 4, 5}
            assert len(question.answer.split()) <= 12


@pytest.mark.parametrize("lang", ["en", "vi"])
def test_no_figure_is_written(lesions: tuple[Lesion, ...], lang: str):
    for seed in range(10):
        rng = np.random.default_rng(seed)
        for question in questions_of(lesions[:4], COVERAGE, lang=lang, rng=rng):
            bare = re.sub(r"<\w+>", "", question.text + question.answer)
            assert not re.search(r"\d", bare), bare


def test_an_exam_without_lesions_can_be_asked_about():
    asked = questions_of((), COVERAGE, lang="en", rng=np.random.default_rng(0))
    assert [question.value for question in asked if question.type == "count"] == [0]
    assert {question.value for question in asked if question.type == "presence"} == {False}


@pytest.mark.parametrize("lang", ["en", "vi"])
def test_wordings_of_tests_are_new(lesions: tuple[Lesion, ...], lang: str):
    def texts(part: str) -> set[str]:
        rng = np.random.default_rng(0)
        return {
            question.text
            for _ in range(15)
            for question in questions_of(lesions, COVERAGE, lang=lang, rng=rng, part=part)  # type: ignore[arg-type]
        }

    assert not texts("train") & texts("test")
