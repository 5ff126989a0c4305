"""Files to series: every DICOM file under a folder, by series and modality, junk left aside.

Any depth, any names, any mixture. Links to folders are not followed; devices and pipes are not
opened. Knows headers, not images: what a series is good for is decided in `roles`. A file that says
it is DICOM and cannot be parsed is reported, not ignored.
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from petscribe.core.errors import InputError
from petscribe.io.dicom import tags
from petscribe.io.dicom.headers import Damage, read_header
from petscribe.io.dicom.multiframe import Instance

MAX_FILES = 200_000
_DIRECTORY_CLASS = "1.2.840.10008.1.3.10"


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundSeries:
    """The files of one series and modality, in the order of their names."""

    uid: str
    modality: str
    instances: tuple[Instance, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """Everything found under a path."""

    series: tuple[FoundSeries, ...]
    damages: tuple[Damage, ...]
    """Files that claim to be DICOM and cannot be parsed, or that cannot be opened."""
    num_ignored: int
    """Files that are not DICOM."""


def find_series(path: Path) -> Found:
    """Parse every file under `path` (or the file `path`) and group what is DICOM.

    Raises:
        InputError: nothing there (code `not-found`), no access (code `cannot-read`), or too many
            files (code `too-many-files`).
    """
    groups: dict[tuple[str, str], list[Instance]] = {}
    damages: list[Damage] = []
    num_ignored = 0
    for file in list_files(path):
        read = read_instance(file)
        if isinstance(read, Instance):
            key = (
                read.header.text(tags.SERIES_UID) or "",
                (read.header.text(tags.MODALITY) or "").upper(),
            )
            groups.setdefault(key, []).append(read)
        elif isinstance(read, Damage):
            damages.append(read)
        else:
            num_ignored += 1
    series = tuple(
        FoundSeries(uid=uid, modality=modality, instances=tuple(instances))
        for (uid, modality), instances in groups.items()
    )
    return Found(series=series, damages=tuple(damages), num_ignored=num_ignored)


def read_instance(path: Path) -> Instance | Damage | None:
    """Return a file as an instance, its damage, or None when it is no DICOM image or object."""
    header = read_header(path, tags.WANTED)
    if header is None or isinstance(header, Damage):
        return header
    if header.text(tags.SOP_CLASS_UID) in {None, _DIRECTORY_CLASS}:
        return None
    return Instance(path=path, size=path.stat().st_size, header=header)


def list_files(path: Path) -> list[Path]:
    """Return the regular files under `path`, sorted by name."""
    if not path.exists():
        raise InputError("not-found", f"{printable(path)} does not exist")
    if path.is_file():
        return [path]
    files: list[Path] = []
    for file in _walk(path):
        files.append(file)
        if len(files) > MAX_FILES:
            raise InputError(
                "too-many-files",
                f"more than {MAX_FILES} files under {printable(path)}: give the folder of one exam",
            )
    return sorted(files)


def printable(path: Path) -> str:
    """Return a file's or folder's name for a message: control and undecodable bytes replaced."""
    name = path.name or str(path)
    return "".join(c if c.isprintable() else "?" for c in name)


def _is_new(folder: Path, seen: set[str]) -> bool:
    place = os.path.realpath(folder)
    if place in seen:
        return False
    seen.add(place)
    return True


def _walk(root: Path) -> Iterator[Path]:
    def refuse(fault: OSError) -> None:
        raise InputError(
            "cannot-read", f"cannot open folder {printable(Path(fault.filename))}: {fault.strerror}"
        ) from fault

    seen = {os.path.realpath(root)}
    for folder, subfolders, names in os.walk(root, onerror=refuse, followlinks=True):
        # archives link series into study folders; a link back up must not loop for ever
        subfolders[:] = [s for s in sorted(subfolders) if _is_new(Path(folder, s), seen)]
        for name in names:
            file = Path(folder, name)
            if file.is_file():
                yield file
