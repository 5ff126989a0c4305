"""Header facts: SUV factor, frame times, identifiers, decimal strings."""

from datetime import timedelta
from math import exp, log

import pytest
from hypothesis import given
from hypothesis import strategies as st

from petscribe.core.exam import Acquisition
from petscribe.phantom.dicom_headers import bed_frame, decimal, suv_factor, uid_of

FDG = Acquisition(
    half_life_s=6586.2, weight_kg=70.0, injected_activity_bq=350e6, uptake_time_s=3600.0
)


def test_uniform_activity_has_suv_one():
    left = 350e6 * exp(-log(2) * 3600.0 / 6586.2)
    assert suv_factor(FDG) * left / 70_000.0 == pytest.approx(1.0)


def test_one_half_life_doubles_the_factor():
    from dataclasses import replace

    later = replace(FDG, uptake_time_s=3600.0 + 6586.2)
    assert suv_factor(later) == pytest.approx(2 * suv_factor(FDG))


def test_the_first_bed_decays_little_and_later_ones_more():
    first, fourth = bed_frame(0, FDG), bed_frame(3, FDG)
    assert 1.0 < first.decay_factor < 1.01
    assert fourth.decay_factor / first.decay_factor == pytest.approx(exp(log(2) * 360 / 6586.2))
    assert fourth.acquired - first.acquired == timedelta(seconds=360)
    assert 0 < first.reference_s < 60.0


def test_identifiers_are_valid_and_repeatable():
    uid = uid_of(7, "ge", "pet", 12)
    assert uid == uid_of(7, "ge", "pet", 12)
    assert uid != uid_of(7, "ge", "pet", 13)
    assert len(uid) <= 64
    assert uid.startswith("2.25.")
    assert not uid.removeprefix("2.25.").startswith("0")


@given(st.floats(1e-9, 1e9))
def test_decimal_strings_are_short_and_close(value):
    text = decimal(value)
    assert len(text) <= 16
    assert float(text) == pytest.approx(value, rel=1e-8)
