"""Which report belongs to which exam; whatever finds no partner is counted and told."""

import json
from collections import Counter
from pathlib import Path

import pytest

from petscribe.core.errors import InputError
from petscribe.dataset.building.joining import MAX_REPORT_CHARACTERS, plan_of, read_mapping
from petscribe.dataset.building.work import DicomFolder, NiftiFiles, pseudonym


def make(root: Path, exams: tuple[str, ...], reports: dict[str, str]) -> tuple[Path, Path]:
    for name in exams:
        (root / "exams" / name).mkdir(parents=True)
        (root / "exams" / name / "pet.nii.gz").write_bytes(b"x")
    (root / "reports").mkdir()
    for name, text in reports.items():
        (root / "reports" / name).write_text(text)
    return root / "exams", root / "reports"


def codes(plan) -> dict[str, int]:
    return dict(Counter(p.code for p in plan.problems))


def test_a_report_joins_the_exam_of_its_name(tmp_path: Path):
    plan = plan_of(*make(tmp_path, ("a", "b"), {"a.txt": "Text a.", "b.txt": "Text b."}))
    assert [(w.key, w.report) for w in plan.work] == [("a", "Text a."), ("b", "Text b.")]
    assert plan.problems == ()


def test_everything_without_a_partner_is_a_problem_with_a_code(tmp_path: Path):
    exams, reports = make(tmp_path, ("a", "b", "c"), {"a.txt": "Text.", "stray.txt": "Text."})
    both = [{"id": "b", "text": "One."}, {"id": "b", "text": "Two."}]
    (reports / "more.jsonl").write_text("\n".join(json.dumps(row) for row in both))
    (reports / "long.jsonl").write_text(
        json.dumps({"id": "c", "text": "x" * (MAX_REPORT_CHARACTERS + 1)})
    )
    (reports / "blank.txt").write_text("  \n ")
    (reports / "rubbish.txt").write_bytes(bytes(range(128, 256)))
    (exams / "empty").mkdir()
    plan = plan_of(exams, reports)
    assert [w.key for w in plan.work] == ["a"]
    assert codes(plan) == {
        "report-without-exam": 1,
        "two-reports": 1,
        "report-too-long": 1,
        "exam-without-report": 1,
        "empty-report": 1,
        "not-utf8": 1,
        "no-exam-files": 1,
    }
    assert all(p.message and p.key for p in plan.problems)


def test_the_same_report_twice_is_one_report(tmp_path: Path):
    exams, reports = make(tmp_path, ("a",), {"a.txt": "Text."})
    (reports / "again.jsonl").write_text(json.dumps({"id": "a", "text": "Text. "}))
    plan = plan_of(exams, reports)
    assert [w.key for w in plan.work] == ["a"]


def test_a_mapping_file_overrules_names_and_gives_patients(tmp_path: Path):
    exams, reports = make(tmp_path, ("a", "b"), {"r1.txt": "One.", "r2.txt": "Two."})
    mapping = tmp_path / "map.csv"
    mapping.write_text("report,exam,patient\nr1,b,77\nr2,a,77\n")
    plan = plan_of(exams, reports, mapping)
    assert {w.key: w.report for w in plan.work} == {"a": "Two.", "b": "One."}
    assert {w.patient for w in plan.work} == {pseudonym("77")}


def test_a_mapping_without_its_columns_is_refused(tmp_path: Path):
    mapping = tmp_path / "map.csv"
    mapping.write_text("a,b\n1,2\n")
    with pytest.raises(InputError) as fault:
        read_mapping(mapping)
    assert fault.value.code == "bad-mapping"


def test_dicom_exams_join_by_accession_number_and_hide_the_patient(
    phantom_files: Path, tmp_path: Path
):
    exams, reports = make(tmp_path, ("a",), {})
    (exams / "d").symlink_to(phantom_files / "dicom", target_is_directory=True)
    (reports / "P60002.txt").write_text("Text.")
    plan = plan_of(exams, reports)
    (work,) = plan.work
    assert isinstance(work.files, DicomFolder)
    assert work.key == "d"
    assert work.patient.startswith("p")
    assert work.patient != pseudonym("d")


def test_nifti_exams_carry_mask_organs_and_the_tracer_that_is_stated(tmp_path: Path):
    exams, reports = make(tmp_path, ("a",), {"a.txt": "Text."})
    for name in ("CT", "lesions", "organs"):
        (exams / "a" / f"{name}.nii.gz").write_bytes(b"x")
    (work,) = plan_of(exams, reports, tracer="psma").work
    assert isinstance(work.files, NiftiFiles)
    assert work.files.tracer == "psma"
    assert work.files.ct is not None
    assert work.mask is not None
    assert work.organs is not None


def test_no_folder_of_exams_is_refused(tmp_path: Path):
    with pytest.raises(InputError) as fault:
        plan_of(tmp_path / "none", tmp_path)
    assert fault.value.code == "no-exams"
