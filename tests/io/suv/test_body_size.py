"""Lean mass, surface, ideal weight: against published check values."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from petscribe.io.suv.body_size import body_surface_area_m2, ideal_body_weight_kg, lean_body_mass_kg

KG, CM = 75.0, 185.0


@pytest.mark.parametrize(
    ("formula", "sex", "expected_kg"),
    [
        ("morgan120", "M", 62.77757487216947),
        ("james128", "M", 61.46274653031409),
        ("morgan120", "F", 55.92567567567568),
        ("james128", "F", 55.92567567567568),
        ("janmahasatian", "M", 60.91533588651974),
        ("janmahasatian", "F", 49.21437996837613),
    ],
)
def test_lean_mass_equals_the_published_values(formula, sex, expected_kg):
    assert lean_body_mass_kg(KG, CM, sex, formula) == pytest.approx(expected_kg, rel=1e-12)


def test_surface_and_ideal_weight_equal_the_published_values():
    assert body_surface_area_m2(KG, CM) == pytest.approx(1.98137584271178, rel=1e-12)
    assert ideal_body_weight_kg(CM, "M") == pytest.approx(82.98)
    assert ideal_body_weight_kg(CM, "F") == pytest.approx(75.53)


def test_other_sex_is_the_mean_of_both():
    both = [lean_body_mass_kg(KG, CM, sex) for sex in "MF"]
    assert lean_body_mass_kg(KG, CM, "O") == pytest.approx(sum(both) / 2)


def test_the_james_parabola_is_refused_where_it_turns_negative():
    assert lean_body_mass_kg(200.0, 160.0, "F", "james128") is None
    assert lean_body_mass_kg(140.0, 150.0, "F", "james128") == pytest.approx(20.9, abs=0.1)
    assert lean_body_mass_kg(140.0, 150.0, "F") == pytest.approx(54.2, abs=0.1)


def test_unknown_sex_has_no_lean_mass():
    assert lean_body_mass_kg(KG, CM, "?") is None
    assert ideal_body_weight_kg(CM, "") is None


def test_ideal_weight_of_an_infant_is_refused():
    assert ideal_body_weight_kg(60.0, "M") is None


@given(st.floats(30, 200), st.floats(120, 210), st.sampled_from("MFO"))
def test_janmahasatian_lies_between_nothing_and_the_whole_body(kg, cm, sex):
    lean = lean_body_mass_kg(kg, cm, sex)
    assert lean is not None
    assert 0 < lean < kg * 1.3
