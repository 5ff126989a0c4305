"""An exam of five lesions whose answers are known by heart."""

from collections.abc import Callable

import numpy as np
import pytest

from petscribe.core.lesion import Laterality, Lesion, Location, Measurement
from petscribe.dataset.questions.speech import Asked
from petscribe.terms.anatomy import ORGANS, REGIONS, section_of
from petscribe.terms.claims import finding_of
from petscribe.terms.places import place_words

KNOWN: list[tuple[str, Laterality | None, float, float]] = [
    ("lung_upper_lobe_right", "right", 9.0, 24.0),
    ("liver", None, 12.0, 42.0),
    ("liver", None, 4.0, 9.0),
    ("lymph_node_axillary_left", "left", 3.0, 12.0),
    ("rib_left_6", "left", 6.0, 15.0),
]
"""Organ, side, SUVmax and long axis in mm of lesions 1 to 5."""


def made(number: int, organ: str, side: Laterality | None, suv: float, long_mm: float) -> Lesion:
    region = ORGANS[organ].region
    measurement = Measurement(
        mtv_ml=long_mm**3 / 2000,
        long_axis_mm=long_mm,
        short_axis_mm=0.8 * long_mm,
        centroid_lps_mm=(0.0, 0.0, 0.0),
        hottest_lps_mm=(0.0, 0.0, 0.0),
        slice_pet=10,
        slice_ct=None,
        suv_max=suv,
    )
    place = Location(
        section=section_of(region, organ),
        region=region,
        organ=organ,
        laterality=side,
        level=None,
        words=place_words(region=region, organ=organ, laterality=side),
        confidence=1.0,
        source="phantom",
    )
    return Lesion(id=number, measurement=measurement, location=place)


@pytest.fixture(scope="session")
def lesions() -> tuple[Lesion, ...]:
    """Two in the liver, one each in right lung, left axilla and a left rib."""
    return tuple(made(k + 1, *facts) for k, facts in enumerate(KNOWN))


@pytest.fixture
def asked(lesions: tuple[Lesion, ...]) -> Callable[..., Asked]:
    """Return a function that makes what is asked of the exam; brain and groin are out of view."""

    def make(
        *,
        seed: int = 0,
        lang: str = "en",
        part: str = "train",
        only: tuple[int, ...] = (1, 2, 3, 4, 5),
    ) -> Asked:
        chosen = tuple(lesion for lesion in lesions if lesion.id in only)
        return Asked(
            lesions=chosen,
            findings=tuple(finding_of(lesion, lang=lang) for lesion in chosen),
            coverage=tuple(region for region in REGIONS if region not in {"brain", "groin"}),
            lang=lang,
            tracer="fdg",
            part=part,  # type: ignore[arg-type]
            rng=np.random.default_rng(seed),
        )

    return make
