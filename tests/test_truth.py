"""A phantom's truth is in the measure contract and true of its images."""

from pathlib import Path

import numpy as np
import pytest

from petscribe.core.codec import decode
from petscribe.core.finding import Finding
from petscribe.core.report import Measured
from petscribe.io.dicom.exam import read_exam
from petscribe.io.nifti.exam import read_labels, read_volume
from petscribe.phantom.exam import make_exam
from petscribe.truth import truth_of, write_phantom


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a phantom on disk."""
    path = tmp_path_factory.mktemp("phantom")
    write_phantom(5, path, light=True, style="siemens")
    return path


def test_the_truth_is_in_the_measure_contract():
    truth = truth_of(make_exam(5, light=True))
    measured = Measured.from_dict(truth)
    assert len(measured.lesions) == measured.totals.lesions > 0
    assert measured.totals.mtv_ml == pytest.approx(sum(x["mtv_ml"] for x in truth["lesions"]))


def test_every_lesion_says_what_its_sentence_must_say():
    for lesion in truth_of(make_exam(6, light=True))["lesions"]:
        finding = decode(Finding, lesion["finding"])
        assert finding.region == lesion["location"]["region"]
        assert finding.type == lesion["type"]
        assert finding.uptake == lesion["uptake"]
        assert set(lesion["sentences"]) == {"en", "vi"}


def test_dicom_and_nifti_hold_the_same_pet(folder: Path):
    by_dicom = read_exam(folder / "dicom").pet
    by_nifti = read_volume(folder / "nifti/pet.nii.gz", unit="g/ml")
    assert by_dicom.grid.matches(by_nifti.grid, tolerance_mm=0.01)
    error = np.abs(by_dicom.array - by_nifti.array).max()
    assert error <= 1e-3 * by_nifti.array.max()


def test_lesions_lie_on_the_pet_grid_and_are_named(folder: Path):
    lesions = read_labels(folder / "nifti/lesions.nii.gz")
    pet = read_volume(folder / "nifti/pet.nii.gz", unit="g/ml")
    assert lesions.grid.matches(pet.grid)
    assert set(lesions.names) >= set(lesions.ids)


def test_labels_are_named_structures(folder: Path):
    labels = read_labels(folder / "nifti/labels.nii.gz")
    assert {"liver", "spleen", "heart", "brain"} & set(labels.names.values())
    assert len(labels.ids) >= 60
