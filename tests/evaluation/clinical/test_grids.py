"""Region by region: labels, what is normal, what is not counted, macro-F1."""

import numpy as np
import pytest

from petscribe.core.finding import Finding
from petscribe.evaluation.clinical.grids import FORM_LABELS, UPTAKE_LABELS, grid_counts, macro_f1
from petscribe.terms.anatomy import REGIONS


def lesion(region: str, **said) -> Finding:
    return Finding(anatomy=region, region=region, **said)


def test_the_grid_has_five_uptakes_and_eight_forms():
    assert (len(UPTAKE_LABELS), len(FORM_LABELS)) == (5, 8)


def test_a_text_against_itself_is_right_everywhere():
    text = [lesion("lung", type="mass", uptake="intense"), lesion("liver", uptake="mild")]
    counts = grid_counts(text, text)
    assert counts.uptake[:, 0].sum() == len(REGIONS)
    assert macro_f1(counts.uptake, abnormal=False) == 1.0
    assert macro_f1(counts.form, abnormal=True) == 1.0


def test_normal_regions_do_not_make_up_for_a_missed_lesion():
    counts = grid_counts([lesion("lung", type="mass", uptake="intense")], [])
    assert macro_f1(counts.uptake, abnormal=True) == 0.0
    assert 0.4 < macro_f1(counts.uptake, abnormal=False) < 0.5


def test_denials_and_physiologic_uptake_are_normal():
    text = [lesion("liver", negated=True), lesion("brain", uptake="physiologic")]
    assert np.array_equal(grid_counts(text, []).uptake, grid_counts([], []).uptake)


def test_unstated_uptake_of_the_reference_is_not_counted_and_of_the_prediction_is_wrong():
    unstated, stated = [lesion("lung")], [lesion("lung", uptake="intense")]
    assert grid_counts(unstated, stated).uptake[:, 2].sum() == len(REGIONS) - 1
    wrong = grid_counts(stated, unstated).uptake
    assert wrong[UPTAKE_LABELS.index("marked")].tolist() == [0, 0, 1]


def test_the_highest_label_of_a_region_counts():
    two = [lesion("lung", uptake="mild"), lesion("lung", uptake="moderate")]
    counts = grid_counts(two, [lesion("lung", uptake="moderate")])
    assert counts.uptake[UPTAKE_LABELS.index("moderate")].tolist() == [1, 1, 1]


def test_sums_add_and_macro_f1_keeps_leading_axes():
    counts = grid_counts([lesion("lung", uptake="mild")], [])
    twice = counts + counts
    assert np.array_equal(twice.form, 2 * counts.form)
    stacked = np.stack([counts.uptake, twice.uptake])
    assert macro_f1(stacked, abnormal=False).shape == (2,)


def test_macro_f1_of_nothing_is_not_defined():
    assert np.isnan(macro_f1(np.zeros((5, 3)), abnormal=True))


def test_macro_f1_agrees_with_counting_by_hand():
    counts = np.array([[8.0, 10, 9], [1, 2, 1], [0, 0, 2], [0, 0, 0], [0, 0, 0]])
    expected = np.mean([16 / 19, 2 / 3, 0.0])
    assert macro_f1(counts, abnormal=False) == pytest.approx(expected)
