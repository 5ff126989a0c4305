"""A lesion's JSON form is one entry of the measure contract, and is read back."""

import json

import pytest

from petscribe.core.errors import InputError
from petscribe.core.lesion import Lesion, Location, Measurement

LESION = Lesion(
    id=3,
    measurement=Measurement(
        mtv_ml=183.09,
        long_axis_mm=64.0,
        short_axis_mm=41.0,
        centroid_lps_mm=(-60.0, 10.0, -300.0),
        hottest_lps_mm=(-58.0, 12.0, -301.0),
        slice_pet=88,
        slice_ct=88,
        suv_max=42.2,
    ),
    location=Location(
        section="chest",
        region="hilum",
        organ=None,
        laterality="right",
        level=None,
        words={"en": "right hilum", "vi": "rốn phổi phải"},
        confidence=0.8,
        source="built-in",
    ),
    flags=("small-for-psf",),
)


def test_a_lesion_survives_json():
    assert Lesion.from_dict(json.loads(json.dumps(LESION.to_dict()))) == LESION


def test_the_contracts_keys_alone_are_enough():
    data = LESION.to_dict()
    for extra in ("voxels", "axis_3d_mm", "suv_peak_percist", "ct_mean_hu", "verdict", "score"):
        data.pop(extra)
    data["sentences"] = {"en": "x"}
    assert Lesion.from_dict(data).measurement.suv_max == 42.2


def test_a_lesion_without_place_is_refused():
    data = LESION.to_dict()
    data["location"].pop("region")
    with pytest.raises(InputError, match="region"):
        Lesion.from_dict(data)


def test_a_confidence_above_one_is_refused():
    with pytest.raises(ValueError, match="confidence"):
        Location(
            section="chest",
            region="lung",
            organ=None,
            laterality=None,
            level=None,
            words={},
            confidence=1.2,
            source="labels",
        )
