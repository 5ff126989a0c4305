"""Names of bones."""

import numpy as np
import pytest

from petscribe.anatomy.seen.bones import rib_number, way_round


def at(person, anatomy, place):
    return anatomy.organs.names.get(int(anatomy.organs.labels[person.index(*place)]))


@pytest.mark.parametrize(
    ("place", "name"),
    [
        ((0.0, 48.0, 10.0), "vertebrae_T3"),
        ((0.0, 48.0, 21.0), "vertebrae_L2"),
        ((0.0, -92.0, 12.0), "sternum"),
        ((122.0, 20.0, 25.6), "hip_left"),
        ((-119.0, 20.0, 25.6), "hip_right"),
        ((92.0, 0.0, 33.0), "femur_left"),
        ((-92.0, 0.0, 33.0), "femur_right"),
    ],
)
def test_bones_get_their_names(person, anatomy, place, name):
    assert at(person, anatomy, place) == name


def test_ribs_are_numbered_by_their_vertebra_at_the_back():
    assert rib_number(np.array([8.0, 13.0, 19.0]), np.zeros(3)).tolist() == [1, 6, 12]


def test_ribs_slope_downwards_to_the_front():
    assert rib_number(np.array([15.0]), np.array([0.0]))[0] == 8
    assert rib_number(np.array([15.0]), np.array([0.5]))[0] < 7


def test_the_way_round_goes_from_back_to_front():
    across = np.array([0.1, 0.9, 0.1], dtype=np.float32)
    depth = np.array([0.95, 0.5, 0.05], dtype=np.float32)
    around = way_round(across, depth)
    assert around[0] < 0.1
    assert around[1] == pytest.approx(0.5, abs=0.01)
    assert around[2] > 0.9
