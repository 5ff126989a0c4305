"""One coarse body and a few light exams, made once for all tests of the phantom."""

import pytest

from petscribe.core.volume import Grid
from petscribe.phantom.body import Body, draw_body
from petscribe.phantom.exam import ExamOptions, PhantomExam, make_exam
from petscribe.phantom.person import Person

STEP_MM = 5.0


def person(**changes) -> Person:
    facts = {
        "sex": "M",
        "age_years": 60,
        "height_cm": 175.0,
        "weight_kg": 78.0,
        "arms_up": True,
        "fat_mm": 15.0,
        "belly_mm": 5.0,
        "breadth": 1.0,
        "depth": 1.0,
        "scoliosis_mm": 0.0,
        "variants": frozenset(),
        "variant_side": 1,
    }
    return Person(**{**facts, **changes})


def grid(step: float = STEP_MM) -> Grid:
    size = round(480 / step / 2) * 2
    corner = -(size - 1) * step / 2
    return Grid(
        shape=(round(1100 / step), size, size),
        spacing_mm=(step, step, step),
        origin_mm=(corner, corner, -330.0),
    )


@pytest.fixture(scope="session")
def man() -> Body:
    return draw_body(person(), grid(), 1)


@pytest.fixture(scope="session")
def woman() -> Body:
    variants = frozenset({"effusion", "hip_prosthesis", "one_kidney", "splenectomy", "renal_cyst"})
    return draw_body(person(sex="F", variants=variants), grid(), 2)


@pytest.fixture(scope="session")
def light() -> PhantomExam:
    return make_exam(29, light=True)


@pytest.fixture(scope="session")
def clean() -> PhantomExam:
    """A noise-free exam without motion and without lesions."""
    return make_exam(
        4,
        light=True,
        options=ExamOptions(
            noise=0.0, motion=False, lesions=0, field_of_view="vertex-to-thigh", with_ct=False
        ),
    )
