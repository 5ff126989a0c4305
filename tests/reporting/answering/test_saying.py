"""Truths of what is said: printed numbers, articles, languages."""

from dataclasses import replace

import pytest

from petscribe.core.lesion import AT_SCAN_END
from petscribe.reporting.answering.asked.question import AskedPlace, Limit
from petscribe.reporting.answering.saying import (
    Scene,
    confidence_in,
    not_measured,
    value_of,
    value_text,
)


@pytest.fixture
def english(measured):
    return Scene(measured=measured, lang="en")


@pytest.fixture
def vietnamese(measured):
    return Scene(measured=measured, lang="vi")


def test_a_lesion_is_mentioned_with_its_measured_numbers(english, vietnamese, measured):
    hilum = measured.lesions[0]
    assert english.mention(hilum) == "lesion 1 (right hilum, SUVmax 42.2, 6.4 x 4.1 cm)"
    assert vietnamese.mention(hilum) == "tổn thương 1 (rốn phổi phải, SUVmax 42,2, 64 x 41 mm)"


def test_what_was_set_aside_is_not_called_a_lesion(english, measured):
    assert english.mention(measured.physiologic[0]).startswith("uptake 6 (")


def test_beyond_six_lesions_only_their_number_is_said(make_lesion, make_measured):
    lesions = tuple(make_lesion(k, "liver", 5.0) for k in range(1, 10))
    said = Scene(measured=make_measured(lesions), lang="en").mentions(lesions)
    assert "lesion 6" in said
    assert "lesion 7" not in said
    assert said.endswith("and 3 more")


@pytest.mark.parametrize(
    ("place", "english_words", "vietnamese_words"),
    [
        (AskedPlace(key="adrenal_gland", region="adrenal", side="left"),
         "the left adrenal gland", "tuyến thượng thận trái"),
        (AskedPlace(key="adrenal_gland", region="adrenal"),
         "the adrenal gland", "tuyến thượng thận"),
        (AskedPlace(key="kidney", region="kidney", side="bilateral"),
         "both kidneys", "thận hai bên"),
        (AskedPlace(key="vertebrae_T8", region="bone_spine"), "the T8 vertebra", "đốt sống D8"),
        (AskedPlace(section="chest"), "the chest", "lồng ngực"),
    ],
)  # fmt: skip
def test_a_place_is_said_in_the_language(
    english, vietnamese, place, english_words, vietnamese_words
):
    assert english.asked([place]) == english_words
    assert vietnamese.asked([place]) == vietnamese_words


def test_noise_at_the_ends_is_not_undecided(measured):
    end = replace(measured.physiologic[1], flags=(AT_SCAN_END,))
    scene = Scene(measured=replace(measured, physiologic=(end,)), lang="en")
    assert scene.undecided == ()


def test_values_are_those_that_are_printed(measured):
    hilum = measured.lesions[0]
    assert value_of(hilum, "suv_max") == 42.2
    assert value_of(hilum, "volume") == 183.1
    assert value_of(hilum, "deauville") is None
    assert value_text(hilum, "long_axis", "en") == "6.4 cm"
    assert value_text(hilum, "volume", "vi") == "183,1 ml"
    assert value_text(hilum, "ratio_blood_pool", "en") == "26.4"


def test_a_limit_is_said_in_the_units_of_the_report(english, vietnamese):
    limit = Limit(quantity="long_axis", above=True, value=20.0)
    assert english.limit(limit) == "with long axis above 2.0 cm"
    assert vietnamese.limit(limit) == "có trục dài trên 20 mm"


def test_a_missing_suv_is_explained(make_lesion, make_measured):
    table = make_measured((make_lesion(1, "lung", None),), unit="relative")
    scene = Scene(measured=table, lang="en")
    assert "SUV could not be computed" in not_measured(scene, "suv_max").answer
    assert "SUV could" not in not_measured(scene, "deauville").answer


def test_confidence_is_of_place_and_verdict(measured):
    assert confidence_in(measured.lesions[0]) == 0.9
    assert confidence_in(replace(measured.lesions[0], score=0.5)) == 0.45
