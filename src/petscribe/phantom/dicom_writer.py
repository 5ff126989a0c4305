"""Writes a phantom exam as real DICOM series: PET with and without correction, CT, a scout.

PET is stored as 16-bit integers with a slope of its own per slice; the slope is rounded as DICOM's
decimal string rounds it before the integers are made, so that what is read back is right to half a
stored unit. Identifiers come from the seed. Knows headers through `dicom_headers`; reads nothing.
"""

from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
from jaxtyping import Float, Int16

from petscribe.core.errors import OutputError
from petscribe.core.volume import Grid, Volume
from petscribe.phantom.dicom_headers import (
    EXPLICIT_LITTLE,
    SeriesKind,
    add_ct_modules,
    add_pet_modules,
    bed_frame,
    common_header,
    counts_to_suv,
    decimal,
    moment_of,
    suv_factor,
    uid_of,
)
from petscribe.phantom.exam import PhantomExam

if TYPE_CHECKING:
    from pydicom.dataset import Dataset

_BED_MM: Final = 160.0
_PADDING: Final = -2000
"""Stored value outside the reconstruction circle of GE-like CT."""
_PEAK: Final = 32767


def write_dicom(
    phantom: PhantomExam, folder: Path, *, distractors: bool = True
) -> tuple[Path, ...]:
    """Write the exam under `folder`, one sub-folder per series, in the style it was made for.

    Args:
        phantom: the exam; its `style` chooses the vendor's tags.
        folder: made when absent; files of the same name are replaced.
        distractors: also write a scout and the PET without attenuation correction.

    Returns:
        The series' folders.

    Raises:
        OutputError: the folder cannot be written (code `cannot-write`).
    """
    try:
        return _write_series(phantom, folder, distractors=distractors)
    except OSError as fault:
        raise OutputError("cannot-write", f"cannot write {folder}: {fault.strerror}") from fault


def _write_series(phantom: PhantomExam, folder: Path, *, distractors: bool) -> tuple[Path, ...]:
    folder.mkdir(parents=True, exist_ok=True)
    written = [_write_pet(phantom, folder / "PT_AC", "pet")]
    if phantom.ct is not None:
        written.append(_write_ct(phantom, phantom.ct, folder / "CT"))
    if distractors:
        written.append(_write_pet(phantom, folder / "PT_NAC", "nac"))
        if phantom.ct is not None:
            written.append(_write_scout(phantom, phantom.ct, folder / "SCOUT"))
    return tuple(written)


