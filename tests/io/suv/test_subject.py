"""Weight, height, dose, half life: judged."""

import math

import pytest

from petscribe.core.errors import SuvError
from petscribe.io.suv.facts import SuvFacts
from petscribe.io.suv.subject import dose_bq, half_life, height_cm, known_sex, weight_kg


def judged(function, **facts):
    warnings: list[str] = []
    return function(SuvFacts(units="BQML", **facts), warnings), warnings


def refusal(function, **facts):
    with pytest.raises(SuvError) as caught:
        function(SuvFacts(units="BQML", **facts), [])
    return caught.value.code


def test_usual_values_pass_unchanged():
    assert judged(weight_kg, weight_kg=70.0) == (70.0, [])
    assert judged(height_cm, height_m=1.75) == (175.0, [])
    assert judged(dose_bq, dose_bq=3.7e8) == (3.7e8, [])


def test_grams_become_kilograms():
    assert judged(weight_kg, weight_kg=70000.0) == (70.0, ["weight-in-grams"])


@pytest.mark.parametrize("weight", [0.0, -70.0, math.nan, math.inf, 1e7, 0.01])
def test_impossible_weights_are_refused(weight):
    assert refusal(weight_kg, weight_kg=weight) == "bad-weight"


def test_a_missing_weight_is_refused():
    assert refusal(weight_kg) == "missing-weight"


def test_an_adults_weight_in_the_size_is_found():
    value, warnings = judged(weight_kg, height_m=82.0, age_years=60.0)
    assert (value, warnings) == (82.0, ["weight-in-size"])


@pytest.mark.parametrize(("size", "age"), [(175.0, 60.0), (82.0, 1.0), (82.0, None)])
def test_a_size_that_could_be_centimetres_is_no_weight(size, age):
    assert refusal(weight_kg, height_m=size, age_years=age) == "missing-weight"


def test_weight_and_height_in_each_others_place_are_swapped():
    facts = {"weight_kg": 1.75, "height_m": 70.0}
    assert judged(weight_kg, **facts) == (70.0, ["weight-height-swapped"])
    assert judged(height_cm, **facts)[0] == pytest.approx(175.0)


def test_a_newborn_is_not_swapped():
    assert judged(weight_kg, weight_kg=2.0, height_m=45.0) == (2.0, [])


@pytest.mark.parametrize(
    ("size", "cm", "warning"),
    [
        (175.0, 175.0, "height-in-cm"),
        (1750.0, 175.0, "height-in-mm"),
        (9.0, None, "unusual-height"),
    ],
)
def test_heights_in_other_units(size, cm, warning):
    assert judged(height_cm, weight_kg=70.0, height_m=size) == (cm, [warning])


@pytest.mark.parametrize("size", [None, 0.0])
def test_an_absent_height_is_none_without_warning(size):
    assert judged(height_cm, height_m=size) == (None, [])


def test_megabecquerel_become_becquerel():
    assert judged(dose_bq, dose_bq=368.08) == (pytest.approx(368.08e6), ["dose-in-mbq"])


def test_enhanced_pet_states_megabecquerel_by_rule():
    assert judged(dose_bq, dose_bq=370.0, dose_unit_is_mbq=True) == (pytest.approx(3.7e8), [])
    assert judged(dose_bq, dose_bq=3.7e8, dose_unit_is_mbq=True) == (3.7e8, ["dose-in-bq"])


@pytest.mark.parametrize("dose", [0.0, -1.0, math.nan, math.inf])
def test_impossible_doses_are_refused(dose):
    assert refusal(dose_bq, dose_bq=dose) == "bad-dose"


def test_missing_dose_and_half_life_are_refused():
    assert refusal(dose_bq) == "missing-dose"
    assert refusal(half_life) == "missing-half-life"


def test_an_unusual_dose_is_warned_of():
    assert judged(dose_bq, dose_bq=368080.0)[1] == ["unusual-dose"]


def test_the_headers_half_life_is_used_and_the_table_fills_in():
    assert judged(half_life, half_life_s=6588.0, nuclide="F-18") == (6588.0, [])
    assert judged(half_life, nuclide="Ga-68") == (4062.6, [])


def test_a_half_life_off_by_more_than_two_percent_is_warned_of():
    assert judged(half_life, half_life_s=6800.0, nuclide="F-18") == (6800.0, ["half-life-differs"])


@pytest.mark.parametrize("seconds", [0.0, -5.0, math.nan, 109.8, 1e12])
def test_a_half_life_that_contradicts_its_nuclide_is_refused(seconds):
    assert refusal(half_life, half_life_s=seconds, nuclide="F-18") == "bad-half-life"


@pytest.mark.parametrize(("text", "sex"), [("m", "M"), ("F ", "F"), ("O", "O"), ("?", None)])
def test_sex_is_one_of_three_or_unknown(text, sex):
    assert known_sex(SuvFacts(units=None, sex=text)) == sex
