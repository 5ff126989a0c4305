"""A whole case from files: arrays, slots, places, nothing that leads to the patient."""

import json
from pathlib import Path

import numpy as np
import pytest

from petscribe.core.codec import decode
from petscribe.core.volume import Grid
from petscribe.dataset.building.case import (
    UNMEASURED_HU,
    CaseSettings,
    applied_decisions,
    make_case,
    regridded,
)
from petscribe.dataset.building.joining import plan_of
from petscribe.dataset.linking.link import Decision
from petscribe.terms.slots import SLOT_TOKENS


@pytest.fixture(scope="module")
def case(phantom_files, known, tmp_path_factory):
    folder = tmp_path_factory.mktemp("one")
    (folder / "exams").mkdir()
    (folder / "exams" / "e1").symlink_to(phantom_files / "dicom", target_is_directory=True)
    text = (
        f"Patient: John Smith, born 01/02/1950. {known.sentence(0)} {known.sentence(1)}"
        " No FDG-avid lesion in the liver."
    )
    (folder / "r.jsonl").write_text(json.dumps({"id": "e1", "text": text}))
    (work,) = plan_of(folder / "exams", folder / "r.jsonl").work
    return make_case(work, CaseSettings(), {})


def test_arrays_lie_on_the_grids_that_the_record_states(case):
    grid = decode(Grid, case.record["pet_grid"])
    assert case.arrays["pet"].shape == case.arrays["lesions"].shape == grid.shape
    assert case.arrays["pet"].dtype == np.float16
    assert case.arrays["ct"].dtype == np.int16
    assert case.arrays["ct"].shape == decode(Grid, case.record["ct_grid"]).shape


def test_every_pair_has_its_lesion_in_the_mask_and_its_measures(case):
    labels = set(np.unique(case.arrays["lesions"])) - {0}
    lesions = {lesion["id"]: lesion for lesion in case.record["lesions"]}
    assert labels == set(lesions) == {pair["lesion"] for pair in case.record["pairs"]}
    assert len(case.record["pairs"]) == 2
    for lesion in lesions.values():
        own = case.arrays["lesions"] == lesion["id"]
        assert case.arrays["pet"][own].max() == pytest.approx(lesion["suv_max"], rel=1e-3)
        assert set(lesion["place"]) >= {"lateral_mm", "level"}


def test_the_numbers_of_the_text_are_slots(case):
    found = [s for s in case.record["samples"] if s["task"] == "finding"]
    assert len(found) == 2
    for sample in found:
        assert "<suv_max>" in sample["answer"]
        assert "<slice>" in sample["answer"]
        assert sample["unbound"] == []
        assert sample["targets"]["verdict"] == "lesion"
        assert sample["prompt"]
    (report,) = [s for s in case.record["samples"] if s["task"] == "report"]
    assert "<L1><suv_max>" in report["answer"]
    assert "<L2><suv_max>" in report["answer"]
    assert all(f"<{t}>" in SLOT_TOKENS for t in ("suv_max", "slice"))


def test_nobody_can_be_found_in_the_record(case):
    said = json.dumps(case.record)
    assert "Smith" not in said
    assert "1950" not in said
    for key in ("study_uid", "study_date", "pet_series_uid", "study_description"):
        assert key not in case.record["exam"]
    assert case.record["deidentified"]


def test_the_record_is_json(case):
    json.dumps(case.record, allow_nan=False)


def test_a_working_grid_keeps_the_box_and_the_lesions(archive: Path):
    (work,) = plan_of(archive / "exams", archive / "reports").work
    case = make_case(work, CaseSettings(pet_mm=10.0, ct_mm=8.0), {})
    assert decode(Grid, case.record["pet_grid"]).spacing_mm == (10.0, 10.0, 10.0)
    assert decode(Grid, case.record["ct_grid"]).spacing_mm == (8.0, 8.0, 8.0)
    assert set(np.unique(case.arrays["lesions"])) >= {1}
    assert case.arrays["ct"].min() >= UNMEASURED_HU


@pytest.mark.parametrize("edge_mm", [2.0, 4.0, 7.5])
def test_a_new_grid_starts_at_the_same_corner(edge_mm):
    grid = Grid(shape=(30, 40, 50), spacing_mm=(3.0, 4.0, 4.0), origin_mm=(-9.0, 5.0, 100.0))
    new = regridded(grid, edge_mm)
    np.testing.assert_allclose(new.bounds_mm[0], grid.bounds_mm[0], atol=1e-6)
    np.testing.assert_allclose(new.bounds_mm[1], grid.bounds_mm[1], atol=edge_mm / 2 + 1e-6)


def test_decisions_about_others_are_not_kept():
    said = {"a": Decision(verdict="reject"), "b": Decision(verdict="reject")}
    assert set(applied_decisions(said, ["b", "c"])) == {"b"}
