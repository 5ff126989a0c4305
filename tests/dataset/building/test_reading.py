"""The same exam from NIfTI, DICOM and bare arrays."""

from pathlib import Path

import numpy as np
import pytest

from petscribe.core.errors import InputError
from petscribe.dataset.building.reading import read_files, read_given
from petscribe.dataset.building.work import ArrayFiles, DicomFolder, NiftiFiles, Work


def arrays(folder: Path, **changes) -> ArrayFiles:
    values = {
        "pet": folder / "pet.npz",
        "ct": None,
        "pet_spacing_mm": (3.0, 4.0, 4.0),
        "ct_spacing_mm": None,
        "suv_per_unit": 0.001,
    }
    return ArrayFiles(**{**values, **changes})


def save(path: Path, array: np.ndarray) -> None:
    np.savez_compressed(path, data=array)


def test_dicom_and_nifti_hold_the_same_exam(phantom_files: Path):
    nifti = phantom_files / "nifti"
    one = read_files(DicomFolder(folder=phantom_files / "dicom"))
    two = read_files(NiftiFiles(pet=nifti / "pet.nii.gz", ct=nifti / "ct.nii.gz", tracer="fdg"))
    assert one.pet.grid.matches(two.pet.grid)
    assert np.abs(one.pet.array - two.pet.array).max() < 0.01 * two.pet.array.max()
    assert one.acquisition.tracer == two.acquisition.tracer == "fdg"


def test_given_lesions_and_organs_are_read_onto_the_pet(phantom_files: Path, known):
    nifti = phantom_files / "nifti"
    files = NiftiFiles(pet=nifti / "pet.nii.gz")
    work = Work(
        key="a",
        patient="p",
        files=files,
        mask=nifti / "lesions.nii.gz",
        organs=nifti / "labels.nii.gz",
    )
    lesions, organs = read_given(work, read_files(files))
    np.testing.assert_array_equal(lesions.labels, known.phantom.lesions.labels)
    assert organs.names


def test_bare_arrays_stand_as_the_user_states(tmp_path: Path):
    stored = np.zeros((10, 8, 8), np.int16)
    stored[9, 2, 3] = 4000
    save(tmp_path / "pet.npz", stored)
    exam = read_files(arrays(tmp_path))
    assert exam.pet.array[9, 2, 3] == pytest.approx(4.0)
    assert exam.pet.grid.spacing_mm == (3.0, 4.0, 4.0)
    turned = read_files(arrays(tmp_path, is_feet_first=False))
    assert turned.pet.array[0, 2, 3] == pytest.approx(4.0)


def test_without_a_factor_the_units_are_relative(tmp_path: Path):
    save(tmp_path / "pet.npz", np.ones((4, 4, 4), np.int16))
    exam = read_files(arrays(tmp_path, suv_per_unit=None))
    assert exam.pet.unit == "relative"
    assert exam.suv.refused == "missing-pet-unit"


def test_the_ct_shares_the_centre_of_the_pet(tmp_path: Path):
    save(tmp_path / "pet.npz", np.ones((10, 8, 8), np.int16))
    save(tmp_path / "ct.npz", np.zeros((15, 32, 32), np.int16))
    exam = read_files(
        arrays(tmp_path, ct=tmp_path / "ct.npz", ct_spacing_mm=(2.0, 1.0, 1.0), hu_offset=-1024.0)
    )
    assert exam.ct.array.max() == -1024.0
    for one, two in zip(exam.pet.grid.bounds_mm, exam.ct.grid.bounds_mm, strict=True):
        np.testing.assert_allclose(one, two, atol=1e-6)


@pytest.mark.parametrize(
    ("array", "code"),
    [
        (np.zeros((4, 4)), "bad-array"),
        (np.zeros((4, 4, 4), np.complex64), "bad-array"),
        (np.array([[[np.nan] * 4] * 4] * 4), "nan-voxels"),
        (None, "bad-array"),
    ],
)
def test_what_is_no_volume_is_refused(tmp_path: Path, array, code):
    if array is None:
        (tmp_path / "pet.npz").write_bytes(b"rubbish")
    else:
        save(tmp_path / "pet.npz", array)
    with pytest.raises(InputError) as fault:
        read_files(arrays(tmp_path))
    assert fault.value.code == code


def test_pickled_objects_are_never_loaded(tmp_path: Path):
    np.savez(tmp_path / "pet.npz", data=np.array([{}], dtype=object))
    with pytest.raises(InputError) as fault:
        read_files(arrays(tmp_path))
    assert fault.value.code == "bad-array"
