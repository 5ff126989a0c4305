"""What kind of claim a claim is."""

from dataclasses import replace

import pytest

from petscribe.core.finding import Finding, SuvClaim
from petscribe.reporting.agree import Fault
from petscribe.reporting.draft import (
    Draft,
    as_prior,
    is_avid,
    is_cold,
    is_faint,
    is_group,
    is_known_uptake,
    is_positive,
    scale_of,
)

HOT = Finding(anatomy="liver", region="liver", uptake="intense", type="lesion")


def _draft(measured, *claims: Finding) -> Draft:
    return Draft(claims=claims, text="", measured=measured, scale=scale_of(measured))


def test_denied_resolved_and_normal_findings_assert_nothing():
    assert is_positive(HOT)
    assert not is_positive(replace(HOT, negated=True))
    assert not is_positive(replace(HOT, change="resolved"))
    assert not is_positive(replace(HOT, uptake="physiologic"))


def test_existence_and_avidity_are_separate():
    cold = replace(HOT, uptake="none")
    assert is_cold(cold)
    assert not is_avid(cold)
    assert is_positive(cold)
    assert not is_avid(replace(HOT, uptake=None))
    assert is_avid(replace(HOT, uptake=None, type="focus"))
    assert is_avid(replace(HOT, uptake=None, suv=(SuvClaim(stat="max", value=3.0),)))
    prior = (SuvClaim(stat="max", value=3.0, time="prior"),)
    assert not is_avid(replace(HOT, uptake=None, suv=prior))


def test_several_or_both_sides_are_a_group():
    assert not is_group(HOT)
    assert is_group(replace(HOT, count="multiple"))
    assert is_group(replace(HOT, laterality="bilateral"))


@pytest.mark.parametrize(
    ("suv", "uptake", "faint"),
    [
        (2.4, "increased", True),
        (4.0, "mild", False),
        (None, "mild", True),
        (None, "intense", False),
    ],
)
def test_faint_is_below_the_liver(measured, suv, uptake, faint):
    values = () if suv is None else (SuvClaim(stat="max", value=suv),)
    assert is_faint(replace(HOT, suv=values, uptake=uptake), measured) is faint


def test_nothing_is_faint_that_is_hotter_than_a_lesion_of_the_table(measured, make_lesion):
    claim = replace(HOT, suv=(SuvClaim(stat="max", value=1.8),))
    assert is_faint(claim, measured)
    assert not is_faint(claim, replace(measured, lesions=(make_lesion(1, "lung", 0.9),)))


def test_uptake_set_aside_is_known_by_value_or_by_kind(measured):
    bladder = Finding(anatomy="urinary bladder", region="bladder", uptake="intense")
    assert is_known_uptake(bladder, _draft(measured))
    mass = replace(bladder, type="mass")
    assert not is_known_uptake(mass, _draft(measured))
    same = replace(mass, suv=(SuvClaim(stat="max", value=31.2),))
    assert is_known_uptake(same, _draft(measured))
    assert not is_known_uptake(HOT, _draft(measured))


def test_without_a_list_of_normal_uptake_hot_organs_may_be_mentioned(measured):
    given = _draft(replace(measured, physiologic=()))
    bladder = Finding(anatomy="urinary bladder", region="bladder", uptake="intense")
    assert is_known_uptake(bladder, given)
    assert not is_known_uptake(replace(bladder, type="mass"), given)
    assert not is_known_uptake(replace(bladder, region="liver"), given)


def test_only_numbers_that_the_text_calls_prior_become_prior_as_current(measured):
    history = replace(HOT, suv=(SuvClaim(stat="max", value=12.4, time="prior"),))
    draft = _draft(measured, HOT, history)
    wrong = Fault(kind="number", message="m", value=12.4, measured=8.06)
    assert as_prior(HOT, wrong, draft).kind == "prior_as_current"
    assert as_prior(HOT, replace(wrong, value=13.9), draft).kind == "number"
    side = Fault(kind="laterality", message="m")
    assert as_prior(HOT, side, draft) == side


def test_slices_are_as_thick_as_the_exam_says(measured):
    assert scale_of(measured).pet_slice_mm == 3.27
    bare = replace(measured, exam={})
    assert scale_of(bare, strict=True).ct_slice_mm == 3.0
    assert scale_of(bare, strict=True).strict


def test_a_draft_knows_which_lesions_must_be_right(measured):
    undecided = replace(measured.lesions[0], verdict="undecided")
    draft = _draft(replace(measured, lesions=(undecided, *measured.lesions[1:])))
    assert [x.id for x in draft.lesions] == [2, 3, 4, 5]
    assert [x.id for x in draft.set_aside] == [1, 6, 7]
