"""In which convention a report is to be read: direction of the images, kind of the SUV."""

from dataclasses import replace

import pytest

from petscribe.dataset.linking.claims import claims_of
from petscribe.dataset.linking.reading import read_report, suv_kinds, suvs_looked_for
from petscribe.dataset.linking.spots import look, nearest
from petscribe.mining.rules import mine_text


def read(known, text: str, exam=None):
    claims = claims_of(mine_text(text, lang="en")).claims
    exam = exam or known.phantom.exam
    scene = look(exam, suvs=suvs_looked_for(exam, claims))
    return scene, read_report(scene, claims)


def chosen_ids(reading):
    return [None if c is None else c.spot.id for c in reading.chosen]


def ids_of(known, scene, *numbers):
    return [nearest(scene, tuple(known.lesions[k]["hottest_lps_mm"])).id for k in numbers]


def test_each_sentence_finds_its_own_lesion(known):
    scene, reading = read(known, known.sentence(1) + " " + known.sentence(0))
    assert chosen_ids(reading) == ids_of(known, scene, 1, 0)
    assert reading.counting == "pet"
    assert reading.suv_kind == "bw"
    assert min(reading.margins) > 1.5
    assert reading.warnings == ()


def test_images_counted_from_the_feet_are_understood_and_told(known):
    slices = known.phantom.pet.grid.shape[0]
    text = " ".join(
        known.sentence(k, image=slices + 1 - known.lesions[k]["slice_pet"]) for k in (0, 1)
    )
    scene, reading = read(known, text)
    assert chosen_ids(reading) == ids_of(known, scene, 0, 1)
    assert reading.counting == "pet-reversed"
    assert reading.warnings == ("image-counted-backwards",)


def test_lean_body_values_are_compared_as_such(known):
    exam = known.phantom.exam
    lean = replace(exam, suv=replace(exam.suv, factor_bw=1.0, factor_lbm=0.7))
    text = " ".join(known.sentence(k, suv=0.7 * known.lesions[k]["suv_max"]) for k in (0, 1))
    scene, reading = read(known, text, lean)
    assert chosen_ids(reading) == ids_of(known, scene, 0, 1)
    assert reading.suv_kind == "lbm"
    assert reading.warnings == ("suv-of-another-type",)


def test_an_image_beyond_the_stack_is_told(known):
    _, reading = read(known, known.sentence(0, image=555))
    assert "image-beyond-stack" in reading.warnings


def test_relative_units_have_no_suv_to_compare(known):
    exam = known.phantom.exam
    relative = replace(exam, pet=replace(exam.pet, unit="relative"))
    assert suv_kinds(relative) == {}
    scene, reading = read(known, known.sentence(0), relative)
    assert reading.suv_kind == "none"
    assert "no-suv-in-exam" in reading.warnings
    assert chosen_ids(reading) == ids_of(known, scene, 0)


def test_a_false_suv_finds_nothing_sure(known):
    _, reading = read(known, known.sentence(0, suv=known.lesions[0]["suv_max"] + 37.0))
    sure = reading.chosen[0] is not None and reading.margins[0] > 1.5
    assert not sure or "suv" in reading.chosen[0].points.against


@pytest.mark.parametrize("text", ["", "Normal study.", "No FDG-avid lesion."])
def test_a_report_without_claims_reads_as_nothing(known, text):
    _, reading = read(known, text)
    assert reading.claims == reading.chosen == ()


def test_a_rounded_suv_is_looked_for_in_its_whole_range(known):
    claims = claims_of(
        mine_text("Right hilar node, SUVmax 5. Liver lesion, SUVmax 5.0.", lang="en")
    )
    (rough, exact) = suvs_looked_for(known.phantom.exam, claims.claims)
    assert rough == pytest.approx((4.5, 5.5))
    assert exact == pytest.approx((4.9, 5.1))
