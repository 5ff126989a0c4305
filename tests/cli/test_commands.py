"""The commands of the main path on a phantom exam: contracts, exit codes, agreement with truth."""

import json
from pathlib import Path

import pytest

LESION_KEYS = {
    "id", "suv_max", "suv_mean", "suv_peak", "suv_peak_global", "mtv_ml", "tlg_g",
    "long_axis_mm", "short_axis_mm", "centroid_lps_mm", "hottest_lps_mm", "slice_pet", "slice_ct",
    "location",
}  # fmt: skip
LOCATION_KEYS = {
    "section", "region", "organ", "laterality", "level", "words", "confidence", "source",
}  # fmt: skip


def test_help_lists_the_commands(petscribe):
    outcome = petscribe("--help")
    assert outcome.code == 0
    for command in ("inspect", "report", "measure", "check", "mine", "phantom", "doctor", "demo"):
        assert command in outcome.out


def test_inspect_finds_pet_and_ct_and_says_why_others_are_not_used(petscribe, phantom: Path):
    outcome = petscribe("inspect", phantom / "dicom", "--json")
    assert outcome.code == 0
    series = outcome.json["series"]
    used = {s["role"]: s for s in series if s["used"]}
    assert set(used) == {"pet", "ct"}
    assert used["pet"]["suv"]["factor_bw"] > 0
    assert used["pet"]["suv"]["refused"] is None
    skipped = [s for s in series if not s["used"]]
    assert skipped
    assert all(s["skipped_because"] for s in skipped)


def test_measure_gives_the_contract(petscribe, phantom: Path):
    outcome = petscribe(
        "measure", phantom / "dicom", "--mask", phantom / "nifti/lesions.nii.gz", "--json"
    )
    assert outcome.code == 0, outcome.err
    measured = outcome.json
    assert {"exam", "lesions", "reference_regions", "totals", "warnings"} <= set(measured)
    assert measured["totals"]["lesions"] == len(measured["lesions"]) > 0
    for lesion in measured["lesions"]:
        assert set(lesion) >= LESION_KEYS
        assert set(lesion["location"]) >= LOCATION_KEYS
        assert set(lesion["location"]["words"]) == {"en", "vi"}


def test_measured_values_are_the_truth(petscribe, phantom: Path, truth):
    outcome = petscribe(
        "measure", phantom / "dicom", "--mask", phantom / "nifti/lesions.nii.gz", "--json"
    )
    measured = {lesion["id"]: lesion for lesion in outcome.json["lesions"]}
    assert measured.keys() == {lesion["id"] for lesion in truth["lesions"]}
    for lesion in truth["lesions"]:
        ours = measured[lesion["id"]]
        assert ours["mtv_ml"] == pytest.approx(lesion["mtv_ml"], rel=1e-4)
        assert ours["suv_max"] == pytest.approx(lesion["suv_max"], rel=2e-3, abs=0.02)


def test_nifti_and_dicom_give_the_same_table(petscribe, phantom: Path):
    mask = ("--mask", phantom / "nifti/lesions.nii.gz", "--json")
    nifti = phantom / "nifti"
    pair = ("--pet", nifti / "pet.nii.gz", "--ct", nifti / "ct.nii.gz", "--pet-unit", "suvbw")
    by_dicom = petscribe("measure", phantom / "dicom", *mask).json["lesions"]
    by_nifti = petscribe("measure", *pair, *mask).json["lesions"]
    for one, other in zip(by_dicom, by_nifti, strict=True):
        assert one["suv_max"] == pytest.approx(other["suv_max"], rel=2e-3, abs=0.02)
        assert one["mtv_ml"] == pytest.approx(other["mtv_ml"], rel=1e-4)
        assert one["hottest_lps_mm"] == pytest.approx(other["hottest_lps_mm"], abs=0.1)
        assert one["location"]["region"] == other["location"]["region"]


def test_a_pet_alone_is_measured_and_says_so(petscribe, phantom: Path):
    outcome = petscribe(
        "measure", "--pet", phantom / "nifti/pet.nii.gz", "--pet-unit", "suvbw", "--json"
    )
    assert outcome.code in {0, 1}
    assert outcome.json["exam"]["ct_shape"] is None
    assert "no-ct" in outcome.json["warnings"]


@pytest.mark.parametrize("lang", ["en", "vi"])
def test_a_report_is_whole_and_verified(petscribe, phantom: Path, tmp_path: Path, lang: str):
    out = tmp_path / "báo cáo"
    mask = phantom / "nifti/lesions.nii.gz"
    outcome = petscribe("report", phantom / "dicom", "--mask", mask, "-o", out, "--lang", lang)
    assert outcome.code == 0, outcome.err
    assert {p.name for p in out.iterdir()} == {
        "report.json", "report.html", "report.txt", "lesions.nii.gz",
    }  # fmt: skip
    report = json.loads((out / "report.json").read_text("utf-8"))
    assert report["language"] == lang
    assert report["verified"] is True
    spoken = {s["lesion"] for s in report["findings"] if s["lesion"] is not None}
    assert spoken == {lesion["id"] for lesion in report["lesions"]}
    assert report["impression"]
    assert report["manifest"]["version"]


