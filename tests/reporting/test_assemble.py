"""What a draft says, of what, in which order, and what it must not say."""

import itertools
from dataclasses import replace

import pytest

from petscribe.reporting.assemble import GROUPS, by_importance, draft
from petscribe.terms.anatomy import SECTIONS

GIVEN = {"lesions_from": "given mask"}
SEARCHED = {"lesions_from": "proposals"}


def _texts(sentences) -> str:
    return " ".join(sentence.text for sentence in sentences)


@pytest.mark.parametrize("lang", ["en", "vi"])
def test_every_lesion_has_exactly_one_sentence_bound_to_it(measured, lang):
    report = draft(measured, lang, manifest=SEARCHED)
    bound = [s.lesion for s in report.findings if s.lesion is not None]
    assert sorted(bound) == [1, 2, 3, 4, 5, 7]
    for sentence in report.findings:
        if sentence.lesion is not None:
            assert sentence.evidence["lesions"] == [sentence.lesion]
            assert sentence.evidence["slice_pet"] == sentence.slots["slice_pet"]


def test_sections_come_in_the_fixed_order(report):
    sections = [key for key, _ in itertools.groupby(s.section for s in report.findings)]
    assert sections == [s for s in SECTIONS if s in sections]


def test_slots_hold_the_measured_values_unrounded(report, measured):
    sentence = next(s for s in report.findings if s.lesion == 1)
    assert sentence.slots["suv_max"] == measured.lesions[0].measurement.suv_max
    assert "42.2" in sentence.text


def test_the_most_important_lesion_is_first(measured, report):
    assert report.impression[0].lesion == 1
    assert [x.id for x in by_importance(measured.lesions)][:2] == [1, 2]


def test_importance_weighs_uptake_and_size(make_lesion):
    speck = make_lesion(1, "lung", 9.0, mtv_ml=0.2)
    mass = make_lesion(2, "liver", 8.0, mtv_ml=60.0)
    assert [x.id for x in by_importance([speck, mass])] == [2, 1]


def test_uptake_is_called_normal_only_where_covered_and_free(report):
    normal = " ".join(s.text for s in report.findings if s.text.startswith("No "))
    for region in ("spleen", "kidneys", "lungs", "mediastinum", "ribs"):
        assert region in normal
    for region in ("liver", "axilla", "hila", "spine", "adrenal", "tonsil", "bladder", "pancreas"):
        assert region not in normal


def test_normal_uptake_is_called_physiologic(report):
    assert "Physiologic FDG uptake in the urinary bladder." in _texts(report.findings)


def test_undecided_uptake_is_said_to_be_undecided(report):
    sentence = next(s for s in report.findings if s.lesion == 7)
    assert "Not clear whether physiologic" in sentence.text
    assert report.impression[-1].lesion == 7


def test_undecided_uptake_of_one_region_is_said_once(measured, make_lesion):
    spots = tuple(make_lesion(i, "liver", 3.0 + i, verdict="undecided") for i in (11, 12, 13))
    report = draft(replace(measured, lesions=(), physiologic=spots), "en", manifest=SEARCHED)
    (sentence,) = [s for s in report.findings if "Not clear" in s.text]
    assert sentence.evidence["lesions"] == [13, 12, 11]
    assert "Three" in sentence.text


def test_an_organ_with_normal_uptake_is_not_denied_too(measured, make_lesion):
    kidney = make_lesion(8, "bladder", 9.0, verdict="physiologic", name="kidney_left")
    report = draft(replace(measured, physiologic=(kidney,)), "en", manifest=SEARCHED)
    normal = " ".join(s.text for s in report.findings if s.text.startswith("No "))
    assert "kidney" not in normal


def test_no_absence_is_claimed_where_nobody_searched(measured):
    report = draft(measured, "en", manifest=GIVEN)
    assert "No abnormal" not in _texts((*report.findings, *report.impression))
    empty = draft(replace(measured, lesions=(), physiologic=()), "en", manifest=GIVEN)
    assert "No FDG-avid lesion" not in _texts(empty.impression)
    assert {s.text for s in empty.findings} == {
        "Not judged: only the outlines given were measured."
    }


