"""Node stations: textbook places."""

import pytest

from petscribe.anatomy.frame import Place
from petscribe.anatomy.placing.nodes import anterior, at_station, in_hilum, station


def place(lateral, ahead, *, level=12.0, depth=0.5):
    return Place(
        lateral_mm=lateral, depth_frac=depth, behind_mm=-ahead, level=level, half_width_mm=170.0
    )


@pytest.mark.parametrize(
    ("lateral", "ahead", "height", "expected"),
    [
        (-18.0, 50.0, 14.0, "4R"),
        (14.0, 40.0, 10.0, "4L"),
        (-17.0, 50.0, 48.0, "2R"),
        (17.0, 45.0, 46.0, "2L"),
        (30.0, 55.0, 6.0, "5"),
        (18.0, 100.0, 18.0, "6"),
        (0.0, 95.0, 20.0, "3A"),
        (0.0, 38.0, -12.0, "7"),
        (-40.0, 45.0, -20.0, "10R"),
        (44.0, 40.0, -18.0, "10L"),
        (-54.0, 35.0, -45.0, "11R"),
        (-4.0, 26.0, -75.0, "8"),
        (34.0, 20.0, -80.0, "9L"),
    ],
)
def test_a_textbook_place_gives_its_station(lateral, ahead, height, expected):
    assert station(place(lateral, ahead), height) == expected


@pytest.mark.parametrize("side", [-1.0, 1.0])
def test_above_the_inlet_is_station_one(side):
    letter = "R" if side < 0 else "L"
    assert station(place(side * 30.0, 40.0, level=8.4), 75.0) == f"1{letter}"


def test_just_left_of_the_midline_is_still_right_of_the_tracheas_left_edge():
    assert station(place(5.0, 40.0), 14.0) == "4R"


def test_the_hilum_is_beside_the_carina_and_not_above():
    assert in_hilum(place(45.0, 35.0), -20.0)
    assert not in_hilum(place(45.0, 35.0), 40.0)
    assert not in_hilum(place(110.0, 35.0), -20.0)


def test_the_aortopulmonary_window_is_left_only():
    assert at_station(place(30.0, 55.0), 5.0)
    assert not at_station(place(-30.0, 55.0), 5.0)


def test_chains_behind_the_breast_bone_are_on_their_side():
    assert anterior(place(30.0, 140.0, depth=0.12), 0.0) == "lymph_node_internal_mammary_left"
    assert anterior(place(-40.0, 140.0, depth=0.12), -95.0) == "lymph_node_cardiophrenic_right"
    assert anterior(place(30.0, 60.0, depth=0.5), 0.0) is None
