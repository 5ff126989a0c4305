"""Surface distances against published vectors."""

import numpy as np
import pytest

from petscribe.core.errors import GeometryError
from petscribe.evaluation.segmentation.surface import patch_areas, surface_distances


def _single(x: int) -> np.ndarray:
    mask = np.zeros((20, 20, 20), bool)
    mask[10, 10, x] = True
    return mask


def _slab(thick: int) -> np.ndarray:
    mask = np.zeros((100, 100, 100), bool)
    mask[:thick] = True
    return mask


def test_two_voxels_apart_are_the_published_vector():
    found = surface_distances(_single(12), _single(10), (3.0, 2.0, 1.0))
    assert found.average_mm() == (1.5, 1.5)
    assert found.hausdorff_mm(100.0) == found.hausdorff_mm(95.0) == 2.0
    assert found.overlap_at(1.0) == (0.5, 0.5)
    assert found.surface_dice_at(1.0) == 0.5


def test_two_slabs_are_the_published_vector():
    found = surface_distances(_slab(51), _slab(50), (2.0, 1.0, 1.0))
    assert found.average_mm() == pytest.approx((0.322, 0.339), abs=5e-4)
    assert found.hausdorff_mm(100.0) == 2.0
    assert found.overlap_at(1.0) == pytest.approx((0.842, 0.830), abs=5e-4)
    assert found.surface_dice_at(1.0) == pytest.approx(0.836, abs=5e-4)


def test_a_mask_is_at_no_distance_from_itself():
    found = surface_distances(_single(10), _single(10), (4.0, 4.0, 4.0))
    assert found.average_mm() == (0.0, 0.0)
    assert found.hausdorff_mm() == 0.0
    assert found.surface_dice_at(0.0) == 1.0


def test_one_empty_mask_is_infinitely_far():
    empty = np.zeros((20, 20, 20), bool)
    for found in (
        surface_distances(empty, _single(10), (1.0, 1.0, 1.0)),
        surface_distances(_single(10), empty, (1.0, 1.0, 1.0)),
    ):
        assert found.hausdorff_mm() == np.inf
        assert found.surface_dice_at(1.0) == 0.0


def test_two_empty_masks_have_no_surface_dice():
    empty = np.zeros((4, 4, 4), bool)
    found = surface_distances(empty, empty, (1.0, 1.0, 1.0))
    assert found.hausdorff_mm() == np.inf
    assert np.isnan(found.surface_dice_at(1.0))


def test_a_flat_patch_has_the_area_of_a_voxel_face():
    # the four corners of the lower slice inside: a plane across z
    assert patch_areas((3.0, 2.0, 0.5))[0b00001111] == pytest.approx(2.0 * 0.5)


def test_a_pattern_and_its_opposite_have_the_same_plain_patch():
    areas = patch_areas((1.0, 1.0, 1.0))
    assert areas[0] == areas[255] == 0.0
    for corner in range(8):
        assert areas[1 << corner] == pytest.approx(areas[255 ^ (1 << corner)])


def test_the_area_of_a_sphere_is_nearly_right():
    z, y, x = np.mgrid[-22:23, -22:23, -22:23]
    ball = z**2 + y**2 + x**2 <= 20**2
    found = surface_distances(ball, ball, (1.0, 1.0, 1.0))
    assert found.truth_areas_mm2.sum() == pytest.approx(4 * np.pi * 400, rel=0.1)


def test_every_pattern_has_a_closed_patch():
    assert (patch_areas((1.0, 1.0, 1.0))[1:255] > 0).all()


def test_masks_of_different_shape_are_refused():
    with pytest.raises(GeometryError) as fault:
        surface_distances(_single(1), np.zeros((2, 2, 2), bool), (1.0, 1.0, 1.0))
    assert fault.value.code == "shape-mismatch"
