"""Both public layouts of autoPET: NIfTI triples and DICOM with a segmentation."""

from pathlib import Path

import pydicom
import pytest
from pydicom.dataset import FileMetaDataset

from petscribe.core.errors import InputError
from petscribe.dataset.building.work import DicomFolder, NiftiFiles
from petscribe.dataset.importing.autopet import plan_of


def study(root: Path, patient: str, name: str, *files: str) -> Path:
    folder = root / patient / name
    folder.mkdir(parents=True)
    for file in files:
        (folder / file).write_bytes(b"x")
    return folder


def write_header(path: Path, modality: str) -> None:
    path.parent.mkdir(parents=True)
    meta = FileMetaDataset()
    meta.TransferSyntaxUID = pydicom.uid.ExplicitVRLittleEndian
    meta.MediaStorageSOPClassUID = "1.2.840.10008.5.1.4.1.1.66.4"
    meta.MediaStorageSOPInstanceUID = "1.2.3"
    header = pydicom.Dataset()
    header.file_meta = meta
    header.Modality = modality
    header.save_as(path, enforce_file_format=True)


def test_nifti_studies_become_work_and_a_patient_stays_together(tmp_path: Path):
    study(tmp_path, "P1", "S1", "SUV.nii.gz", "CTres.nii.gz", "CT.nii.gz", "SEG.nii.gz")
    study(tmp_path, "P1", "S2", "SUV.nii.gz", "SEG.nii.gz")
    study(tmp_path, "P2", "S1", "SUV.nii.gz")
    study(tmp_path, "P3", "S1", "notes.txt")
    plan = plan_of(tmp_path, tracer="psma")
    assert [w.key for w in plan.work] == ["P1_S1", "P1_S2"]
    one, two = plan.work
    assert one.patient == two.patient
    assert isinstance(one.files, NiftiFiles)
    assert one.files.ct.name == "CTres.nii.gz"
    assert one.files.tracer == "psma"
    assert two.files.ct is None
    assert [(p.key, p.code) for p in plan.problems] == [
        ("P2_S1", "missing-file"),
        ("P3_S1", "missing-file"),
    ]


def test_dicom_studies_name_their_segmentation(tmp_path: Path):
    folder = tmp_path / "P1" / "S1"
    write_header(folder / "PET" / "1.dcm", "PT")
    write_header(folder / "SEG" / "1.dcm", "SEG")
    (work,) = plan_of(tmp_path).work
    assert work.files == DicomFolder(folder=folder)
    assert work.mask == folder / "SEG" / "1.dcm"


def test_no_folder_is_refused(tmp_path: Path):
    with pytest.raises(InputError) as fault:
        plan_of(tmp_path / "none")
    assert fault.value.code == "no-exams"
