"""True places: the point lies in the organ named, side and level follow from it."""

import numpy as np
import pytest

from petscribe.phantom.person import stream
from petscribe.phantom.places import location_of, pick_point
from petscribe.phantom.sites import Site, groups
from petscribe.terms.anatomy import REGIONS

SITES = sorted({(g, o) for g, organs in groups().items() for o in organs})


def place(body, group, organ, seed=1):
    site = Site(group=group, organ=organ)
    point = pick_point(body, site, 6.0, stream(seed, organ))
    return point, (location_of(body, site, point) if point else None)


@pytest.mark.parametrize(
    ("group", "organ"),
    [
        s
        for s in SITES
        if s[1]
        in {
            "liver",
            "lung_upper_lobe_left",
            "vertebrae_T8",
            "rib_right_6",
            "hip_left",
            "pancreas",
            "kidney_right",
            "brain",
            "thyroid_gland",
            "colon",
            "prostate",
            "adrenal_gland_left",
            "sternum",
        }
    ],
)
def test_the_point_lies_in_its_organ(man, group, organ):
    point, location = place(man, group, organ)
    index = np.rint(man.labels.grid.to_index(np.array(point))).astype(int)
    assert man.labels.names[int(man.labels.labels[tuple(index)])] == organ
    assert location.organ == organ


@pytest.mark.parametrize(("group", "organ"), SITES)
def test_every_location_is_complete_and_its_side_agrees_with_its_point(man, group, organ):
    point, location = place(man, group, organ)
    if point is None:
        return
    assert location.region in REGIONS
    assert location.source == "phantom"
    assert all(location.words[lang] for lang in ("en", "vi"))
    if location.laterality == "left":
        assert point[0] > 0
    if location.laterality == "right":
        assert point[0] < 0


@pytest.mark.parametrize(
    ("group", "organ", "level"),
    [
        ("spine", "vertebrae_L2", "L2"),
        ("rib", "rib_left_7", "rib_left_7"),
        ("chest_node", "lymph_node_4R", "4R"),
        ("neck_node", "lymph_node_level_III_left", "III"),
        ("adrenal", "adrenal_gland_left", None),
    ],
)
def test_levels_are_as_deep_as_the_organ_allows(man, group, organ, level):
    assert place(man, group, organ)[1].level == level


def test_liver_lesions_carry_a_segment_and_no_side(man):
    location = place(man, "liver", "liver")[1]
    assert location.level in {"II", "III", "IV", "V", "VI", "VII", "VIII"}
    assert location.laterality is None


def test_words_are_those_of_the_term_base(man):
    assert place(man, "rib", "rib_left_6")[1].words["en"] == "left 6th rib"


def test_an_organ_that_is_not_there_has_no_point(woman):
    assert place(woman, "spleen", "spleen")[0] is None
