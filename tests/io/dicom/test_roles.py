"""What each series is for, and which PET and CT are chosen."""

import numpy as np
import pytest

from petscribe.io.dicom.exam import inspect_folder
from petscribe.io.dicom.roles import UNUSABLE, series_tail
from petscribe.io.suv.scale import REFUSED_UNITS

ROOT = "1.2.826.0.1.3680043.10.999"


def by_uid(writer):
    return {info.uid.rsplit(".", 1)[1]: info for info in inspect_folder(writer.folder).series}


def skipped(writer):
    return {k: info.skipped_code for k, info in by_uid(writer).items() if not info.used}


def setting(**values):
    def change(data_set, _):
        for name, value in values.items():
            setattr(data_set, name, value)

    return change


def test_pet_and_ct_of_one_frame_make_the_exam(writer):
    writer.pet()
    writer.ct()
    found = by_uid(writer)
    assert {k: (i.role, i.used) for k, i in found.items()} == {
        "1": ("pet", True),
        "2": ("ct", True),
    }
    assert found["1"].skipped_because is found["1"].skipped_code is None


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"ImageType": ["ORIGINAL", "PRIMARY", "LOCALIZER"]}, "localizer"),
        ({"ImageType": ["DERIVED", "SECONDARY", "MPR"]}, "derived-image"),
        ({"SOPClassUID": "1.2.840.10008.5.1.4.1.1.7"}, "secondary-capture"),
        ({"PhotometricInterpretation": "RGB", "SamplesPerPixel": 3}, "colour-image"),
        ({"RescaleType": "Z_EFF"}, "not-hounsfield"),
        ({"FrameOfReferenceUID": "1.2.3"}, "other-frame"),
        ({"PatientID": "SOMEBODY-ELSE"}, "other-patient"),
        ({"Modality": "MR"}, "other-modality"),
        ({"Modality": "RTSTRUCT"}, "mask-not-used"),
    ],
)
def test_a_series_that_is_no_ct_of_this_pet_is_skipped_and_told_why(writer, values, code):
    writer.pet()
    writer.ct(change=setting(**values))
    info = by_uid(writer)["2"]
    assert (info.used, info.skipped_code) == (False, code)
    assert info.skipped_because
    assert "SOMEBODY" not in info.skipped_because


def test_a_ct_elsewhere_in_space_is_not_used(writer):
    writer.pet()

    def away(data_set, k):
        data_set.ImagePositionPatient = [-20, -10, 900.0 + 4 * k]

    writer.ct(change=away)
    assert skipped(writer) == {"2": "no-overlap"}


def test_an_unknown_frame_is_believed_within_one_study_only(writer):
    writer.pet()
    writer.ct(series=2, change=setting(FrameOfReferenceUID=""))
    assert by_uid(writer)["2"].used
    writer.ct(series=3, change=setting(FrameOfReferenceUID="", StudyInstanceUID="1.9"))
    assert skipped(writer) == {"3": "other-study"}


def test_uncorrected_pet_gives_way_to_the_corrected_one(writer):
    writer.pet(series=1, change=setting(CorrectedImage=["DECY"], SeriesDescription="NAC"))
    writer.pet(series=4)
    found = by_uid(writer)
    assert found["4"].used
    assert found["1"].skipped_code == found["1"].suv.refused == "not-attenuation-corrected"


@pytest.mark.parametrize("unit", ["PROPCNTS", "1CM", "STDDEV", "PCNT"])
def test_other_units_are_skipped_with_the_unit_named(writer, unit):
    writer.pet(series=1, change=setting(Units=unit))
    writer.pet(series=4)
    info = by_uid(writer)["1"]
    assert info.skipped_code == REFUSED_UNITS[unit]
    assert unit in info.skipped_because
    assert REFUSED_UNITS[unit] in UNUSABLE


@pytest.mark.parametrize(
    ("series_type", "source", "code"),
    [
        (["STATIC", "REPROJECTION"], "EMISSION", "derived-image"),
        (["STATIC", "IMAGE"], "TRANSMISSION", "transmission-image"),
    ],
)
def test_projections_and_transmission_are_no_pet(writer, series_type, source, code):
    writer.pet(series=1, change=setting(SeriesType=series_type, CountsSource=source))
    writer.pet(series=4)
    assert skipped(writer) == {"1": code}


def test_a_pet_with_suv_goes_before_a_longer_one_without(writer):
    writer.pet(9, series=1, change=setting(PatientWeight=None))
    writer.pet(6, series=4)
    assert skipped(writer) == {"1": "another-pet-chosen"}
    assert "SUV" in by_uid(writer)["1"].skipped_because


def test_original_goes_before_derived_then_the_longer_then_the_finer(writer):
    writer.pet(9, series=1, change=setting(ImageType=["DERIVED", "SECONDARY"]))
    writer.pet(6, series=4)
    writer.pet(8, series=5)
    assert skipped(writer) == {"1": "another-pet-chosen", "4": "another-pet-chosen"}

    def fine(data_set, k):
        data_set.PixelSpacing = [2, 2]

    writer.pet(8, series=6, change=fine)
    assert by_uid(writer)["6"].used
    assert "finer" in by_uid(writer)["5"].skipped_because


def test_the_ct_that_covers_the_pet_is_chosen(writer):
    writer.pet(8)
    writer.ct(4, series=2, change=setting(SeriesDescription="CTAC"))
    writer.ct(8, series=3)
    assert skipped(writer) == {"2": "another-ct-chosen"}
    assert "covers" in by_uid(writer)["2"].skipped_because


def test_the_attenuation_ct_goes_before_the_diagnostic_one(writer):
    writer.pet()
    writer.ct(series=2, change=setting(SeriesDescription="CT Thorax contrast"))
    writer.ct(series=3, change=setting(SeriesDescription="CT low dose AC"))
    assert skipped(writer) == {"2": "another-ct-chosen"}
    assert "attenuation" in by_uid(writer)["2"].skipped_because


def test_a_soft_kernel_goes_before_a_sharp_one(writer):
    writer.pet()
    writer.ct(series=2, change=setting(ConvolutionKernel="B70f"))
    writer.ct(series=3, change=setting(ConvolutionKernel="B31f"))
    assert skipped(writer) == {"2": "another-ct-chosen"}


def test_a_scout_inside_the_ct_series_is_left_out(writer):
    writer.pet()

    def change(data_set, k):
        if k == 0:
            data_set.ImageType = ["ORIGINAL", "PRIMARY", "LOCALIZER"]
            data_set.ImageOrientationPatient = [1, 0, 0, 0, 0, -1]

    writer.ct(7, change=lambda data_set, k: change(data_set, k - 6 if k == 6 else k + 1))
    found = by_uid(writer)["2"]
    assert found.used
    assert found.shape == (6, 8, 10)


def test_a_uid_is_shown_by_its_tail():
    assert series_tail(f"{ROOT}.12345") == "...99.12345"
    assert series_tail("") == "(no UID)"


def test_choice_does_not_depend_on_the_order_of_files(writer):
    rng = np.random.default_rng(3)
    for series in rng.permutation([1, 4, 5, 7]):
        writer.pet(6, series=int(series), subfolder=str(rng.integers(1000)))
    assert by_uid(writer)["1"].used
