"""Work says who without saying who, and a fingerprint that follows every change."""

from dataclasses import replace
from pathlib import Path

from petscribe.dataset.building.work import (
    DicomFolder,
    GivenFinding,
    NiftiFiles,
    Problem,
    Work,
    fingerprint,
    pseudonym,
)


def test_a_pseudonym_hides_the_identity_and_stays():
    assert pseudonym("Jane Doe") == pseudonym("Jane Doe")
    assert "Jane" not in pseudonym("Jane Doe")
    assert pseudonym("Jane Doe") != pseudonym("Jane Doe", salt="other")


def test_a_fingerprint_follows_text_files_and_masks(tmp_path: Path):
    folder = tmp_path / "exam"
    folder.mkdir()
    (folder / "1.dcm").write_bytes(b"one")
    work = Work(key="a", patient="p", files=DicomFolder(folder=folder), report="Text.")
    seen = {fingerprint(work)}
    assert fingerprint(work) in seen
    seen.add(fingerprint(replace(work, report="Other text.")))
    (folder / "2.dcm").write_bytes(b"two")
    seen.add(fingerprint(work))
    mask = tmp_path / "mask.nii.gz"
    mask.write_bytes(b"m")
    seen.add(fingerprint(replace(work, mask=mask)))
    seen.add(fingerprint(replace(work, findings=(GivenFinding(text="x", mask=mask),))))
    assert len(seen) == 5


def test_files_that_are_gone_are_no_fault_of_the_fingerprint():
    work = Work(key="a", patient="p", files=NiftiFiles(pet=Path("nowhere.nii.gz")))
    assert fingerprint(work) == fingerprint(work)


def test_a_problem_has_a_json_form():
    assert Problem(code="x", key="k", message="m").to_dict() == {
        "code": "x",
        "key": "k",
        "message": "m",
    }
