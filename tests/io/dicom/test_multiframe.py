"""Enhanced and legacy-converted objects as single frames."""

import numpy as np
import pytest
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence

from petscribe.core.errors import InputError
from petscribe.io.dicom import tags
from petscribe.io.dicom.exam import read_exam
from petscribe.io.dicom.multiframe import ENHANCED_PET, Instance, frames_of
from petscribe.io.dicom.scan import read_instance

ROOT = "1.2.826.0.1.3680043.10.999"


def item(**values) -> Dataset:
    data_set = Dataset()
    for name, value in values.items():
        setattr(data_set, name, value)
    return data_set


def _group(k: int, slope: float) -> Dataset:
    position = item(ImagePositionPatient=[-20.0, -10.0, 4.0 * k])
    content = item(FrameAcquisitionDateTime="20250101110000", FrameAcquisitionDuration=300000.0)
    transform = item(RescaleSlope=f"{slope:.12g}", RescaleIntercept=0, RescaleType="BQML")
    return item(
        PlanePositionSequence=Sequence([position]),
        FrameContentSequence=Sequence([content]),
        PixelValueTransformationSequence=Sequence([transform]),
    )


def enhance(data_set: Dataset, *, slopes, sop_class=ENHANCED_PET) -> None:
    """Turn a single PET slice into an enhanced object with one frame per slope."""
    num = len(slopes)
    measures = item(PixelSpacing=[4.0, 5.0], SliceThickness=4.0)
    plane = item(ImageOrientationPatient=[1, 0, 0, 0, 1, 0])
    units = item(CodeValue="Bq/ml", CodingSchemeDesignator="UCUM", CodeMeaning="Bq/ml")
    shared = item(
        PixelMeasuresSequence=Sequence([measures]), PlaneOrientationSequence=Sequence([plane])
    )
    groups = [_group(k, slope) for k, slope in enumerate(slopes)]
    for group, slope in zip(groups, slopes, strict=True):
        mapping = item(
            RealWorldValueSlope=float(slope),
            RealWorldValueIntercept=0.0,
            MeasurementUnitsCodeSequence=Sequence([units]),
        )
        group.RealWorldValueMappingSequence = Sequence([mapping])
    data_set.SharedFunctionalGroupsSequence = Sequence([shared])
    data_set.PerFrameFunctionalGroupsSequence = Sequence(groups)
    data_set.SOPClassUID = sop_class
    for name in ("ImagePositionPatient", "ImageOrientationPatient", "PixelSpacing", "Units"):
        delattr(data_set, name)
    for name in ("RescaleSlope", "RescaleIntercept", "CorrectedImage", "DecayCorrection"):
        delattr(data_set, name)
    data_set.NumberOfFrames = num
    data_set.AttenuationCorrected = data_set.DecayCorrected = "YES"
    data_set.DecayCorrectionDateTime = "20250101110000"
    drug = data_set.RadiopharmaceuticalInformationSequence[0]
    drug.RadionuclideTotalDose = "368.08"
    stored = [np.full((8, 10), round(1000 * slopes[0] / s), np.int16) for s in slopes]
    data_set.PixelData = np.stack(stored).tobytes()


def _slope() -> float:
    import math

    return 368.08e6 * math.exp(-math.log(2) * 3600 / 6586.2) / 70_000 / 1000


def test_one_enhanced_file_is_a_volume_with_suv_one(writer):
    slopes = [_slope(), _slope() * 2, _slope() * 4]
    writer.pet(1, change=lambda ds, _: enhance(ds, slopes=slopes))
    exam = read_exam(writer.folder / "1-000.dcm")
    assert exam.pet.array.shape == (3, 8, 10)
    assert exam.suv.warnings == ()
    assert exam.suv.method == "bqml-start"
    np.testing.assert_allclose(exam.pet.array, 1.0, rtol=1e-6)
    assert exam.pet.grid.spacing_mm == (4.0, 4.0, 5.0)
    assert exam.pet_sop_uids == ()


def test_frames_come_in_any_order(writer):
    def change(data_set, k):
        enhance(data_set, slopes=[_slope()] * 3)
        groups = data_set.PerFrameFunctionalGroupsSequence
        groups[0], groups[2] = groups[2], groups[0]
        stored = [np.full((8, 10), 1000 * (f + 1), np.int16) for f in (2, 1, 0)]
        data_set.PixelData = np.stack(stored).tobytes()

    writer.pet(1, change=change)
    exam = read_exam(writer.folder)
    np.testing.assert_allclose(exam.pet.array[:, 0, 0], [1.0, 2.0, 3.0], rtol=1e-6)


