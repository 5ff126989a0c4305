"""All lesions in one mask: one spot one lesion, doubts named, numbers measured on what is kept."""

from dataclasses import replace

import pytest

from petscribe.dataset.linking.agreement import Points
from petscribe.dataset.linking.drawing import Choice, draw
from petscribe.dataset.linking.reading import Candidate
from petscribe.dataset.linking.spots import look, nearest


def around(known) -> list[tuple[float, float]]:
    return [(x["suv_max"] - 0.1, x["suv_max"] + 0.1) for x in known.lesions]


@pytest.fixture(scope="module")
def scene(known):
    return look(known.phantom.exam, suvs=around(known))


def choice(known, scene, k: int, **changes) -> Choice:
    spot = nearest(scene, tuple(known.lesions[k]["hottest_lps_mm"]))
    spot = replace(spot, **changes)
    return Choice(candidate=Candidate(spot=spot, points=Points(by_clue={})), confidence=0.9)


def test_two_claims_of_one_spot_share_a_lesion(known, scene):
    drawing = draw(scene, {k: choice(known, scene, w) for k, w in enumerate((0, 1, 0))}, "jentzen")
    assert drawing.labels[0] == drawing.labels[2] != drawing.labels[1]
    assert {lesion.id for lesion in drawing.lesions} == set(drawing.labels.values())
    assert drawing.doubts == {}


def test_lesions_are_measured_on_their_own_voxels(known, scene):
    drawing = draw(scene, {0: choice(known, scene, 0)}, "jentzen")
    (lesion,) = drawing.lesions
    assert lesion.measurement.suv_max == pytest.approx(known.lesions[0]["suv_max"], abs=1e-4)
    assert lesion.measurement.voxels == (drawing.mask.labels == lesion.id).sum()


def test_a_lesion_on_the_other_side_than_said_is_doubted_and_not_kept(known, scene):
    sides = {x.location.laterality for x in scene.spots} & {"left", "right"}
    spot = next(s for s in scene.spots if s.location.laterality in sides and s.verdict == "lesion")
    other = "left" if spot.location.laterality == "right" else "right"
    chosen = Choice(
        candidate=Candidate(spot=spot, points=Points(by_clue={})), confidence=0.9, side=other
    )
    drawing = draw(scene, {7: chosen}, "jentzen")
    if drawing.doubts:
        assert drawing.doubts == {7: "side-differs"}
        assert drawing.lesions == ()
        assert not drawing.mask.labels.any()
    else:  # near the midline the drawn lesion has no side
        assert drawing.lesions[0].location.laterality not in {spot.location.laterality}


def test_uptake_hotter_than_the_sentence_allows_is_no_pure_lesion(known, scene):
    given = look(known.phantom.exam, given=known.phantom.lesions)
    hottest = choice(known, given, 0)
    low = replace(hottest.candidate.spot, maximum=hottest.candidate.spot.maximum - 1.0)
    impure = replace(hottest, candidate=replace(hottest.candidate, spot=low))
    assert draw(given, {0: impure}, "jentzen").doubts == {0: "mask-impure"}


def test_nothing_chosen_draws_nothing(scene):
    drawing = draw(scene, {}, "jentzen")
    assert not drawing.mask.labels.any()
    assert drawing.lesions == ()
