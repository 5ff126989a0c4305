"""Points by clue: what fits gains, what contradicts loses."""

import pytest

from petscribe.core.lesion import Location
from petscribe.dataset.linking.agreement import points
from petscribe.dataset.linking.claims import claims_of
from petscribe.dataset.linking.spots import Spot
from petscribe.mining.rules import mine_text


def claim(text: str):
    return claims_of(mine_text(text, lang="en")).claims[0]


def spot(**changes) -> Spot:
    place = Location(
        section="chest",
        region="lung",
        organ="lung_upper_lobe_right",
        laterality="right",
        level=None,
        words={"en": "right upper lobe"},
        confidence=0.9,
        source="built-in",
        approximate=True,
    )
    values = {
        "id": 1,
        "hottest": (10, 10, 10),
        "maximum": 5.6,
        "mean": 4.0,
        "extent_mm": 16.0,
        "location": place,
        "verdict": "lesion",
        "images": {"pet": (86, 90, 88), "pet-reversed": (10, 14, 12), "ct": (172, 180, 176)},
    }
    return Spot(**{**values, **changes})


def by_clue(text: str, counting="pet", per_suv=1.0, **changes) -> dict[str, float]:
    return points(claim(text), spot(**changes), counting=counting, per_suv=per_suv).by_clue


TEXT = "Right upper lobe nodule with SUVmax 5.6 (image 88)."


def test_a_fitting_spot_gains_by_every_clue():
    found = by_clue(TEXT)
    assert set(found) == {"kind", "suv", "image", "side", "region", "level"}
    assert all(value > 0 for value in found.values())


@pytest.mark.parametrize(
    ("text", "clue"),
    [
        (TEXT.replace("5.6", "6.6"), "suv"),
        (TEXT.replace("88", "40"), "image"),
        (TEXT.replace("Right", "Left"), "side"),
        (TEXT.replace("Right upper lobe nodule", "Left adrenal mass"), "region"),
    ],
)
def test_a_clue_that_contradicts_is_named(text, clue):
    found = points(claim(text), spot(), counting="pet", per_suv=1.0)
    assert found.by_clue[clue] < 0
    assert clue in found.against
    assert found.total < points(claim(TEXT), spot(), counting="pet", per_suv=1.0).total


def test_an_suv_counts_within_a_tenth_and_no_further():
    assert by_clue(TEXT, maximum=5.69)["suv"] > 0 > by_clue(TEXT, maximum=5.72)["suv"]


def test_an_suv_of_another_kind_is_compared_by_its_ratio():
    assert by_clue(TEXT, maximum=8.0, per_suv=0.7)["suv"] > 0
    assert "suv" not in by_clue(TEXT, per_suv=None)


def test_images_are_read_by_the_reports_own_way_of_counting():
    backwards = TEXT.replace("88", "12")
    assert by_clue(backwards, "pet-reversed")["image"] == by_clue(TEXT)["image"] == 3.0
    assert 0 < by_clue(backwards, "pet")["image"] < 1.0


def test_an_image_that_says_ct_is_held_against_the_ct_alone():
    assert by_clue("Right upper lobe nodule, SUVmax 5.6 (CT image 176).", "ct")["image"] == 3.0
    assert by_clue("Right upper lobe nodule, SUVmax 5.6 (CT image 88).", "pet")["image"] < 0


@pytest.mark.parametrize(
    ("text", "maximum", "fits"),
    [
        ("Right upper lobe nodules with SUVmax up to 5.6.", 5.6, True),
        ("Right upper lobe nodule with SUVmax of about 6.", 5.6, True),
        ("Right upper lobe nodules with SUVmax ranging from 3.1 to 5.6.", 5.6, True),
        ("Right upper lobe nodules with SUVmax ranging from 3.1 to 4.6.", 5.6, False),
        ("Right upper lobe nodule with SUVmean 4.4.", 5.6, True),
        ("Right upper lobe nodule with SUVmean 9.4.", 5.6, False),
    ],
)
def test_ranges_bounds_and_means_are_understood(text, maximum, fits):
    assert (by_clue(text, maximum=maximum)["suv"] > 0) == fits


def test_a_likely_lesion_is_preferred_to_a_normal_organ():
    kinds = [by_clue(TEXT, verdict=v)["kind"] for v in ("lesion", "undecided", None, "physiologic")]
    assert kinds == sorted(kinds, reverse=True)


def test_a_size_that_fits_helps_and_one_that_does_not_hurts():
    text = "Right upper lobe nodule measuring {} mm with SUVmax 5.6."
    assert by_clue(text.format(15))["size"] > 0 > by_clue(text.format(60))["size"]