def test_an_exam_without_a_lesion_says_so(measured):
    report = draft(replace(measured, lesions=(), physiologic=()), "en", manifest=SEARCHED)
    assert [s.text for s in report.impression] == ["No FDG-avid lesion in the field of view."]


def test_a_section_outside_the_field_of_view_is_named_as_such(measured):
    torso = replace(measured, coverage=("lung", "mediastinum"), lesions=(), physiologic=())
    report = draft(torso, "en", manifest=SEARCHED)
    assert [s.text for s in report.findings if s.section == "musculoskeletal"] == [
        "Outside the field of view: musculoskeletal."
    ]


def test_an_approximate_lesion_spares_its_next_best_region(measured, make_lesion):
    rough = make_lesion(1, "hilum", 8.0, side="right", approximate=True)
    rough = replace(rough, location=replace(rough.location, alternative_region="lung"))
    report = draft(replace(measured, lesions=(rough,)), "en", manifest=SEARCHED)
    normal = next(
        s.text for s in report.findings if s.text.startswith("No ") and s.section == "chest"
    )
    assert "lung" not in normal
    assert "Location approximate" in _texts(report.findings)


def test_many_lesions_are_grouped_and_counted(measured, make_lesion):
    regions = ("liver", "axilla", "hilum", "adrenal", "bone_spine", "lung", "tonsil")
    lesions = tuple(
        make_lesion(i, regions[i % len(regions)], 3.0 + i, side=None) for i in range(1, 22)
    )
    report = draft(replace(measured, lesions=lesions, physiologic=()), "en", manifest=SEARCHED)
    assert len(report.impression) == GROUPS + 1
    group = report.impression[0]
    assert len(group.evidence["lesions"]) == group.slots["count"] == 3
    assert "hree" in group.text


def test_pet_only_is_said(measured):
    alone = replace(measured, exam={**measured.exam, "ct_shape": None})
    assert "PET only" in draft(alone, "en", manifest=SEARCHED).technique


def test_without_suv_no_suv_is_said(make_lesion, make_measured):
    measured = make_measured((make_lesion(1, "liver", None),), unit="relative")
    report = draft(measured, "en", manifest=SEARCHED)
    said = _texts((*report.findings, *report.impression))
    assert "SUV" not in said.replace("there is no SUV", "")
    assert "No abnormal" not in said


def test_small_lesions_carry_their_caution(report):
    sentence = next(s for s in report.findings if s.lesion == 4)
    assert "Small for" in sentence.text


def test_the_draft_is_unverified_until_it_is_read_back(report):
    assert not report.verified
    assert "Research use only" in report.notice


def test_a_prostate_is_spoken_of_only_in_men(measured):
    covered = replace(measured, coverage=("prostate",), lesions=(), physiologic=())
    unknown = draft(covered, "en", manifest=SEARCHED)
    assert "prostate" not in _texts(unknown.findings)
    man = replace(covered, exam={**covered.exam, "sex": "M"})
    assert "prostate" in _texts(draft(man, "en", manifest=SEARCHED).findings)


def test_noise_at_the_ends_of_the_scan_is_said_once_and_is_no_finding(measured):
    """The undecided focus, moved to the ends, leaves the findings and the impression."""
    [focus] = [x for x in measured.physiologic if x.verdict == "undecided"]
    others = tuple(x for x in measured.physiologic if x is not focus)
    moved = replace(measured, physiologic=(*others, replace(focus, flags=("at-scan-end",))))
    report = draft(moved, "en", manifest=SEARCHED)
    assert focus.id not in {s.lesion for s in (*report.findings, *report.impression)}
    assert "outermost slices" in report.technique
    assert "outermost slices" not in draft(measured, "en", manifest=SEARCHED).technique
