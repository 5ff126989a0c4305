"""Agreement coefficients against their authors' worked examples."""

import numpy as np
import pytest

from petscribe.evaluation.stats.agreement import (
    agreement_interval,
    gwet_ac,
    icc,
    krippendorff_alpha,
)

GAP = np.nan
FOUR_READERS = np.array(
    [
        [1, 2, 3, 3, 2, 1, 4, 1, 2, GAP, GAP, GAP],
        [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, GAP, 3],
        [GAP, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, GAP],
        [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, GAP],
    ]
)
SHROUT_FLEISS = np.array(
    [[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]], float
).T


@pytest.mark.parametrize(
    ("level", "alpha"), [("nominal", 0.743), ("ordinal", 0.815), ("interval", 0.849)]
)
def test_alpha_is_krippendorffs_own_figure(level, alpha: float):
    assert krippendorff_alpha(FOUR_READERS, level) == pytest.approx(alpha, abs=5e-4)


def test_ac1_is_the_published_figure():
    assert gwet_ac(FOUR_READERS) == pytest.approx(0.77544, abs=5e-6)


def test_icc_is_shrout_and_fleiss_own_figure():
    found = icc(SHROUT_FLEISS)
    single = (found.icc_1, found.icc_2, found.icc_3)
    mean = (found.icc_1k, found.icc_2k, found.icc_3k)
    assert single == pytest.approx((0.17, 0.29, 0.71), abs=0.005)
    assert mean == pytest.approx((0.44, 0.62, 0.91), abs=0.005)


@pytest.mark.parametrize("level", ["nominal", "ordinal", "interval"])
def test_readers_who_agree_reach_one(level):
    same = np.array([[1.0, 2.0, 5.0, 3.0]] * 3)
    assert krippendorff_alpha(same, level) == pytest.approx(1.0)
    assert gwet_ac(same, "quadratic") == pytest.approx(1.0)


def test_readers_at_random_reach_about_zero():
    marks = np.random.default_rng(0).integers(1, 6, (3, 3000)).astype(float)
    for level in ("nominal", "ordinal", "interval"):
        assert krippendorff_alpha(marks, level) == pytest.approx(0.0, abs=0.04)
    assert gwet_ac(marks) == pytest.approx(0.0, abs=0.04)
    assert icc(marks).icc_2 == pytest.approx(0.0, abs=0.04)


def test_a_common_category_collapses_alpha_but_not_ac1():
    first = np.array([1.0] * 95 + [2.0] * 5)
    second = np.array([1.0] * 90 + [2.0] * 5 + [1.0] * 5)
    marks = np.stack([first, second])
    assert krippendorff_alpha(marks, "nominal") < 0.0
    assert gwet_ac(marks) == pytest.approx(0.89, abs=0.01)


def test_a_near_miss_costs_less_on_an_ordered_scale():
    marks = np.array([[1.0, 2.0, 3.0, 4.0, 5.0, 5.0], [1.0, 2.0, 3.0, 4.0, 5.0, 4.0]])
    assert krippendorff_alpha(marks, "ordinal") > krippendorff_alpha(marks, "nominal")
    assert gwet_ac(marks, "quadratic") > gwet_ac(marks, "linear") > gwet_ac(marks)


def test_the_mean_of_readers_is_more_reliable_than_one():
    found = icc(SHROUT_FLEISS)
    assert found.icc_2k > found.icc_2
    assert found.icc_3 > found.icc_2  # a reader's level does not count against consistency


def test_what_nobody_rated_twice_is_undefined():
    alone = np.array([[1.0, GAP], [GAP, 2.0]])
    assert np.isnan(krippendorff_alpha(alone, "nominal"))
    assert np.isnan(gwet_ac(alone))


def test_icc_needs_two_complete_units():
    with pytest.raises(ValueError, match="two complete units"):
        icc(np.array([[1.0, GAP], [2.0, 3.0]]))


def test_the_interval_holds_the_value_and_repeats():
    found = agreement_interval(gwet_ac, FOUR_READERS, resamples=200, seed=3)
    assert found.low <= found.value <= found.high
    assert found == agreement_interval(gwet_ac, FOUR_READERS, resamples=200, seed=3)


def test_no_unit_has_no_interval():
    assert agreement_interval(gwet_ac, np.zeros((2, 0)), resamples=5, seed=1).value is None
