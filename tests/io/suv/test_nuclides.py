"""Names, codes and half lives of radionuclides."""

import pytest

from petscribe.io.suv.nuclides import (
    half_life_s,
    nuclide_name,
    nuclide_of_code,
    nuclide_of_half_life,
)


@pytest.mark.parametrize(
    "text", ["F-18", "18F", "F18", "^18^Fluorine", "Fluorine-18", "F^18^", "[18F]FDG", "18-F"]
)
def test_fluorine_is_known_by_all_its_names(text):
    assert nuclide_name(text) == "F-18"


@pytest.mark.parametrize(
    ("text", "name"),
    [("^68^Gallium", "Ga-68"), ("Ga68", "Ga-68"), ("99mTc", "Tc-99m"), ("89-Zr", "Zr-89")],
)
def test_other_nuclides_too(text, name):
    assert nuclide_name(text) == name


@pytest.mark.parametrize("text", [None, "", "FDG", "PSMA-11", "U-238"])
def test_what_is_no_pet_nuclide_is_none(text):
    assert nuclide_name(text) is None


def test_codes_old_and_new_mean_the_same():
    assert nuclide_of_code("C-111A1") == nuclide_of_code("77004003") == "F-18"
    assert nuclide_of_code("C-131A3") == nuclide_of_code("35337001") == "Ga-68"
    assert nuclide_of_code("nonsense") is None


def test_half_lives():
    assert half_life_s("18F") == 6586.2
    assert half_life_s("Ga-68") == 4062.6
    assert half_life_s(None) is None


@pytest.mark.parametrize(
    ("seconds", "name"), [(6588.0, "F-18"), (4057.7, "Ga-68"), (1223.0, "C-11"), (2.34e7, "Ge-68")]
)
def test_a_half_life_from_a_header_names_its_nuclide(seconds, name):
    assert nuclide_of_half_life(seconds) == name


@pytest.mark.parametrize("seconds", [None, 7000.0, 109.8, float("nan")])
def test_a_half_life_of_no_nuclide_names_none(seconds):
    assert nuclide_of_half_life(seconds) is None
