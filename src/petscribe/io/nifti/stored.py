"""The bytes of a NIfTI file: header checks, bounded decompression, atomic writing.

Knows nibabel's header classes and gzip; hands out arrays as stored, with the file's RAS affine.
`io.nifti.exam` turns them into volumes. Nothing is allocated before the header's claim is checked
against a cap and against what the file can hold. Sources: NIfTI-1.1 and NIfTI-2 header
definitions; RFC 1951 for the largest possible compression.
"""

import gzip
import io
import logging
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Float, Shaped

from petscribe.core.errors import GeometryError, InputError, OutputError
from petscribe.core.files import atomic_write
from petscribe.io.nifti.names import (
    MAX_NAMES_BYTES,
    extension_of,
    names_beside,
    names_in_extensions,
)

DEFAULT_MAX_BYTES = 2 * 1024**3
"""Largest image read unless the caller allows more: a 700-slice CT as 64-bit floats fits."""

_GZIP_MAGIC = b"\x1f\x8b"
_MAX_DEFLATE_RATIO = 1032
_CHUNK = 1 << 22
_MAX_MM = 1e6
_MAX_OFFSET = 1 << 26
_MM_PER_UNIT = {0: 1.0, 1: 1000.0, 2: 1.0, 3: 0.001}
"""By NIfTI code: unknown (taken as millimetres), metre, millimetre, micrometre."""

Readable = gzip.GzipFile | io.BufferedReader
NiftiHeader = Any
"""nibabel's Nifti1Header or Nifti2Header: untyped, and imported only where used."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """What a file holds, in its own terms."""

    array: Shaped[np.ndarray, "k j i"]
    """Values as stored; the file's first axis is the last here."""
    affine_ras_mm: Float[np.ndarray, "4 4"]
    """Map from (i, j, k, 1) to RAS millimetres."""
    slope: float
    intercept: float
    names: Mapping[int, str]


def read_stored(path: Path, *, max_bytes: int = DEFAULT_MAX_BYTES) -> Stored:
    """Read a NIfTI-1 or NIfTI-2 file (`.nii` or `.nii.gz`), never more than `max_bytes` of voxels.

    Raises:
        InputError: `not-found`, `cannot-read`, `bad-nifti`, `unsupported-nifti`,
            `four-dimensional`, `too-large`, `truncated-file`.
        GeometryError: the header does not say where the voxels lie (codes `no-orientation`,
            `bad-geometry`).
    """
    try:
        with path.open("rb") as raw:
            zipped = raw.read(2) == _GZIP_MAGIC
            raw.seek(0)
            size = path.stat().st_size
            file: Readable = gzip.GzipFile(fileobj=raw) if zipped else raw
            return _read(file, path, (size * _MAX_DEFLATE_RATIO if zipped else size, max_bytes))
    except FileNotFoundError as fault:
        raise InputError("not-found", f"{path.name} does not exist") from fault
    except (EOFError, zlib.error) as fault:
        raise _truncated(path) from fault
    except gzip.BadGzipFile as fault:
        raise InputError(
            "bad-nifti", f"{path.name}: the gzip data is damaged; copy the file again"
        ) from fault
    except OSError as fault:
        raise InputError(
            "cannot-read", f"{path.name}: cannot be read ({fault.strerror or fault})"
        ) from fault


def write_stored(
    path: Path,
    array: Shaped[np.ndarray, "k j i"],
    affine_ras_mm: Float[np.ndarray, "4 4"],
    names: Mapping[int, str] | None = None,
) -> None:
    """Write a NIfTI-1 file atomically; the same input gives the same bytes.

    Raises:
        OutputError: the name does not end in `.nii` or `.nii.gz`, or an axis has more than 32767
            voxels (code `bad-output`); the disk refuses (code `cannot-write`).
    """
    if not path.name.endswith((".nii", ".nii.gz")):
        raise OutputError("bad-output", f"{path.name}: a NIfTI file ends in .nii or .nii.gz")
    if max(array.shape) > np.iinfo(np.int16).max:
        raise OutputError("bad-output", f"{path.name}: NIfTI-1 cannot hold {array.shape} voxels")
    head = _header_bytes(array, affine_ras_mm, names)
    with atomic_write(path) as file:
        if not path.name.endswith(".gz"):
            _pour(file.write, head, array)
            return
        with gzip.GzipFile(
            filename="", mode="wb", fileobj=file, mtime=0, compresslevel=4
        ) as zipped:
            _pour(zipped.write, head, array)


