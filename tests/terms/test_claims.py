"""Claims: a measured lesion is said as measured, and no more than that."""

import dataclasses

import pytest

from petscribe.core.finding import ImageRef, SizeClaim, SuvClaim
from petscribe.core.lesion import Lesion, Location, Measurement
from petscribe.terms.claims import (
    finding_of,
    finding_of_group,
    lesion_sentence,
    notes,
    uptake_degree,
)
from petscribe.terms.places import place_words

MEASURED = Measurement(
    voxels=2548,
    mtv_ml=183.09,
    long_axis_mm=64.2,
    short_axis_mm=40.7,
    axis_3d_mm=75.0,
    centroid_lps_mm=(0.0, 0.0, 0.0),
    hottest_lps_mm=(0.0, 0.0, 0.0),
    slice_pet=88,
    slice_ct=31,
    suv_max=42.217,
    suv_peak=33.15,
    suv_mean=5.216,
    tlg_g=955.0,
)


def lesion(region="hilum", side="right", organ=None, level=None, **changes):
    measured = {k: v for k, v in changes.items() if hasattr(MEASURED, k)}
    own = {k: v for k, v in changes.items() if k not in measured}
    return Lesion(
        id=1,
        measurement=dataclasses.replace(MEASURED, **measured),
        location=Location(
            section="chest",
            region=region,
            organ=organ,
            laterality=side,
            level=level,
            words=place_words(region=region, organ=organ, laterality=side, level=level),
            confidence=0.8,
            source="labels",
            approximate=own.pop("approximate", False),
        ),
        **own,
    )


def test_the_real_hilar_mass_is_said_in_full():
    finding = finding_of(lesion())
    assert finding.anatomy == "right hilum"
    assert (finding.region, finding.laterality, finding.type) == ("hilum", "right", "mass")
    assert finding.suv == (SuvClaim(stat="max", value=42.2), SuvClaim(stat="peak", value=33.2))
    assert finding.size_mm == (SizeClaim(dims=(64.0, 41.0)),)
    assert finding.mtv_ml == 183.1
    assert finding.refs == (ImageRef(image=88),)
    assert finding.uptake == "intense"


def test_nothing_is_invented():
    finding = finding_of(lesion())
    assert (finding.dx, finding.change, finding.vs, finding.count) == ((), None, (), 1)


def test_without_suv_no_suv_and_no_degree_is_said():
    finding = finding_of(lesion(suv_max=None, suv_peak=None), with_suv=False)
    assert finding.suv == ()
    assert finding.uptake is None
    assert "SUV" not in lesion_sentence(lesion(), "en", with_suv=False)


def test_a_side_that_the_words_do_not_say_is_not_claimed():
    assert finding_of(lesion("liver", "left")).laterality is None
    assert finding_of(lesion("prostate", "midline")).laterality is None
    assert finding_of(lesion("mediastinum", "midline", "lymph_node_7")).laterality == "midline"


@pytest.mark.parametrize(
    ("region", "organ", "length", "kind"),
    [
        ("lung", "lung_upper_lobe_right", 12.0, "nodule"),
        ("lung", "lung_upper_lobe_right", 31.0, "mass"),
        ("mediastinum", "lymph_node_4R", 12.0, "node"),
        ("mediastinum", "lymph_node_4R", 45.0, "nodal_mass"),
        ("liver", "liver", 45.0, "lesion"),
        ("neck_nodes", None, 12.0, "node"),
    ],
)
def test_the_type_follows_place_and_size(region, organ, length, kind):
    assert finding_of(lesion(region, "right", organ, long_axis_mm=length)).type == kind


def test_normal_uptake_is_called_so_and_not_sized():
    finding = finding_of(lesion("kidney", "left", "kidney_left", verdict="physiologic"))
    assert (finding.type, finding.uptake, finding.size_mm) == ("uptake", "physiologic", ())


def test_undecided_uptake_is_a_focus_and_said_to_be_undecided():
    undecided = lesion(verdict="undecided")
    assert finding_of(undecided).type == "focus"
    assert "for review" in lesion_sentence(undecided, "en")


@pytest.mark.parametrize(
    ("liver", "pool", "degree"),
    [
        (0.6, 0.9, "low"),
        (0.9, 1.4, "mild"),
        (1.5, 2.0, "mild"),
        (2.9, 4.0, "moderate"),
        (3.1, 5.0, "intense"),
    ],
)
def test_uptake_is_graded_against_blood_pool_and_liver(liver, pool, degree):
    measured = dataclasses.replace(MEASURED, ratio_liver=liver, ratio_blood_pool=pool)
    assert uptake_degree(measured, "psma") == degree


def test_without_references_only_fdg_is_graded():
    measured = dataclasses.replace(MEASURED, suv_max=3.0)
    assert uptake_degree(measured, "fdg") == "mild"
    assert uptake_degree(measured, "psma") == "increased"
    assert uptake_degree(measured, "fdg", with_suv=False) is None


def test_cautions_follow_the_sentence():
    doubtful = lesion(
        approximate=True, flags=("small-for-psf", "cut-by-field-of-view", "unheard-of")
    )
    assert notes(doubtful, "en") == (
        "Location approximate.",
        "Small for PET: values are lower limits.",
        "Reaches the edge of the field of view: measured in part.",
    )
    assert lesion_sentence(doubtful, "vi").count(". ") == 3


def test_vietnamese_words_are_used_for_vietnamese():
    assert finding_of(lesion(), lang="vi").anatomy == "rốn phổi phải"


def test_words_missing_from_the_record_are_made():
    bare = lesion()
    bare = dataclasses.replace(bare, location=dataclasses.replace(bare.location, words={}))
    assert finding_of(bare, lang="vi").anatomy == "rốn phổi phải"


def test_a_group_says_how_many_and_from_where_to_where():
    group = [lesion(), lesion(side="left", suv_max=4.61), lesion(suv_max=9.0)]
    finding = finding_of_group(group)
    assert (finding.anatomy, finding.laterality, finding.count) == ("both hila", "bilateral", 3)
    assert finding.suv == (SuvClaim(stat="max", value=None, low=4.6, high=42.2, op="range"),)
    assert finding.uptake == "intense"


def test_a_group_of_one_is_the_lesion_in_short():
    finding = finding_of_group([lesion()])
    assert finding.suv == (SuvClaim(stat="max", value=42.2),)
    assert (finding.count, finding.size_mm, finding.refs) == (1, (), ())


def test_a_group_has_one_region():
    with pytest.raises(ValueError, match="one region"):
        finding_of_group([lesion(), lesion("liver", None)])


def test_a_group_of_equal_lesions_says_one_value():
    finding = finding_of_group([lesion(), lesion()])
    assert finding.suv == (SuvClaim(stat="max", value=42.2),)
    assert (finding.anatomy, finding.laterality, finding.type) == ("right hilum", "right", "mass")


def test_a_group_without_suv_says_none():
    group = [lesion(suv_max=None), lesion(suv_max=None, side=None)]
    finding = finding_of_group(group)
    assert finding.suv == ()
    assert (finding.uptake, finding.anatomy, finding.laterality) == (None, "hilum", None)
    assert finding_of_group(group, with_suv=False).suv == ()


def test_an_unmeasured_peak_is_not_said():
    assert finding_of(lesion(suv_peak=None)).suv == (SuvClaim(stat="max", value=42.2),)
