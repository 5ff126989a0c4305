"""Stored pixels to arrays: PET as 32-bit float, CT as 16-bit HU, read slice by slice.

Uncompressed pixels go straight from the file into a preallocated volume, each slice with its own
slope and intercept in 64-bit arithmetic. Compressed ones (RLE, JPEG-LS, JPEG) go through pydicom's
decoders. Nothing is allocated before the claimed size was checked against a cap and the file.

CT voxels outside the scanner's field (PixelPaddingValue when it is no tissue value, GE's -3024, or
anything below -1500 HU) become `PADDING_HU`. Source: DICOM PS3.3 C.7.6.3, PS3.5 8.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from jaxtyping import Float, Int16, Shaped

from petscribe.core.errors import InputError, MissingTag, UnsupportedSeries
from petscribe.io.dicom import tags
from petscribe.io.dicom.compressed import (
    Decoder,
    file_name,
    require_decoder,
    require_whole,
    truncated,
)
from petscribe.io.dicom.headers import (
    DEFLATED_LE,
    EXPLICIT_BE,
    MAX_HEADER,
    PLAIN_SYNTAXES,
    UNDEFINED,
    data_set_offset,
    inflate,
)
from petscribe.io.dicom.multiframe import Frame

PADDING_HU = -3024
MAX_VOXELS = 2**30
_LOWEST_HU = -1500
_HIGHEST_PADDING_HU = -900.0
_MOST_HU = 1e12
_FLOAT32_MAX = 3.0e38


@dataclass(frozen=True, slots=True, kw_only=True)
class PixelFormat:
    """How a slice's numbers are stored."""

    rows: int
    columns: int
    bits_allocated: int
    bits_stored: int
    high_bit: int
    signed: bool
    little: bool

    @property
    def dtype(self) -> np.dtype[np.generic]:
        """The stored type, byte order included."""
        order = "<" if self.little else ">"
        return np.dtype(f"{order}{'i' if self.signed else 'u'}{self.bits_allocated // 8}")

    @property
    def num_bytes(self) -> int:
        """Bytes of one slice."""
        return self.rows * self.columns * self.bits_allocated // 8


def check_pixels(frames: Sequence[Frame], series: str) -> None:
    """Refuse a series whose pixels cannot be read, from the headers and file sizes alone.

    Raises:
        InputError: more voxels than any exam has (code `too-large`), a file shorter than it claims
            (`truncated-file`), or none at all (`no-pixels`).
        UnsupportedSeries: a stored type or transfer syntax that is not read (codes
            `unsupported-pixels`, `unsupported-transfer-syntax`).
    """
    first = pixel_format(frames[0], series)
    num_voxels = len(frames) * first.rows * first.columns
    if num_voxels > MAX_VOXELS:
        raise InputError(
            "too-large",
            f"{series} claims {num_voxels / 1e9:.1f} billion voxels, at most "
            f"{MAX_VOXELS / 1e9:.1f} billion are read",
        )
    for frame in frames:
        _check_frame(frame, series)


def pixel_format(frame: Frame, series: str) -> PixelFormat:
    """Return how a slice is stored, or refuse it (code `unsupported-pixels`)."""
    header = frame.header
    bits = header.ushort(tags.BITS_ALLOCATED) or 0
    stored = header.ushort(tags.BITS_STORED) or bits
    high = header.ushort(tags.HIGH_BIT)
    high = stored - 1 if high is None else high
    samples = header.ushort(tags.SAMPLES_PER_PIXEL) or 1
    if bits not in {8, 16, 32} or samples != 1 or not 0 < stored <= high + 1 <= bits:
        raise UnsupportedSeries(
            "unsupported-pixels",
            f"{series}: {samples} sample(s) of {stored} in {bits} bits, expected one of 8, 16, 32",
        )
    return PixelFormat(
        rows=header.ushort(tags.ROWS) or 0,
        columns=header.ushort(tags.COLUMNS) or 0,
        bits_allocated=bits,
        bits_stored=stored,
        high_bit=high,
        signed=header.ushort(tags.PIXEL_REPRESENTATION) == 1,
        little=header.syntax != EXPLICIT_BE,
    )


