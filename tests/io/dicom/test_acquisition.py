# ruff: noqa: DTZ001 - the times of a header are local and naive by design
"""Headers to facts: what is read, what is compared over slices, what is left out."""

from datetime import datetime, time

import pytest
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence

from petscribe.io.dicom.acquisition import acquisition_of, suv_facts
from petscribe.io.dicom.multiframe import frames_of
from petscribe.io.dicom.scan import find_series
from petscribe.io.suv.scale import suv_scale


def facts_of(writer, change=None, num=3):
    writer.pet(num, change=change)
    (series,) = find_series(writer.folder).series
    frames = [f for i in series.instances for f in frames_of(i)]
    return suv_facts(frames), frames


def drug(data_set):
    return data_set.RadiopharmaceuticalInformationSequence[0]


def test_the_facts_of_a_usual_header(writer):
    facts, _ = facts_of(writer)
    assert (facts.units, facts.decay_correction, facts.nuclide) == ("BQML", "START", "F-18")
    assert (facts.weight_kg, facts.height_m, facts.sex, facts.age_years) == (70.0, 1.75, "M", 60.0)
    assert facts.injection == datetime(2025, 1, 1, 10)
    assert facts.injection_clock == time(10)
    assert facts.series_time == datetime(2025, 1, 1, 11)
    assert facts.tracer == "fdg"
    assert [f.duration_s for f in facts.frames] == [300.0] * 3
    assert facts.mixed == ()


def test_milliseconds_become_seconds(writer):
    def change(data_set, k):
        data_set.FrameReferenceTime = 606000
        data_set.ActualFrameDuration = 180000

    facts, _ = facts_of(writer, change)
    assert (facts.frames[0].frame_reference_s, facts.frames[0].duration_s) == (606.0, 180.0)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("Units", "GML"),
        ("DecayCorrection", "ADMIN"),
        ("PatientWeight", "71"),
        ("SeriesTime", "110500"),
        ("CorrectedImage", ["DECY"]),
    ],
)
def test_what_differs_between_slices_is_named_and_refused(writer, name, value):
    def change(data_set, k):
        if k == 1:
            setattr(data_set, name, value)

    facts, _ = facts_of(writer, change)
    assert facts.mixed == (name,)
    assert suv_scale(facts).refused == "mixed-series-metadata"


def test_a_second_dose_in_one_slice_is_refused(writer):
    def change(data_set, k):
        drug(data_set).RadionuclideTotalDose = str(1e8 * (1 + k))

    facts, _ = facts_of(writer, change)
    assert facts.mixed == ("RadiopharmaceuticalInformationSequence",)


def test_equal_numbers_written_differently_do_not_differ(writer):
    def change(data_set, k):
        data_set.PatientWeight = ["70", "70.0", "7.0e1"][k]

    assert facts_of(writer, change)[0].mixed == ()


def test_slopes_and_acquisition_times_may_differ(writer):
    def change(data_set, k):
        data_set.AcquisitionTime = f"11{k:02d}00"
        data_set.RescaleSlope = 1 + k

    facts, _ = facts_of(writer, change)
    assert facts.mixed == ()
    assert facts.frames[2].acquired == datetime(2025, 1, 1, 11, 2)


def test_ge_times_are_found_by_creator_in_any_block(writer):
    def change(data_set, k):
        data_set.private_block(0x0009, "OTHER", create=True)
        block = data_set.private_block(0x0009, "GEMS_PETD_01", create=True)
        block.add_new(0x0D, "DT", "20250101105900.00")
        block.add_new(0x3B, "DT", "20250101100100.00")

    facts, _ = facts_of(writer, change)
    assert facts.ge_scan == datetime(2025, 1, 1, 10, 59)
    assert facts.ge_injection == datetime(2025, 1, 1, 10, 1)


def test_siemens_time_is_found_by_creator(writer):
    def change(data_set, k):
        block = data_set.private_block(0x0071, "SIEMENS MED PT", create=True)
        block.add_new(0x22, "DT", "20250101110000.500000")

    assert facts_of(writer, change)[0].siemens_reference == datetime(2025, 1, 1, 11, 0, 0, 500000)


def test_philips_factors_are_found_outside_block_sixteen(writer):
    def change(data_set, k):
        data_set.private_block(0x7053, "SOMEBODY", create=True).add_new(0x00, "DS", "9")
        block = data_set.private_block(0x7053, "Philips PET Private Group", create=True)
        block.add_new(0x00, "DS", "0.0005")
        block.add_new(0x09, "DS", "0.5")

    facts, _ = facts_of(writer, change)
    assert (facts.philips_suv_factor, facts.philips_activity_factor) == (0.0005, 0.5)
    assert not facts.philips_without_creator


