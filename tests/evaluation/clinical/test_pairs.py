"""When two findings are one lesion, and what that earns."""

from dataclasses import replace

import pytest
from hypothesis import Phase, given, settings

from petscribe.core.finding import Finding, SizeClaim, SuvClaim
from petscribe.evaluation.clinical.pairs import (
    PLACE_GATE,
    SIDE_GATE,
    SUV_GATE,
    TIME_GATE,
    avidity_contradicts,
    compare,
    place,
    sides_contradict,
)
from terms.strategies import findings

NODULE = Finding(
    anatomy="right upper lobe",
    region="lung",
    laterality="right",
    type="nodule",
    uptake="increased",
    suv=(
        SuvClaim(stat="max", value=8.4),
        SuvClaim(stat="max", value=5.0, time="prior"),
    ),
    size_mm=(SizeClaim(dims=(12.0,)),),
)


def with_suv(value: float) -> Finding:
    return replace(NODULE, suv=(SuvClaim(stat="max", value=value), NODULE.suv[1]))


def test_a_finding_is_itself():
    pair = compare(NODULE, NODULE)
    assert pair is not None
    assert (pair.credit, pair.weight) == (1.0, 1.0)


def test_other_lungs_are_one_pair_only_when_all_else_agrees():
    left = replace(NODULE, laterality="left", anatomy="left upper lobe")
    pair = compare(NODULE, left)
    assert pair is not None
    assert pair.side_flipped
    assert pair.credit < SIDE_GATE
    assert compare(NODULE, replace(left, suv=(SuvClaim(stat="max", value=20.0),))) is None


@pytest.mark.parametrize(
    ("said", "gate"),
    [
        (with_suv(12.6), SUV_GATE),
        (replace(NODULE, anatomy="right lower lobe"), PLACE_GATE),
        (with_suv(5.0), TIME_GATE),
    ],
)
def test_each_gate_bounds_the_credit(said: Finding, gate: float):
    pair = compare(NODULE, said)
    assert pair is not None
    assert 0.0 < pair.credit < gate


def test_a_prior_value_as_current_is_seen():
    pair = compare(NODULE, with_suv(5.0))
    assert pair is not None
    assert pair.prior_as_current
    assert not compare(NODULE, NODULE).prior_as_current


def test_no_uptake_is_never_the_avid_lesion():
    cold = replace(NODULE, uptake="none", suv=())
    assert avidity_contradicts(NODULE, cold)
    assert compare(NODULE, cold) is None


def test_far_regions_are_never_one():
    assert compare(NODULE, replace(NODULE, region="brain", anatomy="brain")) is None


def test_a_touching_region_alone_is_not_enough():
    hilum = replace(NODULE, region="hilum", anatomy="right hilum", type="node", suv=())
    assert compare(NODULE, hilum) is None


def test_an_unsaid_side_contradicts_nothing_but_earns_less():
    silent = replace(NODULE, laterality=None, anatomy="upper lobe")
    assert not sides_contradict(NODULE, silent)
    assert 0.5 < compare(NODULE, silent).credit < 1.0


def test_places_are_remembered():
    assert place(NODULE) is place(NODULE)


@settings(max_examples=12, phases=[Phase.generate])
@given(findings("en"), findings("en"))
def test_credit_is_symmetric_but_for_time(first: Finding, second: Finding):
    one, other = compare(first, second), compare(second, first)
    assert (one is None) == (other is None)
    if one and other and not (one.prior_as_current or other.prior_as_current):
        assert one.credit == pytest.approx(other.credit)
        assert 0.0 <= one.credit <= 1.0
