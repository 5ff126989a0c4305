"""Facts: fixed length, bounded, and unknown is told from zero."""

from dataclasses import replace

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from petscribe.core.lesion import Measurement
from petscribe.model.inputs.facts import NUM_FACTS, BodyPlace, LesionFacts, facts_vector

PLACE = BodyPlace(
    lateral_mm=40.0,
    depth_frac=0.4,
    behind_mm=-20.0,
    level=9.0,
    half_width_mm=180.0,
    quality_x=1.0,
    quality_y=1.0,
    quality_z=0.5,
)
MEASURED = Measurement(
    mtv_ml=2.0,
    long_axis_mm=15.0,
    short_axis_mm=10.0,
    centroid_lps_mm=(0.0, 0.0, 0.0),
    hottest_lps_mm=(0.0, 0.0, 0.0),
    slice_pet=1,
    slice_ct=None,
    suv_max=7.0,
)
FACTS = LesionFacts(measurement=MEASURED, place=PLACE, tracer="fdg", sex="F")


def vector(facts: LesionFacts) -> np.ndarray:
    return facts_vector(facts, side_mm=96.0, body_voxel_mm=10.0, body_place=(0.0, 0.1, -0.2))


@given(st.floats(0.01, 1e4), st.floats(-1e3, 1e3))
def test_numbers_stay_few_and_small(suv: float, lateral: float) -> None:
    made = vector(
        replace(
            FACTS,
            measurement=replace(MEASURED, suv_max=suv),
            place=replace(PLACE, lateral_mm=lateral),
        )
    )
    assert made.shape == (NUM_FACTS,)
    assert np.abs(made).max() <= 4.0


def test_unknown_is_not_zero() -> None:
    unknown = vector(replace(FACTS, measurement=replace(MEASURED, suv_max=None)))
    zero = vector(replace(FACTS, measurement=replace(MEASURED, suv_max=0.0)))
    assert not np.array_equal(unknown, zero)


def test_a_hidden_place_tells_nothing_of_the_side() -> None:
    hidden = replace(FACTS, place=None)
    assert np.count_nonzero(vector(FACTS) != vector(hidden)) > 5
    assert np.isfinite(vector(hidden)).all()


def test_left_and_right_differ() -> None:
    other = replace(FACTS, place=replace(PLACE, lateral_mm=-40.0))
    assert not np.array_equal(vector(FACTS), vector(other))