def test_a_legacy_converted_object_keeps_units_in_its_unassigned_group(writer):
    def change(data_set, k):
        correction, units = data_set.CorrectedImage, data_set.Units
        enhance(data_set, slopes=[_slope()] * 3, sop_class="1.2.840.10008.5.1.4.1.1.128.1")
        kept = item(Units=units, CorrectedImage=correction, DecayCorrection="START")
        groups = data_set.SharedFunctionalGroupsSequence[0]
        groups.UnassignedSharedConvertedAttributesSequence = Sequence([kept])
        for group in data_set.PerFrameFunctionalGroupsSequence:
            del group.RealWorldValueMappingSequence
        data_set.RadiopharmaceuticalInformationSequence[0].RadionuclideTotalDose = "368.08e6"

    writer.pet(1, change=change)
    exam = read_exam(writer.folder)
    np.testing.assert_allclose(exam.pet.array, 1.0, rtol=1e-6)


def test_two_agents_are_told_apart_by_the_frames(writer):
    def change(data_set, k):
        enhance(data_set, slopes=[_slope()] * 3)
        drugs = data_set.RadiopharmaceuticalInformationSequence
        other = Dataset()
        other.RadionuclideTotalDose, other.RadiopharmaceuticalAgentNumber = "1", 2
        drugs[0].RadiopharmaceuticalAgentNumber = 1
        drugs.append(other)
        for group in data_set.PerFrameFunctionalGroupsSequence:
            usage = item(RadiopharmaceuticalAgentNumber=1)
            group.RadiopharmaceuticalUsageSequence = Sequence([usage])

    writer.pet(1, change=change)
    np.testing.assert_allclose(read_exam(writer.folder).pet.array, 1.0, rtol=1e-6)


def test_enhanced_ct_becomes_hounsfield_units(writer):
    def change(data_set, k):
        sop_class = "1.2.840.10008.5.1.4.1.1.2.1"
        data_set.Units = data_set.CorrectedImage = data_set.DecayCorrection = None
        data_set.RadiopharmaceuticalInformationSequence = Sequence([Dataset()])
        enhance(data_set, slopes=[1.0] * 3, sop_class=sop_class)
        for group in data_set.PerFrameFunctionalGroupsSequence:
            group.PixelValueTransformationSequence[0].RescaleIntercept = -1024
            group.PixelValueTransformationSequence[0].RescaleType = "HU"
            del group.RealWorldValueMappingSequence
        data_set.PixelData = np.full((3, 8, 10), 1064, np.int16).tobytes()

    writer.pet(3)
    writer.ct(1, change=change)
    exam = read_exam(writer.folder)
    assert exam.ct is not None
    assert exam.ct.array.shape == (3, 8, 10)
    assert set(np.unique(exam.ct.array)) == {40}


def test_a_plain_file_is_one_frame(writer):
    instance = read_instance(writer.pet(1)[0])
    assert isinstance(instance, Instance)
    (frame,) = frames_of(instance)
    assert (frame.index, frame.num_frames) == (0, 1)
    assert frame.header is instance.header


@pytest.mark.parametrize(
    ("claimed", "code"), [(4, "bad-functional-groups"), (999_999, "too-large")]
)
def test_a_false_number_of_frames_is_refused(writer, claimed, code):
    def change(data_set, k):
        enhance(data_set, slopes=[_slope()] * 3)
        data_set.NumberOfFrames = claimed

    instance = read_instance(writer.pet(1, change=change)[0])
    assert isinstance(instance, Instance)
    with pytest.raises(InputError) as caught:
        frames_of(instance)
    assert caught.value.code == code


def test_real_world_units_that_are_no_activity_are_not_called_becquerel(writer):
    def change(data_set, k):
        enhance(data_set, slopes=[_slope()] * 3)
        for group in data_set.PerFrameFunctionalGroupsSequence:
            mapping = group.RealWorldValueMappingSequence[0]
            mapping.MeasurementUnitsCodeSequence[0].CodeValue = "{counts}"

    instance = read_instance(writer.pet(1, change=change)[0])
    assert isinstance(instance, Instance)
    assert frames_of(instance)[0].header.text(tags.UNITS) is None
