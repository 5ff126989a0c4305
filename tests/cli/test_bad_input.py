"""Bad input: one clear line with its own code, exit 2 (1 when the rest could be done)."""

import gzip
import json
import os
import resource
import shutil
import struct
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import nibabel as nib
import numpy as np
import pydicom
import pytest

Edit = Callable[[pydicom.Dataset], None]


@pytest.fixture
def exam(phantom: Path, tmp_path: Path) -> Path:
    """Return a copy of the phantom's DICOM that a test may spoil."""
    return Path(shutil.copytree(phantom / "dicom", tmp_path / "exam"))


def _files(exam: Path, modality: str) -> list[Path]:
    """Return the files of the AC PET or the CT, by instance number."""
    found: list[tuple[int, Path]] = []
    for path in sorted(exam.rglob("*")):
        if not path.is_file():
            continue
        head = pydicom.dcmread(path, stop_before_pixels=True)
        attenuation = "ATTN" in head.get("CorrectedImage", [])
        scout = "LOCALIZER" in head.get("ImageType", [])
        if head.Modality == modality and not scout and (modality != "PT" or attenuation):
            found.append((int(head.InstanceNumber), path))
    return [path for _, path in sorted(found)]


def _edit(paths: list[Path], change: Edit) -> None:
    for path in paths:
        data = pydicom.dcmread(path)
        change(data)
        data.save_as(path)


def _spoil_pet(exam: Path, change: Edit) -> None:
    _edit(_files(exam, "PT"), change)


def _drug(data: pydicom.Dataset) -> pydicom.Dataset:
    return data.RadiopharmaceuticalInformationSequence[0]


def test_an_empty_folder(refuses, tmp_path: Path):
    refuses("no-dicom", "measure", tmp_path)


def test_a_folder_that_is_not_there(refuses, tmp_path: Path):
    refuses("not-found", "measure", tmp_path / "nowhere")


def test_a_folder_of_other_files(refuses, tmp_path: Path):
    (tmp_path / "ghi chú.txt").write_text("not DICOM")
    refuses("no-dicom", "inspect", tmp_path)


def test_neither_exam_nor_pet(refuses):
    refuses("no-exam", "measure")


