"""Lesions at every site a phantom may choose, with measurements drawn at random."""

from collections.abc import Callable

import numpy as np
import pytest

from petscribe.core.finding import FindingType
from petscribe.core.lesion import Laterality, Lesion, Location, Measurement
from petscribe.dataset.wording.findings import Subject, subject_of
from petscribe.phantom.lesions import finding_type
from petscribe.phantom.sites import Site, groups
from petscribe.terms.anatomy import ORGANS, section_of
from petscribe.terms.places import place_words

SITES = [Site(group=group, organ=organ) for group, organs in groups().items() for organ in organs]
TRACERS = ("fdg", "psma", "dotatate", "fluciclovine")


def draw_lesion(site: Site, rng: np.random.Generator, *, number: int = 1) -> Lesion:
    """Return a lesion of a site with believable numbers."""
    long_mm = float(rng.uniform(5, 60))
    suv = float(np.exp(rng.uniform(0, 3.4)))
    ml = long_mm**3 / 2500
    measurement = Measurement(
        mtv_ml=ml,
        long_axis_mm=long_mm,
        short_axis_mm=long_mm * float(rng.uniform(0.5, 1)),
        centroid_lps_mm=(0.0, 0.0, 0.0),
        hottest_lps_mm=(0.0, 0.0, 0.0),
        slice_pet=int(rng.integers(1, 300)),
        slice_ct=None,
        suv_max=suv,
        suv_mean=0.6 * suv,
        suv_peak=0.8 * suv,
        tlg_g=0.6 * suv * ml,
        ratio_liver=suv / 2.3,
        ratio_blood_pool=suv / 1.5,
    )
    return Lesion(id=number, measurement=measurement, location=place_at(site, rng))


def place_at(site: Site, rng: np.random.Generator) -> Location:
    """Return a true place as a phantom states it."""
    organ = ORGANS[site.organ]
    sides: tuple[Laterality, ...] = ("left", "right", "midline")
    side = next((s for s in sides if s == organ.side), None)
    if organ.side is None and organ.names["en"].sided:
        side = sides[int(rng.integers(3))]
    level = {"liver": "VI", "pancreas": "pancreas_tail", "colon": "sigmoid_colon"}.get(site.organ)
    level = site.organ.removeprefix("vertebrae_") if site.group == "spine" else level
    return Location(
        section=section_of(organ.region, site.organ),
        region=organ.region,
        organ=site.organ,
        laterality=side,
        level=level,
        words=place_words(region=organ.region, organ=site.organ, laterality=side, level=level),
        confidence=1.0,
        source="phantom",
    )


@pytest.fixture(scope="session")
def every_lesion() -> list[tuple[Lesion, FindingType]]:
    """One lesion of every site, with its type."""
    rng = np.random.default_rng(5)
    lesions = [draw_lesion(site, rng) for site in SITES]
    return [
        (lesion, finding_type(site, lesion.measurement.long_axis_mm))
        for site, lesion in zip(SITES, lesions, strict=True)
    ]


@pytest.fixture
def subjects() -> Callable[..., tuple[Subject, ...]]:
    """Return a function that draws the subjects of an exam."""

    def draw(count: int, *, lang: str, tracer: str = "fdg", seed: int = 0) -> tuple[Subject, ...]:
        rng = np.random.default_rng(seed)
        picked = [SITES[int(k)] for k in rng.integers(0, len(SITES), count)]
        lesions = [draw_lesion(site, rng, number=k + 1) for k, site in enumerate(picked)]
        return tuple(
            subject_of(
                lesion,
                lang=lang,
                tracer=tracer,
                kind=finding_type(site, lesion.measurement.long_axis_mm),
            )
            for site, lesion in zip(picked, lesions, strict=True)
        )

    return draw
