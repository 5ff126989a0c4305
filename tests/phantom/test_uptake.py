"""Normal uptake: tracers look like themselves, states raise what they should."""

import numpy as np
import pytest

from petscribe.phantom.drawing.tissues import TISSUES
from petscribe.phantom.person import stream
from petscribe.phantom.uptake import draw_uptake

TRACERS = ["fdg", "psma", "dotatate", "fluciclovine"]


def many(tracer):
    return [draw_uptake(tracer, stream(seed, "uptake")) for seed in range(120)]


@pytest.mark.parametrize("tracer", TRACERS)
def test_nothing_is_negative_and_air_is_empty(tracer):
    for uptake in many(tracer):
        assert uptake.suv.min() >= 0
        assert uptake.suv[TISSUES["air"]] == 0


def test_the_fdg_liver_is_that_of_published_normals():
    livers = np.array([u.of("liver") for u in many("fdg")])
    assert 1.8 < livers.mean() < 2.6
    assert livers.std() < 0.5


def test_the_fdg_brain_is_the_hottest_solid_tissue_of_most():
    hot = [u.of("grey_matter") > 2.5 * u.of("liver") for u in many("fdg")]
    assert np.mean(hot) > 0.9


def test_psma_salivary_glands_glow_and_the_brain_does_not():
    for uptake in many("psma"):
        assert uptake.of("parotid") > 5
        assert uptake.of("grey_matter") < 0.5


def test_psma_1007_spares_the_bladder_and_fills_the_bile():
    for uptake in many("psma"):
        if "psma_1007" in uptake.states:
            assert uptake.of("liver") > uptake.of("urine")
        else:
            assert uptake.of("urine") > uptake.of("liver")


def test_the_dotatate_spleen_is_hotter_than_the_liver():
    assert all(u.of("spleen") > u.of("liver") for u in many("dotatate"))


def test_fluciclovine_shows_pancreas_and_liver_and_little_urine():
    for uptake in many("fluciclovine"):
        assert uptake.of("pancreas") > uptake.of("urine")
        assert uptake.of("liver") > uptake.of("blood")


def test_a_fed_heart_is_hot_and_a_fasting_one_is_not():
    for uptake in many("fdg"):
        assert (uptake.of("myocardium") > 4) == ("fed_heart" in uptake.states)


def test_brown_fat_is_rare_and_hot():
    states = [u for u in many("fdg") if "brown_fat" in u.states]
    assert 0 < len(states) < 20
    assert all(u.of("brown_fat") > 2 for u in states)
