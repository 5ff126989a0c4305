"""What training may change, and what it never changes."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from petscribe.core.lesion import Measurement
from petscribe.model.inputs.collate import RawViews
from petscribe.model.inputs.facts import BodyPlace, LesionFacts
from petscribe.training.views.augment import Augmentation, augmented, shaken


def raw(exams: int = 2, lesions: int = 3) -> RawViews:
    draw = torch.Generator().manual_seed(0)
    return RawViews(
        body_pet=5.0 * torch.rand(exams, 8, 6, 6, generator=draw),
        body_ct=torch.full((exams, 8, 6, 6), 40.0),
        focal_pet=5.0 * torch.rand(lesions, 8, 8, 8, generator=draw),
        focal_ct=torch.full((lesions, 8, 8, 8), 40.0),
        mask=torch.rand(lesions, 8, 8, 8, generator=draw),
        body_mask=torch.rand(lesions, 8, 6, 6, generator=draw),
        has_ct=(True,) * exams,
        exam_of=tuple(k % exams for k in range(lesions)),
    )


def facts() -> LesionFacts:
    return LesionFacts(
        measurement=Measurement(
            mtv_ml=2.0,
            long_axis_mm=20.0,
            short_axis_mm=12.0,
            centroid_lps_mm=(0.0, 0.0, 0.0),
            hottest_lps_mm=(0.0, 0.0, 0.0),
            slice_pet=1,
            slice_ct=None,
        ),
        place=BodyPlace(
            lateral_mm=40.0,
            depth_frac=0.5,
            behind_mm=0.0,
            level=12.0,
            half_width_mm=180.0,
            quality_x=0.8,
            quality_y=0.8,
            quality_z=0.8,
        ),
        tracer="fdg",
        sex="F",
    )


def test_the_mean_uptake_stays():
    before = raw()
    changed = augmented(before, Augmentation(pet_noise=0.05, blur=0.0), np.random.default_rng(1))
    assert changed.focal_pet.mean().item() == pytest.approx(
        before.focal_pet.mean().item(), rel=0.01
    )


def test_masks_and_geometry_are_untouched():
    before = raw()
    changed = augmented(before, Augmentation(), np.random.default_rng(1))
    assert torch.equal(changed.mask, before.mask)
    assert torch.equal(changed.body_mask, before.body_mask)
    assert changed.exam_of == before.exam_of


def test_nothing_changes_when_nothing_may():
    still = Augmentation(pet_noise=0.0, ct_noise_hu=0.0, ct_shift_hu=0.0, ct_scale=0.0, blur=0.0)
    before = raw()
    changed = augmented(before, still, np.random.default_rng(1))
    assert torch.allclose(changed.focal_ct, before.focal_ct)
    assert torch.allclose(changed.body_pet, before.body_pet)


def test_the_same_generator_gives_the_same_views():
    first = augmented(raw(), Augmentation(), np.random.default_rng(7))
    second = augmented(raw(), Augmentation(), np.random.default_rng(7))
    assert torch.equal(first.focal_pet, second.focal_pet)
    assert torch.equal(first.body_ct, second.body_ct)


def test_an_exam_and_its_lesions_get_the_same_contrast():
    how = replace(Augmentation(), ct_noise_hu=0.0, blur=0.0)
    changed = augmented(raw(), how, np.random.default_rng(3))
    assert changed.focal_ct[0].mean().item() == pytest.approx(changed.body_ct[0].mean().item())


def test_a_blurred_volume_keeps_its_mean_and_loses_its_peak():
    before = raw()
    how = Augmentation(pet_noise=0.0, blur=1.0)
    changed = augmented(before, how, np.random.default_rng(3))
    assert changed.focal_pet.amax() < before.focal_pet.amax()
    assert changed.focal_pet.mean().item() == pytest.approx(
        before.focal_pet.mean().item(), rel=0.02
    )


def test_a_place_is_shaken_or_hidden_and_measurements_stay():
    rng = np.random.default_rng(0)
    many = [shaken(facts(), Augmentation(hide_place=0.5), rng) for _ in range(200)]
    hidden = [one.place is None for one in many]
    assert 60 < sum(hidden) < 140
    assert all(one.measurement == facts().measurement for one in many)
    lateral = [one.place.lateral_mm for one in many if one.place is not None]
    assert np.std(lateral) == pytest.approx(5.0, rel=0.3)
    assert min(lateral) > 0
