"""Levels that names carry."""

import pytest

from petscribe.anatomy.placing.guess import level_of, of_organ, sided_key


@pytest.mark.parametrize(
    ("organ", "level"),
    [
        ("vertebrae_T8", "T8"),
        ("rib_left_6", "rib_left_6"),
        ("lymph_node_4R", "4R"),
        ("lymph_node_level_II_left", "II"),
        ("lymph_node_axillary_left", None),
        ("liver", None),
    ],
)
def test_an_organs_name_carries_its_level(organ, level):
    assert level_of(organ) == level


def test_the_guess_of_an_organ_has_its_region():
    assert of_organ("lymph_node_10R", 0.5).region == "hilum"
    assert of_organ("vertebrae_T8", 0.5).level == "T8"


@pytest.mark.parametrize(
    ("base", "side", "key"),
    [
        ("rib_4", "left", "rib_left_4"),
        ("tonsil", "right", "tonsil_right"),
        ("liver", "left", "liver"),
        ("lymph_node_4R", "left", "lymph_node_4R"),
        ("lung_middle_lobe", "right", "lung_middle_lobe_right"),
        ("lung_middle_lobe", "left", None),
    ],
)
def test_a_side_goes_where_the_organs_key_has_it(base, side, key):
    assert sided_key(base, side) == key
