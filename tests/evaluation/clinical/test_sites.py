"""Same place, whatever it is called; another part, another level, another region."""

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from petscribe.core.finding import Finding
from petscribe.evaluation.clinical.sites import (
    ADJACENT,
    COARSER,
    ELSEWHERE,
    NEIGHBOUR,
    OTHER_PART,
    SAME,
    part_key,
    site_credit,
    site_of,
)
from petscribe.terms.anatomy import ORGANS, name
from terms.strategies import findings


def place(words: str, region: str):
    return site_of(Finding(anatomy=words, region=region))


@pytest.mark.parametrize(
    ("first", "second", "credit"),
    [
        (("right upper lobe", "lung"), ("rul", "lung"), SAME),
        (("right upper lobe", "lung"), ("thùy trên phổi phải", "lung"), SAME),
        (("left axillary", "axilla"), ("left axilla", "axilla"), SAME),
        (("lung", "lung"), ("right upper lobe", "lung"), COARSER),
        (("right upper lobe", "lung"), ("right lower lobe", "lung"), OTHER_PART),
        (("t8", "bone_spine"), ("t9", "bone_spine"), NEIGHBOUR),
        (("t12", "bone_spine"), ("l1", "bone_spine"), NEIGHBOUR),
        (("t8", "bone_spine"), ("t11", "bone_spine"), OTHER_PART),
        (("left 6th rib", "bone_rib"), ("left 7th rib", "bone_rib"), NEIGHBOUR),
        (("right upper lobe", "lung"), ("right hilum", "hilum"), ADJACENT),
        (("liver", "liver"), ("brain", "brain"), ELSEWHERE),
    ],
)
def test_places_are_compared_by_what_they_are(first, second, credit):
    assert site_credit(place(*first), place(*second)) == credit
    assert site_credit(place(*second), place(*first)) == credit


def test_two_unknown_places_are_not_the_same_place():
    assert site_credit(place("left stump", "other"), place("port site", "other")) == ELSEWHERE


def test_the_same_unknown_words_are_the_same_place():
    assert site_credit(place("port site", "other"), place("port site", "other")) == SAME


@pytest.mark.parametrize("lang", ["en", "vi"])
def test_bones_lobes_and_organs_are_found_by_their_names(lang: str):
    wanted = ("vertebrae_T8", "rib_left_6", "lung_upper_lobe_right", "adrenal_gland_left", "liver")
    for key in wanted:
        base = ORGANS[key].base
        assert part_key(name(key, lang)) == base, key


@settings(max_examples=12, phases=[Phase.generate])
@given(findings("en"), findings("vi"), st.booleans())
def test_credit_is_symmetric_and_between_zero_and_one(first, second, swap):
    one, other = site_of(first), site_of(second)
    assert 0.0 <= site_credit(one, other) == site_credit(other, one) <= 1.0
    assert site_credit(one, one) == 1.0
