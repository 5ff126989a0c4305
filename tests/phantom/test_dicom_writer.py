"""DICOM: read back by petscribe the SUV is the phantom's; the objects conform."""

import shutil
import subprocess
from dataclasses import replace

import numpy as np
import pydicom
import pytest

from petscribe.core.errors import OutputError
from petscribe.io.dicom.exam import inspect_folder, read_exam
from petscribe.phantom.dicom_writer import write_dicom
from petscribe.phantom.exam import ExamOptions, make_exam

STYLES = ["ge", "siemens", "philips"]
SMALL = ExamOptions(field_of_view="torso", lesions=2, pet_mm=10.0, ct_mm=(8.0, 6.0))


@pytest.fixture(scope="session")
def made(tmp_path_factory):
    """Exams on disk by style, each written once however the tests are shuffled."""
    phantom = make_exam(5, light=True, options=SMALL)
    found = {}
    for style in STYLES:
        makers = {"ge": "GE MEDICAL SYSTEMS", "siemens": "SIEMENS", "philips": "Philips"}
        acquisition = replace(phantom.acquisition, manufacturer=makers[style])
        found[style] = replace(phantom, style=style, acquisition=acquisition)
        write_dicom(found[style], tmp_path_factory.mktemp(style, numbered=False))
    return found, tmp_path_factory.getbasetemp()


@pytest.fixture(params=STYLES)
def written(request, made):
    exams, folder = made
    return exams[request.param], folder / request.param


def test_suv_read_back_is_the_phantoms_to_quantisation(written):
    phantom, folder = written
    exam = read_exam(folder)
    assert exam.pet.grid.matches(phantom.pet.grid, tolerance_mm=1e-3)
    peaks = phantom.pet.array.max(axis=(1, 2), keepdims=True)
    assert (np.abs(exam.pet.array - phantom.pet.array) <= 1.2e-4 * peaks + 1e-6).all()
    assert exam.suv.refused is None
    assert exam.suv.warnings == ()


def test_ct_read_back_is_the_phantoms_inside_the_circle(written):
    phantom, folder = written
    exam = read_exam(folder)
    assert exam.ct.grid.matches(phantom.ct.grid, tolerance_mm=1e-3)
    inside = exam.ct.measured
    assert inside.mean() > 0.7
    assert np.array_equal(exam.ct.array[inside], phantom.ct.array[inside])


def test_header_facts_come_back(written):
    phantom, folder = written
    read, made = read_exam(folder).acquisition, phantom.acquisition
    assert read.tracer == made.tracer
    assert read.weight_kg == made.weight_kg
    assert read.injected_activity_bq == pytest.approx(made.injected_activity_bq)
    assert read.uptake_time_s == pytest.approx(made.uptake_time_s, abs=1.0)
    assert read.sex == made.sex


def test_distractors_are_there_and_not_used(written):
    _, folder = written
    series = inspect_folder(folder).series
    assert len(series) == 4
    assert sorted(s.role for s in series if s.used) == ["ct", "pet"]
    assert {s.units for s in series if s.modality == "PT" and not s.used} == {"PROPCNTS"}


def test_objects_name_no_person_and_carry_the_notice(written):
    _, folder = written
    for path in folder.rglob("0001.dcm"):
        ds = pydicom.dcmread(path)
        assert str(ds.PatientName) == "PHANTOM^SEED 5"
        assert "Research use only" in ds.ImageComments


@pytest.mark.skipif(shutil.which("dciodvfy") is None, reason="dicom3tools is not installed")
def test_objects_conform(written):
    _, folder = written
    for path in sorted(folder.rglob("0001.dcm")):
        result = subprocess.run(
            ["dciodvfy", "-new", str(path)], capture_output=True, text=True, check=False
        )
        errors = [line for line in result.stderr.splitlines() if line.startswith("Error")]
        assert errors == [], path


@pytest.mark.parametrize("tracer", ["psma", "fluciclovine"])
def test_other_tracers_are_told_from_the_header(tracer, tmp_path):
    phantom = make_exam(6, light=True, tracer=tracer, options=replace(SMALL, with_ct=False))
    write_dicom(phantom, tmp_path, distractors=False)
    exam = read_exam(tmp_path)
    assert exam.acquisition.tracer == tracer
    assert exam.ct is None
    assert exam.pet.array.max() == pytest.approx(phantom.pet.array.max(), rel=1e-3)


def test_the_same_exam_writes_the_same_bytes(made, tmp_path):
    exams, folder = made
    write_dicom(exams["ge"], tmp_path, distractors=False)
    for one in sorted(tmp_path.rglob("*.dcm")):
        assert one.read_bytes() == (folder / "ge" / one.relative_to(tmp_path)).read_bytes()


def test_a_folder_that_cannot_be_made_is_said_so(made, tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(OutputError) as fault:
        write_dicom(made[0]["ge"], tmp_path / "file" / "x")
    assert fault.value.code == "cannot-write"