def test_missing_slices(refuses, exam: Path):
    files = _files(exam, "PT")
    files[len(files) // 2].unlink()
    outcome = refuses("missing-slices", "measure", exam)
    assert "1" in outcome.err


def test_duplicated_slices(refuses, exam: Path):
    files = _files(exam, "PT")
    data = pydicom.dcmread(files[3])
    data.SOPInstanceUID = data.file_meta.MediaStorageSOPInstanceUID = data.SOPInstanceUID + ".9"
    data.save_as(files[3].with_name("twice.dcm"))
    refuses("duplicated-slices", "measure", exam)


def test_a_truncated_file(refuses, exam: Path):
    path = _files(exam, "PT")[5]
    path.write_bytes(path.read_bytes()[:-200])
    refuses("truncated-file", "measure", exam)


def test_ct_without_pet(refuses, exam: Path):
    for path in list(exam.rglob("*")):
        if path.is_file() and pydicom.dcmread(path, stop_before_pixels=True).Modality == "PT":
            path.unlink()
    refuses("no-pet", "measure", exam)


def test_pet_without_ct_is_measured(petscribe, exam: Path):
    for path in list(exam.rglob("*")):
        if path.is_file() and pydicom.dcmread(path, stop_before_pixels=True).Modality == "CT":
            path.unlink()
    outcome = petscribe("measure", exam, "--json")
    assert outcome.code in {0, 1}
    assert outcome.json["exam"]["ct_shape"] is None


@pytest.mark.parametrize(
    ("code", "change"),
    [
        ("missing-weight", lambda d: d.__delattr__("PatientWeight")),
        ("missing-dose", lambda d: _drug(d).__delattr__("RadionuclideTotalDose")),
        ("bad-weight", lambda d: setattr(d, "PatientWeight", "0")),
        ("missing-units", lambda d: d.__delattr__("Units")),
    ],
)
def test_without_suv_the_exam_is_read_in_relative_units(petscribe, exam: Path, code, change):
    _spoil_pet(exam, change)
    outcome = petscribe("measure", exam, "--json")
    assert outcome.code == 1, outcome.err
    measured = outcome.json
    assert measured["exam"]["unit"] == "relative"
    assert measured["exam"]["suv"]["refused"] == code
    assert all(lesion["suv_max"] is None for lesion in measured["lesions"])
    assert code in outcome.err


@pytest.mark.parametrize(
    ("code", "change"),
    [
        ("units-propcnts", lambda d: setattr(d, "Units", "PROPCNTS")),
        ("not-attenuation-corrected", lambda d: setattr(d, "CorrectedImage", ["DECY"])),
    ],
)
def test_a_pet_that_is_not_quantitative_is_refused(refuses, exam: Path, code, change):
    _spoil_pet(exam, change)
    refuses(code, "measure", exam)


def test_weight_in_grams_and_dose_in_megabecquerel_are_understood_and_said(petscribe, exam: Path):
    before = petscribe("inspect", exam, "--json").json["series"]

    def spoil(data: pydicom.Dataset) -> None:
        data.PatientWeight = str(float(data.PatientWeight) * 1000)
        _drug(data).RadionuclideTotalDose = str(float(_drug(data).RadionuclideTotalDose) / 1e6)

    _spoil_pet(exam, spoil)
    after = petscribe("inspect", exam, "--json").json["series"]
    one, other = (
        next(s["suv"] for s in x if s["used"] and s["role"] == "pet") for x in (before, after)
    )
    assert other["factor_bw"] == pytest.approx(one["factor_bw"], rel=1e-3)
    assert len(other["warnings"]) >= len(one["warnings"]) + 2


def test_a_zip_of_dicom(petscribe, phantom: Path, tmp_path: Path):
    archive = tmp_path / "exam.zip"
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as file:
        for path in (phantom / "dicom").rglob("*"):
            if path.is_file():
                file.write(path, path.relative_to(phantom))
    assert petscribe("inspect", archive, "--json").code == 0


def test_a_zip_writes_nowhere_else(petscribe, phantom: Path, tmp_path: Path):
    archive = tmp_path / "exam.zip"
    with zipfile.ZipFile(archive, "w") as file:
        file.write(_files(phantom / "dicom", "PT")[0], "../outside.dcm")
    petscribe("inspect", archive)
    assert not (tmp_path.parent / "outside.dcm").exists()


def test_a_zip_bomb(refuses, tmp_path: Path):
    archive = tmp_path / "exam.zip"
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as file:
        for k in range(8):
            file.writestr(f"{k}.dcm", bytes(64_000_000))
    refuses("archive-bomb", "inspect", archive)


def test_a_header_that_claims_ten_gigabytes(refuses, exam: Path):
    def claim(data: pydicom.Dataset) -> None:
        data.Rows = data.Columns = 50_000

    _spoil_pet(exam, claim)
    refuses("too-large", "measure", exam)


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
def test_a_folder_without_permission(refuses, exam: Path):
    exam.chmod(0)
    refuses("cannot-read", "measure", exam)
    exam.chmod(0o755)


def test_an_unknown_option_is_one_line(refuses):
    refuses("usage", "measure", "--frobnicate")


def test_nan_in_a_nifti_pet(refuses, phantom: Path, tmp_path: Path):
    image = nib.load(phantom / "nifti/pet.nii.gz")
    array = image.get_fdata(dtype=np.float32)
    array[3, 3, 3] = np.nan
    nib.save(nib.Nifti1Image(array, image.affine), tmp_path / "pet.nii.gz")
    refuses("nan-voxels", "measure", "--pet", tmp_path / "pet.nii.gz", "--pet-unit", "suvbw")


def test_a_nifti_pet_without_its_unit(refuses, phantom: Path):
    refuses("missing-pet-unit", "measure", "--pet", phantom / "nifti/pet.nii.gz")


def test_a_nifti_header_that_claims_too_much(refuses, tmp_path: Path):
    header = nib.Nifti1Header()
    header.set_data_shape((30000, 30000, 300))
    header.set_data_dtype(np.float32)
    path = tmp_path / "pet.nii.gz"
    path.write_bytes(gzip.compress(header.binaryblock + struct.pack("<i", 0)))
    refuses("too-large", "measure", "--pet", path, "--pet-unit", "suvbw")


def test_a_mask_off_the_grid(refuses, phantom: Path, tmp_path: Path):
    image = nib.load(phantom / "nifti/lesions.nii.gz")
    affine = image.affine.copy()
    affine[:3, 3] += 5000
    path = tmp_path / "mask.nii.gz"
    nib.save(nib.Nifti1Image(np.asanyarray(image.dataobj), affine), path)
    refuses("mask-off-grid", "measure", phantom / "dicom", "--mask", path)


def test_an_empty_mask(refuses, phantom: Path, tmp_path: Path):
    image = nib.load(phantom / "nifti/lesions.nii.gz")
    path = tmp_path / "mask.nii.gz"
    nib.save(nib.Nifti1Image(np.zeros(image.shape, np.uint8), image.affine), path)
    refuses("empty-mask", "measure", phantom / "dicom", "--mask", path)


def test_a_mask_that_is_not_there(refuses, phantom: Path, tmp_path: Path):
    refuses("not-found", "measure", phantom / "dicom", "--mask", tmp_path / "x.nii.gz")


def test_an_output_folder_that_is_a_file(refuses, phantom: Path, tmp_path: Path):
    (tmp_path / "out").write_text("in the way")
    refuses("cannot-write", "report", phantom / "dicom", "-o", tmp_path / "out")


def test_a_full_disk_leaves_nothing_half_written(phantom: Path, tmp_path: Path):
    """A limit on file size stands in for the full disk: the HTML page does not fit."""

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))

    out = tmp_path / "out"
    command = [sys.executable, "-m", "petscribe", "report", str(phantom / "dicom"), "-o", str(out)]
    process = subprocess.run(
        command, capture_output=True, text=True, timeout=120, check=False, preexec_fn=limit
    )
    assert process.returncode == 2
    assert process.stderr.startswith("petscribe: error[cannot-write]")
    assert len(process.stderr.splitlines()) == 1
    assert not out.exists()


def test_a_draft_that_is_no_text(refuses, phantom: Path, tmp_path: Path):
    draft = tmp_path / "draft.txt"
    draft.write_bytes(b"\xff\xfe\x00\x01rubbish")
    refuses("not-utf8", "check", draft, "--measured", phantom / "truth.json")


def test_a_measured_file_of_another_shape(refuses, tmp_path: Path):
    (tmp_path / "draft.txt").write_text("No FDG-avid lesion.")
    (tmp_path / "m.json").write_text(json.dumps({"lesions": [{"id": "one"}]}))
    refuses("bad-record", "check", tmp_path / "draft.txt", "--measured", tmp_path / "m.json")


def test_patient_names_never_reach_messages(petscribe, exam: Path):
    _spoil_pet(exam, lambda d: d.__delattr__("PatientWeight"))
    outcome = petscribe("-v", "measure", exam, "--json")
    assert "PHANTOM^" not in outcome.err + outcome.out
