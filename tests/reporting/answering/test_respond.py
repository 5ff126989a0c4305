"""Truths of the main path: every kind has an answer, in both languages, and refusals are polite."""

from typing import get_args

import pytest

from petscribe.reporting.answering.asked.question import AskedPlace, Kind, Question
from petscribe.reporting.answering.respond import respond

TOPICS = ["prior", "treatment", "histology", "outlook", "person", "thing", "technique", "nature"]
EXTREMES = {"hottest", "coolest", "largest", "smallest"}


@pytest.mark.parametrize("kind", get_args(Kind))
@pytest.mark.parametrize("lang", ["en", "vi"])
def test_every_kind_is_answered(measured, kind, lang):
    topic = {"unanswerable": "prior", "reference": "liver"}.get(kind, "")
    question = Question(
        kind=kind,
        lesions=(1, 2),
        places=(AskedPlace(key="liver", region="liver"),),
        pick=kind if kind in EXTREMES else None,
        topic=topic,
    )
    answer = respond(question, measured, lang)
    assert answer.answer
    assert "{" not in answer.answer


@pytest.mark.parametrize("topic", TOPICS)
def test_what_cannot_be_told_is_refused_with_its_reason(measured, topic):
    said = {
        lang: respond(Question(kind="unanswerable", topic=topic), measured, lang)
        for lang in ("en", "vi")
    }
    assert all((a.type, a.value) == ("unanswerable", None) for a in said.values())
    assert said["en"].answer != said["vi"].answer


def test_a_number_that_nobody_has_is_told(measured):
    answer = respond(Question(kind="site", lesions=(9,)), measured, "en")
    assert answer.answer == (
        "There is no lesion 9 in this exam; lesions are numbered 1, 2, 3, 4 and 5."
    )


def test_what_is_not_understood_is_not_answered(measured):
    answer = respond(Question(kind="not_understood"), measured, "en")
    assert not answer.understood
    assert answer.value is None


def test_the_total_is_of_the_table(measured):
    question = Question(kind="total", quantity="volume")
    answer = respond(question, measured, "en")
    assert answer.value == 206.6
    tlg = respond(Question(kind="total", quantity="tlg"), measured, "en")
    assert tlg.value == 4370.7


def test_the_suv_of_a_liver_without_a_lesion_is_the_references(make_lesion, make_measured):
    table = make_measured((make_lesion(1, "lung", 5.0),))
    liver = AskedPlace(key="liver", region="liver")
    question = Question(kind="measure", quantity="suv_max", places=(liver,))
    assert respond(question, table, "en").value == 2.1
