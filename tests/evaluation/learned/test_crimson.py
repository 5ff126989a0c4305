"""CRIMSON's arithmetic."""

import pytest

from petscribe.evaluation.learned.crimson import MatchedFinding, crimson_score


def test_a_perfect_text_scores_one():
    assert crimson_score([MatchedFinding(urgency="urgent")], [], []) == 1.0


def test_one_urgent_false_and_one_actionable_missed_is_the_published_vector():
    assert crimson_score([], ["actionable"], ["urgent"]) == -0.5


def test_a_significant_attribute_error_costs_part_of_a_finding():
    found = crimson_score([MatchedFinding(urgency="urgent", significant_errors=1)], [], [])
    assert found == pytest.approx(1 / 1.5)


def test_missing_something_urgent_costs_more_than_something_harmless():
    matched = [MatchedFinding(urgency="urgent")]
    assert crimson_score(matched, ["not_actionable"], []) > crimson_score(matched, ["urgent"], [])


def test_benign_findings_neither_help_nor_hurt():
    matched = [MatchedFinding(urgency="urgent"), MatchedFinding(urgency="benign")]
    assert crimson_score(matched, ["benign"], ["benign"]) == 1.0


def test_an_empty_reference_is_defined():
    assert crimson_score([], [], []) == 1.0
    assert crimson_score([], [], ["urgent"]) == -0.5


def test_inventions_never_push_the_score_below_minus_one():
    assert -1.0 < crimson_score([], ["urgent"], ["urgent"] * 1000) < -0.99
