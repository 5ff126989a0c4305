"""Heart, aorta, mediastinum; the chest from the PET alone."""

import numpy as np
import pytest

from petscribe.anatomy.levels import level_at
from petscribe.anatomy.seen.body import find_body
from petscribe.anatomy.seen.chest import chest_from_pet
from petscribe.anatomy.seen.view import view_of


def test_the_heart_lies_left_and_is_mostly_heart(person, seen):
    found = seen.view.to_pet(seen.chest.heart.astype(np.uint8)) > 0
    true = person.truth.named("heart")
    assert seen.chest.heart_side > 10
    assert (found & true).sum() > 0.5 * true.sum()
    assert (found & true).sum() > 0.8 * found.sum()


def test_the_aorta_tube_lies_in_the_aorta(person, seen):
    found = seen.view.to_pet(seen.chest.aorta.astype(np.uint8)) > 0
    true = person.truth.named("aorta")
    assert found.any()
    assert (found & true).sum() > 0.6 * found.sum()


def test_the_mediastinum_is_between_the_lungs(person, seen):
    z, y, x = person.index(0.0, -10.0, 13.5)
    assert seen.chest.mediastinum[seen_index(seen, z, y, x)]
    assert not seen.chest.mediastinum[seen_index(seen, *person.index(100.0, 0.0, 13.5))]


def seen_index(seen, z, y, x):
    start = seen.view.start
    return z - start[0], y - start[1], x - start[2]


def test_the_pet_alone_shows_the_dome(person):
    view, body = find_body(view_of(person.exam, None))
    cold = chest_from_pet(view, body, body.middle)
    height = person.exam.pet.grid.origin_mm[2] + cold.dome_right * 5.0
    assert float(level_at(-height)) == pytest.approx(16.6, abs=0.8)


def test_the_pet_alone_shows_lungs_on_both_sides(person):
    view, body = find_body(view_of(person.exam, None))
    lungs = chest_from_pet(view, body, body.middle).lungs
    assert lungs is not None
    assert np.argwhere(lungs.right)[:, 2].mean() < np.argwhere(lungs.left)[:, 2].mean()


def test_a_pelvis_has_no_dome(person):
    part = person.cut(24.0, 31.0)
    view, body = find_body(view_of(part.exam, None))
    assert chest_from_pet(view, body, body.middle).dome_right is None