def read_pet(
    frames: Sequence[Frame], factors: Sequence[float], series: str
) -> Float[np.ndarray, "slices rows columns"]:
    """Return (stored * slope + intercept) * factor of every slice.

    Args:
        frames: the slices in stack order.
        factors: one multiplier per slice.
        series: how messages call the series.

    Raises:
        MissingTag: a slice without slope (code `missing-rescale`).
        InputError: a slope that is no number or overflows (`bad-rescale`); truncated or
            undecodable pixels (`truncated-file`, `bad-pixels`).
    """
    form = pixel_format(frames[0], series)
    volume = np.empty((len(frames), form.rows, form.columns), dtype=np.float32)
    for k, stored in enumerate(_slices(frames, series)):
        slope, intercept = rescale(frames[k], series)
        scale, shift = slope * factors[k], intercept * factors[k]
        if abs(scale) * 2.0**form.bits_stored + abs(shift) > _FLOAT32_MAX:
            raise InputError("bad-rescale", f"{series}: RescaleSlope {slope:g} overflows")
        np.multiply(stored, scale, out=volume[k], casting="same_kind")
        if shift:
            volume[k] += np.float32(shift)
    return volume


def read_ct(
    frames: Sequence[Frame], series: str
) -> tuple[Int16[np.ndarray, "slices rows columns"], bool]:
    """Return HU of every slice, and whether any voxel is `PADDING_HU` (outside the field).

    Raises as `read_pet`.
    """
    form = pixel_format(frames[0], series)
    volume = np.empty((len(frames), form.rows, form.columns), dtype=np.int16)
    padded = False
    for k, stored in enumerate(_slices(frames, series)):
        slope, intercept = rescale(frames[k], series)
        if max(slope * 2.0**form.bits_stored, abs(intercept)) > _MOST_HU:
            raise InputError("bad-rescale", f"{series}: RescaleSlope {slope:g} gives no HU")
        _to_hu(stored, slope, intercept, volume[k])
        outside = volume[k] < _LOWEST_HU
        limits = _padding(frames[k], slope, intercept)
        if limits is not None:
            outside |= (stored >= limits[0]) & (stored <= limits[1])
        if outside.any():
            volume[k][outside] = PADDING_HU
            padded = True
    return volume, padded


def rescale(frame: Frame, series: str) -> tuple[float, float]:
    """Return a slice's slope and intercept."""
    slope = frame.header.number(tags.RESCALE_SLOPE)
    intercept = frame.header.number(tags.RESCALE_INTERCEPT)
    if slope is None:
        raise MissingTag("missing-rescale", f"{series}: a slice has no RescaleSlope (0028,1053)")
    intercept = 0.0 if intercept is None else intercept
    if not math.isfinite(slope) or slope <= 0 or not math.isfinite(intercept):
        raise InputError(
            "bad-rescale",
            f"{series}: RescaleSlope {slope:g} and RescaleIntercept {intercept:g}, expected a "
            "positive and a finite number",
        )
    return slope, intercept


def _check_frame(frame: Frame, series: str) -> None:
    form = pixel_format(frame, series)
    header, instance = frame.header, frame.instance
    if header.pixel_offset is None:
        raise InputError("no-pixels", f"{series}: {file_name(frame)} holds no pixel data")
    if header.syntax not in PLAIN_SYNTAXES:
        require_decoder(header.syntax, series)
        if frame.index == 0:
            require_whole(frame, series)
        return
    if header.pixel_length == UNDEFINED:
        raise UnsupportedSeries(
            "unsupported-pixels", f"{series}: encapsulated pixels in an uncompressed syntax"
        )
    if header.syntax == DEFLATED_LE:
        return  # only inflating tells; the slice is checked when read
    needed = form.num_bytes * frame.num_frames
    if header.pixel_offset + needed > instance.size or header.pixel_length < needed:
        raise truncated(frame, series)


