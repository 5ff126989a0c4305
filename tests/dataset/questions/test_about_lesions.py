"""Questions about lesions have the answers that the measurements give."""

from collections.abc import Callable

import pytest

from petscribe.dataset.questions import about_lesions as kinds
from petscribe.dataset.questions.speech import Asked, Question

Exam = Callable[..., Asked]


def must(question: Question | None) -> Question:
    assert question is not None
    return question


@pytest.mark.parametrize("seed", range(8))
def test_the_hottest_is_the_one_with_the_highest_suv(asked: Exam, seed: int):
    question = must(kinds.hottest(asked(seed=seed)))
    assert question.value == 2
    assert question.answer.startswith("<L2>, ")
    assert "liver" in question.answer or "hepatic" in question.answer


def test_the_largest_is_the_one_with_the_largest_volume(asked: Exam):
    assert must(kinds.largest(asked(only=(1, 3, 4)))).value == 1


def test_one_lesion_is_not_compared(asked: Exam):
    exam = asked(only=(1,))
    assert kinds.hottest(exam) is None
    assert kinds.hotter(exam) is None
    assert kinds.same_side(exam) is None


@pytest.mark.parametrize("seed", range(12))
def test_hotter_is_true_when_it_is(asked: Exam, seed: int):
    suv = {1: 9.0, 2: 12.0, 3: 4.0, 4: 3.0, 5: 6.0}
    question = must(kinds.hotter(asked(seed=seed)))
    one, other = question.evidence
    assert question.value == (suv[one] > suv[other])
    assert question.answer == ("Yes." if question.value else "No.")
    assert question.text.index(f"<L{one}>") < question.text.index(f"<L{other}>")


@pytest.mark.parametrize("seed", range(12))
def test_larger_is_true_when_it_is(asked: Exam, seed: int):
    size = {1: 24, 2: 42, 3: 9, 4: 12, 5: 15}
    question = must(kinds.larger(asked(seed=seed)))
    one, other = question.evidence
    assert question.value == (size[one] > size[other])


@pytest.mark.parametrize("seed", range(8))
def test_the_same_side_is_asked_of_lesions_with_a_side(asked: Exam, seed: int):
    side = {1: "right", 4: "left", 5: "left"}
    question = must(kinds.same_side(asked(seed=seed)))
    one, other = question.evidence
    assert question.value == (side[one] == side[other])


@pytest.mark.parametrize("seed", range(8))
def test_a_side_is_asked_only_of_what_has_one(asked: Exam, seed: int):
    question = must(kinds.side(asked(seed=seed)))
    assert question.evidence[0] in {1, 4, 5}
    assert question.value == ("right" if question.evidence == (1,) else "left")
    assert question.answer == f"{str(question.value).capitalize()}."


def test_no_side_means_no_question(asked: Exam):
    assert kinds.side(asked(only=(2, 3))) is None


def test_a_site_is_the_organ(asked: Exam):
    question = must(kinds.site(asked(only=(5,))))
    assert question.value == "rib_left_6"
    assert "rib" in question.answer


@pytest.mark.parametrize(("number", "said"), [(3, "small"), (1, "medium"), (2, "large")])
def test_sizes_have_classes(asked: Exam, number: int, said: str):
    question = must(kinds.size(asked(only=(number,))))
    assert question.value == said
    assert question.answer == f"{said.capitalize()}, <L{number}><size>."


@pytest.mark.parametrize(("number", "said"), [(2, "intense"), (5, "moderate"), (4, "mild")])
def test_uptake_has_degrees(asked: Exam, number: int, said: str):
    assert must(kinds.uptake(asked(only=(number,)))).value == said


def test_a_value_is_a_slot(asked: Exam):
    question = must(kinds.value(asked(only=(1,))))
    assert (question.value, question.answer) == (9.0, "SUVmax <L1><suv_max>.")
