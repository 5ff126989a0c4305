"""Who lies in the scanner: sex, size, posture and what is unusual about this body, all from a seed.

Knows nothing of shapes or uptake. Every topic has its own random stream, so that adding a draw to
one does not change another: the same seed stays the same body.
"""

import zlib
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np

from petscribe.core.volume import Triple

Sex = Literal["M", "F"]
Variant = Literal[
    "one_kidney",
    "splenectomy",
    "hip_prosthesis",
    "effusion",
    "atelectasis",
    "emphysema",
    "renal_cyst",
    "injection_residue",
]
FieldOfView = Literal[
    "skull-base-to-thigh", "eyes-to-thigh", "vertex-to-thigh", "whole-body", "torso"
]

_EDITION: Final = 84
"""Another number gives every seed another exam; with this one the demo (seed 7) is instructive."""
REFERENCE_HEIGHT_CM: Final = 175.0
"""Height of the reference body that all shapes are given for."""


def stream(seed: int, topic: str) -> np.random.Generator:
    """Return the random stream of a topic: the same numbers for a seed on every machine."""
    return np.random.Generator(
        np.random.PCG64(np.random.SeedSequence([_EDITION, seed, zlib.crc32(topic.encode("ascii"))]))
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """One body."""

    sex: Sex
    age_years: int
    height_cm: float
    weight_kg: float
    arms_up: bool
    fat_mm: float
    """Subcutaneous fat at the flank, reference millimetres."""
    belly_mm: float
    """How far the belly stands out beyond the reference body."""
    breadth: float
    """Width of the frame over that of the reference body of this height."""
    depth: float
    """As `breadth`, front to back."""
    scoliosis_mm: float
    variants: frozenset[Variant]
    variant_side: Literal[1, -1]
    """The side that one-sided variants take: +1 left, -1 right."""

    @property
    def scale(self) -> Triple:
        """Patient millimetres per reference millimetre along x, y, z."""
        tall = self.height_cm / REFERENCE_HEIGHT_CM
        lean = tall**0.5 * (0.95 if self.sex == "F" else 1.0)
        return lean * self.breadth, lean * self.depth, tall


def draw_person(seed: int) -> Person:
    """Return the person of a seed."""
    rng = stream(seed, "person")
    sex: Sex = "F" if rng.random() < 0.5 else "M"
    height = float(np.clip(rng.normal(176 if sex == "M" else 163, 7), 145, 200))
    bmi = float(np.clip(rng.normal(25.5, 4.5), 17, 42))
    fat = 5.0 + max(bmi - 18.0, 0.0) * (1.9 if sex == "F" else 1.5) + float(rng.uniform(-2, 2))
    chances: dict[Variant, float] = {
        "one_kidney": 0.03,
        "splenectomy": 0.03,
        "hip_prosthesis": 0.05,
        "effusion": 0.08,
        "atelectasis": 0.06,
        "emphysema": 0.12,
        "renal_cyst": 0.2,
        "injection_residue": 0.06,
    }
    variants = frozenset(name for name, chance in chances.items() if rng.random() < chance)
    return Person(
        sex=sex,
        age_years=int(np.clip(rng.normal(61, 13), 19, 92)),
        height_cm=round(height, 0),
        weight_kg=round(bmi * (height / 100) ** 2, 0),
        arms_up=bool(rng.random() < 0.8),
        fat_mm=float(max(fat, 4.0)),
        belly_mm=float(np.clip((bmi - 24.0) * (2.2 if sex == "M" else 1.6), -8.0, 50.0)),
        breadth=float(np.exp(np.clip(rng.normal(0, 0.035), -0.08, 0.08))),
        depth=float(np.exp(np.clip(rng.normal(0.03, 0.05) + 0.006 * (bmi - 25.5), -0.1, 0.22))),
        scoliosis_mm=float(rng.normal(0, 3) if rng.random() < 0.85 else rng.normal(0, 12)),
        variants=variants,
        variant_side=1 if rng.random() < 0.5 else -1,
    )
