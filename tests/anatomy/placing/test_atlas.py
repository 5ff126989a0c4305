"""The atlas: textbook places."""

import pytest

from petscribe.anatomy.frame import Place
from petscribe.anatomy.placing.atlas import chances, sites
from petscribe.terms.anatomy import ORGANS, organ_key


def best_at(lateral, depth, behind, level, *, sex=None, half=170.0):
    place = Place(
        lateral_mm=lateral, depth_frac=depth, behind_mm=behind, level=level, half_width_mm=half
    )
    found = chances(place, level_doubt=0.2, sex=sex, has_bone_labels=True)
    return max(found, key=lambda key: found[key]).split("|")[0]


@pytest.mark.parametrize("site", sites(), ids=lambda s: s.organ)
def test_every_organ_of_the_table_is_in_the_term_base(site):
    keys = [organ_key(site.organ, side) for side in (None, "left", "right")]
    assert any(keys) or site.organ in ORGANS or site.organ in {"vertebrae", "rib", "lung"}


@pytest.mark.parametrize("site", sites(), ids=lambda s: s.organ)
def test_boxes_are_not_turned_inside_out(site):
    assert site.lateral[0] < site.lateral[1]
    assert site.levels[0] < site.levels[1]
    assert (site.depth is None) != (site.behind is None)
    assert not site.paired or site.lateral[0] >= 0


@pytest.mark.parametrize(
    ("place", "organ"),
    [
        ((125.0, 0.45, -50.0, 10.5), "lymph_node_axillary"),
        ((-38.0, 0.66, -5.0, 19.0), "adrenal_gland"),
        ((70.0, 0.15, -90.0, 30.5), "lymph_node_inguinal"),
        ((0.0, 0.7, 0.0, 29.0), "rectum"),
        ((38.0, 0.5, -5.0, 4.5), "lymph_node_level_III"),
        ((60.0, 0.38, -45.0, 8.0), "lymph_node_supraclavicular"),
        ((-55.0, 0.55, -5.0, 1.8), "parotid_gland"),
    ],
)
def test_textbook_places_give_their_organ(place, organ):
    assert best_at(*place) == organ


def test_the_prostate_is_a_mans():
    place = (0.0, 0.48, -30.0, 30.2)
    assert best_at(*place, sex="M") == "prostate"
    assert best_at(*place, sex="F") != "prostate"
