"""The body frame: sides, levels and what it refuses to say."""

import numpy as np
import pytest

from petscribe.anatomy.frame import ORIENTATION_SUSPECT, BodyFrame
from petscribe.core.volume import Grid

GRID = Grid(shape=(60, 40, 80), spacing_mm=(10.0, 5.0, 5.0), origin_mm=(-200.0, -100.0, -300.0))


def frame(**changes):
    heights = np.arange(60, dtype=np.float64)
    values = {
        "grid": GRID,
        "midline": np.full(60, 39.0),
        "front": np.full(60, 5.0),
        "back": np.full(60, 35.0),
        "right": np.full(60, 9.0),
        "left": np.full(60, 69.0),
        "spine": np.full(60, 26.0),
        "level": 30.0 - 0.5 * heights,
        "landmarks": {"carina": 36.0},
        "quality_x": 0.9,
        "quality_y": 0.9,
        "quality_z": 0.8,
        "present": (0, 59),
        **changes,
    }
    return BodyFrame(**values)


def test_left_is_positive_and_behind_is_positive():
    place = frame().place(np.array([36.0, 30.0, 49.0]))
    assert place.lateral_mm == pytest.approx(50.0)
    assert place.behind_mm == pytest.approx(20.0)
    assert place.level == pytest.approx(12.0)
    assert place.depth_frac == pytest.approx(25 / 30)
    assert place.half_width_mm == pytest.approx(150.0)


@pytest.mark.parametrize(("mm", "side"), [(30.0, "left"), (-30.0, "right"), (2.0, "midline")])
def test_a_side_is_told_beyond_the_tolerance(mm, side):
    assert frame().side(mm) == side


def test_an_unsure_midline_tells_no_side():
    assert frame(quality_x=0.2).side(80.0) is None


def test_a_suspect_orientation_tells_no_side():
    doubtful = frame(warnings=(ORIENTATION_SUSPECT,))
    assert doubtful.side(80.0) is None
    assert not doubtful.orientation_is_sure


def test_heights_and_levels_are_inverse():
    assert frame().height_at(12.0) == pytest.approx(36.0)
    assert frame().height_at(-1.0) == pytest.approx(62.0)


def test_a_span_outside_the_slices_is_not_seen():
    assert frame().sees(10.0, 20.0) == pytest.approx(1.0)
    assert frame().sees(-20.0, -10.0) == 0.0
    assert 0.0 < frame().sees(25.0, 40.0) < 0.5


def test_slices_without_patient_are_not_seen():
    assert frame(present=(30, 59)).sees(20.0, 25.0) == 0.0


def test_the_frame_says_where_its_landmarks_are_in_space():
    point = frame().to_dict()["landmarks_lps_mm"]["carina"]
    assert point == pytest.approx([-5.0, 30.0, 60.0])


def test_the_quality_is_that_of_the_worst_axis():
    assert frame(quality_y=0.4).quality == 0.4
