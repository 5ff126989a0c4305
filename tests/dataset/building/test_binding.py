"""A digit becomes a slot when it is the measured value to the digits printed, and only then."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from petscribe.core.lesion import Measurement
from petscribe.dataset.building.binding import bind_numbers
from petscribe.mining.rules import mine_text

MEASURED = Measurement(
    mtv_ml=4.213,
    long_axis_mm=21.4,
    short_axis_mm=14.2,
    centroid_lps_mm=(0.0, 0.0, 0.0),
    hottest_lps_mm=(0.0, 0.0, 0.0),
    slice_pet=88,
    slice_ct=176,
    suv_max=5.62,
    suv_mean=3.31,
    suv_peak=4.49,
    tlg_g=13.9,
)


def bound(text: str, lang: str = "en", measured: Measurement = MEASURED):
    return bind_numbers(text, mine_text(text, lang=lang).findings[0], measured)


@pytest.mark.parametrize(
    ("text", "slotted"),
    [
        ("Nodule in the right upper lobe, SUVmax 5.6.", "SUVmax <suv_max>."),
        ("Right upper lobe nodule with SUVmax of 5.62 (image 88).", "of <suv_max> (image <slice>)"),
        ("A 2.1 x 1.4 cm nodule in the right upper lobe.", "A <size> nodule"),
        ("A 21 x 14 mm nodule in the right upper lobe.", "A <size> nodule"),
        ("Right upper lobe nodule measuring 2.1 cm.", "measuring <long_axis>."),
        ("Right upper lobe nodule, SUVpeak 4.5.", "SUVpeak <suv_peak>."),
        ("Right upper lobe nodule, SUVmean 3.3.", "SUVmean <suv_mean>."),
    ],
)
def test_measured_numbers_become_slots(text, slotted):
    found = bound(text)
    assert slotted in found.text
    assert found.unbound == ()
    assert found.slots


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("Right upper lobe nodule, SUVmax 5.7.", "5.7"),
        ("Right upper lobe nodule, SUVmax 5.6, image 89.", "89"),
        ("A 25 x 14 mm nodule in the right upper lobe.", "25 x 14 mm"),
        ("Right upper lobe nodule, SUVmax 5.6, previously 5.6.", "5.6"),
    ],
)
def test_other_numbers_stay_and_are_named(text, left):
    found = bound(text)
    assert left in found.text
    assert left in found.unbound


def test_levels_and_words_with_digits_are_never_slots():
    level = replace(MEASURED, suv_max=8.0)
    found = bound("FDG-avid lesion at T8, SUVmax 8.0.", measured=level)
    assert found.text == "FDG-avid lesion at T8, SUVmax <suv_max>."


def test_decimal_commas_are_read():
    text = "N\u1ed1t th\u00f9y tr\u00ean ph\u1ed5i ph\u1ea3i 21 x 14 mm, SUVmax: 5,6."
    found = bound(text, "vi")
    assert "SUVmax: <suv_max>." in found.text
    assert "<size>" in found.text


def test_in_a_report_a_slot_has_its_lesion():
    text = "Right upper lobe nodule, SUVmax 5.6."
    finding = mine_text(text, lang="en").findings[0]
    assert "<L3><suv_max>" in bind_numbers(text, finding, MEASURED, lesion=3).text


def test_an_exam_without_suv_binds_no_suv():
    assert bound(
        "Right upper lobe nodule, SUVmax 5.6.", measured=replace(MEASURED, suv_max=None)
    ).unbound == ("5.6",)


@given(st.floats(0.5, 40.0), st.integers(0, 2))
def test_a_value_printed_by_rounding_is_always_bound_and_one_unit_more_never(value, decimals):
    measured = replace(MEASURED, suv_max=value)
    unit = 10.0**-decimals
    for number, is_slot in ((value, True), (value + 1.01 * unit, False)):
        text = f"Right upper lobe nodule with SUVmax {number:.{decimals}f} today."
        if float(f"{number:.{decimals}f}") == 0.0:
            continue
        finding = mine_text(text, lang="en").findings[0]
        assert bool(bind_numbers(text, finding, measured).slots) == is_slot
