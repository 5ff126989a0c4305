"""What a training exam looks like, drawn widely: tracer, voxels, noise, motion, with or without CT.

The aim is the real exam, not the phantom, so ranges are wider than any one scanner's. A seed gives
the same appearance on every machine. Knows options of the phantom, no voxels.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from petscribe.phantom.exam import ExamOptions
from petscribe.phantom.uptake import TracerName

TRACERS: Final[Mapping[TracerName, float]] = {
    "fdg": 0.7,
    "psma": 0.12,
    "dotatate": 0.1,
    "fluciclovine": 0.08,
}
PET_MM: Final = (4.0, 8.0)
CT_SLICE_MM: Final = (3.0, 5.0)
CT_PIXEL_MM: Final = (2.5, 4.5)
NOISE: Final = (0.5, 1.9)
LESIONS: Final = (5, 10)
_STREAM: Final = 7105
"""Keeps these draws apart from the phantom's own of the same seed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Appearance:
    """How one training exam is made."""

    tracer: TracerName
    options: ExamOptions


def case_stream(seed: int, purpose: int) -> np.random.Generator:
    """Return the random numbers of one purpose of one case."""
    return np.random.Generator(np.random.PCG64([seed, _STREAM, purpose]))


def draw_appearance(seed: int) -> Appearance:
    """Return the appearance of a seed."""
    rng = case_stream(seed, 0)
    tracers = tuple(TRACERS)
    tracer = tracers[int(rng.choice(len(tracers), p=list(TRACERS.values())))]
    pet_mm = PET_MM[0] + (PET_MM[1] - PET_MM[0]) * float(rng.random()) ** 0.7
    ct_mm = (float(rng.uniform(*CT_SLICE_MM)), float(rng.uniform(*CT_PIXEL_MM)))
    return Appearance(
        tracer=tracer,
        options=ExamOptions(
            lesions=int(rng.integers(LESIONS[0], LESIONS[1] + 1)),
            pet_mm=round(pet_mm, 2),
            ct_mm=(round(ct_mm[0], 2), round(ct_mm[1], 2)),
            noise=float(rng.uniform(*NOISE)),
            motion=bool(rng.random() < 0.85),
            with_ct=bool(rng.random() >= 0.15),
        ),
    )
