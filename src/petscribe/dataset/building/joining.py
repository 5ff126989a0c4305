"""Folders of exams and reports -> work: which report belongs to which exam.

An exam is a folder inside the folder of exams: DICOM files, or NIfTI files named after what they
are (`pet`, `ct`, `lesions`, `organs`). A report belongs to the exam whose folder's name, or whose
accession number, is its id; a mapping file (CSV with the columns `report`, `exam` and, if known,
`patient`) overrules both. What finds no partner is a problem that is counted and told. Knows names
and headers, no voxels.
"""

import csv
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from io import StringIO
from pathlib import Path
from typing import Final

from petscribe.core.errors import InputError, PetscribeError
from petscribe.dataset.building.work import (
    DicomFolder,
    ExamFiles,
    NiftiFiles,
    Plan,
    Problem,
    Work,
    pseudonym,
)
from petscribe.io.texts import SourceText, read_text, read_texts

MAX_REPORT_CHARACTERS: Final = 200_000
_PET: Final = ("pet", "suv", "pt")
_CT: Final = ("ct", "ctres", "ct_res")
_MASK: Final = ("lesions", "seg", "mask")
_ORGANS: Final = ("organs", "totalseg", "labels")


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundExam:
    """An exam's folder, with the ids by which a report may call it."""

    id: str
    files: ExamFiles
    mask: Path | None = None
    organs: Path | None = None
    accession: str | None = None
    patient: str | None = None
    """A pseudonym."""


def plan_of(
    exams: Path,
    reports: Path,
    mapping: Path | None = None,
    *,
    tracer: str | None = None,
) -> Plan:
    """Join a folder of exams with reports; `tracer` is that of NIfTI exams, in SUVbw.

    Raises:
        InputError: no folder of exams (code `no-exams`), or a mapping file without its columns
            (code `bad-mapping`).
    """
    problems: list[Problem] = []
    found = find_exams(exams, problems, tracer=tracer)
    texts = find_reports(reports, problems)
    links = read_mapping(mapping) if mapping is not None else {}
    given = _assigned(found, texts, links, problems)
    work = []
    for exam in found:
        mine = given.get(exam.id, [])
        if not mine:
            problems.append(_problem("exam-without-report", exam.id, "no report names this exam"))
            continue
        if len({text.text.strip() for text in mine}) > 1:
            names = ", ".join(text.id for text in mine)
            problems.append(
                _problem("two-reports", exam.id, f"{len(mine)} different reports name it: {names}")
            )
            continue
        patient = links.get(mine[0].id, ("", ""))[1]
        work.append(_work(exam, mine[0], patient))
    return Plan(
        work=tuple(work),
        problems=tuple(problems),
        source={"kind": "exams and reports", "exams": len(found), "reports": len(texts)},
    )


def find_exams(
    folder: Path,
    problems: list[Problem],
    *,
    tracer: str | None = None,
) -> list[FoundExam]:
    """Return the exams of a folder, by name."""
    if not folder.is_dir():
        raise InputError("no-exams", f"{folder} is no folder of exams")
    exams = []
    for place in sorted(p for p in folder.iterdir() if p.is_dir()):
        try:
            exam = _found(place)
            if isinstance(exam.files, NiftiFiles):
                files = replace(exam.files, tracer=tracer)
                exam = replace(exam, files=files)
            exams.append(exam)
        except PetscribeError as fault:
            problems.append(_problem(fault.code, place.name, fault.message))
    return exams


def find_reports(path: Path, problems: list[Problem]) -> list[SourceText]:
    """Return every report text; a file that cannot be read does not stop the others."""
    files = sorted(p for p in path.rglob("*") if p.is_file()) if path.is_dir() else [path]
    texts: list[SourceText] = []
    for file in files:
        try:
            for text in read_texts(file):
                if len(text.text) > MAX_REPORT_CHARACTERS:
                    said = f"{len(text.text)} characters; at most {MAX_REPORT_CHARACTERS} are read"
                    problems.append(_problem("report-too-long", text.id, said))
                elif not text.text.strip():
                    problems.append(_problem("empty-report", text.id, "the report has no text"))
                else:
                    texts.append(text)
        except PetscribeError as fault:
            problems.append(_problem(fault.code, file.name, fault.message))
    return texts


def read_mapping(path: Path) -> dict[str, tuple[str, str]]:
    """Return exam and patient (or an empty text) by report.

    Raises:
        InputError: no columns `report` and `exam` (code `bad-mapping`).
    """
    rows = csv.DictReader(StringIO(read_text(path)))
    if not {"report", "exam"} <= set(rows.fieldnames or ()):
        raise InputError("bad-mapping", f"{path.name}: expected the columns report and exam")
    return {row["report"]: (row["exam"], row.get("patient") or "") for row in rows}


def _assigned(
    exams: Iterable[FoundExam],
    texts: Iterable[SourceText],
    links: Mapping[str, tuple[str, str]],
    problems: list[Problem],
) -> dict[str, list[SourceText]]:
    by_name = {exam.id: exam.id for exam in exams}
    by_name |= {exam.accession: exam.id for exam in exams if exam.accession}
    given: dict[str, list[SourceText]] = defaultdict(list)
    for text in texts:
        name = links[text.id][0] if text.id in links else text.id
        if name in by_name:
            given[by_name[name]].append(text)
        else:
            said = "no exam has this name or accession number"
            problems.append(_problem("report-without-exam", text.id, said))
    return given


def _work(exam: FoundExam, text: SourceText, patient: str) -> Work:
    return Work(
        key=exam.id,
        patient=pseudonym(patient) if patient else exam.patient or pseudonym(exam.id),
        files=exam.files,
        report=text.text,
        lang=text.lang,
        mask=exam.mask,
        organs=exam.organs,
    )


def _found(place: Path) -> FoundExam:
    images = {_stem(p): p for p in sorted(place.rglob("*.nii*")) if p.is_file()}
    pet = _first(images, _PET)
    if pet is not None:
        return FoundExam(
            id=place.name,
            files=NiftiFiles(pet=pet, ct=_first(images, _CT)),
            mask=_first(images, _MASK),
            organs=_first(images, _ORGANS),
        )
    accession, patient = _header(place)
    return FoundExam(
        id=place.name, files=DicomFolder(folder=place), accession=accession, patient=patient
    )


def _header(place: Path) -> tuple[str | None, str | None]:
    """Return accession number and pseudonym of the first DICOM file that has them."""
    import pydicom
    from pydicom.errors import InvalidDicomError

    for file in sorted(p for p in place.rglob("*") if p.is_file()):
        try:
            header = pydicom.dcmread(
                file, stop_before_pixels=True, specific_tags=["AccessionNumber", "PatientID"]
            )
        except (InvalidDicomError, OSError, ValueError, AttributeError):
            continue
        number, person = str(header.get("AccessionNumber", "")), str(header.get("PatientID", ""))
        return number or None, pseudonym(person) if person else None
    raise InputError("no-exam-files", f"{place.name} holds neither DICOM files nor a pet.nii.gz")


def _stem(path: Path) -> str:
    return path.name.lower().removesuffix(".gz").removesuffix(".nii")


def _first(images: Mapping[str, Path], names: tuple[str, ...]) -> Path | None:
    return next((images[name] for name in names if name in images), None)


def _problem(code: str, key: str, message: str) -> Problem:
    return Problem(code=code, key=key, message=message)
