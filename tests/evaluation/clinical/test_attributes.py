"""Credit of each thing said: exact, partly, wrong, unsaid."""

from collections.abc import Callable

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from petscribe.core.finding import Diagnosis, Finding, ImageRef, SizeClaim, SuvClaim
from petscribe.evaluation.clinical import attributes
from terms.strategies import findings

ALL: tuple[Callable[[Finding, Finding], float | None], ...] = (
    attributes.suv_credit,
    attributes.worst_suv_credit,
    attributes.size_credit,
    attributes.uptake_credit,
    attributes.type_credit,
    attributes.change_credit,
    attributes.diagnosis_credit,
    attributes.image_credit,
)


def lesion(**said) -> Finding:
    return Finding(anatomy="liver", region="liver", **said)


def suv(value: float, stat="max", time="current", **more) -> Finding:
    return lesion(suv=(SuvClaim(stat=stat, value=value, time=time, **more),))


def size(*dims: float) -> Finding:
    return lesion(size_mm=(SizeClaim(dims=dims),))


@pytest.mark.parametrize(
    ("first", "second", "credit"),
    [(10.0, 10.0, 1.0), (10.0, 10.5, 1.0), (1.0, 1.1, 1.0), (10.0, 13.0, 0.0), (10.0, 15.0, 0.0)],
)
def test_suv_credit_follows_the_stated_steps(first: float, second: float, credit: float):
    assert attributes.suv_credit(suv(first), suv(second)) == pytest.approx(credit)


def test_suv_credit_falls_linearly_between_five_and_thirty_percent():
    assert attributes.suv_credit(suv(10.0), suv(11.75)) == pytest.approx(0.5)


def test_suv_without_a_statistic_is_suvmax():
    assert attributes.suv_credit(suv(8.0), suv(8.0, stat="unspecified")) == 1.0


def test_a_mean_is_not_a_maximum():
    assert attributes.suv_credit(suv(8.0), suv(8.0, stat="mean")) == 0.0
    assert attributes.worst_suv_credit(suv(8.0), suv(8.0, stat="mean")) is None


def test_a_prior_value_is_no_current_value():
    assert attributes.suv_credit(suv(8.0), suv(8.0, time="prior")) == 0.0


def test_a_range_holds_every_value_inside_it_and_is_compared_end_by_end():
    spread = suv(None, low=4.0, high=8.0, op="range")
    assert attributes.suv_credit(spread, suv(6.0)) == 1.0
    assert attributes.suv_credit(spread, suv(None, low=6.0, high=12.0, op="range")) == 0.0


@pytest.mark.parametrize(
    ("first", "second", "credit"),
    [((12,), (14,), 1.0), ((12,), (16.0,), 0.0), ((100,), (110,), 1.0), ((23, 18), (18, 23), 1.0)],
)
def test_size_credit_follows_the_stated_steps(first, second, credit):
    assert attributes.size_credit(size(*map(float, first)), size(*map(float, second))) == credit


def test_uptake_is_ordinal():
    intense, none = lesion(uptake="intense"), lesion(uptake="none")
    assert attributes.uptake_credit(intense, lesion(uptake="increased")) == 0.75
    assert attributes.uptake_credit(intense, none) == 0.0
    assert attributes.uptake_credit(lesion(uptake="low"), lesion(uptake="mild")) == 1.0
    assert attributes.uptake_credit(intense, lesion(uptake="physiologic")) == 0.0


def test_certainty_is_ordinal_and_labels_must_agree():
    def said(label, certainty):
        return lesion(dx=(Diagnosis(label=label, certainty=certainty),))

    sure = said("metastasis", "definite")
    assert attributes.diagnosis_credit(sure, said("metastasis", "unlikely")) == 0.0
    assert attributes.diagnosis_credit(sure, said("metastasis", "probable")) == pytest.approx(2 / 3)
    assert attributes.diagnosis_credit(sure, said("lymphoma", "definite")) == 0.0


def test_a_general_word_agrees_better_than_a_wrong_one():
    nodule, mass = lesion(type="nodule"), lesion(type="mass")
    assert attributes.type_credit(nodule, lesion(type="focus")) == 0.75
    assert attributes.type_credit(nodule, mass) == 0.5
    assert attributes.type_credit(nodule, lesion(type="cyst")) == 0.0


def test_images_agree_within_two_slices():
    first = lesion(refs=(ImageRef(image=88),))
    assert attributes.image_credit(first, lesion(refs=(ImageRef(image=90),))) == 1.0
    assert attributes.image_credit(first, lesion(refs=(ImageRef(image=91),))) == 0.0
    assert attributes.image_credit(first, lesion()) is None


def test_volumes_follow_the_steps_of_suv():
    assert attributes.volume_credit(10.0, 10.4) == 1.0
    assert attributes.volume_credit(10.0, None) is None


def test_what_neither_says_is_not_counted():
    assert [credit(lesion(), lesion()) for credit in ALL] == [None] * len(ALL)


@settings(max_examples=12, phases=[Phase.generate])
@given(st.sampled_from(["en", "vi"]).flatmap(lambda x: st.tuples(findings(x), findings(x))))
def test_credits_are_symmetric_bounded_and_one_for_the_same(pair):
    first, second = pair
    for credit in ALL:
        value = credit(first, second)
        assert value == credit(second, first)
        assert value is None or 0.0 <= value <= 1.0
        assert credit(first, first) in {None, 1.0}
