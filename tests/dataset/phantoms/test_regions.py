"""Masked organs are those of the label map; hot ones are called physiologic."""

import numpy as np
import pytest

from petscribe.core.volume import Grid, Mask, Volume
from petscribe.dataset.phantoms.regions import masked_regions, nearest_labels

GRID = Grid(shape=(20, 20, 20), spacing_mm=(4.0, 4.0, 4.0), origin_mm=(0.0, 0.0, 0.0))
NAMES = {1: "liver", 2: "kidney_left", 3: "urinary_bladder", 4: "skin", 5: "femur_right"}


def exam(*, ill: bool = False) -> tuple[Mask, Volume, Mask]:
    """Return organs (bladder and kidney hot), the PET and a lesion, in the kidney if asked."""
    labels = np.zeros(GRID.shape, np.uint8)
    labels[2:6, 2:6, 2:6] = 1
    labels[8:12, 8:12, 8:12] = 2
    labels[14:18, 2:6, 2:6] = 3
    labels[0, :, :] = 4
    labels[14:18, 14:18, 14:18] = 5
    pet = np.ones(GRID.shape, np.float32)
    pet[labels == 2] = 6.0
    pet[labels == 3] = 20.0
    lesions = np.zeros(GRID.shape, np.uint8)
    lesions[9:11, 9:11, 9:11] = 1 if ill else 0
    return (
        Mask(labels=labels, grid=GRID, names=NAMES),
        Volume(array=pet, grid=GRID, unit="g/ml"),
        Mask(labels=lesions, grid=GRID),
    )


def test_hot_organs_are_physiologic_and_others_structures():
    labels, regions = masked_regions(*exam(), counts=(9, 9), rng=np.random.default_rng(0))
    lessons = {region.organ: region.lesson for region in regions}
    assert lessons == {
        "kidney_left": "physiologic",
        "urinary_bladder": "physiologic",
        "liver": "structure",
        "femur_right": "structure",
    }
    assert sorted(np.unique(labels)) == [0, *(region.id for region in regions)]


def test_an_organ_with_a_lesion_is_not_called_normal():
    organs, pet, lesions = exam(ill=True)
    labels, regions = masked_regions(
        organs, pet, lesions, counts=(0, 9), rng=np.random.default_rng(0)
    )
    assert [region.organ for region in regions] == ["urinary_bladder"]
    assert not (labels[lesions.labels > 0] > 0).any()


def test_a_structure_is_its_whole_label():
    organs, pet, lesions = exam()
    labels, regions = masked_regions(
        organs, pet, lesions, counts=(9, 0), rng=np.random.default_rng(0)
    )
    liver = next(region for region in regions if region.organ == "liver")
    np.testing.assert_array_equal(labels == liver.id, organs.named("liver"))


def test_sides_are_the_organs_own():
    _, regions = masked_regions(*exam(), counts=(9, 9), rng=np.random.default_rng(0))
    sides = {region.organ: region.laterality for region in regions}
    assert (sides["kidney_left"], sides["femur_right"], sides["liver"]) == ("left", "right", None)


def test_no_more_than_asked_for():
    _, regions = masked_regions(*exam(), counts=(1, 1), rng=np.random.default_rng(0))
    assert len(regions) == 2


@pytest.mark.parametrize("step", [2.0, 3.0, 5.0, 8.0])
def test_nearest_labels_are_those_at_the_voxel_centre(step: float):
    organs, _, _ = exam()
    size = int(100 / step)
    grid = Grid(
        shape=(size, size, size), spacing_mm=(step, step, step), origin_mm=(-9.0, -9.0, -9.0)
    )
    found = nearest_labels(organs, grid)
    rng = np.random.default_rng(0)
    for index in rng.integers(0, size, (60, 3)):
        place = organs.grid.to_index(grid.to_world(index))
        near = np.rint(place).astype(int)
        inside = bool(np.all((near >= 0) & (near < np.asarray(GRID.shape))))
        wanted = organs.labels[tuple(near)] if inside else 0
        if np.all(np.abs(place - near) < 0.49):
            assert found.labels[tuple(index)] == wanted
