"""The abdomen: organ volumes, sides, neighbours; what is missing is missing."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from petscribe.phantom.parts.abdomen import liver_segment


def ml(body, *names):
    return body.labels.named(*names).sum() * body.labels.grid.voxel_volume_ml


def centre(body, name):
    return body.labels.grid.to_world(np.argwhere(body.labels.named(name)).mean(axis=0))


@pytest.mark.parametrize(
    ("name", "low", "high"),
    [
        ("liver", 1000, 2200),
        ("spleen", 110, 400),
        ("kidney_left", 100, 260),
        ("kidney_right", 100, 260),
        ("pancreas", 40, 150),
        ("stomach", 150, 700),
        ("colon", 300, 1500),
        ("urinary_bladder", 50, 350),
        ("prostate", 12, 70),
        ("adrenal_gland_left", 1, 12),
        ("gallbladder", 8, 60),
    ],
)
def test_organs_have_the_volume_of_organs(man, name, low, high):
    assert low < ml(man, name) < high


def test_the_liver_is_right_the_spleen_left_the_kidneys_on_both_sides(man):
    assert centre(man, "liver")[0] < -25
    assert centre(man, "spleen")[0] > 60
    assert centre(man, "kidney_left")[0] > 35
    assert centre(man, "kidney_right")[0] < -35


def test_adrenals_cap_the_kidneys(man):
    for side in ("left", "right"):
        assert centre(man, f"adrenal_gland_{side}")[2] > centre(man, f"kidney_{side}")[2] + 30


def test_the_liver_stays_below_the_lung(man):
    columns = man.labels.named("lung_lower_lobe_right", "lung_middle_lobe_right")
    liver = man.labels.named("liver")
    both = columns.any(axis=0) & liver.any(axis=0)
    top_of_liver = liver.shape[0] - 1 - liver[::-1].argmax(axis=0)
    assert np.mean(columns.argmax(axis=0)[both] > top_of_liver[both]) > 0.98


def test_what_is_removed_is_missing(woman):
    assert not woman.labels.named("spleen").any()
    assert not woman.labels.named("kidney_left").any()
    assert woman.labels.named("kidney_right").any()


def test_men_and_women_have_their_organs(man, woman):
    assert man.labels.named("prostate").any()
    assert not man.labels.named("uterus").any()
    assert woman.labels.named("uterus").any()
    assert woman.labels.named("ovary_left").any()
    assert not woman.labels.named("prostate").any()


@given(st.floats(-150, 60), st.floats(-90, 90), st.floats(120, 290))
def test_every_point_has_a_liver_segment(x, y, z):
    assert 2 <= liver_segment(x, y, z) <= 8


def test_segments_lie_where_couinaud_puts_them():
    assert liver_segment(20.0, -60.0, 230.0) == 3
    assert liver_segment(-110.0, 50.0, 250.0) == 7
    assert liver_segment(-110.0, 50.0, 170.0) == 6
    assert liver_segment(-70.0, -40.0, 260.0) == 8
