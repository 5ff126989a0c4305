"""Questions by type: known types are scored as what they are, the others by their words."""

from dataclasses import replace

import pytest

from petscribe.evaluation.run.answers import answer_statistics, answer_summary, items_of


def test_types_of_the_question_sets_have_a_kind(questions):
    kinds = [item.kind for item in items_of(questions)]
    assert kinds == ["yes_no", "yes_no", "side", "number", "choice", "open"]


def test_options_are_those_given_or_all_right_answers(questions):
    assert set(items_of(questions)[4].options) == {"small"}
    given = replace(questions[4], more={"type": "choice", "options": ["small", "large"]})
    assert set(items_of([given])[0].options) == {"small", "large"}


def test_a_right_answer_that_cannot_be_read_makes_the_question_open(questions):
    odd = replace(questions[2], reference="somewhere")
    assert items_of([odd])[0].kind == "open"


def test_accuracy_counts_what_is_right_by_its_type(questions):
    found = answer_statistics(items_of(questions))
    assert found["accuracy"].value == pytest.approx(3 / 5)


def test_tolerances_may_be_stated(questions):
    strict = replace(questions[3], more={"type": "measure", "tolerance": 0, "tolerance_frac": 0})
    assert answer_statistics(items_of([strict]))["accuracy"].value == 0.0


def test_the_summary_shows_kinds_and_consistency(questions):
    twice = [
        replace(questions[0], more={"type": "presence", "same_as": "m"}),
        replace(
            questions[1], patient="p0", prediction="No", more={"type": "presence", "same_as": "m"}
        ),
    ]
    summary = answer_summary(items_of(twice))
    assert summary["by_kind"]["yes_no"]["n"] == 2
    assert summary["consistency"]["same_question_same_answer"] == 0.0
    assert summary["consistency"]["contradictions"] == 1