def test_the_same_exam_gives_the_same_report(petscribe, phantom: Path, tmp_path: Path):
    for name in ("a", "b"):
        petscribe("report", phantom / "dicom", "-o", tmp_path / name)
    one, other = (json.loads((tmp_path / n / "report.json").read_text()) for n in ("a", "b"))
    assert one == other


def test_a_report_agrees_with_its_own_exam(petscribe, phantom: Path, tmp_path: Path):
    mask = ("--mask", phantom / "nifti/lesions.nii.gz")
    petscribe("report", phantom / "dicom", *mask, "-o", tmp_path / "out")
    outcome = petscribe("check", tmp_path / "out/report.txt", phantom / "dicom", *mask, "--json")
    assert outcome.json == {"ok": True, "problems": []}
    assert outcome.code == 0


def test_a_flipped_side_is_found(petscribe, phantom: Path, tmp_path: Path, truth):
    sided = [x for x in truth["lesions"] if x["location"]["laterality"] in {"left", "right"}]
    lesion = max(sided, key=lambda x: x["suv_max"])
    side = lesion["location"]["laterality"]
    text = lesion["sentences"]["en"]
    other = {"left": "right", "right": "left"}[side]
    draft = tmp_path / "draft.txt"
    draft.write_text(text.replace(side, other).replace(side.title(), other.title()))
    outcome = petscribe("check", draft, "--measured", phantom / "truth.json", "--json")
    assert outcome.code == 1
    assert "laterality" in {problem["kind"] for problem in outcome.json["problems"]}


def test_mine_keeps_ids_and_reads_numbers(petscribe, tmp_path: Path):
    source = tmp_path / "texts.jsonl"
    lines = [
        {"id": "a", "text": "FDG-avid right hilar mass, SUVmax 42.2 (image 88).", "lang": "en"},
        {"id": "b", "text": "Không thấy tổn thương tăng chuyển hóa FDG ở gan.", "lang": "vi"},
    ]
    source.write_text("".join(json.dumps(x, ensure_ascii=False) + "\n" for x in lines), "utf-8")
    outcome = petscribe("mine", source, "--json")
    records = [json.loads(line) for line in outcome.out.splitlines()]
    assert [r["id"] for r in records] == ["a", "b"]
    first, second = (r["findings"][0] for r in records)
    assert (first["region"], first["laterality"], first["suv"][0]["value"]) == (
        "hilum",
        "right",
        42.2,
    )
    assert (second["region"], second["negated"]) == ("liver", True)


def test_a_phantom_is_the_same_for_the_same_seed(petscribe, phantom: Path, tmp_path: Path):
    petscribe("phantom", "--seed", 3, "-o", tmp_path / "again", "--light")
    for name in ("nifti/pet.nii.gz", "nifti/ct.nii.gz", "nifti/lesions.nii.gz", "truth.json"):
        assert (tmp_path / "again" / name).read_bytes() == (phantom / name).read_bytes()


def test_doctor_finds_a_sound_installation(petscribe):
    outcome = petscribe("doctor", "--json")
    assert outcome.code == 0, outcome.out
    assert outcome.json["ok"] is True
    assert len(outcome.json["checks"]) >= 6


def test_tables_for_people_fit_a_terminal(petscribe, phantom: Path):
    outcome = petscribe("measure", phantom / "dicom", COLUMNS="120")
    assert "SUVmax" in outcome.out
    assert max(len(line) for line in outcome.out.splitlines()) <= 120


def test_help_answers_without_heavy_imports(petscribe):
    outcome = petscribe("--help", PYTHONPROFILEIMPORTTIME="1")
    for heavy in ("numpy", "scipy", "SimpleITK", "pydicom", "torch"):
        assert f"| {heavy}\n" not in outcome.err.replace(" ", "").replace("|", "| ")


def test_a_nifti_pet_is_inspected_too(petscribe, phantom: Path):
    pet = phantom / "nifti/pet.nii.gz"
    outcome = petscribe("inspect", "--pet", pet, "--pet-unit", "suvbw", "--json")
    assert outcome.code == 0
    [series] = outcome.json["series"]
    assert (series["role"], series["used"], series["suv"]["factor_bw"]) == ("pet", True, 1.0)


def test_an_installed_segmenter_gives_the_organs(petscribe, phantom: Path, tmp_path: Path):
    """A stand-in with TotalSegmentator's command line copies the phantom's own label map."""
    program = tmp_path / "TotalSegmentator"
    labels = phantom / "nifti/labels.nii.gz"
    program.write_text(f'#!/bin/sh\nmkdir -p "$4" && cp "{labels}" "$4/organs.nii.gz"\n')
    program.chmod(0o755)
    mask = ("--mask", phantom / "nifti/lesions.nii.gz")
    outcome = petscribe("measure", phantom / "dicom", *mask, "--segmenter", program, "--json")
    assert outcome.code == 0, outcome.err
    assert {x["location"]["source"] for x in outcome.json["lesions"]} == {"labels"}


def test_a_segmenter_that_is_not_there_is_refused(refuses, phantom: Path, tmp_path: Path):
    refuses("segmenter-missing", "measure", phantom / "dicom", "--segmenter", tmp_path / "none")
