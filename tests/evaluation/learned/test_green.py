"""GREEN's arithmetic on written analyses."""

import pytest

from petscribe.core.errors import ExtractionError
from petscribe.evaluation.learned.green import green_scores, read_analysis


def _analysis(significant: str, matched: str, insignificant: str = "No errors.") -> str:
    return (
        "[Explanation]:\nThe candidate misses a finding.\n\n"
        f"[Clinically Significant Errors]:\n{significant}\n\n"
        f"[Clinically Insignificant Errors]:\n{insignificant}\n\n"
        f"[Matched Findings]:\n{matched}\n"
    )


LETTERS = (
    "(a) False report of a finding: {}. x\n(b) Missing a finding: {}. y; z\n(c) Wrong place: 0."
)


@pytest.mark.parametrize(
    ("significant", "matched", "score"),
    [
        (LETTERS.format(1, 2), "No matched findings.", 0.0),
        (LETTERS.format(2, 3), "1. node", 1 / 6),
        (LETTERS.format(1, 1), "1. node", 1 / 3),
        (LETTERS.format(1, 0), "1. node", 1 / 2),
        (LETTERS.format(0, 3), "1. node", 1 / 4),
        ("No significant errors.", "3. a; b; c", 1.0),
    ],
)
def test_the_score_is_matched_over_matched_and_errors(significant, matched, score: float):
    assert read_analysis(_analysis(significant, matched)).score == pytest.approx(score)


def test_insignificant_errors_are_kept_apart():
    found = read_analysis(_analysis("No errors.", "2. a; b", "(d) Severity: 1. mild"))
    assert (found.score, found.insignificant) == (1.0, {"d": 1})


def test_counts_need_their_full_stop():
    assert read_analysis(_analysis("(a) False report: 2 findings", "1. x")).score == 1.0


def test_text_that_is_no_analysis_is_never_a_zero():
    with pytest.raises(ExtractionError) as fault:
        read_analysis("I cannot help with that.")
    assert fault.value.code == "no-green-section"


def test_the_judge_sees_reference_and_candidate():
    seen = []

    def judge(reference: str, candidate: str) -> str:
        seen.append((reference, candidate))
        return _analysis("No errors.", "1. x")

    assert [x.score for x in green_scores(["c"], ["r"], judge)] == [1.0]
    assert seen == [("r", "c")]
