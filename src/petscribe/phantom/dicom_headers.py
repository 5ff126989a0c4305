"""The attributes of the phantom's DICOM objects: modules, vendor blocks, identifiers, times.

Builds pydicom datasets without pixels; knows tags, not voxels. Sources: DICOM PS3.3 A.3 (CT Image),
A.21 and C.8.9 (PET Image), C.8.4.6 (patient orientation), private blocks as public header
collections show them (GEMS_PETD_01, SIEMENS MED PT, Philips PET Private Group).
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import exp, log
from typing import TYPE_CHECKING, Final, Literal

from petscribe.core.exam import Acquisition
from petscribe.core.volume import Grid

if TYPE_CHECKING:
    from pydicom.dataset import Dataset

    from petscribe.phantom.exam import PhantomExam

SeriesKind = Literal["pet", "nac", "ct", "scout"]
NOTICE: Final = "Synthetic phantom, no patient. Research use only; not for diagnosis."
PET_SOP: Final = "1.2.840.10008.5.1.4.1.1.128"
CT_SOP: Final = "1.2.840.10008.5.1.4.1.1.2"
EXPLICIT_LITTLE: Final = "1.2.840.10008.1.2.1"
_BED_S: Final = 120.0
_START: Final = datetime(2026, 1, 15, 10, 4, 0)  # noqa: DTZ001 (DICOM times here carry no zone)
_SERIES: Final[dict[SeriesKind, tuple[int, str]]] = {
    "scout": (1, "SCOUT"),
    "ct": (2, "CT AC"),
    "pet": (3, "PET AC"),
    "nac": (4, "PET NAC"),
}
_NUCLIDE_CODES: Final = {
    "F-18": ("C-111A1", "^18^Fluorine"),
    "Ga-68": ("C-131A3", "^68^Gallium"),
}


def uid_of(*parts: object) -> str:
    """Return a UID under 2.25 that is always the same for the same parts."""
    digest = hashlib.sha256("/".join(map(str, parts)).encode("utf-8")).digest()
    return f"2.25.{int.from_bytes(digest[:15], 'big')}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """When one PET slice was counted: its bed position in time."""

    acquired: datetime
    duration_s: float
    reference_s: float
    """Time of the average count rate after the series' start."""
    decay_factor: float


def bed_frame(index: int, acquisition: Acquisition) -> Frame:
    """Return the timing of bed `index`; beds follow each other without a pause."""
    half_life_s = acquisition.half_life_s or 6586.2
    rate, begun = log(2.0) / half_life_s, index * _BED_S
    mean = rate * _BED_S / (1.0 - exp(-rate * _BED_S))
    return Frame(
        acquired=_START + timedelta(seconds=begun),
        duration_s=_BED_S,
        reference_s=begun + log(mean) / rate,
        decay_factor=exp(rate * begun) * mean,
    )


def suv_factor(acquisition: Acquisition) -> float:
    """Return SUVbw per Bq/ml at the series' start.

    factor = 1000 weight / (dose * 2^-(uptake time / half life)), g per Bq/ml.
    """
    weight, dose = acquisition.weight_kg, acquisition.injected_activity_bq
    waited, half_life = acquisition.uptake_time_s, acquisition.half_life_s
    assert weight
    assert dose
    assert half_life
    assert waited is not None
    return 1000.0 * weight / (dose * 2.0 ** (-waited / half_life))


