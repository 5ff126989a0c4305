"""Levels of the spine: truths of counting, round trips, robustness of the fit."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from petscribe.anatomy.levels import (
    NAMES,
    Sight,
    depth_mm,
    fit_levels,
    level_at,
    name_of,
    number_of,
)


@pytest.mark.parametrize(("name", "number"), [("C1", 1), ("T1", 8), ("T12", 19), ("L5", 24)])
def test_vertebrae_are_numbered_from_the_head(name, number):
    assert number_of(name) == number
    assert name_of(float(number)) == name


def test_there_is_no_vertebra_above_the_first_or_below_the_sacrum():
    assert name_of(-1.0) is None
    assert name_of(31.0) is None


def test_an_unknown_vertebra_is_refused():
    with pytest.raises(ValueError, match="L9"):
        number_of("L9")


def test_lower_levels_lie_deeper():
    assert np.all(np.diff(depth_mm(np.arange(-6.0, 45.0, 0.5))) > 0)


@given(st.floats(-6.0, 45.0))
def test_level_and_depth_are_inverse(level):
    assert float(level_at(depth_mm(level))) == pytest.approx(level, abs=1e-6)


def test_an_adult_spine_is_about_580_mm_long():
    assert 540 < float(depth_mm(24.5) - depth_mm(0.5)) < 620


@given(st.floats(0.85, 1.15), st.floats(-500.0, 500.0))
def test_a_fit_to_exact_landmarks_gives_their_levels_back(scale, offset):
    levels = (-5.0, 4.5, 12.0, 22.9, 32.0)
    sights = {
        str(level): Sight(
            height_mm=offset - scale * float(depth_mm(level)), level=level, error_mm=5.0
        )
        for level in levels
    }
    heights = np.array([s.height_mm for s in sights.values()])
    assert fit_levels(sights).level(heights) == pytest.approx(levels, abs=0.35)


def test_a_landmark_that_contradicts_the_others_is_dropped():
    sights = {
        name: Sight(
            height_mm=-float(depth_mm(float(number_of(name)))),
            level=float(number_of(name)),
            error_mm=8.0,
        )
        for name in ("C4", "T5", "T10", "L4")
    }
    sights["wrong"] = Sight(height_mm=0.0, level=24.0, error_mm=8.0)
    fitted = fit_levels(sights)
    assert float(fitted.level(np.array([-float(depth_mm(12.0))]))[0]) == pytest.approx(12, abs=0.1)
    assert fitted.error_mm < 20


def test_without_landmarks_the_error_says_so():
    assert fit_levels({}).error_mm >= 200


def test_one_landmark_keeps_the_average_length():
    sight = {"carina": Sight(height_mm=100.0, level=12.0, error_mm=10.0)}
    assert fit_levels(sight).scale == pytest.approx(1.0)


def test_names_are_of_the_spine_only():
    assert NAMES[0] == "C1"
    assert NAMES[-1] == "S5"
