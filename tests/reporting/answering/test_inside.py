"""Truths of places: a region holds its parts, left is not right, a guess is said to be one."""

import pytest

from petscribe.core.lesion import Location
from petscribe.reporting.answering.asked.question import AskedPlace
from petscribe.reporting.answering.inside import is_shown, lies_beside, lies_in
from petscribe.terms.anatomy import REGION_TABLE


def at(region, side=None, organ=None, level=None, **more):
    return Location(
        section=REGION_TABLE[region].section,
        region=region,
        organ=organ,
        laterality=side,
        level=level,
        words={},
        confidence=0.9,
        source="labels",
        **more,
    )


def asked(key, region, side=None):
    return AskedPlace(key=key, region=region, side=side)


@pytest.mark.parametrize(
    ("location", "place", "expected"),
    [
        (at("liver"), asked("liver", "liver"), "in"),
        (at("adrenal", "left"), asked("adrenal_gland", "adrenal", "left"), "in"),
        (at("adrenal", "left"), asked("adrenal_gland", "adrenal", "right"), "out"),
        (at("adrenal", "left"), asked("adrenal_gland", "adrenal"), "in"),
        (at("lung"), asked("lung", "lung", "left"), "perhaps"),
        (at("bone_spine", organ="vertebrae_T8"), asked("bone", "bone"), "in"),
        (at("bone_spine", organ="vertebrae_T8"), asked("vertebrae_T8", "bone_spine"), "in"),
        (at("bone_spine", organ="vertebrae_T8"), asked("vertebrae_T9", "bone_spine"), "out"),
        (at("bone_spine", level="T8"), asked("vertebrae_T8", "bone_spine"), "in"),
        (at("bone"), asked("bone_spine", "bone_spine"), "perhaps"),
        (at("lung", "right", "lung_upper_lobe_right"),
         asked("lung_lower_lobe", "lung", "right"), "out"),
        (at("lung", "right"), asked("lung_lower_lobe", "lung", "right"), "perhaps"),
        (at("neck_nodes", "left", level="IIA"),
         asked("lymph_node_level_II", "neck_nodes", "left"), "in"),
        (at("supraclavicular", "left"), asked("neck_nodes", "neck_nodes"), "perhaps"),
        (at("neck_nodes", "left"), asked("neck", "head_neck"), "in"),
        (at("hilum", "right"), asked("lung", "lung", "right"), "out"),
        (at("hilum", "right", alternative_region="lung"), asked("lung", "lung"), "perhaps"),
        (at("bone_pelvis", organ="hip_left"), asked("iliac_bone", "bone_pelvis"), "perhaps"),
    ],
)  # fmt: skip
def test_a_lesion_lies_in_a_place(location, place, expected):
    assert lies_in(location, place) == expected


def test_a_section_holds_what_belongs_to_it():
    assert lies_in(at("hilum"), AskedPlace(section="chest")) == "in"
    assert lies_in(at("liver"), AskedPlace(section="chest")) == "out"


def test_a_side_alone_holds_everything_on_it():
    assert lies_in(at("adrenal", "left"), AskedPlace(side="left")) == "in"
    assert lies_in(at("adrenal", "left"), AskedPlace(side="right")) == "out"
    assert lies_in(at("liver"), AskedPlace(side="right")) == "perhaps"


def test_next_door_is_the_same_side_and_section():
    hilum = at("hilum", "right")
    assert lies_beside(hilum, asked("lung", "lung", "right"))
    assert not lies_beside(hilum, asked("lung", "lung", "left"))
    assert not lies_beside(at("liver"), asked("lung", "lung"))


def test_the_field_of_view_is_asked_by_region():
    seen = ("lung", "liver")
    assert is_shown(asked("lung", "lung"), seen) is True
    assert is_shown(asked("brain", "brain"), seen) is False
    assert is_shown(AskedPlace(section="chest"), seen) is True
    assert is_shown(AskedPlace(section="head_neck"), seen) is False


def test_nobody_can_say_whether_a_place_without_one_place_is_shown():
    assert is_shown(asked("knee", "bone"), ("bone", "lung")) is None
    assert is_shown(asked("lung", "lung"), ()) is None
