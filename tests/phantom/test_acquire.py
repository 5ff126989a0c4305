"""The scanner: organs read what they were given, noise is as told, hot spheres lose to blur."""

import numpy as np
import pytest

from petscribe.phantom.acquire import scanner_weights
from petscribe.phantom.exam import ExamOptions, make_exam

QUIET = {"noise": 0.0, "motion": False}


def eroded(mask, times=2):
    for _ in range(times):
        for axis in range(3):
            mask = mask & np.roll(mask, 1, axis) & np.roll(mask, -1, axis)
    return mask


def labels_on_pet(exam, name):
    """Whole PET voxels of an organ, by the same weights as the scanner's."""
    from petscribe.phantom.blur import apply_weights

    share = exam.labels.named(name).astype(np.float32)
    for axis, weights in enumerate(
        scanner_weights(exam.labels.grid, exam.pet.grid, exam.scanner, sharp=True)
    ):
        share = apply_weights(share, weights, axis)
    return share > 0.99


def test_the_liver_reads_its_uptake(clean):
    inside = eroded(labels_on_pet(clean, "liver"), 2)
    assert inside.sum() > 30
    assert clean.pet.array[inside].mean() == pytest.approx(clean.uptake.of("liver"), rel=0.04)


def test_nothing_glows_outside_the_body(clean):
    assert clean.pet.array[:, :8].max() < 1e-3


def test_the_brain_and_bladder_are_hot(clean):
    brain = clean.pet.array[labels_on_pet(clean, "brain")]
    assert np.percentile(brain, 90) > 4


def test_small_lesions_lose_uptake_to_blur_and_large_ones_do_not():
    found = {}
    for seed in (61, 62):
        exam = make_exam(seed, light=True, options=ExamOptions(with_ct=False, lesions=14, **QUIET))
        for lesion in exam.truth_lesions:
            if lesion.look == "solid" and lesion.uptake > 4:
                values = exam.pet.array[exam.lesions.where(lesion.id)]
                found[lesion.diameter_mm] = float(values.max()) / lesion.uptake
    small = [r for d, r in found.items() if d < 11]
    large = [r for d, r in found.items() if d > 28]
    assert small
    assert large
    assert np.median(small) < 0.75
    assert 0.85 < np.median(large) < 1.25


def test_noise_in_the_liver_is_as_told(clean):
    noisy = make_exam(
        4,
        light=True,
        options=ExamOptions(
            noise=1.0, motion=False, lesions=0, field_of_view="vertex-to-thigh", with_ct=False
        ),
    )
    inside = eroded(labels_on_pet(noisy, "liver"), 2)
    residue = (noisy.pet.array - clean.pet.array)[inside] / clean.pet.array[inside]
    assert residue.std() == pytest.approx(noisy.scanner.liver_noise, rel=0.6)


def test_ct_numbers_are_those_of_tissues(light):
    ct = light.ct.array
    assert ct.dtype == np.int16
    assert ct.min() >= -1024
    for name, low, high in (("liver", 45, 125), ("lung_upper_lobe_right", -950, -780)):
        inside = eroded(light.labels.named(name), 1)
        assert low < np.median(ct[inside]) < high


def test_the_couch_lies_behind_the_patient(light):
    lowest = np.flatnonzero(light.body.canvas.tissues.any(axis=(0, 2)))[-1]
    behind = light.ct.array[light.ct.array.shape[0] // 2, lowest + 1 :]
    assert behind.max() > -600


def test_left_stays_left_on_pet_and_ct(clean):
    liver = clean.pet.array * labels_on_pet(clean, "liver")
    x = clean.pet.grid.to_world(np.stack([np.zeros(72), np.zeros(72), np.arange(72.0)], axis=1))[
        :, 0
    ]
    assert float((liver.sum(axis=(0, 1)) * x).sum()) < 0
