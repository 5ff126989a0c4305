"""A zip of DICOM as a folder: unpacked into a temporary place, bounded, gone afterwards.

Members are written under numbers of our own, so no member name can lead out of the folder; links
become small files that are no DICOM. Counts, sizes and ratios are enforced on the bytes that come
out, not on what the archive claims. Nested archives are not opened.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from petscribe.core.errors import InputError
from petscribe.io.dicom.scan import printable

MAX_MEMBERS = 100_000
MAX_TOTAL_BYTES = 16 * 2**30
MAX_RATIO = 200
_RATIO_FREE_BYTES = 64 * 2**20
_CHUNK = 2**20


@contextmanager
def opened(path: Path) -> Iterator[Path]:
    """Yield a folder or file to scan: `path` itself, or a zip's content for as long as needed.

    Raises:
        InputError: nothing there (code `not-found`), no access (`cannot-read`), a damaged or
            encrypted archive (`bad-archive`), one that is too large or unpacks to too much
            (`archive-bomb`), no room for it (`cannot-unpack`).
    """
    if path.is_dir():
        yield path
        return
    import tempfile  # with zipfile 20 ms that a folder need not wait for
    import zipfile

    try:
        is_archive = path.is_file() and zipfile.is_zipfile(path) and not _is_dicom(path)
    except OSError as fault:
        raise InputError("cannot-read", f"{printable(path)}: {fault.strerror}") from fault
    if not is_archive:
        yield path
        return
    with tempfile.TemporaryDirectory(prefix="petscribe-") as folder:
        _unpack(path, Path(folder))
        yield Path(folder)


def _is_dicom(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(132)[128:] == b"DICM"


def _unpack(path: Path, folder: Path) -> None:
    import zipfile
    import zlib

    budget = min(MAX_TOTAL_BYTES, max(_RATIO_FREE_BYTES, MAX_RATIO * path.stat().st_size))
    try:
        with zipfile.ZipFile(path) as archive:
            members = [m for m in archive.infolist() if not m.is_dir()]
            if len(members) > MAX_MEMBERS:
                raise InputError(
                    "archive-bomb",
                    f"{printable(path)} holds {len(members)} files, at most {MAX_MEMBERS}",
                )
            for number, member in enumerate(members):
                with archive.open(member) as source:
                    chunks = iter(partial(source.read, _CHUNK), b"")
                    budget -= _copy(chunks, folder / f"{number:06d}.dcm", budget)
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, NotImplementedError) as fault:
        raise InputError(
            "bad-archive", f"{printable(path)} is damaged, encrypted or of an unknown kind of zip"
        ) from fault
    except OSError as fault:
        raise InputError(
            "cannot-unpack", f"cannot unpack {printable(path)}: {fault.strerror or 'no room'}"
        ) from fault


def _copy(chunks: Iterable[bytes], target: Path, budget: int) -> int:
    """Copy a member and return its size; stop where the budget ends."""
    written = 0
    with target.open("wb") as file:
        for chunk in chunks:
            written += len(chunk)
            if written > budget:
                raise InputError(
                    "archive-bomb", "the archive unpacks to far more than its size; unpack it first"
                )
            file.write(chunk)
    return written
