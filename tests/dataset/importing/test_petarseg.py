"""A table of findings: rows of one PET are one exam, faults are counted by row."""

import csv
from collections import Counter
from pathlib import Path

import pytest

from petscribe.core.errors import InputError
from petscribe.dataset.importing.petarseg import plan_of


def make(folder: Path, rows: list[dict[str, str]]) -> Path:
    for name in ("p1.nii.gz", "p2.nii.gz", "c1.nii.gz", "m1.nii.gz", "m2.nii.gz", "m3.nii.gz"):
        (folder / name).write_bytes(b"x")
    names = ["exam", "patient", "text", "pet", "ct", "mask", "split", "lang", "tracer"]
    with (folder / "index.csv").open("w", newline="") as file:
        writer = csv.DictWriter(file, names)
        writer.writeheader()
        writer.writerows(rows)
    return folder / "index.csv"


def row(**changes: str) -> dict[str, str]:
    values = {"exam": "e1", "text": "A node.", "pet": "p1.nii.gz", "mask": "m1.nii.gz"}
    return {**values, **changes}


def test_rows_of_one_exam_are_its_findings(tmp_path: Path):
    table = make(
        tmp_path,
        [
            row(ct="c1.nii.gz", split="Training", tracer="FDG", lang="EN"),
            row(text="Another.", mask="m2.nii.gz", split="train"),
            row(exam="e2", pet="p2.nii.gz", mask="m3.nii.gz", split="validation"),
        ],
    )
    plan = plan_of(table)
    one, two = plan.work
    assert [f.text for f in one.findings] == ["A node.", "Another."]
    assert [f.mask.name for f in one.findings] == ["m1.nii.gz", "m2.nii.gz"]
    assert (one.key, one.split, one.files.tracer, one.findings[0].lang) == (
        "e1",
        "train",
        "fdg",
        "en",
    )
    assert one.files.ct.name == "c1.nii.gz"
    assert (two.key, two.split) == ("e2", "val")
    assert plan.problems == ()


def test_exams_of_one_patient_share_a_pseudonym(tmp_path: Path):
    rows = [row(patient="7"), row(exam="e2", pet="p2.nii.gz", patient="7")]
    one, two = plan_of(make(tmp_path, rows)).work
    assert one.patient == two.patient != "7"


def test_bad_rows_are_counted_and_the_others_stay(tmp_path: Path):
    table = make(
        tmp_path,
        [
            row(),
            row(text=""),
            row(mask="gone.nii.gz"),
            row(pet=""),
            row(split="fold 3"),
            row(exam="e2", pet="p2.nii.gz", split="train"),
            row(exam="e2", pet="p2.nii.gz", split="test"),
        ],
    )
    plan = plan_of(table)
    assert [w.key for w in plan.work] == ["e1"]
    assert Counter(p.code for p in plan.problems) == {
        "empty-report": 1,
        "missing-file": 2,
        "bad-split": 1,
        "rows-disagree": 1,
    }


def test_a_unit_that_is_none_is_refused(tmp_path: Path):
    table = make(tmp_path, [row()])
    (tmp_path / "map.json").write_text('{"pet_unit": "counts"}')
    with pytest.raises(InputError) as fault:
        plan_of(table, tmp_path / "map.json")
    assert fault.value.code == "option-mismatch"
