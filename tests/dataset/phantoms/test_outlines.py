"""Outlines vary as people's do, and never touch another lesion."""

import numpy as np
import pytest

from petscribe.core.volume import Grid, Mask, Volume
from petscribe.dataset.phantoms.outlines import STYLES, Outlined, redraw

GRID = Grid(shape=(16, 20, 30), spacing_mm=(4.0, 4.0, 4.0), origin_mm=(0.0, 0.0, 0.0))


def exam() -> tuple[Mask, Volume]:
    """Two touching boxes and one single voxel, each with a hot middle."""
    labels = np.zeros(GRID.shape, np.uint8)
    labels[5:10, 5:10, 5:10] = 1
    labels[5:10, 5:10, 10:15] = 2
    labels[12, 12, 25] = 3
    pet = np.ones(GRID.shape, np.float32)
    pet[labels > 0] = 4.0
    pet[7, 7, 7] = pet[7, 7, 12] = 10.0
    return Mask(labels=labels, grid=GRID), Volume(array=pet, grid=GRID, unit="g/ml")


def drawn(seed: int) -> Outlined:
    mask, pet = exam()
    return redraw(mask, pet, np.random.default_rng(seed))


@pytest.mark.parametrize("seed", range(25))
def test_no_lesion_is_lost_or_takes_another(seed: int):
    exact, _ = exam()
    outlined = drawn(seed)
    assert outlined.mask.ids == [1, 2, 3]
    for number in (1, 2, 3):
        foreign = (exact.labels > 0) & (exact.labels != number)
        assert not (outlined.mask.where(number) & foreign).any()


def test_every_style_occurs():
    styles = {style for seed in range(40) for style in drawn(seed).styles.values()}
    assert styles == set(STYLES)


def test_sizes_follow_the_style():
    exact, _ = exam()
    for seed in range(40):
        outlined = drawn(seed)
        voxels, style = int(outlined.mask.where(1).sum()), outlined.styles[1]
        if style == "exact":
            assert voxels == int(exact.where(1).sum())
        if style == "tight":
            assert voxels == 27
        if style == "wide":
            assert voxels > 125


def test_a_threshold_keeps_what_is_above_it():
    for seed in range(40):
        outlined = drawn(seed)
        if outlined.styles[1] == "threshold":
            _, pet = exam()
            assert pet.array[outlined.mask.where(1)].min() > 1.0


def test_an_outline_that_would_vanish_stays_exact():
    seen = {(drawn(seed).styles[3], int(drawn(seed).mask.where(3).sum())) for seed in range(40)}
    assert ("tight", 0) not in seen
    assert ("exact", 1) in seen
