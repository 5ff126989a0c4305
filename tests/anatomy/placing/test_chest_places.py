"""Nodes of the chest in the simple person."""

from dataclasses import replace

import pytest

from petscribe.anatomy.localise import locate


@pytest.mark.parametrize(
    ("place", "organ"),
    [
        ((-17.0, -8.0, 11.4), "lymph_node_4R"),
        ((30.0, -8.0, 11.8), "lymph_node_5"),
        ((0.0, 8.0, 12.9), "lymph_node_7"),
        ((-42.0, 5.0, 13.0), "lymph_node_10R"),
        ((44.0, 5.0, 13.0), "lymph_node_10L"),
    ],
)
def test_nodes_of_the_chest_get_their_station_by_rule(person, anatomy, place, organ):
    mask = person.lesion(*place, radius_mm=8.0)
    ruled = replace(anatomy.frame, tissues=None)  # the rules alone, without what was learnt
    assert locate(mask, 1, anatomy.organs, ruled).organ == organ


def test_a_focus_in_the_middle_of_the_lung_is_no_node(person, anatomy):
    mask = person.lesion(95.0, 0.0, 13.0, radius_mm=8.0)
    place = locate(mask, 1, anatomy.organs, anatomy.frame)
    assert place.region == "lung"
    assert place.laterality == "left"
