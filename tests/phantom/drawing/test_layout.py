"""The reference body's measures agree with the level rules of anatomy teaching."""

from itertools import pairwise

import numpy as np

from petscribe.phantom.drawing.layout import (
    BELLY,
    CAGE,
    LEVELS,
    MUSCLE,
    diaphragm_z,
    spine_y,
    vertebra_radii,
)


def test_vertebrae_follow_each_other_without_a_gap():
    edges = list(LEVELS.values())
    assert len(edges) == 24
    assert all(a[1] == b[0] for a, b in pairwise(edges))


def test_the_spine_is_as_long_as_a_spine():
    assert 580 < LEVELS["C1"][1] < 640


def test_the_right_dome_is_higher_and_stands_at_t8_to_t10():
    x, y = np.array(70.0), np.array(-18.0)
    right, left = float(diaphragm_z(np.array(-70.0), y, -1)), float(diaphragm_z(x, y, 1))
    assert right > left
    assert LEVELS["T10"][0] < left < right < LEVELS["T8"][1]


def test_the_diaphragm_falls_to_the_back():
    x = np.array(70.0)
    assert diaphragm_z(x, np.array(80.0), 1) < diaphragm_z(x, np.array(-18.0), 1) - 60


def test_the_spine_is_lordotic_in_the_loin_and_kyphotic_in_the_chest():
    assert spine_y(100) < spine_y(0)
    assert spine_y(350) > spine_y(120)
    assert spine_y(350) > spine_y(540)


def test_vertebral_bodies_grow_downwards():
    assert vertebra_radii(20)[0] > vertebra_radii(300)[0] > vertebra_radii(560)[0]


def test_muscle_lies_around_the_cavities():
    for z in (0.0, 100.0, 200.0, 300.0, 400.0):
        inner = BELLY if z < 200 else CAGE
        assert MUSCLE.at(z)[2] > inner.at(z)[2]
