"""What may change in training: CT contrast, sharpness and noise, PET noise, how sure the frame is.

What never changes: SUV (no scaling and no shift of PET, only zero-mean noise), geometry that words
speak of (no flips, no turns), and masks. The frame's coordinates are shaken by what its errors are,
and sometimes hidden, so that the picture has to be looked at. Source: domain randomisation as
SynthSeg does for segmentation (Billot 2023).
"""

from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from petscribe.model.inputs.collate import RawViews
from petscribe.model.inputs.facts import LesionFacts


@dataclass(frozen=True, slots=True, kw_only=True)
class Augmentation:
    """How far samples are changed; all zero: not at all."""

    pet_noise: float = 0.05
    """Standard deviation of the noise, over the square root of SUV."""
    ct_noise_hu: float = 15.0
    ct_shift_hu: float = 20.0
    ct_scale: float = 0.04
    blur: float = 0.3
    """Share of exams that are blurred."""
    hide_place: float = 0.15
    """Share of lesions whose body frame is hidden."""
    place_noise_mm: float = 5.0
    level_noise: float = 0.4
    """Vertebrae."""


def augmented(raw: RawViews, how: Augmentation, rng: np.random.Generator) -> RawViews:
    """Return changed views of a batch; every exam and its lesions change alike."""
    exams = raw.body_pet.shape[0]
    exam_of = torch.tensor(raw.exam_of, dtype=torch.long)
    scale = torch.from_numpy(rng.uniform(1 - how.ct_scale, 1 + how.ct_scale, exams)).float()
    shift = torch.from_numpy(rng.uniform(-how.ct_shift_hu, how.ct_shift_hu, exams)).float()
    noise = torch.from_numpy(rng.uniform(0, how.ct_noise_hu, exams)).float()
    blurred = torch.from_numpy(rng.random(exams) < how.blur)
    draw = torch.Generator().manual_seed(int(rng.integers(2**31)))

    def ct(values: Tensor, of: Tensor) -> Tensor:
        soft = _blurred(values, blurred[of])
        level = _each(scale[of]) * soft + _each(shift[of])
        return level + torch.randn(values.shape, generator=draw) * _each(noise[of])

    def pet(values: Tensor, of: Tensor) -> Tensor:
        soft = _blurred(values, blurred[of])
        sigma = how.pet_noise * soft.clamp(min=0).sqrt()
        return (soft + torch.randn(values.shape, generator=draw) * sigma).clamp(min=0)

    whole = torch.arange(exams)
    return replace(
        raw,
        body_pet=pet(raw.body_pet, whole),
        body_ct=ct(raw.body_ct, whole),
        focal_pet=pet(raw.focal_pet, exam_of),
        focal_ct=ct(raw.focal_ct, exam_of),
    )


def shaken(facts: LesionFacts, how: Augmentation, rng: np.random.Generator) -> LesionFacts:
    """Return facts whose place is a little off, or hidden."""
    place = facts.place
    if place is None or rng.random() < how.hide_place:
        return replace(facts, place=None)
    return replace(
        facts,
        place=replace(
            place,
            lateral_mm=place.lateral_mm + float(rng.normal(0.0, how.place_noise_mm)),
            behind_mm=place.behind_mm + float(rng.normal(0.0, how.place_noise_mm)),
            depth_frac=place.depth_frac + float(rng.normal(0.0, how.place_noise_mm / 250.0)),
            level=place.level + float(rng.normal(0.0, how.level_noise)),
        ),
    )


def _blurred(values: Tensor, chosen: Tensor) -> Tensor:
    """Return the chosen volumes averaged over 3x3x3 voxels, half and half with themselves."""
    if not bool(chosen.any()):
        return values
    out = values.clone()
    picked = values[chosen][:, None]
    soft = functional.avg_pool3d(
        picked, kernel_size=3, stride=1, padding=1, count_include_pad=False
    )
    out[chosen] = (0.5 * picked + 0.5 * soft)[:, 0]
    return out


def _each(values: Tensor) -> Tensor:
    return values[:, None, None, None]