def _read(file: Readable, path: Path, limits: tuple[int, int]) -> Stored:
    header = _header(file, path)
    shape = _shape(header, path)
    dtype = _dtype(header, path)
    offset = _offset(header, path)
    size = int(np.prod(shape, dtype=object)) * dtype.itemsize
    holds, max_bytes = limits
    if size > max_bytes:
        raise InputError(
            "too-large",
            f"{path.name}: the header claims {shape[0]} x {shape[1]} x {shape[2]} voxels"
            f" ({size / 1e9:.1f} GB); at most {max_bytes / 1e9:.1f} GB are read",
        )
    if offset + size > holds:
        raise _truncated(path)
    names = _extension_names(file, header, offset - int(header.sizeof_hdr))
    buffer = np.empty(size, np.uint8)
    _fill(file, buffer, path)
    array = buffer.view(dtype).reshape(shape[::-1])
    slope, intercept = _slope(header, path)
    return Stored(
        array=array if dtype.isnative else array.astype(dtype.newbyteorder("=")),
        affine_ras_mm=_affine(header, path),
        slope=slope,
        intercept=intercept,
        names=names or names_beside(path),
    )


def _header(file: Readable, path: Path) -> NiftiHeader:
    import nibabel as nib
    from nibabel.spatialimages import HeaderDataError

    first = file.read(4)
    sizes = {int.from_bytes(first, "little"), int.from_bytes(first, "big")}
    if 540 in sizes:
        kind: Any = nib.Nifti2Header
    elif 348 in sizes:
        kind = nib.Nifti1Header
    else:
        raise InputError("bad-nifti", f"{path.name}: is not a NIfTI file")
    block = first + file.read(kind.sizeof_hdr - 4)
    if len(block) < kind.sizeof_hdr:
        raise _truncated(path)
    try:
        header = kind(block, check=False)
        magic = bytes(header["magic"])[:3]
    except (HeaderDataError, ValueError) as fault:
        raise InputError("bad-nifti", f"{path.name}: damaged NIfTI header") from fault
    if magic not in (b"n+1", b"n+2"):
        raise InputError(
            "unsupported-nifti",
            f"{path.name}: Analyze or two-file NIfTI; convert it to one .nii or .nii.gz file",
        )
    return header


def _shape(header: NiftiHeader, path: Path) -> tuple[int, int, int]:
    dims = [int(d) for d in header["dim"]]
    count = dims[0]
    if not 1 <= count <= 7 or min(dims[1 : count + 1]) < 1:
        raise InputError("bad-nifti", f"{path.name}: impossible dimensions {dims} in the header")
    sizes = dims[1 : count + 1] + [1] * 3
    beyond = sizes[3:]
    if max(beyond) > 1:
        raise InputError(
            "four-dimensional",
            f"{path.name}: {count} dimensions {dims[1 : count + 1]}; give one 3D image"
            " (extract a single frame)",
        )
    return sizes[0], sizes[1], sizes[2]


def _dtype(header: NiftiHeader, path: Path) -> "np.dtype[Any]":
    from nibabel.spatialimages import HeaderDataError

    try:
        dtype: np.dtype[Any] = header.get_data_dtype()
    except (HeaderDataError, KeyError) as fault:
        raise InputError("bad-nifti", f"{path.name}: unknown voxel type in the header") from fault
    if dtype.kind not in "iuf" or dtype.itemsize > 8:
        raise InputError(
            "unsupported-nifti", f"{path.name}: voxels of type {dtype} are not grey values"
        )
    return dtype


def _offset(header: NiftiHeader, path: Path) -> int:
    """Return where the voxels start; absurd values are refused."""
    offset = float(header["vox_offset"])
    least = int(header.sizeof_hdr) + 4
    if not np.isfinite(offset) or offset < 0 or offset > _MAX_OFFSET:
        raise InputError(
            "bad-nifti", f"{path.name}: impossible voxel offset {offset} in the header"
        )
    return max(least, int(offset))


