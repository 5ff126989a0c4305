"""Dice and autoPET's false volumes on hand-counted masks."""

import numpy as np
import pytest

from petscribe.core.errors import GeometryError
from petscribe.evaluation.segmentation.overlap import components, overlap

CM = (10.0, 10.0, 10.0)  # one voxel is one millilitre


def _mask(*boxes: tuple[slice, slice, slice]) -> np.ndarray:
    mask = np.zeros((10, 10, 10), bool)
    for box in boxes:
        mask[box] = True
    return mask


LOW, HIGH = slice(1, 3), slice(6, 8)
TRUTH = _mask((LOW, LOW, LOW), (HIGH, HIGH, HIGH))
AT = {"corner": (3, 3, 3), "edge": (3, 3, 2), "away": (4, 4, 4)}


def _voxel(name: str) -> tuple[slice, slice, slice]:
    z, y, x = AT[name]
    return slice(z, z + 1), slice(y, y + 1), slice(x, x + 1)


@pytest.mark.parametrize(
    ("prediction", "dice", "false_positive", "false_negative"),
    [
        (_mask((LOW, LOW, slice(1, 4)), _voxel("away")), 16 / 29, 1, 8),
        (_mask((LOW, LOW, LOW), _voxel("corner")), 0.64, 1, 8),
        (_mask((LOW, LOW, LOW), _voxel("edge")), 0.64, 0, 8),
        (_mask(), 0.0, 0, 16),
        (TRUTH, 1.0, 0, 0),
    ],
    ids=["outline and island", "corner touch", "edge touch", "nothing found", "all found"],
)
def test_figures_are_autopets(prediction, dice, false_positive, false_negative):
    found = overlap(prediction, TRUTH, CM)
    assert found.dice == pytest.approx(dice)
    assert (found.false_positive_ml, found.false_negative_ml) == (false_positive, false_negative)


def test_without_truth_only_the_false_volume_is_defined():
    found = overlap(_mask((LOW, LOW, slice(1, 4)), _voxel("away")), _mask(), CM)
    assert np.isnan(found.dice)
    assert np.isnan(found.false_negative_ml)
    assert found.false_positive_ml == 13


def test_two_empty_masks_have_no_dice_and_no_false_volume():
    found = overlap(_mask(), _mask(), CM)
    assert np.isnan(found.dice)
    assert found.false_positive_ml == 0


def test_volumes_follow_the_spacing():
    found = overlap(TRUTH, TRUTH, (5.0, 4.0, 2.0))
    assert found.true_ml == found.predicted_ml == pytest.approx(16 * 40 / 1000)


def test_components_are_18_connected():
    assert components(_mask((LOW, LOW, LOW), _voxel("corner"))).max() == 2
    assert components(_mask((LOW, LOW, LOW), _voxel("edge"))).max() == 1


def test_masks_of_different_shape_are_refused():
    with pytest.raises(GeometryError) as fault:
        overlap(TRUTH, np.zeros((10, 10, 9), bool), CM)
    assert fault.value.code == "shape-mismatch"
