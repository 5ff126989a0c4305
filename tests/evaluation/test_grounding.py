"""Grounding: a describer that looks is told from one that does not."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from petscribe.core.finding import Finding, ImageRef, MinedText, SizeClaim, SuvClaim
from petscribe.core.lesion import Lesion, Location, Measurement
from petscribe.evaluation.grounding import (
    finding_likeness,
    following_rate,
    number_faithfulness,
    perturbation_curve,
    pointing_accuracy,
    swap_rate,
)

SITES = (("liver", 5.0), ("spleen", 7.0), ("brain", 9.0))


def text(region: str, suv: float, **more) -> MinedText:
    claim = SuvClaim(stat="max", value=suv)
    finding = Finding(anatomy=region, region=region, type="lesion", suv=(claim,), **more)
    return MinedText(id="", text="", lang="en", findings=(finding,))


TRUTHS = tuple(text(*site) for site in SITES)
EXAMS = ("e",) * len(SITES)


def test_the_right_texts_are_never_swapped():
    assert finding_likeness(TRUTHS[0], TRUTHS[0]) == 1.0
    assert swap_rate(TRUTHS, TRUTHS, EXAMS).value == 0.0


def test_one_text_for_all_is_swapped_where_it_does_not_fit():
    constant = (TRUTHS[0],) * len(TRUTHS)
    assert swap_rate(TRUTHS, constant, EXAMS).value == pytest.approx(4 / 6)


def test_texts_that_went_to_the_wrong_lesion_are_found():
    rotated = (*TRUTHS[1:], TRUTHS[0])
    assert swap_rate(TRUTHS, rotated, EXAMS).value == 1.0


def test_lesions_of_other_exams_and_equal_lesions_are_not_compared():
    assert np.isnan(swap_rate(TRUTHS, TRUTHS, ("a", "b", "c")).value)
    assert np.isnan(swap_rate((TRUTHS[0],) * 2, TRUTHS[:2], ("e", "e")).value)


def test_a_describer_that_looks_follows_the_mask():
    def looking(lesion: int) -> MinedText:
        return TRUTHS[lesion]

    shown = [1, 2, 0]
    others = [TRUTHS[i] for i in shown]
    rate = following_rate(looking, [0, 1, 2], shown, TRUTHS, shown_references=others)
    assert rate.value == 1.0


def test_a_describer_that_remembers_the_case_does_not_follow():
    said: list[MinedText] = []

    def stubborn(_: int) -> MinedText:
        said.append(TRUTHS[0])
        return said[0]

    rate = following_rate(stubborn, [0], [1], TRUTHS[:1], shown_references=TRUTHS[1:2])
    assert rate.value == 0.0


def test_the_curve_falls_as_the_mask_gets_worse():
    def described(lesion: tuple[int, float]) -> MinedText:
        site, suv = SITES[lesion[0]]
        return text(site, suv * (1 + lesion[1]))

    steps = perturbation_curve(
        described,
        [(0, 0.0), (1, 0.0)],
        TRUTHS[:2],
        lambda lesion, amount: (lesion[0], amount),
        amounts=(0.0, 0.1, 0.2, 0.5),
    )
    scores = [step.score.value for step in steps]
    assert scores[0] == 1.0
    assert scores == sorted(scores, reverse=True)
    assert scores[-1] < 0.3
    assert [step.same_frac.value for step in steps] == [1.0, 0.0, 0.0, 0.0]


def test_a_point_inside_its_lesion_hits():
    cube = np.stack(np.meshgrid(*[np.arange(3.0)] * 3), axis=-1).reshape(-1, 3)
    points = np.array([[1.0, 1.0, 1.0], [4.0, 1.0, 1.0]])
    assert pointing_accuracy(points, [cube, cube]).value == 0.5
    assert pointing_accuracy(points, [cube, cube], within_mm=2.0).value == 1.0
    assert pointing_accuracy(points[:1], [np.zeros((0, 3))]).value == 0.0


@settings(max_examples=20, phases=[Phase.generate])
@given(st.floats(0, 5), st.floats(0, 5))
def test_more_tolerance_never_hits_less(near: float, far: float):
    lesion = [np.zeros((1, 3))]
    point = np.array([[3.0, 0.0, 0.0]])
    low, high = sorted((near, far))
    strict, loose = (pointing_accuracy(point, lesion, within_mm=x).value for x in (low, high))
    assert strict <= loose


LESION = Lesion(
    id=1,
    measurement=Measurement(
        mtv_ml=3.0,
        long_axis_mm=21.3,
        short_axis_mm=14.2,
        centroid_lps_mm=(0.0, 0.0, 0.0),
        hottest_lps_mm=(0.0, 0.0, 0.0),
        slice_pet=88,
        slice_ct=None,
        suv_max=5.04,
        suv_mean=3.1,
    ),
    location=Location(
        section="abdomen_pelvis",
        region="liver",
        organ="liver",
        laterality=None,
        level=None,
        words={"en": "liver"},
        confidence=1.0,
        source="label map",
    ),
)


def stated(**more) -> MinedText:
    return replace(TRUTHS[0], findings=(replace(TRUTHS[0].findings[0], **more),))


@pytest.mark.parametrize(
    ("said", "kind", "share"),
    [
        (stated(), "suv", 1.0),
        (stated(suv=(SuvClaim(stat="max", value=5.3),)), "suv", 0.0),
        (stated(suv=(SuvClaim(stat="mean", value=3.1),)), "suv", 1.0),
        (stated(suv=(SuvClaim(stat="mean", value=5.0),)), "suv", 0.0),
        (stated(size_mm=(SizeClaim(dims=(21.0, 14.0)),)), "size", 1.0),
        (stated(size_mm=(SizeClaim(dims=(21.0, 18.0)),)), "size", 0.5),
        (stated(refs=(ImageRef(image=88),)), "image", 1.0),
        (stated(refs=(ImageRef(image=80, image_end=85),)), "image", 0.0),
        (
            stated(suv=(SuvClaim(stat="max", value=5.0), SuvClaim(stat="max", value=9.0))),
            "all",
            0.5,
        ),
    ],
)
def test_numbers_must_be_those_measured(said: MinedText, kind: str, share: float):
    assert number_faithfulness([said], [LESION])[kind].value == share


def test_prior_numbers_and_silence_are_not_judged():
    prior = stated(suv=(SuvClaim(stat="max", value=99.0, time="prior"),))
    assert np.isnan(number_faithfulness([prior], [LESION])["all"].value)


def test_lists_that_do_not_belong_together_are_refused():
    with pytest.raises(ValueError, match="different lengths"):
        swap_rate(TRUTHS, TRUTHS[:1], EXAMS)
