"""One piece of work of a build: an exam, where it lies, and the report or findings that go with it.

Importers and `joining` make these; nothing is read yet. A problem that keeps an exam or a report
from becoming work is a record too: nothing is lost without being counted.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from petscribe.core.codec import encode


@dataclass(frozen=True, slots=True, kw_only=True)
class NiftiFiles:
    """An exam as NIfTI files, with what the user states about it."""

    pet: Path
    ct: Path | None = None
    pet_unit: Literal["suvbw", "bqml"] = "suvbw"
    tracer: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ArrayFiles:
    """An exam as bare arrays (`.npz`), with the geometry that the user states."""

    pet: Path
    ct: Path | None
    pet_spacing_mm: tuple[float, float, float]
    ct_spacing_mm: tuple[float, float, float] | None
    suv_per_unit: float | None
    """None: the PET is kept in relative units."""
    hu_offset: float = 0.0
    is_feet_first: bool = True
    """Whether the first slice is the lowest."""
    tracer: str | None = "fdg"


@dataclass(frozen=True, slots=True, kw_only=True)
class DicomFolder:
    """An exam as a folder (or archive) of DICOM files."""

    folder: Path


ExamFiles = DicomFolder | NiftiFiles | ArrayFiles


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenFinding:
    """A sentence whose lesion mask is known."""

    text: str
    mask: Path
    lang: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """An exam to be made a case."""

    key: str
    patient: str
    """A pseudonym; never a name or a number of the hospital's."""
    files: ExamFiles
    report: str | None = None
    lang: str | None = None
    mask: Path | None = None
    """The user's segmentation of all lesions."""
    organs: Path | None = None
    findings: tuple[GivenFinding, ...] = ()
    split: Literal["train", "val", "test"] | None = None
    """As the source has it; None: by hash of the patient."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """What could not be used, and why."""

    code: str
    key: str
    message: str

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON form."""
        return dict(encode(self))


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """All the work of a build, and what could not become work."""

    work: tuple[Work, ...]
    problems: tuple[Problem, ...] = ()
    source: Mapping[str, Any] = field(default_factory=dict)
    """What was read, for the data card."""


def pseudonym(identity: str, *, salt: str = "petscribe") -> str:
    """Return a name for a patient that does not give the identity away."""
    return "p" + hashlib.sha256(f"{salt}\0{identity}".encode()).hexdigest()[:15]


def fingerprint(work: Work) -> str:
    """Return a digest of what the work says and of its files' names, sizes and times."""
    parts = [repr(work)]
    for path in _paths(work):
        for file in sorted(path.rglob("*")) if path.is_dir() else [path]:
            if file.is_file():
                found = file.stat()
                parts.append(f"{file.name} {found.st_size} {found.st_mtime_ns}")
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def _paths(work: Work) -> list[Path]:
    files = work.files
    own = [files.folder] if isinstance(files, DicomFolder) else [files.pet, files.ct]
    extra = [work.mask, work.organs, *(finding.mask for finding in work.findings)]
    return [path for path in (*own, *extra) if path is not None]
