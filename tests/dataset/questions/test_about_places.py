"""Questions about places: yes where there is something, no only where there surely is nothing."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from petscribe.dataset.questions import about_places as kinds
from petscribe.dataset.questions.speech import Asked, Question

Exam = Callable[..., Asked]


def must(question: Question | None) -> Question:
    assert question is not None
    return question


def test_a_lesion_is_present_where_it_lies(asked: Exam):
    question = must(kinds.present(asked(only=(4,))))
    assert question.value is True
    assert question.answer == "Yes <L4>."
    assert "left axilla" in question.text.lower()


def test_all_lesions_of_a_place_are_evidence(asked: Exam):
    question = must(kinds.present(asked(only=(2, 3))))
    assert question.evidence == (2, 3)
    assert question.answer == "Yes <L2> <L3>."


def test_the_other_side_is_free(asked: Exam):
    question = must(kinds.other_side(asked(only=(4,))))
    assert question.value is False
    assert "right axilla" in question.text.lower()


@pytest.mark.parametrize("seed", range(20))
def test_a_denied_region_touches_no_lesion(asked: Exam, seed: int):
    text = must(kinds.absent(asked(seed=seed))).text.lower()
    near = ("lung", "liver", "hilum", "mediastinum", "axilla", "breast", "stomach", "kidney")
    assert not any(word in text for word in near), text


def test_nothing_is_denied_in_an_exam_without_coverage(asked: Exam):
    assert kinds.absent(replace(asked(), coverage=())) is None


@pytest.mark.parametrize("seed", range(6))
def test_outside_the_field_of_view_nothing_is_known(asked: Exam, seed: int):
    question = must(kinds.outside(asked(seed=seed)))
    assert question.value is None
    assert any(word in question.text for word in ("brain", "groin"))
    assert question.answer == "Cannot be answered: outside the field of view."


def test_what_no_exam_tells_is_unanswerable(asked: Exam):
    question = must(kinds.unknown(asked()))
    assert (question.type, question.value) == ("unanswerable", None)


def test_all_lesions_are_counted(asked: Exam):
    question = must(kinds.count_all(asked()))
    assert question.value == 5
    assert question.answer == "<count> <L1> <L2> <L3> <L4> <L5>."


def test_no_lesion_is_none(asked: Exam):
    question = must(kinds.count_all(asked(only=())))
    assert (question.value, question.answer) == (0, "None.")


def test_lesions_of_a_region_are_counted(asked: Exam):
    question = must(kinds.count_here(asked(only=(2, 3))))
    assert (question.value, question.evidence) == (2, (2, 3))


def test_a_count_names_its_region(asked: Exam):
    assert "axilla" in must(kinds.count_here(asked(only=(4,)))).text
