"""Places in words: as deep as they are true, in both languages."""

import pytest

from petscribe.core.finding import Finding
from petscribe.terms.anatomy import ORGANS, REGIONS
from petscribe.terms.places import place_of, place_words, side_said, site_key, terms_by_text


def words(region, organ=None, laterality=None, level=None):
    return place_words(region=region, organ=organ, laterality=laterality, level=level)


def test_right_hilum_in_two_languages():
    assert words("hilum", laterality="right") == {"en": "right hilum", "vi": "rốn phổi phải"}


@pytest.mark.parametrize(
    ("region", "organ", "side", "level", "english"),
    [
        ("bone_spine", "vertebrae_T8", None, None, "T8 vertebra"),
        ("bone_spine", None, "midline", "T8", "T8 vertebra"),
        ("bone_rib", None, "left", "rib_left_6", "left 6th rib"),
        ("mediastinum", None, "right", "4R", "right lower paratracheal station 4R"),
        ("mediastinum", "lymph_node_7", "midline", None, "subcarinal station 7"),
        ("neck_nodes", None, "left", "IIA", "left neck level IIA"),
        ("neck_nodes", None, "midline", "VI", "neck level VI"),
        ("liver", "liver", "right", "VI", "liver segment VI"),
        ("liver", "liver", "left", None, "liver"),
        ("lung", "lung_lower_lobe_left", "left", "S6", "segment 6 of the left lung"),
        ("lung", "lung_lower_lobe_left", "left", None, "left lower lobe"),
        ("kidney", "kidney_right", "right", None, "right kidney"),
        ("prostate", "prostate", "midline", None, "prostate"),
        ("axilla", "lymph_node_axillary_left", "left", None, "left axilla"),
    ],
)
def test_the_deepest_known_place_is_named(region, organ, side, level, english):
    assert words(region, organ, side, level)["en"] == english


def test_an_organ_of_another_region_is_left_out():
    assert words("retroperitoneum", "aorta", "left", None)["en"] == "left retroperitoneum"


def test_a_level_of_another_region_is_left_out():
    assert words("muscle", "autochthon_left", "left", "T8")["en"] == "left paraspinal muscle"


def test_an_unknown_organ_or_level_is_left_out():
    assert words("lung", "lung_of_oak", "right", "seventh heaven")["en"] == "right lung"


def test_a_side_against_the_organ_is_refused():
    with pytest.raises(ValueError, match="left"):
        words("kidney", "kidney_left", "right", None)


def test_an_unknown_region_is_refused():
    with pytest.raises(ValueError, match="closed list"):
        site_key(region="elbow", organ=None, laterality=None, level=None)


def test_every_place_is_a_wording_of_its_region():
    for region in REGIONS:
        for side in (None, "left", "right", "bilateral", "midline"):
            for lang, text in words(region, laterality=side).items():
                assert terms_by_text(lang)[text.lower()].region == region, (region, side)


def test_every_organ_can_be_said():
    for key, organ in ORGANS.items():
        for lang, text in words(organ.region, key, organ.side).items():
            assert terms_by_text(lang)[text.lower()].region == organ.region, key


def test_a_place_in_the_other_language_is_translated():
    finding = Finding(anatomy="right hilum", region="hilum", laterality="right")
    assert place_of(finding, "vi") == "rốn phổi phải"
    back = Finding(anatomy="rốn phổi phải", region="hilum", laterality="right")
    assert place_of(back, "en") == "right hilum"


def test_a_synonym_is_translated_by_what_it_means():
    finding = Finding(anatomy="RUL", region="lung", laterality="right")
    assert place_of(finding, "vi") == "thùy trên phổi phải"


def test_words_of_the_same_language_are_kept():
    finding = Finding(anatomy="posterior right upper lobe", region="lung", laterality="right")
    assert place_of(finding, "en") == "posterior right upper lobe"


def test_a_side_that_the_words_lack_is_added():
    assert (
        place_of(Finding(anatomy="hilum", region="hilum", laterality="left"), "en") == "left hilum"
    )
    assert (
        place_of(Finding(anatomy="rốn phổi", region="hilum", laterality="left"), "vi")
        == "rốn phổi trái"
    )


def test_words_of_no_language_give_the_region():
    finding = Finding(anatomy="", region="adrenal", laterality="bilateral")
    assert place_of(finding, "en") == "both adrenal glands"
    assert place_of(finding, "vi") == "tuyến thượng thận hai bên"


def test_a_side_counts_as_said_only_when_the_words_say_it():
    assert side_said("right hilum", "right", "en") == "right"
    assert side_said("hilum", "right", "en") is None
    assert side_said("gan", "left", "vi") is None
    assert side_said("subcarinal station 7", "midline", "en") == "midline"
