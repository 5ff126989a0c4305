"""Finding the mask: one file, one in a folder, none, several, or something else."""

import numpy as np
import pytest
from pydicom.uid import DeflatedExplicitVRLittleEndian

from mask_writers import RTSTRUCT, base, rtstruct, save, seg
from petscribe.core.errors import PetscribeError
from petscribe.io.masks import files as mask_files
from petscribe.io.masks.files import find_mask, is_dicom, open_dicom

PICTURE = np.ones((3, 4), dtype=bool)


def small_seg():
    return seg([(1, PICTURE, (0.0, 0.0, 0.0))])


def code_of(call):
    with pytest.raises(PetscribeError) as fault:
        call()
    assert "Secret" not in str(fault.value)
    assert "\n" not in str(fault.value)
    return fault.value.code


def test_a_file_is_itself(tmp_path):
    assert find_mask(save(small_seg(), tmp_path / "a.dcm")).name == "a.dcm"


def test_a_folder_with_one_mask_among_other_files(tmp_path):
    save(base("1.2.840.10008.5.1.4.1.1.128", "PT"), tmp_path / "pet.dcm")
    (tmp_path / "readme.txt").write_text("x")
    (tmp_path / "pet.nii.gz").write_bytes(b"x")
    (tmp_path / "sub").mkdir()
    save(small_seg(), tmp_path / "sub" / "seg.dcm")
    assert find_mask(tmp_path).name == "seg.dcm"


def test_a_folder_with_one_nifti(tmp_path):
    (tmp_path / "lesions.nii.gz").write_bytes(b"x")
    assert find_mask(tmp_path).name == "lesions.nii.gz"


def test_the_one_that_refers_to_the_pet_is_taken(tmp_path):
    one, other = small_seg(), small_seg()
    one.SeriesInstanceUID = "1.2.3"
    other.ReferencedSeriesSequence = [base("1.2", "X")]
    other.ReferencedSeriesSequence[0].SeriesInstanceUID = "1.2.840.99.5"
    save(one, tmp_path / "a.dcm")
    save(other, tmp_path / "b.dcm")
    assert find_mask(tmp_path, pet_series_uid="1.2.840.99.5").name == "b.dcm"
    assert code_of(lambda: find_mask(tmp_path, pet_series_uid="1.2.840.99.6")) == "several-masks"
    assert code_of(lambda: find_mask(tmp_path)) == "several-masks"


def test_nothing_to_find_is_said(tmp_path):
    assert code_of(lambda: find_mask(tmp_path)) == "no-mask-found"
    assert code_of(lambda: find_mask(tmp_path / "none")) == "not-found"


def test_a_structure_set_is_opened(tmp_path):
    path = save(rtstruct({1: ("gtv", [np.zeros((3, 3))])}), tmp_path / "a.dcm")
    assert is_dicom(path)
    assert open_dicom(path).SOPClassUID == RTSTRUCT


def test_an_image_is_no_mask(tmp_path):
    path = save(base("1.2.840.10008.5.1.4.1.1.128", "PT"), tmp_path / "a.dcm")
    assert code_of(lambda: open_dicom(path)) == "not-a-mask"


def test_a_deflated_file_is_refused_unread(tmp_path):
    dataset = small_seg()
    dataset.file_meta.TransferSyntaxUID = DeflatedExplicitVRLittleEndian
    path = save(dataset, tmp_path / "a.dcm")
    assert code_of(lambda: open_dicom(path)) == "deflated-dicom"


def test_a_huge_file_is_refused_unread(tmp_path, monkeypatch):
    path = save(small_seg(), tmp_path / "a.dcm")
    monkeypatch.setattr(mask_files, "MAX_FILE_BYTES", 100)
    assert code_of(lambda: open_dicom(path)) == "too-large"


@pytest.mark.parametrize("kept", [133, 180, 300])
def test_a_cut_file_is_named_damaged(tmp_path, kept):
    path = save(small_seg(), tmp_path / "a.dcm")
    path.write_bytes(path.read_bytes()[:kept])
    assert code_of(lambda: open_dicom(path)) in {"bad-mask", "not-a-mask"}