def _slices(frames: Sequence[Frame], series: str) -> Iterator[Shaped[np.ndarray, "rows columns"]]:
    """Yield stored values, slice by slice; the array is overwritten by the next slice."""
    compressed = Decoder(series)
    buffer, inflated = bytearray(), _Inflated()
    for frame in frames:
        form = pixel_format(frame, series)
        if frame.header.syntax not in PLAIN_SYNTAXES:
            decoded = compressed.decode(frame)
            if decoded.shape != (form.rows, form.columns):
                raise InputError(
                    "bad-pixels",
                    f"{series}: {file_name(frame)} decodes to {decoded.shape}, expected "
                    f"{(form.rows, form.columns)}",
                )
            yield decoded
            continue
        if len(buffer) != form.num_bytes:
            buffer = bytearray(form.num_bytes)
        _fill(buffer, frame, inflated, series)
        flat = np.frombuffer(buffer, dtype=form.dtype)
        yield _valid_bits(flat.reshape(form.rows, form.columns), form)


def _fill(buffer: bytearray, frame: Frame, inflated: "_Inflated", series: str) -> None:
    """Read a slice's uncompressed bytes into `buffer`, all of it."""
    header = frame.header
    start = (header.pixel_offset or 0) + frame.index * len(buffer)
    try:
        with frame.instance.path.open("rb", buffering=0) as file:
            if header.syntax == DEFLATED_LE:
                part = inflated.data_set(frame.instance.path)[start : start + len(buffer)]
                buffer[: len(part)] = part
                found = len(part)
            else:
                file.seek(start)
                found = file.readinto(buffer)
    except OSError as fault:
        raise InputError("cannot-read", f"{file_name(frame)}: {fault.strerror}") from fault
    if found < len(buffer):
        raise truncated(frame, series)


class _Inflated:
    """The data set of the deflated file last asked for, inflated once for all its frames."""

    def __init__(self) -> None:
        """Start with no file."""
        self._path: Path | None = None
        self._data = b""

    def data_set(self, path: Path) -> bytes:
        """Return a file's data set, inflated within the parser's bounds."""
        if path != self._path:
            with path.open("rb", buffering=0) as file:
                packed = file.read(MAX_HEADER)
            self._data = inflate(memoryview(packed)[data_set_offset(packed) or 0 :]) or b""
            self._path = path
        return self._data


def _valid_bits(
    stored: Shaped[np.ndarray, "rows columns"], form: PixelFormat
) -> Shaped[np.ndarray, "rows columns"]:
    """Drop what other things (overlays) lie in bits that are not the pixel's."""
    if form.bits_stored == form.bits_allocated:
        return stored
    native = stored.astype(stored.dtype.newbyteorder("="))
    native <<= form.bits_allocated - 1 - form.high_bit
    native >>= form.bits_allocated - form.bits_stored
    return native


def _to_hu(
    stored: Shaped[np.ndarray, "rows columns"],
    slope: float,
    intercept: float,
    out: Int16[np.ndarray, "rows columns"],
) -> None:
    whole = slope == 1.0 and intercept == int(intercept) and abs(intercept) < 2**14
    if whole and stored.dtype.itemsize <= 2:
        low, high, shift = int(stored.min()), int(stored.max()), int(intercept)
        if max(high, high + shift) <= 32767 and min(low, low + shift) >= -32768:
            # the usual slice: no value leaves 16 bits on the way, one pass
            np.add(stored.astype(np.int16, copy=False), np.int16(shift), out=out)
            return
    values = np.rint(stored * np.float64(slope) + intercept)
    np.copyto(out, np.clip(values, -32768, 32767), casting="unsafe")


def _padding(frame: Frame, slope: float, intercept: float) -> tuple[int, int] | None:
    """Return the stored values that mean "outside", when they cannot mean tissue."""
    header = frame.header
    read = header.sshort if header.ushort(tags.PIXEL_REPRESENTATION) == 1 else header.ushort
    value = read(tags.PIXEL_PADDING)
    if value is None:
        return None
    limit = read(tags.PIXEL_PADDING_LIMIT)
    low, high = sorted((value, value if limit is None else limit))
    return (low, high) if high * slope + intercept <= _HIGHEST_PADDING_HU else None