def common_header(phantom: "PhantomExam", kind: SeriesKind, grid: Grid) -> "Dataset":
    """Return patient, study, series, frame of reference and equipment of one series."""
    from pydicom.dataset import Dataset

    acquisition, person = phantom.acquisition, phantom.person
    key = (phantom.seed, phantom.tracer, phantom.style, phantom.light)
    number, description = _SERIES[kind]
    born = _START.year - person.age_years
    ds = Dataset()
    ds.SpecificCharacterSet = "ISO_IR 192"
    ds.PatientName = f"PHANTOM^SEED {phantom.seed}"
    ds.PatientID = f"PHANTOM-{phantom.seed}"
    ds.PatientBirthDate = f"{born}0101"
    ds.PatientSex = person.sex
    ds.PatientAge = f"{person.age_years:03d}Y"
    ds.PatientSize = round(person.height_cm / 100.0, 2)
    ds.PatientWeight = person.weight_kg
    ds.StudyInstanceUID = uid_of(*key, "study")
    ds.StudyDate, ds.StudyTime = _day(_START), _clock(_START - timedelta(minutes=4))
    ds.StudyID, ds.AccessionNumber, ds.ReferringPhysicianName = "1", f"P{phantom.seed}", ""
    ds.StudyDescription = acquisition.study_description
    ds.SeriesInstanceUID = uid_of(*key, kind)
    ds.SeriesNumber, ds.SeriesDescription = number, description
    began = _START if kind in {"pet", "nac"} else _START - timedelta(minutes=2)
    ds.SeriesDate, ds.SeriesTime = _day(began), _clock(began)
    ds.AcquisitionDate, ds.AcquisitionTime = _day(began), _clock(began)
    ds.ContentDate, ds.ContentTime = _day(began), _clock(began)
    ds.BodyPartExamined = "WHOLEBODY"
    ds.FrameOfReferenceUID, ds.PositionReferenceIndicator = grid.frame_uid, "SN"
    ds.Manufacturer = acquisition.manufacturer
    ds.ManufacturerModelName = acquisition.scanner_model
    ds.SoftwareVersions = "petscribe.phantom"
    ds.ImageComments = NOTICE
    ds.SamplesPerPixel, ds.PhotometricInterpretation = 1, "MONOCHROME2"
    ds.Rows, ds.Columns = grid.shape[1], grid.shape[2]
    ds.BitsAllocated, ds.BitsStored, ds.HighBit, ds.PixelRepresentation = 16, 16, 15, 1
    ds.PixelSpacing = [grid.spacing_mm[1], grid.spacing_mm[2]]
    ds.SliceThickness = grid.spacing_mm[0]
    ds.ImageOrientationPatient = [1.0, 0.0, 0.0, 0.0, 1.0, 0.0]
    return ds


def add_pet_modules(ds: "Dataset", phantom: "PhantomExam", kind: SeriesKind) -> None:
    """Add the PET series, isotope, orientation and vendor attributes that all slices share."""
    ds.SOPClassUID, ds.Modality = PET_SOP, "PT"
    ds.ImageType = ["ORIGINAL", "PRIMARY"]
    corrected = kind == "pet"
    cnts = phantom.style == "philips"
    ds.Units = ("CNTS" if cnts else "BQML") if corrected else "PROPCNTS"
    ds.CountsSource, ds.SeriesType = "EMISSION", ["WHOLE BODY", "IMAGE"]
    ds.NumberOfSlices = phantom.pet.grid.shape[0]
    ds.CorrectedImage = [
        "NORM", "DTIM", *(["ATTN", "SCAT"] if corrected else []), "DECY", "RAN",
    ]  # fmt: skip
    ds.DecayCorrection, ds.CollimatorType = "START", "NONE"
    ds.RandomsCorrectionMethod = "DLYD"
    ds.ReconstructionMethod = "OSEM"
    ds.ConvolutionKernel = f"GAUSS {phantom.scanner.fwhm_mm:.1f} MM"
    if corrected:
        ds.AttenuationCorrectionMethod = "CT"
        ds.ScatterCorrectionMethod = "MODEL"
    ds.RescaleIntercept = 0
    if not cnts and corrected:
        ds.DoseCalibrationFactor = 1
    ds.RadiopharmaceuticalInformationSequence = [_isotope(phantom.acquisition)]
    ds.PatientOrientationCodeSequence = [_code("F-10450", "SRT", "recumbent")]
    ds.PatientOrientationCodeSequence[0].PatientOrientationModifierCodeSequence = [
        _code("F-10340", "SRT", "supine")
    ]
    ds.PatientGantryRelationshipCodeSequence = [_code("F-10470", "SRT", "headfirst")]
    if corrected:
        _add_vendor_block(ds, phantom)


