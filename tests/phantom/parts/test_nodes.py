"""Lymph-node stations: known to the term base, on their sides, in anatomical order."""

import pytest

from petscribe.phantom.drawing.tissues import LABELS
from petscribe.phantom.parts.nodes import STATIONS
from petscribe.terms.anatomy import ORGANS


def test_every_station_is_a_node_of_the_term_base_and_of_the_label_map():
    for key in STATIONS:
        assert ORGANS[key].kind == "node", key
        assert key in LABELS, key


@pytest.mark.parametrize("key", STATIONS)
def test_a_station_lies_on_the_side_that_its_name_says(key):
    side = ORGANS[key].side
    xs = [point[0] for point in STATIONS[key]]
    if side == "left":
        assert min(xs) > 0
    elif side == "right":
        assert max(xs) < 0
    elif side == "midline":
        assert max(map(abs, xs)) < 8


def test_from_neck_to_groin_stations_go_down():
    path = ["level_II_left", "level_III_left", "level_IV_left", "4L", "7", "celiac"]
    path += ["paraaortic_left", "common_iliac_left", "external_iliac_left", "inguinal_left"]
    heights = [STATIONS[f"lymph_node_{name}"][0][2] for name in path]
    assert heights == sorted(heights, reverse=True)


def test_most_stations_show_in_the_drawn_body(man):
    drawn = {man.labels.names[i] for i in man.labels.ids}
    assert len(drawn & set(STATIONS)) > 0.6 * len(STATIONS)
