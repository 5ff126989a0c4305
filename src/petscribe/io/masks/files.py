"""Find the mask in a path and open it safely: NIfTI, DICOM SEG or RTSTRUCT, a file or a folder.

Knows how to tell the kinds apart and the caps on size; not what is inside. A folder may hold an
exam beside the mask; several masks in it are a question for the user, unless exactly one refers to
the PET series. Messages name files, never patients.
"""

import struct
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from petscribe.core.errors import InputError

if TYPE_CHECKING:
    from pydicom.dataset import Dataset

SEGMENTATION = "1.2.840.10008.5.1.4.1.1.66.4"
LABELMAP_SEGMENTATION = "1.2.840.10008.5.1.4.1.1.66.7"
STRUCTURE_SET = "1.2.840.10008.5.1.4.1.1.481.3"
MASK_CLASSES = (SEGMENTATION, LABELMAP_SEGMENTATION, STRUCTURE_SET)
MAX_FILE_BYTES = 1024**3

_DEFLATED = "1.2.840.10008.1.2.1.99"
_PREAMBLE = 132


def find_mask(path: Path, *, pet_series_uid: str | None = None) -> Path:
    """Return the one mask file that a path names.

    Raises:
        InputError: nothing there (`not-found`), not readable (`cannot-read`), no mask in
            the folder (`no-mask-found`) or several (`several-masks`).
    """
    if path.is_file():
        return path
    if not path.is_dir():
        raise InputError("not-found", f"{path.name} does not exist")
    files = sorted(p for p in path.rglob("*") if p.is_file())
    found = [p for p in files if _is_dicom_mask(p)] or [p for p in files if _is_nifti(p)]
    if len(found) > 1 and pet_series_uid is not None:
        found = [p for p in found if _refers_to(p, pet_series_uid)] or found
    if not found:
        raise InputError(
            "no-mask-found",
            f"{path.name}: no NIfTI label map, DICOM SEG or RTSTRUCT in this folder",
        )
    if len(found) > 1:
        names = ", ".join(str(p.relative_to(path)) for p in found[:4])
        raise InputError(
            "several-masks",
            f"{path.name}: {len(found)} masks in this folder ({names}); name the one to use",
        )
    return found[0]


def is_dicom(path: Path) -> bool:
    """Tell whether a file has the DICOM preamble."""
    return _head(path)[128:132] == b"DICM"


def open_dicom(path: Path) -> "Dataset":
    """Read a SEG or RTSTRUCT whole.

    Raises:
        InputError: bigger than the cap (`too-large`), deflated (`deflated-dicom`), damaged
            (`bad-mask`) or no mask (`not-a-mask`).
    """
    from pydicom import dcmread
    from pydicom.filereader import read_file_meta_info

    if path.stat().st_size > MAX_FILE_BYTES:
        raise InputError(
            "too-large", f"{path.name}: a mask of more than {MAX_FILE_BYTES >> 20} MiB is not read"
        )
    with dicom_faults(path):
        meta = read_file_meta_info(path)
        if meta.get("TransferSyntaxUID") == _DEFLATED:
            raise InputError(
                "deflated-dicom",
                f"{path.name}: deflated transfer syntax is not read; save it uncompressed",
            )
        dataset = dcmread(path)
        kind = str(dataset.get("SOPClassUID", ""))
        if kind not in MASK_CLASSES:
            raise InputError(
                "not-a-mask",
                f"{path.name}: DICOM object of modality {_word(dataset.get('Modality'))}, expected"
                " SEG or RTSTRUCT",
            )
        return dataset


@contextmanager
def dicom_faults(path: Path) -> Iterator[None]:
    """Turn whatever a damaged DICOM file makes pydicom raise into one `bad-mask` line."""
    from pydicom.errors import BytesLengthException, InvalidDicomError

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # odd values that matter are refused by name
            yield
    except (
        AttributeError,
        BytesLengthException,
        EOFError,
        InvalidDicomError,
        LookupError,
        NotImplementedError,
        OverflowError,
        RecursionError,
        TypeError,
        ValueError,
        struct.error,
    ) as fault:
        raise InputError(
            "bad-mask", f"{path.name}: damaged or incomplete DICOM ({type(fault).__name__})"
        ) from fault
    except OSError as fault:
        raise _unreadable(path, fault) from fault


def _is_nifti(path: Path) -> bool:
    return path.name.lower().endswith((".nii", ".nii.gz"))


def _is_dicom_mask(path: Path) -> bool:
    head = _head(path)
    if head[128:132] != b"DICM":
        return False
    return any(_has_class(head, kind) for kind in MASK_CLASSES)


def _has_class(head: bytes, kind: str) -> bool:
    """Look for the class in the file meta group: MediaStorageSOPClassUID (0002,0002)."""
    value = kind.encode("ascii")
    at = head.find(b"\x02\x00\x02\x00UI", _PREAMBLE)
    if at < 0:
        return False
    length = int.from_bytes(head[at + 6 : at + 8], "little")
    return head[at + 8 : at + 8 + length].rstrip(b"\0 ") == value


def _head(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(1024)
    except OSError as fault:
        raise _unreadable(path, fault) from fault


def _refers_to(path: Path, series_uid: str) -> bool:
    if not is_dicom(path):
        return False
    return series_uid.encode("ascii", "replace") in path.read_bytes()[: 1 << 22]


def _unreadable(path: Path, fault: OSError) -> InputError:
    return InputError("cannot-read", f"{path.name}: cannot be read ({fault.strerror})")


def _word(value: object) -> str:
    text = str(value or "")
    return text if text.isascii() and text.isalnum() and len(text) <= 16 else "unknown"
