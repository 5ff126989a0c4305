"""Places that contradict each other, and places that only sound different."""

from dataclasses import replace

import pytest

from petscribe.reporting.places import (
    denied_side,
    holds,
    parts_named,
    place_clash,
    region_relation,
    sides_clash,
)


def _location(measured, **changed):
    return replace(measured.lesions[0].location, **changed)


@pytest.mark.parametrize(
    ("said", "region", "relation"),
    [
        ("hilum", "hilum", "same"),
        ("bone", "bone_spine", "related"),
        ("bone_spine", "bone", "related"),
        ("bone_rib", "bone_spine", "other"),
        ("other", "hilum", "unsaid"),
        ("hilum", "other", "unsaid"),
        ("liver", "hilum", "other"),
        ("mediastinum", "hilum", "other"),
    ],
)
def test_regions_relate_as_a_reader_would_say(measured, said, region, relation):
    location = _location(measured, region=region, approximate=False)
    assert region_relation(said, location) == relation


def test_the_next_best_region_is_no_contradiction(measured):
    assert region_relation("lung", _location(measured, alternative_region="lung")) == "related"


def test_a_neighbour_counts_only_when_the_place_is_approximate(measured):
    unsure = _location(measured, approximate=True)
    assert region_relation("mediastinum", unsure) == "near"
    assert region_relation("mediastinum", replace(unsure, approximate=False)) == "other"
    assert region_relation("bladder", unsure) == "other"


def test_only_left_and_right_exclude_each_other():
    assert sides_clash("left", "right")
    assert not any(
        sides_clash(said, known)
        for said, known in [
            ("left", "left"),
            (None, "left"),
            ("left", None),
            ("midline", "left"),
            ("bilateral", "left"),
        ]
    )


def test_a_denial_of_one_side_says_nothing_of_the_other():
    assert denied_side(None, "left")
    assert denied_side("bilateral", "left")
    assert denied_side("left", None)
    assert not denied_side("right", "left")


def test_the_whole_holds_its_parts():
    assert holds("bone", "bone_rib")
    assert not holds("bone_rib", "bone")


@pytest.mark.parametrize(
    ("anatomy", "organ", "level", "clash"),
    [
        ("t8 vertebra", "vertebrae_T8", None, False),
        ("l2 vertebra", "vertebrae_T8", None, True),
        ("l2", None, "T8", True),
        ("right upper lobe", "lung_lower_lobe_right", None, True),
        ("rll", "lung_lower_lobe_right", None, False),
        ("lung", "lung_lower_lobe_right", None, False),
        ("left 6th rib", "rib_left_6", None, False),
        ("left 7th rib", "rib_left_6", None, True),
        ("station 4r", "lymph_node_7", None, True),
        ("level iia", None, "IIB", False),
        ("femur", "humerus_left", None, True),
        ("mass", "liver", None, False),
    ],
)
def test_levels_of_one_kind_exclude_each_other(measured, *, anatomy, organ, level, clash):
    location = _location(measured, organ=organ, level=level)
    assert place_clash(anatomy, location)[0] is clash
    assert place_clash(anatomy, replace(location, approximate=True))[0] is False


def test_parts_are_found_in_both_languages_longest_first():
    assert parts_named("right upper lobe") == ("lung_upper_lobe",)
    assert parts_named("thùy trên phổi phải") == ("lung_upper_lobe",)
    assert parts_named("nothing known") == ()