def add_ct_modules(ds: "Dataset", phantom: "PhantomExam", *, scout: bool) -> None:
    """Add the CT attributes that all slices share."""
    ds.SOPClassUID, ds.Modality = CT_SOP, "CT"
    ds.ImageType = ["ORIGINAL", "PRIMARY", "LOCALIZER" if scout else "AXIAL"]
    ds.PatientPosition = "HFS"
    ds.KVP, ds.AcquisitionNumber = phantom.acquisition.ct_kvp, 1
    ds.RescaleIntercept, ds.RescaleSlope, ds.RescaleType = -1024, 1, "HU"
    ds.ConvolutionKernel = "STANDARD"
    if phantom.acquisition.ct_contrast and not scout:
        ds.ContrastBolusAgent = "IODINE"


def _isotope(acquisition: Acquisition) -> "Dataset":
    from pydicom.dataset import Dataset

    item = Dataset()
    injected = _START - timedelta(seconds=acquisition.uptake_time_s or 0.0)
    item.Radiopharmaceutical = acquisition.tracer_text
    item.RadiopharmaceuticalStartTime = _clock(injected)
    item.RadiopharmaceuticalStartDateTime = _day(injected) + _clock(injected)
    item.RadionuclideTotalDose = acquisition.injected_activity_bq
    item.RadionuclideHalfLife = acquisition.half_life_s
    item.RadionuclidePositronFraction = 0.967 if acquisition.radionuclide == "F-18" else 0.889
    value, meaning = _NUCLIDE_CODES[acquisition.radionuclide or "F-18"]
    item.RadionuclideCodeSequence = [_code(value, "SRT", meaning)]
    if acquisition.tracer == "fdg":
        item.RadiopharmaceuticalCodeSequence = [_code("C-B1031", "SRT", "Fluorodeoxyglucose F^18^")]
    return item


def _add_vendor_block(ds: "Dataset", phantom: "PhantomExam") -> None:
    acquisition = phantom.acquisition
    began = _day(_START) + _clock(_START)
    injected = _START - timedelta(seconds=acquisition.uptake_time_s or 0.0)
    if phantom.style == "ge":
        block = ds.private_block(0x0009, "GEMS_PETD_01", create=True)
        block.add_new(0x0D, "DT", began)
        block.add_new(0x38, "FL", (acquisition.injected_activity_bq or 0.0) / 1e6)
        block.add_new(0x39, "DT", _day(injected) + _clock(injected))
        block.add_new(0x3B, "DT", _day(injected) + _clock(injected))
        block.add_new(0x3C, "FL", 0.0)
        block.add_new(0x3D, "DT", _day(injected) + _clock(injected))
        block.add_new(0x3F, "FL", acquisition.half_life_s)
    elif phantom.style == "siemens":
        block = ds.private_block(0x0071, "SIEMENS MED PT", create=True)
        block.add_new(0x22, "DT", began)
    else:
        block = ds.private_block(0x7053, "Philips PET Private Group", create=True)
        block.add_new(0x00, "DS", decimal(counts_to_suv(acquisition)))
        block.add_new(0x09, "DS", decimal(counts_to_suv(acquisition) / suv_factor(acquisition)))


def counts_to_suv(acquisition: Acquisition) -> float:
    """Return the Philips-like SUV per count that the header states (rounded as written there)."""
    return float(decimal(suv_factor(acquisition) * 4.1))


def decimal(value: float) -> str:
    """Return a number as a decimal string of at most 16 characters."""
    return next(t for n in range(12, 3, -1) if len(t := f"{value:.{n}g}") <= 16)


def _code(value: str, scheme: str, meaning: str) -> "Dataset":
    from pydicom.dataset import Dataset

    item = Dataset()
    item.CodeValue, item.CodingSchemeDesignator, item.CodeMeaning = value, scheme, meaning
    return item


def _day(moment: datetime) -> str:
    return moment.strftime("%Y%m%d")


def _clock(moment: datetime) -> str:
    return moment.strftime("%H%M%S.%f")


def moment_of(frame: Frame) -> tuple[str, str]:
    """Return date and time of a frame's start as DICOM writes them."""
    return _day(frame.acquired), _clock(frame.acquired)
