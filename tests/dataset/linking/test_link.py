"""From a mined report to pairs: the right lesion, every finding in one stage, reviewers heard."""

import numpy as np
import pytest

from petscribe.dataset.linking.link import Decision, Linked, LinkSettings, link_report
from petscribe.dataset.linking.spots import look
from petscribe.mining.rules import mine_text


def link(known, text: str, **options) -> Linked:
    return link_report(known.phantom.exam, mine_text(text, lang="en"), exam_id="e", **options)


def lesion_at(known, linked: Linked, pair) -> int | None:
    """Return the true lesion at the hottest voxel of a pair's lesion, or beside it."""
    lesion = next(x for x in linked.lesions if x.id == pair.label)
    z, y, x = np.rint(
        known.phantom.pet.grid.to_index(np.asarray(lesion.measurement.hottest_lps_mm))
    ).astype(int)
    near = known.phantom.lesions.labels[z - 1 : z + 2, y - 1 : y + 2, x - 1 : x + 2]
    return int(near.max()) or None


def test_sentences_become_pairs_at_the_right_lesion(known):
    linked = link(known, f"{known.sentence(1)} {known.sentence(0)} No uptake in the liver.")
    assert [lesion_at(known, linked, pair) for pair in linked.pairs] == [
        known.lesions[1]["id"],
        known.lesions[0]["id"],
    ]
    assert all(pair.confidence > 0.8 for pair in linked.pairs)
    assert linked.left_out == ((2, "negated"),)


def test_a_sentence_of_two_lesions_is_two_pairs(known):
    one, two = known.lesions[:2]
    text = (
        f"Hypermetabolic lesions in the {one['location']['words']['en']} and"
        f" {two['location']['words']['en']} with SUVmax {one['suv_max']:.1f} and"
        f" {two['suv_max']:.1f}, respectively."
    )
    linked = link(known, text)
    assert [lesion_at(known, linked, pair) for pair in linked.pairs] == [one["id"], two["id"]]


def test_a_missing_clue_is_made_up_for_by_the_others(known):
    lesion = known.lesions[0]
    site = lesion["location"]["words"]["en"]
    bare = link(known, f"FDG-avid lesion in the {site} (image {lesion['slice_pet']}).")
    assert [lesion_at(known, bare, pair) for pair in bare.pairs] == [lesion["id"]]
    full = link(known, known.sentence(0))
    assert full.pairs[0].confidence >= bare.pairs[0].confidence


def test_the_funnel_counts_every_finding_once(known):
    linked = link(
        known,
        f"{known.sentence(0)} {known.sentence(1, suv=77.0)} No uptake in the liver."
        " FDG-avid nodule in the left adrenal, SUVmax 55.1.",
    )
    funnel = linked.funnel
    out = sum(n for stage, n in funnel.items() if stage.startswith("left-out:"))
    assert funnel["findings"] == funnel["pairs"] + funnel["questions"] + out == 4
    assert funnel["claims"] == 3


def test_a_contradiction_is_a_question_and_never_a_pair(known):
    linked = link(known, known.sentence(0, suv=known.lesions[0]["suv_max"] + 3.3))
    assert linked.pairs == ()
    reasons = [q.reason for q in linked.questions] + [why for _, why in linked.left_out]
    assert len(reasons) == 1


def test_a_reviewer_rejects(known):
    before = link(known, known.sentence(0))
    after = link(
        known, known.sentence(0), decisions={before.pairs[0].id: Decision(verdict="reject")}
    )
    assert after.pairs == ()
    assert [why for _, why in after.left_out] == ["rejected"]
    assert not after.mask.labels.any()


def test_a_reviewer_says_where_the_lesion_is_and_how_the_sentence_should_read(known):
    text = known.sentence(0, suv=known.lesions[0]["suv_max"] + 3.3)
    name = link(known, text).ids[0]
    decision = Decision(
        verdict="fix", point_lps_mm=tuple(known.lesions[0]["hottest_lps_mm"]), text="Corrected."
    )
    linked = link(known, text, decisions={name: decision})
    (pair,) = linked.pairs
    assert lesion_at(known, linked, pair) == known.lesions[0]["id"]
    assert pair.text == "Corrected."
    assert pair.reviewed
    assert linked.funnel["reviewed"] == 1


def test_a_point_where_nothing_is_stays_a_question(known):
    name = link(known, known.sentence(0)).ids[0]
    nowhere = Decision(verdict="accept", point_lps_mm=(0.0, 0.0, 9999.0))
    linked = link(known, known.sentence(0), decisions={name: nowhere})
    assert [q.reason for q in linked.questions] == ["no-spot-at-point"]


def test_a_users_segmentation_gives_the_voxels(known):
    linked = link(known, known.sentence(0), masks=(known.phantom.lesions, None))
    (pair,) = linked.pairs
    assert pair.mask_method == "given"
    np.testing.assert_array_equal(
        linked.mask.labels == pair.label,
        known.phantom.lesions.labels == known.lesions[0]["id"],
    )


@pytest.mark.parametrize("margin", [1e6])
def test_a_margin_that_nothing_reaches_makes_everything_a_question(known, margin):
    linked = link(known, known.sentence(0), settings=LinkSettings(sure_margin=margin))
    assert [q.reason for q in linked.questions] == ["ambiguous"]
    assert linked.questions[0].candidates


def test_uptake_that_is_normal_by_its_place_is_a_question(known):
    scene = look(known.phantom.exam)
    normal = max(
        (s for s in scene.spots if s.verdict == "physiologic"), key=lambda spot: spot.maximum
    )
    text = (
        f"FDG-avid lesion in the {normal.location.words['en']} with SUVmax {normal.maximum:.1f}"
        f" (image {normal.images['pet'][2]})."
    )
    linked = link(known, text)
    assert linked.pairs == ()
    assert [q.reason for q in linked.questions] in (["normal-uptake"], ["ambiguous"])
