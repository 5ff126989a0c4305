"""Figures: one rounding, nothing lost, the comma where it belongs."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from petscribe.terms.figures import (
    figure,
    rounded,
    shown_ml,
    shown_mm,
    shown_suv,
    size_figure,
    volume_figure,
)


def test_half_rounds_away_from_zero():
    assert rounded(0.25, 1) == 0.3
    assert rounded(2.5, 0) == 3.0
    assert rounded(-0.25, 1) == -0.3


def test_suv_has_one_decimal_and_size_none():
    assert shown_suv(42.217) == 42.2
    assert shown_mm(64.49) == 64.0


@pytest.mark.parametrize(
    ("value", "shown"), [(183.09, 183.1), (9.994, 9.99), (9.996, 10.0), (0.456, 0.46)]
)
def test_volumes_have_two_decimals_below_ten(value, shown):
    assert shown_ml(value) == shown


def test_vietnamese_has_a_decimal_comma():
    assert figure(42.2, "vi", decimals=1) == "42,2"
    assert figure(42.2, "en", decimals=1) == "42.2"


def test_a_figure_loses_no_decimal_and_adds_those_asked_for():
    assert figure(1.96, "en", decimals=1) == "1.96"
    assert figure(3.0, "en", decimals=1) == "3.0"
    assert figure(100.0, "en") == "100"
    assert figure(1200.0, "en") == "1200"


@given(st.floats(0, 1e6, allow_nan=False).map(lambda x: round(x, 4)))
def test_a_figure_reads_back_as_the_value(value):
    assert float(figure(value, "vi", decimals=1).replace(",", ".")) == value


def test_centimetres_only_where_they_lose_nothing():
    assert size_figure((64.0, 41.0), "en", in_cm=True) == "6.4 x 4.1 cm"
    assert size_figure((64.5, 41.0), "en", in_cm=True) == "64.5 x 41 mm"
    assert size_figure((9.0, 5.0), "en", in_cm=True) == "9 x 5 mm"
    assert size_figure((64.0, 41.0), "vi", in_cm=False) == "64 x 41 mm"


def test_volume_figures_follow_the_rule():
    assert volume_figure(183.1, "en") == "183.1"
    assert volume_figure(2.3, "en") == "2.30"
