"""People: repeatable, plausible, varied."""

import numpy as np
import pytest

from petscribe.phantom.person import draw_person, stream


def test_a_seed_is_one_person():
    assert draw_person(5) == draw_person(5)
    assert draw_person(5) != draw_person(6)


def test_topics_have_streams_of_their_own():
    assert stream(1, "a").random() == stream(1, "a").random()
    assert stream(1, "a").random() != stream(1, "b").random()


def test_people_are_plausible_and_varied():
    people = [draw_person(seed) for seed in range(300)]
    bmi = np.array([p.weight_kg / (p.height_cm / 100) ** 2 for p in people])
    assert bmi.min() > 15
    assert bmi.max() < 45
    assert 0.35 < np.mean([p.sex == "F" for p in people]) < 0.65
    assert 0.65 < np.mean([p.arms_up for p in people]) < 0.95
    assert len({v for p in people for v in p.variants}) == 8


def test_the_taller_are_longer():
    tall = max((draw_person(seed) for seed in range(50)), key=lambda p: p.height_cm)
    assert tall.scale[2] == pytest.approx(tall.height_cm / 175.0)
