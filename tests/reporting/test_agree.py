"""One claim against one lesion: what agrees, what contradicts, how digits decide."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from petscribe.core.finding import Finding, ImageRef, SizeClaim, SuvClaim
from petscribe.reporting.agree import (
    Scale,
    agreement,
    image_agrees,
    printed_unit,
    same_number,
    size_agrees,
    suv_agrees,
    suv_targets,
)

HUMAN, MACHINE = Scale(strict=False), Scale(strict=True)


@given(st.floats(0.1, 100.0), st.integers(0, 2))
def test_a_value_rounded_at_its_printed_precision_is_the_same(measured, decimals):
    unit = 10.0**-decimals
    assert same_number(round(measured, decimals), measured, unit=unit, strict=True)


@given(st.floats(1.0, 100.0), st.floats(0.03, 2.0))
def test_a_value_off_by_more_than_three_percent_and_a_digit_is_another(measured, off):
    wrong = measured * (1 + off) + 0.1
    assert not same_number(wrong, measured, unit=0.1, strict=False)


def test_a_human_may_truncate_and_a_machine_may_not():
    assert same_number(7.2, 7.27, unit=0.1, strict=False)
    assert not same_number(7.2, 7.27, unit=0.1, strict=True)


@pytest.mark.parametrize(
    ("value", "quote", "unit"),
    [
        (8.0, "SUVmax 8 in", 1.0),
        (8.0, "SUVmax 8.0 in", 0.1),
        (8.0, "SUVmax 8,00 in", 0.01),
        (8.0, "8 mm, SUVmax 8.0, MTV 8.00 ml", 0.1),
        (42.25, "nothing here", 0.01),
    ],
)
def test_the_last_printed_digit_decides_the_unit(value, quote, unit):
    assert printed_unit(value, quote) == pytest.approx(unit)


def test_another_kind_of_number_does_not_decide_the_digits(measured):
    lesion = measured.lesions[0]
    known = replace(lesion.measurement, long_axis_mm=64.49, short_axis_mm=42.7)
    size = SizeClaim(dims=(64.0, 43.0))
    quote = "mass, 6.4 x 4.3 cm, SUVmax 22.4, MTV 64.0 ml"
    assert size_agrees(size, known, quote=quote, scale=MACHINE)


def test_peak_may_mean_any_peak_and_unspecified_anything(measured):
    known = measured.lesions[0].measurement
    peak = suv_targets(SuvClaim(stat="peak", value=1.0), known)
    assert peak == (known.suv_peak, known.suv_peak_global)
    anything = suv_targets(SuvClaim(stat="unspecified", value=1.0), known)
    assert {known.suv_max, known.suv_mean, *peak} == set(anything)


@pytest.mark.parametrize(
    ("claim", "true"),
    [
        (SuvClaim(stat="max", value=10.0, op="<"), True),
        (SuvClaim(stat="max", value=7.0, op="<="), False),
        (SuvClaim(stat="max", value=7.0, op=">"), True),
        (SuvClaim(stat="max", value=9.0, op=">="), False),
        (SuvClaim(stat="max", value=8.5, op="~"), True),
        (SuvClaim(stat="max", value=10.0, op="~"), False),
        (SuvClaim(stat="max", value=None, low=7.0, high=9.0, op="range"), True),
        (SuvClaim(stat="max", value=None, low=9.0, high=11.0, op="range"), False),
        (SuvClaim(stat="max", value=None), True),
    ],
)
def test_operators_are_read_as_written(claim, true):
    assert suv_agrees(claim, (8.0,), quote="", scale=HUMAN) is true


@pytest.mark.parametrize(
    ("dims", "true"),
    [
        ((64.0, 41.0), True),
        ((41.0, 64.0), True),
        ((64.0,), True),
        ((41.0,), True),
        ((71.0,), True),
        ((64.0, 41.0, 71.0), True),
        ((64.0, 50.0), False),
        ((50.0,), False),
        ((64.0, 50.0, 71.0), False),
    ],
)
def test_sizes_agree_in_any_order(measured, dims, true):
    known = measured.lesions[0].measurement
    assert size_agrees(SizeClaim(dims=dims), known, quote="", scale=HUMAN) is true


def test_a_human_may_name_any_slice_through_the_lesion_and_a_machine_only_the_hottest(measured):
    known = measured.lesions[0].measurement
    near, far = ImageRef(image=known.slice_pet + 5), ImageRef(image=known.slice_pet + 500)
    assert image_agrees(near, known, scale=HUMAN)
    assert not image_agrees(near, known, scale=MACHINE)
    assert not image_agrees(far, known, scale=HUMAN)
    assert image_agrees(ImageRef(image=known.slice_ct), known, scale=MACHINE)
    assert image_agrees(ImageRef(image=80, image_end=95), known, scale=MACHINE)
    assert image_agrees(ImageRef(series=3), known, scale=MACHINE)


def test_every_contradiction_is_named_with_both_values(measured):
    claim = Finding(
        anatomy="left axilla",
        region="axilla",
        laterality="left",
        suv=(SuvClaim(stat="max", value=9.9),),
        size_mm=(SizeClaim(dims=(10.0, 9.0)),),
        mtv_ml=99.0,
        tlg=7.0,
        refs=(ImageRef(image=999),),
    )
    fit = agreement(claim, measured.lesions[0], quote="", scale=HUMAN)
    kinds = [fault.kind for fault in fit.faults]
    assert kinds == ["number"] * 5 + ["region", "laterality"]
    assert fit.numbers == 0
    assert "9.9" in fit.faults[0].message
    assert "42.22" in fit.faults[0].message


def test_prior_and_delayed_values_are_not_compared(measured):
    suv = tuple(SuvClaim(stat="max", value=1.0, time=time) for time in ("prior", "delayed"))
    size = (SizeClaim(dims=(1.0,), time="prior"),)
    claim = Finding(anatomy="right hilum", region="hilum", suv=suv, size_mm=size)
    assert agreement(claim, measured.lesions[0], quote="", scale=MACHINE).faults == ()


def test_a_volume_may_be_rounded_by_two_percent_by_a_human(measured):
    claim = Finding(anatomy="right hilum", region="hilum", mtv_ml=180.0)
    assert agreement(claim, measured.lesions[0], quote="", scale=HUMAN).faults == ()
    assert agreement(claim, measured.lesions[0], quote="", scale=MACHINE).faults != ()


def test_a_statistic_that_is_not_in_the_table_is_a_fault_only_of_a_machine(measured):
    lesion = measured.lesions[0]
    bare = replace(
        lesion, measurement=replace(lesion.measurement, suv_peak=None, suv_peak_global=None)
    )
    claim = Finding(anatomy="right hilum", region="hilum", suv=(SuvClaim(stat="peak", value=33.0),))
    assert agreement(claim, bare, quote="", scale=HUMAN).faults == ()
    assert [f.kind for f in agreement(claim, bare, quote="", scale=MACHINE).faults] == ["number"]
