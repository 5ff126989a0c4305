"""The voxels of a lesion: near the truth, inside their region, by the method asked for."""

import numpy as np
import pytest

from petscribe.dataset.linking.masks import outline
from petscribe.dataset.linking.spots import look, nearest


def around(known) -> list[tuple[float, float]]:
    return [(x["suv_max"] - 0.1, x["suv_max"] + 0.1) for x in known.lesions]


@pytest.fixture(scope="module")
def scene(known):
    return look(known.phantom.exam, suvs=around(known))


def whole(scene, found):
    mask = np.zeros(scene.exam.pet.grid.shape, np.bool_)
    mask[found.box] = found.voxels
    return mask


@pytest.mark.parametrize("method", ["jentzen", "percent"])
def test_a_large_lesion_is_drawn_near_the_truth(known, scene, method):
    lesion = known.lesions[0]
    spot = nearest(scene, tuple(lesion["hottest_lps_mm"]))
    found = outline(scene, spot, method=method)
    own, true = whole(scene, found), known.phantom.lesions.labels == lesion["id"]
    assert found.doubt is None
    assert 2 * (own & true).sum() / (own.sum() + true.sum()) > 0.6
    assert own[spot.hottest]


def test_a_given_segmentation_is_used_as_it_is(known):
    scene = look(known.phantom.exam, given=known.phantom.lesions)
    for spot in scene.spots:
        found = outline(scene, spot, method="jentzen")
        assert found.method == "given"
        np.testing.assert_array_equal(whole(scene, found), known.phantom.lesions.labels == spot.id)


def test_a_lesion_does_not_enter_the_region_of_another_that_is_named(known, scene):
    one, two = (nearest(scene, tuple(x["hottest_lps_mm"])) for x in known.lesions[:2])
    found = outline(scene, one, method="jentzen", others={one.id, two.id})
    assert not (whole(scene, found) & (scene.basins.labels == two.id)).any()


def test_no_voxel_is_hotter_than_the_spot(known, scene):
    for lesion in known.lesions:
        spot = nearest(scene, tuple(lesion["hottest_lps_mm"]))
        found = outline(scene, spot, method="jentzen")
        assert scene.exam.pet.array[whole(scene, found)].max() <= spot.maximum
