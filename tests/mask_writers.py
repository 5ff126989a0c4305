"""Small DICOM SEG and RTSTRUCT files for tests, written with pydicom from plain arrays."""

from pathlib import Path

import numpy as np
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.sequence import Sequence
from pydicom.uid import ExplicitVRLittleEndian

SEG = "1.2.840.10008.5.1.4.1.1.66.4"
LABELMAP = "1.2.840.10008.5.1.4.1.1.66.7"
RTSTRUCT = "1.2.840.10008.5.1.4.1.1.481.3"
FRAME_UID = "1.2.826.0.1.3680043.10.999.7"
STUDY_UID = "1.2.826.0.1.3680043.10.999.8"


def item(**values) -> Dataset:
    """Return a sequence item."""
    found = Dataset()
    for name, value in values.items():
        setattr(found, name, value)
    return found


def base(kind: str, modality: str) -> Dataset:
    """Return what every mask object has."""
    dataset = item(
        SOPClassUID=kind,
        SOPInstanceUID="1.2.826.0.1.3680043.10.999.9",
        StudyInstanceUID=STUDY_UID,
        FrameOfReferenceUID=FRAME_UID,
        Modality=modality,
        PatientName="Secret^Name",
        PatientID="SECRET-ID",
    )
    dataset.file_meta = FileMetaDataset()
    dataset.file_meta.MediaStorageSOPClassUID = kind
    dataset.file_meta.MediaStorageSOPInstanceUID = dataset.SOPInstanceUID
    dataset.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    return dataset


def save(dataset: Dataset, path: Path) -> Path:
    """Write a dataset as a Part 10 file."""
    dataset.save_as(path, enforce_file_format=True)
    return path


def seg(
    frames: list[tuple[int, np.ndarray, tuple[float, ...] | None]],
    *,
    kind: str = "BINARY",
    orientation: tuple[float, ...] = (1, 0, 0, 0, 1, 0),
    spacing: tuple[float, float] = (4.0, 5.0),
    distance: float | None = 3.0,
) -> Dataset:
    """Return a SEG of (segment, picture, position) frames, its geometry shared but the position."""
    dataset = base(LABELMAP if kind == "LABELMAP" else SEG, "SEG")
    pictures = np.array([picture for _, picture, _ in frames])
    dataset.SegmentationType = kind
    dataset.Rows, dataset.Columns = pictures.shape[1:]
    dataset.NumberOfFrames = len(frames)
    dataset.BitsAllocated = dataset.BitsStored = 1 if kind == "BINARY" else 8
    dataset.HighBit = dataset.BitsStored - 1
    dataset.PixelRepresentation, dataset.SamplesPerPixel = 0, 1
    dataset.PhotometricInterpretation = "MONOCHROME2"
    if kind == "FRACTIONAL":
        dataset.MaximumFractionalValue, dataset.SegmentationFractionalType = 200, "PROBABILITY"
    numbers = sorted({n for n, _, _ in frames} - {0}) or [1, 2]
    dataset.SegmentSequence = Sequence(
        [item(SegmentNumber=n, SegmentLabel=f"lesion {n}") for n in numbers]
    )
    dataset.SharedFunctionalGroupsSequence = Sequence([_shared(orientation, spacing, distance)])
    dataset.PerFrameFunctionalGroupsSequence = Sequence(
        [_frame(segment, position) for segment, _, position in frames]
    )
    content = (
        np.packbits(pictures.ravel().astype(bool), bitorder="little").tobytes()
        if kind == "BINARY"
        else pictures.astype(np.uint8).tobytes()
    )
    dataset.PixelData = content + bytes(len(content) % 2)
    dataset["PixelData"].VR = "OB"
    return dataset


def _shared(orientation, spacing, distance) -> Dataset:
    measures = item(PixelSpacing=list(spacing), SliceThickness=distance or 3.0)
    if distance is not None:
        measures.SpacingBetweenSlices = distance
    return item(
        PlaneOrientationSequence=Sequence([item(ImageOrientationPatient=list(orientation))]),
        PixelMeasuresSequence=Sequence([measures]),
    )


def _frame(segment, position) -> Dataset:
    groups = Dataset()
    if segment > 0:
        groups.SegmentIdentificationSequence = Sequence([item(ReferencedSegmentNumber=segment)])
    if position is not None:
        groups.PlanePositionSequence = Sequence([item(ImagePositionPatient=list(position))])
    return groups


def with_sources(dataset: Dataset, uids: list[str]) -> Dataset:
    """Let each frame name the image it was drawn on."""
    for groups, uid in zip(dataset.PerFrameFunctionalGroupsSequence, uids, strict=True):
        source = item(ReferencedSOPClassUID="1.2", ReferencedSOPInstanceUID=uid)
        groups.DerivationImageSequence = Sequence([item(SourceImageSequence=Sequence([source]))])
    return dataset


def rtstruct(rois: dict[int, tuple[str, list[np.ndarray]]], *, form="CLOSED_PLANAR") -> Dataset:
    """Return a structure set of ROI number -> (name, contours as (n, 3) LPS points)."""
    dataset = base(RTSTRUCT, "RTSTRUCT")
    del dataset.FrameOfReferenceUID
    dataset.StructureSetROISequence = Sequence(
        [
            item(ROINumber=n, ROIName=name, ReferencedFrameOfReferenceUID=FRAME_UID)
            for n, (name, _) in rois.items()
        ]
    )
    dataset.ROIContourSequence = Sequence(
        [
            item(
                ReferencedROINumber=n,
                ContourSequence=Sequence([_contour(points, form) for points in contours]),
            )
            for n, (_, contours) in rois.items()
        ]
    )
    return dataset


def _contour(points, form) -> Dataset:
    return item(
        ContourGeometricType=form,
        NumberOfContourPoints=len(points),
        ContourData=[f"{v:.6g}" for v in np.asarray(points, float).ravel()],
    )
