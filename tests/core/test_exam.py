"""What an exam tells of itself, and what it keeps to itself."""

import json

import numpy as np

from petscribe.core.exam import Acquisition, Exam, SeriesInfo, SuvScale
from petscribe.core.volume import Grid, Volume

GRID = Grid(shape=(2, 2, 2), spacing_mm=(3.0, 4.0, 4.0), origin_mm=(0.0, 0.0, 0.0))


def _exam(unit: str) -> Exam:
    pet = Volume(array=np.zeros(GRID.shape, np.float32), grid=GRID, unit=unit)
    scale = SuvScale(factor_bw=None, method="none", refused="missing-weight")
    return Exam(pet=pet, ct=None, acquisition=Acquisition(weight_kg=70.0), suv=scale)


def test_an_exam_in_relative_units_has_no_suv():
    assert _exam("g/ml").has_suv
    assert not _exam("relative").has_suv


def test_an_exam_without_ct_says_so_in_json():
    data = json.loads(json.dumps(_exam("relative").to_dict()))
    assert data["ct_shape"] is None
    assert data["pet_shape"] == [2, 2, 2]
    assert data["suv"]["refused"] == "missing-weight"


def test_a_series_has_the_keys_of_the_inspect_contract():
    series = SeriesInfo(
        uid="1.2",
        modality="PT",
        description="NAC",
        instances=3,
        role="pet",
        used=False,
        skipped_because="not attenuation corrected",
    )
    contract = {"uid", "modality", "description", "instances", "role", "used", "skipped_because"}
    assert set(series.to_dict()) >= contract | {"units", "suv"}
