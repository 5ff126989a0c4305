"""Where a lesion may be: every lesion of a phantom is a spot, its images counted in every way."""

from dataclasses import replace

import numpy as np
import pytest

from petscribe.dataset.linking.spots import Scene, look, nearest


def around(known) -> list[tuple[float, float]]:
    return [(x["suv_max"] - 0.1, x["suv_max"] + 0.1) for x in known.lesions]


@pytest.fixture(scope="module")
def scene(known) -> Scene:
    return look(known.phantom.exam, suvs=around(known))


def spot_of(known, scene: Scene, k: int):
    return nearest(scene, tuple(known.lesions[k]["hottest_lps_mm"]))


def test_every_lesion_is_a_spot_with_its_own_maximum(known, scene):
    for k, lesion in enumerate(known.lesions):
        spot = spot_of(known, scene, k)
        assert spot is not None
        assert spot.maximum == pytest.approx(lesion["suv_max"], abs=1e-4)


def test_images_are_counted_from_the_head_and_from_the_feet(known, scene):
    slices = known.phantom.pet.grid.shape[0]
    lesion, spot = known.lesions[0], spot_of(known, scene, 0)
    assert spot.images["pet"][2] == lesion["slice_pet"]
    assert spot.images["pet-reversed"][2] == slices + 1 - lesion["slice_pet"]
    assert abs(spot.images["ct"][2] - lesion["slice_ct"]) <= 1
    low, high, hottest = spot.images["ct"]
    assert low <= hottest <= high


def test_stated_image_numbers_are_used_as_they_are(known):
    exam = known.phantom.exam
    slices = exam.pet.grid.shape[0]
    numbered = replace(exam, pet_image_numbers=tuple(range(101, 101 + slices)))
    scene = look(numbered, suvs=around(known))
    spot = nearest(scene, tuple(known.lesions[0]["hottest_lps_mm"]))
    assert spot.images["pet"][2] == 101 + spot.hottest[0]
    assert spot.images["pet-reversed"][2] == 101 + slices - 1 - spot.hottest[0]
    assert scene.last_image >= 100 + slices


def test_a_segmentation_of_the_users_is_all_there_is(known):
    scene = look(known.phantom.exam, given=known.phantom.lesions)
    assert {spot.id for spot in scene.spots} == set(known.phantom.lesions.ids)
    assert scene.is_given
    assert all(spot.verdict == "lesion" for spot in scene.spots)


def test_no_spot_is_found_far_from_any(known, scene):
    assert nearest(scene, (0.0, 0.0, 9999.0)) is None


def test_rare_maxima_have_few_rivals_and_common_ones_many(known, scene):
    hottest = max(lesion["suv_max"] for lesion in known.lesions)
    assert scene.rivals(hottest, 0.1) < scene.rivals(1.0, 0.3)


def test_an_exam_without_any_uptake_has_no_spots(known):
    exam = known.phantom.exam
    empty = replace(exam.pet, array=np.zeros_like(exam.pet.array))
    assert look(replace(exam, pet=empty)).spots == ()
