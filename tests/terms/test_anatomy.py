"""Anatomy: the closed lists are closed, sides stay sides, names are names."""

import pytest

from petscribe.terms.anatomy import (
    LANGUAGES,
    ORGANS,
    REGION_TABLE,
    REGIONS,
    SECTIONS,
    TOTALSEGMENTATOR,
    adjacent,
    mirrored,
    name,
    names_by_language,
    organ_key,
    region_of,
    said_side,
    section_of,
    side_of,
    side_words,
)

SCHEMA = (
    "brain head_neck tonsil thyroid neck_nodes supraclavicular lung pleura hilum mediastinum heart "
    "esophagus breast axilla liver gallbladder spleen pancreas adrenal kidney bladder stomach "
    "small_bowel colon mesentery peritoneum retroperitoneum pelvis_nodes groin prostate muscle "
    "bone bone_spine bone_rib bone_pelvis bone_marrow other"
)


def test_the_regions_are_those_of_the_schema_in_its_order():
    assert " ".join(REGIONS) == SCHEMA


def test_all_117_totalsegmentator_classes_are_organs():
    assert len(TOTALSEGMENTATOR) == 117
    assert [key for key in TOTALSEGMENTATOR if key not in ORGANS] == []


@pytest.mark.parametrize(
    ("label", "key"),
    [(1, "spleen"), (5, "liver"), (51, "heart"), (90, "brain"), (117, "costal_cartilages")],
)
def test_labels_are_totalsegmentators_own(label: int, key: str):
    assert ORGANS[key].label == label


def test_every_organ_has_a_region_a_section_and_two_names():
    for key, organ in ORGANS.items():
        assert organ.region in REGION_TABLE, key
        assert organ.section in SECTIONS, key
        assert all(name(key, lang).strip() for lang in LANGUAGES), key
        assert "{" not in name(key, "en") + name(key, "vi"), key


def test_an_organ_of_one_side_says_its_side_in_both_languages():
    for key in (k for k in ORGANS if ORGANS[k].paired):
        for lang in LANGUAGES:
            assert side_words(lang)[ORGANS[key].side] in name(key, lang).split(), key


def test_the_mirror_of_a_mirror_is_the_organ():
    assert [key for key in ORGANS if mirrored(mirrored(key)) != key] == []
    assert mirrored("lymph_node_4R") == "lymph_node_4L"
    assert mirrored("rib_left_6") == "rib_right_6"
    assert mirrored("liver") == "liver"


@pytest.mark.parametrize(
    ("key", "region", "side"),
    [
        ("lymph_node_4R", "mediastinum", "right"),
        ("lymph_node_10L", "hilum", "left"),
        ("lymph_node_7", "mediastinum", "midline"),
        ("lymph_node_level_IIA_left", "neck_nodes", "left"),
        ("vertebrae_T8", "bone_spine", None),
        ("rib_right_12", "bone_rib", "right"),
        ("femur_left", "bone", "left"),
        ("cervix_uteri", "other", None),
    ],
)
def test_organs_lie_where_they_lie(key: str, region: str, side: str | None):
    assert region_of(key) == region
    assert side_of(key) == side


@pytest.mark.parametrize(
    ("region", "section"),
    [
        ("brain", "head_neck"),
        ("supraclavicular", "head_neck"),
        ("axilla", "chest"),
        ("groin", "abdomen_pelvis"),
        ("bone_rib", "musculoskeletal"),
    ],
)
def test_sections_hold_their_regions(region: str, section: str):
    assert section_of(region) == section


def test_a_known_organ_decides_the_section():
    assert section_of("other", "uterus") == "abdomen_pelvis"
    assert section_of("bone", "mandible") == "head_neck"


def test_an_unknown_region_is_refused():
    with pytest.raises(ValueError, match="closed list"):
        section_of("elbow")
    with pytest.raises(ValueError, match="neither"):
        name("elbow", "en")
    with pytest.raises(ValueError, match="language"):
        side_words("fr")


def test_neighbours_are_neighbours_both_ways():
    assert adjacent("hilum", "lung")
    assert adjacent("lung", "hilum")
    assert adjacent("lung", "lung")
    assert not adjacent("brain", "prostate")


def test_neighbours_are_regions():
    assert {n for r in REGION_TABLE.values() for n in r.adjacent} <= set(REGIONS)
    assert {r.nodes for r in REGION_TABLE.values() if r.nodes} <= set(REGIONS)


@pytest.mark.parametrize(
    ("key", "side", "english", "vietnamese"),
    [
        ("hilum", "right", "right hilum", "rốn phổi phải"),
        ("lung_upper_lobe_right", None, "right upper lobe", "thùy trên phổi phải"),
        (
            "lymph_node_4R",
            None,
            "right lower paratracheal station 4R",
            "nhóm 4R cạnh khí quản thấp phải",
        ),
        ("vertebrae_T8", None, "T8 vertebra", "đốt sống D8"),
        ("rib_left_6", None, "left 6th rib", "xương sườn 6 trái"),
        ("liver", "right", "liver", "gan"),
        ("kidney", "bilateral", "both kidneys", "thận hai bên"),
        ("mediastinum", "left", "left mediastinum", "trung thất bên trái"),
        ("prostate", "bilateral", "both sides of the prostate", "tuyến tiền liệt hai bên"),
        ("lymph_node_7", "midline", "subcarinal station 7", "nhóm 7 dưới carina"),
        ("liver_segment_6", None, "liver segment VI", "hạ phân thùy VI gan"),
    ],
)
def test_names_are_what_a_physician_would_write(key, side, english, vietnamese):
    assert name(key, "en", side=side) == english
    assert name(key, "vi", side=side) == vietnamese


def test_no_name_says_the_other_side():
    for lang in LANGUAGES:
        words = side_words(lang)
        for text, (_, side) in names_by_language(lang).items():
            if side in {"left", "right"}:
                other = words["right" if side == "left" else "left"]
                said = text.split()
                assert words[side] in said
                assert other not in said


def test_a_side_is_said_only_of_what_has_sides():
    assert said_side("liver", "right") is None
    assert said_side("thyroid", "left") == "left"
    assert said_side("prostate", "midline") is None
    assert said_side("lymph_node_7", None) == "midline"
    assert said_side("lymph_node_4R", None) == "right"


def test_an_organ_is_found_by_its_base_and_side():
    assert organ_key("rib_6", "left") == "rib_left_6"
    assert organ_key("lymph_node_4", "right") == "lymph_node_4R"
    assert organ_key("liver", None) == "liver"
    assert organ_key("liver", "left") is None


def test_only_what_has_a_counterpart_is_paired():
    assert ORGANS["kidney_left"].paired
    assert ORGANS["lymph_node_4R"].paired
    assert not ORGANS["lung_middle_lobe_right"].paired
    assert not ORGANS["lymph_node_5"].paired
    assert not ORGANS["liver"].paired
