"""DICOM series for the tests of `io`, written by pydicom: an independent writer.

`write_series` makes a small axial PET of a uniform phantom (SUVbw exactly 1) or a CT of water; a
`change` function may bend every slice's data set before it is written.
"""

import math
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pydicom
import pytest
from pydicom.dataset import Dataset, FileDataset, FileMetaDataset
from pydicom.sequence import Sequence
from pydicom.uid import ExplicitVRBigEndian, ExplicitVRLittleEndian, ImplicitVRLittleEndian

PET_CLASS = "1.2.840.10008.5.1.4.1.1.128"
CT_CLASS = "1.2.840.10008.5.1.4.1.1.2"
ROOT = "1.2.826.0.1.3680043.10.999"
DOSE_BQ, HALF_LIFE_S, WEIGHT_KG = 368.08e6, 6586.2, 70.0
DECAYED = math.exp(-math.log(2) * 3600 / HALF_LIFE_S)
UNIFORM_BQML = DOSE_BQ * DECAYED / (1000.0 * WEIGHT_KG)
"""What every voxel holds when the dose spread evenly through the body an hour ago."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Writer:
    """Writes series into one folder."""

    folder: Path

    def pet(self, num: int = 6, *, series: int = 1, change=None, **options) -> list[Path]:
        """Write a uniform PET of `num` slices, 4 mm apart."""
        return self._write(num, series, change, make=pet_slice, **options)

    def ct(self, num: int = 6, *, series: int = 2, change=None, **options) -> list[Path]:
        """Write a CT of water of `num` slices, 4 mm apart."""
        return self._write(num, series, change, make=ct_slice, **options)

    def _write(self, num, series, change, *, make, **options) -> list[Path]:
        folder = self.folder / options.get("subfolder", "")
        folder.mkdir(parents=True, exist_ok=True)
        written = []
        for k in range(num):
            data_set = make(k, series)
            if change is not None:
                change(data_set, k)
            path = folder / f"{series}-{k:03d}.dcm"
            save(data_set, path, syntax=options.get("syntax", ExplicitVRLittleEndian))
            written.append(path)
        return written


def save(data_set: Dataset, path: Path, *, syntax: str = ExplicitVRLittleEndian) -> None:
    """Write a data set as a Part 10 file."""
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID = data_set.SOPClassUID
    meta.MediaStorageSOPInstanceUID = data_set.SOPInstanceUID
    meta.TransferSyntaxUID = syntax
    little = syntax != ExplicitVRBigEndian
    implicit = syntax == ImplicitVRLittleEndian
    file = FileDataset(
        str(path), data_set, b"\0" * 128, meta, is_implicit_VR=implicit, is_little_endian=little
    )
    if not little:
        file["PixelData"].VR = "OW"
        file.PixelData = np.frombuffer(file.PixelData, "<i2").astype(">i2").tobytes()
    file.save_as(path, enforce_file_format=True)


def _slice(k: int, series: int) -> Dataset:
    data_set = Dataset()
    data_set.SpecificCharacterSet = "ISO_IR 192"
    data_set.ImageType = ["ORIGINAL", "PRIMARY"]
    data_set.SOPInstanceUID = f"{ROOT}.{series}.{k + 1}"
    data_set.StudyInstanceUID = f"{ROOT}.100"
    data_set.SeriesInstanceUID = f"{ROOT}.{series}"
    data_set.FrameOfReferenceUID = f"{ROOT}.200"
    for name in ("StudyDate", "SeriesDate", "AcquisitionDate"):
        setattr(data_set, name, "20250101")
    data_set.StudyTime = data_set.SeriesTime = data_set.AcquisitionTime = "110000"
    data_set.PatientName, data_set.PatientID = "Secret^Name", "SECRET-ID"
    data_set.PatientSex, data_set.PatientAge = "M", "060Y"
    data_set.PatientWeight, data_set.PatientSize = str(WEIGHT_KG), "1.75"
    data_set.SeriesNumber, data_set.InstanceNumber = series, k + 1
    data_set.ImagePositionPatient = [-20.0, -10.0, 4.0 * k]
    data_set.ImageOrientationPatient = [1, 0, 0, 0, 1, 0]
    data_set.PixelSpacing, data_set.SliceThickness = [4.0, 5.0], 4.0
    data_set.Rows, data_set.Columns = 8, 10
    data_set.SamplesPerPixel, data_set.PhotometricInterpretation = 1, "MONOCHROME2"
    data_set.BitsAllocated, data_set.BitsStored, data_set.HighBit = 16, 16, 15
    data_set.PixelRepresentation = 1
    return data_set


def pet_slice(k: int, series: int) -> Dataset:
    """Return one slice of a uniform PET whose SUVbw is 1."""
    data_set = _slice(k, series)
    data_set.SOPClassUID, data_set.Modality = PET_CLASS, "PT"
    data_set.SeriesDescription = "PET AC"
    data_set.Units, data_set.DecayCorrection = "BQML", "START"
    data_set.CorrectedImage = ["DECY", "ATTN", "SCAT", "NORM"]
    data_set.SeriesType = ["STATIC", "IMAGE"]
    data_set.ActualFrameDuration = 300000
    data_set.FrameReferenceTime = 0
    data_set.RescaleSlope, data_set.RescaleIntercept = f"{UNIFORM_BQML / 1000:.12g}", 0
    data_set.RadiopharmaceuticalInformationSequence = Sequence([drug()])
    data_set.PixelData = np.full((8, 10), 1000, np.int16).tobytes()
    return data_set


def ct_slice(k: int, series: int) -> Dataset:
    """Return one slice of a CT of water."""
    data_set = _slice(k, series)
    data_set.SOPClassUID, data_set.Modality = CT_CLASS, "CT"
    data_set.SeriesDescription = "CT"
    data_set.KVP = 120
    data_set.RescaleSlope, data_set.RescaleIntercept, data_set.RescaleType = 1, -1024, "HU"
    data_set.PixelData = np.full((8, 10), 1024, np.int16).tobytes()
    return data_set


def drug() -> Dataset:
    """Return FDG injected at 10:00."""
    item = Dataset()
    item.Radiopharmaceutical = "Fluorodeoxyglucose"
    item.RadiopharmaceuticalStartTime = "100000"
    item.RadiopharmaceuticalStartDateTime = "20250101100000"
    item.RadionuclideTotalDose = str(DOSE_BQ)
    item.RadionuclideHalfLife = str(HALF_LIFE_S)
    code = Dataset()
    code.CodeValue, code.CodingSchemeDesignator, code.CodeMeaning = "C-111A1", "SRT", "^18^Fluorine"
    item.RadionuclideCodeSequence = Sequence([code])
    return item


@pytest.fixture
def writer(tmp_path: Path) -> Writer:
    """Return a writer into an empty folder."""
    return Writer(folder=tmp_path)


@pytest.fixture
def pet_bytes() -> bytes:
    """Return one PET slice's file as bytes."""
    from io import BytesIO

    buffer = BytesIO()
    data_set = pet_slice(0, 1)
    data_set.file_meta = FileMetaDataset()
    data_set.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    pydicom.dcmwrite(buffer, data_set, enforce_file_format=True)
    return buffer.getvalue()


@pytest.fixture
def zipped() -> Callable[[Path, Path], Path]:
    """Return a function that zips a folder's files."""

    def pack(folder: Path, target: Path) -> Path:
        with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
            for file in sorted(p for p in folder.rglob("*") if p.is_file() and p != target):
                archive.write(file, str(file.relative_to(folder)))
        return target

    return pack