def _slope(header: NiftiHeader, path: Path) -> tuple[float, float]:
    """Return slope and intercept; a slope of 0 or NaN means "not scaled" (NIfTI-1.1)."""
    slope, intercept = float(header["scl_slope"]), float(header["scl_inter"])
    if slope == 0.0 or np.isnan(slope):
        return 1.0, 0.0
    if not np.isfinite(slope) or not np.isfinite(intercept):
        raise InputError(
            "bad-nifti", f"{path.name}: impossible scaling {slope}, {intercept} in the header"
        )
    return slope, intercept


def _affine(header: NiftiHeader, path: Path) -> Float[np.ndarray, "4 4"]:
    """Return the file's map to RAS mm: sform when its code is set, else qform."""
    from nibabel.spatialimages import HeaderDataError

    try:
        sform = header.get_sform() if int(header["sform_code"]) > 0 else None
        qform = header.get_qform() if int(header["qform_code"]) > 0 else None
    except (HeaderDataError, ValueError) as fault:
        raise GeometryError(
            "no-orientation", f"{path.name}: the qform in the header is impossible"
        ) from fault
    chosen = sform if sform is not None else qform
    if chosen is None:
        raise GeometryError(
            "no-orientation",
            f"{path.name}: neither sform nor qform is set, so left and right are unknown;"
            " convert the exam again with its orientation",
        )
    scale = _MM_PER_UNIT.get(int(header["xyzt_units"]) & 7)
    if scale is None:
        raise GeometryError("bad-geometry", f"{path.name}: unknown unit of length in the header")
    affine: Float[np.ndarray, "4 4"] = np.array(chosen, dtype=np.float64)
    affine[:3] *= scale
    if not np.all(np.abs(affine) < _MAX_MM):
        raise GeometryError(
            "bad-geometry", f"{path.name}: the header places voxels nowhere on earth"
        )
    if qform is not None and sform is not None:
        _warn_if_apart(sform, qform, path)
    return affine


def _warn_if_apart(
    sform: Float[np.ndarray, "4 4"], qform: Float[np.ndarray, "4 4"], path: Path
) -> None:
    voxel = np.linalg.norm(sform[:3, :3], axis=0).min()
    if not np.max(np.abs(sform - qform)) <= voxel:
        _log.warning(
            "%s: sform and qform differ by more than a voxel; sform is used", ascii(path.name)
        )


def _extension_names(file: Readable, header: NiftiHeader, length: int) -> dict[int, str]:
    """Read everything between header and voxels, and the label names in it."""
    if length > MAX_NAMES_BYTES:
        _skip(file, length)
        return {}
    block = file.read(max(0, length))
    return names_in_extensions(block, big_endian=header.endianness != "<")


def _fill(file: Readable, buffer: Shaped[np.ndarray, " n"], path: Path) -> None:
    view = buffer.data
    done = 0
    while done < len(view):
        chunk = file.read(min(_CHUNK, len(view) - done))
        if not chunk:
            raise _truncated(path)
        view[done : done + len(chunk)] = chunk
        done += len(chunk)
    file.read(1)  # at the end of a gzip stream this checks its checksum


def _skip(file: Readable, length: int) -> None:
    while length > 0 and (chunk := file.read(min(_CHUNK, length))):
        length -= len(chunk)


def _header_bytes(
    array: Shaped[np.ndarray, "k j i"],
    affine_ras_mm: Float[np.ndarray, "4 4"],
    names: Mapping[int, str] | None,
) -> bytes:
    import nibabel as nib

    header: NiftiHeader = nib.Nifti1Header()  # type: ignore[no-untyped-call]
    header.set_data_shape(array.shape[::-1])
    header.set_data_dtype(array.dtype)
    header.set_sform(affine_ras_mm, code=1)
    header.set_qform(affine_ras_mm, code=1, strip_shears=True)
    header.set_xyzt_units("mm")
    header.set_slope_inter(1.0, 0.0)
    extension = extension_of(names) if names else b""
    header["vox_offset"] = header.sizeof_hdr + 4 + len(extension)
    out = io.BytesIO()
    out.write(header.binaryblock)
    out.write(b"\1\0\0\0" if extension else b"\0\0\0\0")
    out.write(extension)
    return out.getvalue()


def _pour(
    write: Callable[[bytes], object], head: bytes, array: Shaped[np.ndarray, "k j i"]
) -> None:
    write(head)
    for plane in array:
        write(np.ascontiguousarray(plane).tobytes())


def _truncated(path: Path) -> InputError:
    return InputError(
        "truncated-file", f"{path.name}: ends before all voxels; copy or export the file again"
    )
