"""Truths of answers about lesions: the measured value, in words and as a value."""

import pytest

from petscribe.reporting.answering.about_lesions import (
    extremes,
    measure,
    side,
    site,
    size,
    size_class,
    uptake,
)
from petscribe.reporting.answering.asked.question import AskedPlace, Question
from petscribe.reporting.answering.saying import Scene


@pytest.fixture
def scene(measured):
    return Scene(measured=measured, lang="en")


def about(number, **more):
    return Question(kind="measure", lesions=(number,), **more)


def test_where_a_lesion_is(scene):
    answer = site(about(3), scene)
    assert (answer.type, answer.value) == ("site", "vertebrae_T8")
    assert answer.answer == "Lesion 3: T8 vertebra, PET image 112."


def test_on_which_side(scene):
    assert side(about(1), scene).value == "right"
    assert side(about(3), scene).value == "midline"
    none = side(about(5), scene)
    assert (none.value, none.answer) == (None, "Lesion 5: no side (liver).")


def test_how_large(scene):
    answer = size(about(1), scene)
    assert answer.value == "large"
    assert "6.4 x 4.1 cm, volume 183.1 ml" in answer.answer


@pytest.mark.parametrize(
    ("long_mm", "expected"),
    [(9.4, "small"), (9.6, "medium"), (30.4, "medium"), (30.6, "large")],
)
def test_size_classes_are_of_the_printed_size(make_lesion, long_mm, expected):
    assert size_class(make_lesion(1, "lung", 5.0, axes=(long_mm, 5.0))) == expected


def test_how_avid(scene):
    answer = uptake(about(4), scene)
    assert answer.value == "moderate"
    assert "SUVmax 5.1" in answer.answer


def test_a_value_is_the_printed_one(scene):
    answer = measure(about(2, quantity="suv_max"), scene)
    assert (answer.value, answer.evidence) == (12.6, (2,))
    assert answer.answer == "Lesion 2 (left adrenal gland): SUVmax 12.6."


def test_what_was_not_measured_is_said_to_be_so(scene):
    answer = measure(about(2, quantity="deauville"), scene)
    assert (answer.type, answer.value) == ("unanswerable", None)


def test_several_lesions_have_no_one_value(scene):
    answer = measure(Question(kind="measure", quantity="suv_max"), scene)
    assert answer.value is None
    assert answer.evidence == (1, 2, 3, 4, 5)
    assert "Lesion 5 (liver): SUVmax 8.1." in answer.answer


def test_the_hottest_is_named_with_its_numbers(scene):
    answer = extremes(Question(kind="hottest", pick="hottest"), scene)
    assert (answer.type, answer.value, answer.evidence) == ("hottest", 1, (1,))
    assert "SUVmax 42.2" in answer.answer


def test_equal_as_printed_has_no_hottest(make_lesion, make_measured):
    table = make_measured((make_lesion(1, "lung", 4.04), make_lesion(2, "lung", 3.96)))
    question = Question(kind="hottest", pick="hottest")
    answer = extremes(question, Scene(measured=table, lang="en"))
    assert (answer.value, answer.evidence) == (None, (1, 2))


def test_where_there_is_nothing_nothing_is_measured(scene):
    right = AskedPlace(key="adrenal_gland", region="adrenal", side="right")
    answer = measure(Question(kind="measure", places=(right,)), scene)
    assert (answer.type, answer.value) == ("unanswerable", None)
    assert answer.answer.startswith("No lesion")


def test_without_suv_no_degree_is_said(make_lesion, make_measured):
    table = make_measured((make_lesion(1, "lung", None),), unit="relative")
    answer = uptake(about(1), Scene(measured=table, lang="en"))
    assert (answer.type, answer.value) == ("unanswerable", None)
    assert "SUV could not be computed" in answer.answer
