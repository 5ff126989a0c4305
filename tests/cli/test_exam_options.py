"""Options that contradict each other are refused before anything is read."""

from pathlib import Path

import pytest

from petscribe.cli.exam_options import ExamInput
from petscribe.core.errors import InputError

NOTHING = {
    "exam": None, "pet": None, "ct": None, "pet_unit": None, "weight_kg": None,
    "height_cm": None, "sex": None, "dose_mbq": None, "uptake_min": None, "nuclide": None,
    "tracer": None, "mask": None, "segment": (), "organs": None, "segmenter": None,
}  # fmt: skip


def _code(**given: object) -> str:
    with pytest.raises(InputError) as fault:
        ExamInput(**{**NOTHING, **given}).read()
    return fault.value.code


def test_an_exam_must_be_named(tmp_path):
    assert _code() == "no-exam"


def test_a_folder_and_a_nifti_pet_exclude_each_other(tmp_path):
    assert _code(exam=tmp_path, pet=tmp_path / "pet.nii") == "no-exam"


@pytest.mark.parametrize("option", [{"ct": Path("ct.nii")}, {"pet_unit": "bqml"}])
def test_nifti_options_do_not_go_with_dicom(tmp_path, option):
    assert _code(exam=tmp_path, **option) == "option-mismatch"
