"""Reference regions: liver with and without a map, aorta, thresholds, Deauville-type classes."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from petscribe.core.report import ReferenceRegion
from petscribe.core.volume import Mask
from petscribe.quant.reference import (
    deauville,
    measure_places,
    percist_threshold,
    percist_threshold_blood,
    qpet_class,
    reference_regions,
)


def _region(mean, sd, organ="liver"):
    return ReferenceRegion(
        organ=organ,
        suv_mean=mean,
        suv_sd=sd,
        voxels=100,
        volume_ml=14.0,
        centre_lps_mm=(0.0, 0.0, 0.0),
        method="test",
        quality=1.0,
    )


def test_the_liver_of_the_map_is_measured_in_a_three_centimetre_ball(mini_body):
    liver = reference_regions(mini_body.exam, mini_body.organs)["liver"]
    assert liver.suv_mean == pytest.approx(2.0, rel=0.02)
    assert liver.volume_ml == pytest.approx(14.1, rel=0.1)
    assert liver.quality > 0.8
    assert "3.0 cm ball, right lobe" in liver.method


def test_the_ball_lies_in_the_right_lobe(mini_body):
    liver = reference_regions(mini_body.exam, mini_body.organs)["liver"]
    assert liver.centre_lps_mm[0] <= -65.0


def test_the_ball_keeps_away_from_a_lesion(mini_body):
    ill = mini_body.with_focus(0.0, -95.0, -10.0, uptake=12.0, radius_mm=18.0)
    liver = reference_regions(ill.exam, ill.organs)["liver"]
    assert liver.suv_mean == pytest.approx(2.0, rel=0.05)


def test_without_a_map_the_liver_is_found_but_trusted_less(mini_body):
    found = reference_regions(mini_body.exam, None)
    assert found["liver"].suv_mean == pytest.approx(2.0, rel=0.05)
    assert found["liver"].quality <= 0.5
    assert "no organ map" in found["liver"].method


def test_blood_pool_comes_from_the_aorta_and_from_nowhere_else(mini_body):
    found = reference_regions(mini_body.exam, mini_body.organs)
    assert found["blood_pool"].suv_mean == pytest.approx(1.5, rel=0.05)
    assert "blood_pool" not in reference_regions(mini_body.exam, None)


def test_blood_pool_keeps_its_distance_from_the_heart(mini_body):
    labels = mini_body.organs.labels.copy()
    heart, aorta = (
        next(i for i, n in mini_body.organs.names.items() if n == name)
        for name in ("heart", "aorta")
    )
    hot = replace(
        mini_body.exam.pet,
        array=np.where(labels == heart, np.float32(30.0), mini_body.exam.pet.array),
    )
    labels[(labels == 1) & (np.indices(labels.shape)[0] == 107)] = aorta
    exam = replace(mini_body.exam, pet=hot)
    pool = reference_regions(exam, replace(mini_body.organs, labels=labels))["blood_pool"]
    assert pool.suv_mean < 1.7


def test_a_missing_organ_gives_no_number(make_exam):
    assert reference_regions(make_exam(np.zeros((8, 8, 8))), None) == {}


def test_a_map_without_liver_voxels_falls_back(mini_body):
    bare = Mask(
        labels=np.ones(mini_body.exam.pet.grid.shape, np.uint8),
        grid=mini_body.exam.pet.grid,
        names={1: "body", 2: "liver"},
    )
    assert "no organ map" in reference_regions(mini_body.exam, bare)["liver"].method


def test_relative_units_are_never_called_suv(mini_body):
    relative = replace(mini_body.exam, pet=replace(mini_body.exam.pet, unit="relative"))
    assert reference_regions(relative, mini_body.organs) == {}
    assert measure_places(relative.pet, mini_body.organs, "fdg")["liver"].suv_mean > 0


def test_percist_thresholds_are_the_published_examples():
    assert percist_threshold(_region(2.20, 0.25)) == pytest.approx(3.80)
    assert percist_threshold_blood(_region(1.6, 0.2)) == pytest.approx(3.60)


@pytest.mark.parametrize(
    ("uptake", "blood_pool", "liver", "expected"),
    [
        (1.5, 2.0, 3.0, 2),
        (2.5, 2.0, 3.0, 3),
        (5.0, 2.0, 3.0, 4),
        (7.0, 2.0, 3.0, 5),
        (None, 2.0, 3.0, 1),
        (2.0, 2.0, 3.0, 2),
        (3.0, 2.0, 3.0, 3),
        (6.0, 2.0, 3.0, 4),
        (2.5, 3.0, 2.0, 4),
        (1.9, 1.5, 1.4, 4),
        (1.4, 1.3, 1.2, 4),
        (1.1, 1.3, 1.2, 2),
    ],
)
def test_deauville_classes_match_the_vectors(uptake, blood_pool, liver, expected):
    assert deauville(uptake, blood_pool, liver) == expected


def test_the_marked_ratio_of_deauville_is_a_parameter():
    assert deauville(7.0, 2.0, 3.0, marked_ratio=3.0) == 4


@given(st.floats(0.1, 30.0), st.floats(0.1, 5.0), st.floats(0.1, 5.0), st.floats(0.0, 5.0))
def test_more_uptake_never_lowers_the_class(uptake, blood_pool, liver, more):
    assert deauville(uptake + more, blood_pool, liver) >= deauville(uptake, blood_pool, liver)


def test_qpet_cut_offs_belong_to_the_lower_class():
    assert [qpet_class(q, 1.0) for q in (0.95, 0.96, 1.3, 1.31, 2.0, 2.01)] == [2, 3, 3, 4, 4, 5]
