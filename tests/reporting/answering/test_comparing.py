"""Truths of comparisons: of printed values, in the direction that was asked."""

import pytest

from petscribe.reporting.answering.asked.question import AskedPlace, Limit, Question
from petscribe.reporting.answering.comparing import comparison, reference, same_side
from petscribe.reporting.answering.saying import Scene

LIVER = AskedPlace(key="liver", region="liver")
ADRENAL = AskedPlace(key="adrenal_gland", region="adrenal", side="left")


@pytest.fixture
def scene(measured):
    return Scene(measured=measured, lang="en")


def of(*lesions, **more):
    return Question(kind="comparison", lesions=lesions, **more)


def test_hotter_is_of_suvmax(scene):
    answer = comparison(of(1, 2, more="hottest"), scene)
    assert (answer.value, answer.evidence) == (True, (1, 2))
    assert answer.answer == "Yes: lesion 1 SUVmax 42.2, lesion 2 SUVmax 12.6."
    assert comparison(of(2, 1, more="hottest"), scene).value is False


def test_less_is_the_other_way(scene):
    assert comparison(of(4, 1, more="coolest"), scene).value is True
    assert comparison(of(4, 1, more="smallest"), scene).value is True


def test_larger_is_of_volume(scene):
    answer = comparison(of(3, 1, more="largest"), scene)
    assert answer.value is False
    assert "volume 2.11 ml" in answer.answer


def test_equal_as_printed_is_not_more(make_lesion, make_measured):
    table = make_measured((make_lesion(1, "lung", 4.04), make_lesion(2, "lung", 3.96)))
    answer = comparison(of(1, 2, more="hottest"), Scene(measured=table, lang="en"))
    assert answer.value is False
    assert answer.answer.startswith("Equal as printed")


def test_two_places_stand_for_their_lesions(scene):
    answer = comparison(of(places=(ADRENAL, LIVER), more="hottest"), scene)
    assert (answer.value, answer.evidence) == (True, (2, 5))


def test_a_lesion_against_the_liver_is_against_its_mean(scene):
    answer = comparison(of(4, places=(LIVER,), more="hottest"), scene)
    assert answer.value is True
    assert answer.answer == "Yes: lesion 4 SUVmax 5.1, liver SUVmean 2.1."


def test_a_lesion_against_a_limit(scene):
    limit = Limit(quantity="long_axis", above=True, value=30.0)
    answer = comparison(of(2, limit=limit), scene)
    assert answer.value is False
    assert answer.answer == "No: lesion 2 (left adrenal gland) has long axis 2.4 cm."


def test_one_lesion_cannot_be_compared(scene):
    assert comparison(of(1, more="hottest"), scene).type == "unanswerable"


def test_sides_are_compared(scene):
    assert same_side(of(1, 4), scene).value is True
    assert same_side(of(1, 2), scene).value is False
    assert same_side(of(1, 5), scene).value is None


def test_a_reference_organ_has_its_own_value(scene):
    answer = reference(Question(kind="reference", topic="liver"), scene)
    assert answer.value == 2.1
    missing = reference(Question(kind="reference", topic="blood_pool"), scene)
    assert missing.type == "unanswerable"
