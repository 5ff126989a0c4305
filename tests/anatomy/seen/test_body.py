"""The outline against the drawn person."""

import numpy as np
import pytest

from petscribe.anatomy.seen.body import find_body, smooth_along
from petscribe.anatomy.seen.view import view_of


def true_volume_ml(person):
    x = person.ct.array > -500
    low = person.index(0, 120.0, 14.0)[1]
    return float(x[:, :low].sum()) * person.ct.grid.voxel_volume_ml


def test_the_table_is_no_patient(person):
    view, body = find_body(view_of(person.exam, person.ct))
    lowest = view.to_pet_index(body.back, 1).max()
    assert lowest < person.index(0, 115.0, 14.0)[1]


def test_lungs_belong_to_the_body(person):
    view, body = find_body(view_of(person.exam, person.ct))
    whole = view.to_pet(body.voxels.astype(np.uint8)) > 0
    assert whole[person.truth.named("lung_upper_lobe_left")].mean() > 0.99


def test_the_volume_is_that_of_the_patient(person):
    view, body = find_body(view_of(person.exam, person.ct))
    lungs = float(person.truth.named("lung_upper_lobe_left", "lung_upper_lobe_right").sum())
    true = true_volume_ml(person) + lungs * person.ct.grid.voxel_volume_ml
    assert body.voxels.sum() * view.voxel_ml == pytest.approx(true, rel=0.05)


@pytest.mark.parametrize("with_ct", [True, False])
def test_the_middle_of_a_symmetric_person_is_the_middle(person, with_ct):
    view, body = find_body(view_of(person.exam, person.ct if with_ct else None))
    middle = view.to_pet_index(body.middle, 2)[body.present]
    true = (0.0 + 219.0) / 5.0
    assert np.abs(middle - true).max() * 5.0 < 4.0


def test_free_arms_are_body_but_no_trunk(person):
    low, high = person.index(0, 0, 18)[0], person.index(0, 0, 10)[0]
    pet = person.exam.pet.array.copy()
    pet[low:high, 25:40, 0:5] = 0.7
    from dataclasses import replace

    exam = replace(person.exam, pet=replace(person.exam.pet, array=pet))
    _, body = find_body(view_of(exam, None))
    middle = (low + high) // 2
    assert body.voxels[middle].sum() > body.trunk[middle].sum()
    assert body.right[middle] > 5


def test_an_empty_pet_has_no_patient(person):
    from dataclasses import replace

    empty = replace(person.exam.pet, array=np.zeros_like(person.exam.pet.array))
    _, body = find_body(view_of(replace(person.exam, pet=empty), None))
    assert not body.present.any()


def test_smoothing_keeps_a_constant_and_fills_what_has_no_weight():
    values = np.array([5.0, 5.0, 99.0, 5.0, 5.0])
    weights = np.array([1.0, 1.0, 0.0, 1.0, 1.0])
    assert smooth_along(values, weights, 1.0) == pytest.approx([5.0] * 5)