@pytest.mark.parametrize(("maker", "factor"), [("Philips Medical Systems", 0.0005), ("GE", None)])
def test_an_unsigned_block_is_believed_from_philips_alone(writer, maker, factor):
    def change(data_set, k):
        data_set.Manufacturer = maker
        data_set.add_new(0x70531000, "DS", "0.0005")

    facts, _ = facts_of(writer, change)
    assert facts.philips_suv_factor == factor
    assert facts.philips_without_creator == (factor is not None)


def test_a_block_signed_by_another_is_not_philips(writer):
    def change(data_set, k):
        data_set.Manufacturer = "Philips"
        data_set.private_block(0x7053, "SOMEBODY", create=True).add_new(0x00, "DS", "9")

    assert facts_of(writer, change)[0].philips_suv_factor is None


def test_two_radiopharmaceuticals_are_counted(writer):
    def change(data_set, k):
        data_set.RadiopharmaceuticalInformationSequence.append(Dataset())

    facts, _ = facts_of(writer, change)
    assert suv_scale(facts).refused == "several-radiopharmaceuticals"


def test_no_radiopharmaceutical_is_a_missing_dose(writer):
    def change(data_set, k):
        data_set.RadiopharmaceuticalInformationSequence = Sequence([])

    assert suv_scale(facts_of(writer, change)[0]).refused == "missing-dose"


def test_a_time_zone_applies_to_times_with_an_offset(writer):
    def change(data_set, k):
        data_set.TimezoneOffsetFromUTC = "+0700"
        drug(data_set).RadiopharmaceuticalStartDateTime = "20250101030000+0000"

    facts, _ = facts_of(writer, change)
    assert facts.injection == datetime(2025, 1, 1, 10)


def test_the_acquisition_says_what_the_header_says(writer):
    def change(data_set, k):
        data_set.StudyDescription = "PET/CT, glucose 108 mg/dl"
        data_set.Manufacturer, data_set.ManufacturerModelName = "ACME", "One"

    facts, frames = facts_of(writer, change)
    found = acquisition_of(facts, frames[0].header, None)
    assert (found.tracer, found.radionuclide, found.tracer_text) == (
        "fdg",
        "F-18",
        "Fluorodeoxyglucose",
    )
    assert (found.weight_kg, found.height_cm, found.sex, found.age_years) == (70.0, 175.0, "M", 60)
    assert (found.uptake_time_s, found.injected_activity_bq) == (3600.0, 368.08e6)
    assert found.glucose_mmol_l == pytest.approx(5.99)
    assert found.study_date == "2025-01-01"
    assert (found.manufacturer, found.scanner_model) == ("ACME", "One")
    assert (found.ct_contrast, found.ct_kvp) == (None, None)


def test_absurd_values_are_left_out_of_the_acquisition(writer):
    def change(data_set, k):
        data_set.PatientWeight, data_set.PatientSize = "0", "0"
        drug(data_set).RadionuclideTotalDose = "0"
        data_set.StudyDate = ""

    facts, frames = facts_of(writer, change)
    found = acquisition_of(facts, frames[0].header, None)
    assert (found.weight_kg, found.height_cm, found.injected_activity_bq) == (None, None, None)
    assert found.study_date is None


@pytest.mark.parametrize(
    ("age", "born", "years"),
    [("060Y", "", 60), ("018M", "", 1), ("", "19640601", 60), ("", "", None), ("old", "", None)],
)
def test_age_comes_from_the_header_or_the_birth_date(writer, age, born, years):
    def change(data_set, k):
        data_set.add_new(0x00101010, "LO", age)
        data_set.PatientBirthDate = born

    facts, frames = facts_of(writer, change)
    assert acquisition_of(facts, frames[0].header, None).age_years == years


@pytest.mark.parametrize(
    ("agent", "expected"), [("Omnipaque", True), ("", False), ("NONE", False), (None, None)]
)
def test_contrast_is_what_the_ct_names(writer, agent, expected):
    def change(data_set, k):
        if agent is not None:
            data_set.ContrastBolusAgent = agent

    facts, frames = facts_of(writer)
    ct_path = writer.ct(1, change=change)[0]
    series = [s for s in find_series(ct_path).series if s.modality == "CT"]
    ct = series[0].instances[0].header
    found = acquisition_of(facts, frames[0].header, ct)
    assert (found.ct_contrast, found.ct_kvp) == (expected, 120.0)


def test_no_identity_reaches_facts_or_acquisition(writer):
    facts, frames = facts_of(writer)
    shown = repr(facts) + repr(acquisition_of(facts, frames[0].header, None))
    assert "Secret" not in shown
    assert "SECRET" not in shown
