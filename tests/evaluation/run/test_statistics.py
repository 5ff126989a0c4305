"""Rows to scores: the pooled scores are those of the cases' own records."""

import numpy as np
import pytest

from petscribe.evaluation.clinical.score import score_case
from petscribe.evaluation.run.scoring import mined, score_chunk
from petscribe.evaluation.run.statistics import (
    CLINICAL,
    NUMERIC,
    clinical_statistics,
    error_counts,
    error_statistics,
    normal_counts,
    numeric_statistics,
)

TEXTS = [
    ("FDG-avid liver lesion, SUVmax 5.", "FDG-avid liver lesion, SUVmax 7.5.", "en"),
    ("FDG-avid left axillary node, SUVmax 6.", "FDG-avid right axillary node, SUVmax 6.", "en"),
    ("Spleen is normal. Lungs are clear.", "Spleen is normal.", "en"),
    ("FDG-avid lesion in T8, SUVmax 6.", "No uptake in T8.", "en"),
]
ROWS = score_chunk(TEXTS)


def test_every_score_is_named_and_explained():
    assert set(clinical_statistics(ROWS)) == set(CLINICAL)
    assert set(numeric_statistics(ROWS)) == set(NUMERIC)


def test_pooled_scores_equal_the_sum_of_tallies():
    total = score_case(mined(*TEXTS[0][::2]), mined(*TEXTS[0][1:])).tally
    for reference, said, lang in TEXTS[1:]:
        total = total + score_case(mined(reference, lang), mined(said, lang)).tally
    found = clinical_statistics(ROWS)
    assert found["pet_finding_score"].value == pytest.approx(total.score)
    assert found["pet_finding_precision"].value == pytest.approx(total.precision)
    assert found["detection_f1"].value == pytest.approx(total.detection_f1)


def test_cases_score_as_they_do_alone():
    per_case = clinical_statistics(ROWS)["pet_finding_score"].per_case()
    alone = [score_case(mined(r, x), mined(p, x)).tally.score for r, p, x in TEXTS]
    assert per_case.tolist() == pytest.approx(alone)


def test_a_set_without_findings_scores_one_and_has_no_f1():
    found = clinical_statistics(ROWS[2:3])
    assert found["pet_finding_score"].value == 1.0
    assert np.isnan(found["lesion_f1_t"].value)


def test_errors_are_counted_and_averaged():
    counts = error_counts(ROWS)
    assert (counts["side_flip"], counts["negation_flip"], counts["total"]) == (1, 1, 2)
    assert error_statistics(ROWS)["any"].value == 0.5


def test_numbers_are_averaged_over_what_was_compared():
    numbers = numeric_statistics(ROWS)
    assert numbers["suv_mae"].value == pytest.approx(2.5 / 2)
    assert numbers["suv_wrong_frac"].value == 0.5
    assert np.isnan(numbers["deauville_mae"].value)


def test_normals_have_their_own_table():
    assert normal_counts(ROWS[2:3]) == {"reference": 2, "predicted": 1, "agreed": 1}
