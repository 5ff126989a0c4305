"""Atomic writes: after a crash or a full disk the old file or the new one is there, never a part.

Recipe: a temporary file in the same folder, flush, fsync, rename, fsync of the folder (POSIX rename
is atomic).
"""

import json
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from petscribe.core.errors import OutputError


@contextmanager
def atomic_write(path: Path) -> Iterator[IO[bytes]]:
    """Yield a binary file that becomes `path` only when the block ends without an exception.

    Raises:
        OutputError: the folder cannot be written or the disk is full (code `cannot-write`).
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(
            dir=path.parent, prefix=f".{path.name}.", suffix=".part"
        )
    except OSError as fault:
        raise _cannot_write(path, fault) from fault
    try:
        with os.fdopen(handle, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).chmod(0o644)
        Path(temporary).replace(path)
        _sync_folder(path.parent)
    except OSError as fault:
        raise _cannot_write(path, fault) from fault
    finally:
        Path(temporary).unlink(missing_ok=True)


@contextmanager
def staged_folder(folder: Path) -> Iterator[Path]:
    """Yield a hidden folder whose files move into `folder` together when the block ends well.

    When it does not, `folder` is as it was: no file of the set appears without the others.

    Raises:
        OutputError: the folder cannot be written or the disk is full (code `cannot-write`).
    """
    is_new = not folder.exists()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        stage = Path(tempfile.mkdtemp(dir=folder, prefix=".part-"))
    except OSError as fault:
        raise _cannot_write(folder, fault) from fault
    try:
        yield stage
        for path in sorted(stage.iterdir()):
            path.replace(folder / path.name)
        _sync_folder(folder)
    except OSError as fault:
        raise _cannot_write(folder, fault) from fault
    finally:
        shutil.rmtree(stage, ignore_errors=True)
        if is_new and not any(folder.iterdir()):
            folder.rmdir()


def write_text(path: Path, text: str) -> None:
    """Write `text` as UTF-8, atomically."""
    with atomic_write(path) as file:
        file.write(text.encode("utf-8"))


def write_json(path: Path, data: Mapping[str, Any] | list[Any]) -> None:
    """Write `data` as readable JSON, atomically; NaN is refused."""
    write_text(path, json.dumps(data, indent=2, ensure_ascii=False, allow_nan=False) + "\n")


def _cannot_write(path: Path, fault: OSError) -> OutputError:
    reason = os.strerror(fault.errno) if fault.errno else type(fault).__name__
    return OutputError("cannot-write", f"cannot write {path}: {reason}")


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
