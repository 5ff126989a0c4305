"""A question is a record: what is not said is empty."""

import dataclasses

import pytest

from petscribe.reporting.answering.asked.question import AskedPlace, Question


def test_what_is_not_asked_is_empty():
    question = Question(kind="presence")
    assert question.places == ()
    assert question.limit is None
    assert not question.normal


def test_a_question_cannot_be_changed():
    with pytest.raises(dataclasses.FrozenInstanceError):
        Question(kind="count").kind = "site"


def test_a_side_alone_is_a_place_without_region():
    assert AskedPlace(side="left").region is None
