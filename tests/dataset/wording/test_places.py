"""Every wording of a place says its region and its side, and nothing else."""

import pytest

from petscribe.core.finding import FindingType
from petscribe.core.lesion import Lesion
from petscribe.dataset.wording.grammar import grammar
from petscribe.dataset.wording.places import place_wordings, places_of
from petscribe.mining.rules import parse_sentence
from petscribe.terms.anatomy import ORGANS
from petscribe.terms.places import side_said
from petscribe.terms.sentences import with_article

NOUNS = {"en": "FDG-avid lesion in {place}.", "vi": "Tổn thương tăng chuyển hóa FDG ở {place}."}


@pytest.mark.parametrize("lang", ["en", "vi"])
def test_every_wording_is_read_as_its_region_and_side(
    every_lesion: list[tuple[Lesion, FindingType]], lang: str
):
    for lesion, _ in every_lesion:
        location = lesion.location
        if "node" in (location.organ or ""):
            continue  # a lesion in the neck is no node: the noun decides the region
        for place in places_of(location, lang):
            (found,) = parse_sentence(NOUNS[lang].format(place=with_article(place, lang)), lang)
            side = side_said(location.words[lang], location.laterality, lang)
            assert (found.region, found.laterality) == (location.region, side), place


def test_a_place_has_the_term_bases_name_first():
    assert place_wordings("lung_upper_lobe_right", "right", "en") == (
        "right upper lobe",
        "upper lobe of the right lung",
        "RUL",
    )


def test_a_midline_vertebra_has_no_side():
    assert not any("left" in place for place in place_wordings("vertebrae_T8", "midline", "en"))


def test_thoracic_vertebrae_are_d_in_vietnamese():
    assert all("D8" in place for place in place_wordings("vertebrae_T8", "left", "vi"))


def test_ribs_are_counted_in_both_ways():
    assert "left sixth rib" in place_wordings("rib_left_6", "left", "en")
    assert "left 6th rib" in place_wordings("rib_left_6", "left", "en")


def test_neck_levels_are_roman():
    assert "left cervical level IIA" in place_wordings("lymph_node_level_IIA_left", "left", "en")


@pytest.mark.parametrize("lang", ["en", "vi"])
def test_every_pattern_belongs_to_a_site(lang: str):
    bases = {organ.base for organ in ORGANS.values()}
    grouped = {"vertebrae", "rib", "liver_segment", "lymph_node_level"}
    assert set(grammar(lang, "places")) <= bases | grouped
