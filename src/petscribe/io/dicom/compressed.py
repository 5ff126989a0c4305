"""Compressed pixels: which syntaxes are read, whether a file is whole, and decoding within bounds.

RLE, JPEG-LS, and the JPEG kinds that Pillow knows are decoded by pydicom's plugins. A codec
allocates what its own stream claims, so the stream's frame header (JPEG SOF, JPEG 2000 SIZ) must
agree with Rows and Columns before a decoder sees it. Source: DICOM PS3.5 8.2 and A.4, ITU-T T.81
B.2.2, T.87 C.2.2, T.800 A.5.1.
"""

import logging
import re
import struct
import warnings
from pathlib import Path

import numpy as np
from jaxtyping import Shaped

from petscribe.core.errors import InputError, PetscribeError, UnsupportedSeries
from petscribe.io.dicom import tags
from petscribe.io.dicom.headers import UNDEFINED
from petscribe.io.dicom.multiframe import Frame

MAX_COMPRESSED_BYTES = 2**31
_RLE = "1.2.840.10008.1.2.5"
_UID = re.compile(r"[0-2](\.(0|[1-9]\d*))+")
_SEQUENCE_END = b"\xfe\xff\xdd\xe0"
_TAIL_BYTES = 4096
_SOF_MARKERS = frozenset({*range(0xC0, 0xD0), 0xF7}) - {0xC4, 0xC8, 0xCC}
_SIZ_MARKER = 0x51
_CANNOT_DECODE = (
    RuntimeError,
    ValueError,
    TypeError,
    AttributeError,
    LookupError,
    NotImplementedError,
    ArithmeticError,
    OSError,
    EOFError,
    struct.error,
)


def require_decoder(syntax: str, series: str) -> None:
    """Refuse a transfer syntax that nothing here decodes (code `unsupported-transfer-syntax`)."""
    from pydicom.pixels.decoders.base import get_decoder
    from pydicom.uid import UID

    valid = len(syntax) <= 64 and _UID.fullmatch(syntax)  # pydicom warns of others
    try:
        available = bool(valid) and get_decoder(UID(syntax)).is_available
    except (NotImplementedError, KeyError, ValueError):
        available = False
    if not available:
        name = UID(syntax).name[:60] if valid else "not a UID"
        raise UnsupportedSeries(
            "unsupported-transfer-syntax",
            f"{series}: pixels in a transfer syntax ({name}) that is not read; decompress them",
        )


def require_whole(frame: Frame, series: str) -> None:
    """Refuse a pixel sequence without an end (`truncated-file`) or of over 2 GiB (`too-large`)."""
    instance = frame.instance
    if instance.size > MAX_COMPRESSED_BYTES:
        raise InputError(
            "too-large", f"{series}: {file_name(frame)} holds over 2 GiB of compressed pixels"
        )
    try:
        with instance.path.open("rb", buffering=0) as file:
            file.seek(max(0, instance.size - _TAIL_BYTES))
            ends = _SEQUENCE_END in file.read(_TAIL_BYTES)
    except OSError as fault:
        raise InputError("cannot-read", f"{file_name(frame)}: {fault.strerror}") from fault
    if frame.header.pixel_length != UNDEFINED or not ends:
        raise truncated(frame, series)


class Decoder:
    """Decodes compressed slices, keeping the last file open as a data set."""

    def __init__(self, series: str) -> None:
        """Name the series in messages as `series`."""
        self._series = series
        self._path: Path | None = None
        self._data_set: object = None

    def decode(self, frame: Frame) -> Shaped[np.ndarray, "..."]:
        """Return the stored values of a slice; what cannot be decoded is `bad-pixels`."""
        log = logging.getLogger("pydicom")
        level = log.level
        log.setLevel(logging.CRITICAL)
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                return self._decode(frame)
        except _CANNOT_DECODE as fault:
            if isinstance(fault, PetscribeError):
                raise
            raise self._undecodable(frame) from fault
        finally:
            log.setLevel(level)

    def _decode(self, frame: Frame) -> Shaped[np.ndarray, "..."]:
        from pydicom import dcmread
        from pydicom.dataset import Dataset
        from pydicom.encaps import get_frame
        from pydicom.pixels.utils import pixel_array

        if frame.instance.path != self._path:
            self._data_set = dcmread(frame.instance.path)
            self._path = frame.instance.path
        data_set = self._data_set
        assert isinstance(data_set, Dataset)
        if frame.header.syntax != _RLE:
            stream = get_frame(data_set.PixelData, frame.index, number_of_frames=frame.num_frames)
            size = frame.header.ushort(tags.ROWS), frame.header.ushort(tags.COLUMNS)
            if stream_size(stream) != size:
                raise self._undecodable(frame)
        index = frame.index if frame.num_frames > 1 else None
        return np.asarray(pixel_array(data_set, index=index, raw=True))

    def _undecodable(self, frame: Frame) -> InputError:
        return InputError(
            "bad-pixels", f"{self._series}: the pixels of {file_name(frame)} cannot be decoded"
        )


def stream_size(stream: bytes) -> tuple[int, int] | None:
    """Return rows and columns that a JPEG, JPEG-LS or JPEG 2000 stream claims, or None."""
    position = stream.find(b"\xff\x4f\xff\x51") + 2 if b"\xff\x4f\xff\x51" in stream[:4096] else 2
    while position + 10 <= len(stream) and stream[position] == 0xFF:
        marker = stream[position + 1]
        if marker in _SOF_MARKERS:
            rows, columns = struct.unpack_from(">HH", stream, position + 5)
            return rows, columns
        if marker == _SIZ_MARKER and position + 22 <= len(stream):
            right, bottom, left, top = struct.unpack_from(">IIII", stream, position + 6)
            return bottom - top, right - left
        position += 2 + int.from_bytes(stream[position + 2 : position + 4], "big")
    return None


def file_name(frame: Frame) -> str:
    """Return the name of a slice's file for a message."""
    return "".join(c if c.isprintable() else "?" for c in frame.instance.path.name)


def truncated(frame: Frame, series: str) -> InputError:
    """Return the fault of a file that ends too early."""
    return InputError(
        "truncated-file",
        f"{series}: {file_name(frame)} is shorter than its header says; copy it again",
    )