def _write_pet(phantom: PhantomExam, folder: Path, kind: SeriesKind) -> Path:
    grid = phantom.pet.grid
    ds = common_header(phantom, kind, grid)
    add_pet_modules(ds, phantom, kind)
    values = phantom.pet.array / np.float32(_suv_per_unit(phantom, kind))
    if kind == "nac":
        values = values * _unattenuated(grid)
    beds = max(1, round(grid.shape[0] * grid.spacing_mm[0] / _BED_MM))
    count = grid.shape[0]
    for number in range(1, count + 1):
        z = count - number
        bed = min(beds - 1, z * beds // count)
        frame = bed_frame(bed, phantom.acquisition)
        ds.AcquisitionDate, ds.AcquisitionTime = moment_of(frame)
        ds.FrameReferenceTime = decimal(1000.0 * frame.reference_s)
        ds.ActualFrameDuration = round(1000.0 * frame.duration_s)
        ds.DecayFactor = decimal(frame.decay_factor)
        ds.ImageIndex = number
        slope = decimal(max(float(values[z].max()), 1e-6) / _PEAK)
        ds.RescaleSlope = slope
        stored = np.rint(values[z] / float(slope)).clip(0, _PEAK).astype(np.int16)
        _place(ds, grid, z)
        _finish(ds, stored, _file(folder, number), (phantom, kind, number))
    return folder


def _suv_per_unit(phantom: PhantomExam, kind: SeriesKind) -> float:
    """Return SUV per stored unit: Bq/ml, counts of a Philips-like scanner, or raw counts."""
    if kind == "nac":
        return 1e-3
    if phantom.style == "philips":
        return counts_to_suv(phantom.acquisition)
    return suv_factor(phantom.acquisition)


def _unattenuated(grid: Grid) -> Float[np.ndarray, "y x"]:
    """Return how much of the activity an uncorrected image shows: little deep in the body."""
    y, x = (
        (np.arange(n) - (n - 1) / 2) * s
        for n, s in zip(grid.shape[1:], grid.spacing_mm[1:], strict=True)
    )
    depth = np.maximum(0.0, 1.0 - (y[:, None] / 125.0) ** 2 - (x[None, :] / 185.0) ** 2)
    share: Float[np.ndarray, "y x"] = np.exp(-1.9 * np.sqrt(depth)).astype(np.float32)
    return share


def _write_ct(phantom: PhantomExam, ct: Volume, folder: Path) -> Path:
    grid = ct.grid
    ds = common_header(phantom, "ct", grid)
    add_ct_modules(ds, phantom, scout=False)
    outside = None
    if phantom.style == "ge":
        outside = _outside_circle(grid)
        ds.PixelPaddingValue = _PADDING
    count = grid.shape[0]
    for number in range(1, count + 1):
        z = count - number
        stored = (ct.array[z].astype(np.int32) + 1024).clip(-32768, _PEAK).astype(np.int16)
        if outside is not None:
            stored[outside] = _PADDING
        _place(ds, grid, z)
        _finish(ds, stored, _file(folder, number), (phantom, "ct", number))
    return folder


def _outside_circle(grid: Grid) -> "np.ndarray[tuple[int, int], np.dtype[np.bool_]]":
    size = grid.shape[1]
    y, x = np.ogrid[:size, :size]
    middle = (size - 1) / 2
    outside: np.ndarray[tuple[int, int], np.dtype[np.bool_]] = (
        np.hypot(y - middle, x - middle) > size / 2
    )
    return outside


def _write_scout(phantom: PhantomExam, ct: Volume, folder: Path) -> Path:
    """Write one frontal projection of the CT."""
    grid = ct.grid
    ds = common_header(phantom, "scout", grid)
    add_ct_modules(ds, phantom, scout=True)
    image = (ct.array[::-1].mean(axis=1) * 2.0 + 1024.0).clip(-1024, 3071)
    ds.Rows, ds.Columns = image.shape
    ds.PixelSpacing = [grid.spacing_mm[0], grid.spacing_mm[2]]
    ds.SliceThickness = grid.spacing_mm[1] * grid.shape[1]
    ds.ImageOrientationPatient = [1.0, 0.0, 0.0, 0.0, 0.0, -1.0]
    top = grid.origin_mm[2] + grid.spacing_mm[0] * (grid.shape[0] - 1)
    ds.ImagePositionPatient = [_mm(grid.origin_mm[0]), "0", _mm(top)]
    stored = (image + 1024).astype(np.int16)
    _finish(ds, stored, _file(folder, 1), (phantom, "scout", 1))
    return folder


def _place(ds: "Dataset", grid: Grid, z: int) -> None:
    x0, y0, z0 = grid.origin_mm
    height = z0 + z * grid.spacing_mm[0]
    ds.ImagePositionPatient = [_mm(x0), _mm(y0), _mm(height)]
    ds.SliceLocation = _mm(height)


def _finish(
    ds: "Dataset",
    stored: Int16[np.ndarray, "y x"],
    path: Path,
    which: tuple[PhantomExam, SeriesKind, int],
) -> None:
    from pydicom.dataset import FileMetaDataset
    from pydicom.uid import UID

    phantom, kind, number = which
    ds.InstanceNumber = number
    ds.SOPInstanceUID = uid_of(
        phantom.seed, phantom.tracer, phantom.style, phantom.light, kind, number
    )
    ds.PixelData = stored.tobytes()
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID = ds.SOPClassUID
    meta.MediaStorageSOPInstanceUID = ds.SOPInstanceUID
    meta.TransferSyntaxUID = UID(EXPLICIT_LITTLE)
    meta.ImplementationClassUID = UID(uid_of("petscribe", "phantom"))
    ds.file_meta = meta
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        ds.save_as(file, enforce_file_format=True)


def _file(folder: Path, number: int) -> Path:
    return folder / f"{number:04d}.dcm"


def _mm(value: float) -> str:
    return decimal(round(value, 6))
