"""What a CT shows besides the body lies outside it, or between its bones."""

import numpy as np
import pytest

from petscribe.phantom.artefacts import Cloth, add_bone_streaks, add_metal_streaks, couch
from petscribe.phantom.drawing.tissues import TISSUES


def slice_with(**columns: tuple[int, int]) -> np.ndarray:
    """Return a slice of muscle from row 30 to 90 with tissues in some columns of row 60."""
    tissues = np.zeros((120, 120), np.uint8)
    tissues[30:90, 10:110] = TISSUES["muscle"]
    for tissue, (first, last) in columns.items():
        tissues[60, first:last] = TISSUES[tissue]
    return tissues


def rng() -> np.random.Generator:
    return np.random.default_rng(4)


def test_rays_through_much_bone_leave_a_streak_between_the_bones_only():
    tissues = slice_with(cortex=(20, 40), marrow=(80, 100))
    image = np.zeros((120, 120), np.float32)
    add_bone_streaks(image, tissues, 4.0, rng())
    assert np.abs(image[60, 40:80]).min() > 0.0
    assert not image[60, :40].any()
    assert not image[60, 80:].any()
    assert not np.delete(image, 60, axis=0).any()


def test_little_bone_leaves_no_streak():
    image = np.zeros((120, 120), np.float32)
    add_bone_streaks(image, slice_with(cortex=(20, 24), marrow=(80, 84)), 4.0, rng())
    assert not image.any()


def test_streaks_between_bones_are_dark_on_average():
    total = np.zeros((120, 120), np.float32)
    generator = rng()
    for _ in range(200):
        add_bone_streaks(total, slice_with(cortex=(20, 40), marrow=(80, 100)), 4.0, generator)
    assert total[60, 60] < 0.0


def test_metal_streaks_fade_with_distance():
    tissues, image = slice_with(metal=(58, 62)), np.zeros((120, 120), np.float32)
    add_metal_streaks(image, tissues, rng())
    assert np.abs(image[56:64, 50:70]).max() > 4.0 * np.abs(image[:, :6]).max()


def test_clothing_lies_in_front_of_the_skin_and_changes_nothing_inside():
    body = slice_with() > 0
    worn = 0
    for seed in range(12):
        image = np.where(body, 40.0, -1000.0).astype(np.float32)
        Cloth((3.0, 1.5, 1.5), np.random.default_rng(seed)).put_on(image, body, 5)
        assert (image[body] == 40.0).all()
        assert (image[90:] == -1000.0).all()
        seen = image[:30] > -1000.0
        worn += bool(seen.any())
        assert seen.sum(axis=0).max() <= 1
    assert 0 < worn < 12


def test_clothing_on_an_empty_slice_is_nothing():
    image = np.full((20, 20), -1000.0, np.float32)
    Cloth((3.0, 1.5, 1.5), np.random.default_rng(0)).put_on(image, np.zeros((20, 20), bool), 0)
    assert (image == -1000.0).all()


def test_the_couch_lies_behind_the_body(man):
    table = couch(man)
    rows = np.flatnonzero((table > -1000.0).any(axis=1))
    body_rows = np.flatnonzero(man.canvas.tissues.any(axis=(0, 2)))
    assert rows.min() > body_rows.max() - 12
    assert table.max() == pytest.approx(-420.0)
