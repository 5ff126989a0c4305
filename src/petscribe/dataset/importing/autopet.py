"""autoPET-like folders: PET, CT and segmentation of every lesion, without any text.

Two layouts are known. The public NIfTI one: a folder per patient, in it one per study with
`SUV.nii.gz`, `CTres.nii.gz` (or `CT.nii.gz`) and `SEG.nii.gz`. The public DICOM one: a folder per
patient, in it one per study that holds the PET, CT and SEG series. A patient's studies stay in one
split. Knows names of files only.
"""

from pathlib import Path
from typing import Final

from petscribe.core.errors import InputError
from petscribe.dataset.building.work import (
    DicomFolder,
    NiftiFiles,
    Plan,
    Problem,
    Work,
    pseudonym,
)

_PET: Final = ("SUV.nii.gz", "SUV.nii")
_CT: Final = ("CTres.nii.gz", "CT.nii.gz", "CTres.nii")
_MASK: Final = ("SEG.nii.gz", "SEG.nii")


def plan_of(folder: Path, *, tracer: str = "fdg") -> Plan:
    """Return one piece of work per study.

    Raises:
        InputError: no such folder (code `no-exams`).
    """
    if not folder.is_dir():
        raise InputError("no-exams", f"{folder} is no folder of patients")
    work: list[Work] = []
    problems: list[Problem] = []
    for patient in sorted(p for p in folder.iterdir() if p.is_dir()):
        for study in sorted(p for p in patient.iterdir() if p.is_dir()):
            key = f"{patient.name}_{study.name}"
            found = _study(key, pseudonym(patient.name), study, tracer)
            if isinstance(found, Work):
                work.append(found)
            else:
                problems.append(found)
    return Plan(
        work=tuple(work),
        problems=tuple(problems),
        source={"kind": "autopet-like", "studies": len(work) + len(problems)},
    )


def _study(key: str, patient: str, study: Path, tracer: str) -> Work | Problem:
    pet = _first(study, _PET)
    if pet is not None:
        mask = _first(study, _MASK)
        if mask is None:
            return Problem(code="missing-file", key=key, message="the study has no SEG.nii.gz")
        files = NiftiFiles(pet=pet, ct=_first(study, _CT), tracer=tracer)
        return Work(key=key, patient=patient, files=files, mask=mask)
    mask = _segmentation(study)
    if mask is None:
        said = "the study holds neither SUV.nii.gz nor a DICOM segmentation"
        return Problem(code="missing-file", key=key, message=said)
    return Work(key=key, patient=patient, files=DicomFolder(folder=study), mask=mask)


def _segmentation(study: Path) -> Path | None:
    """Return the study's DICOM SEG: one file in a series folder of its own."""
    import pydicom
    from pydicom.errors import InvalidDicomError

    for folder in sorted({p.parent for p in study.rglob("*") if p.is_file()}):
        files = [p for p in folder.iterdir() if p.is_file()]
        try:
            header = pydicom.dcmread(files[0], stop_before_pixels=True, specific_tags=["Modality"])
        except (InvalidDicomError, OSError, ValueError):
            continue
        if str(header.get("Modality", "")) == "SEG":
            return files[0]
    return None


def _first(folder: Path, names: tuple[str, ...]) -> Path | None:
    return next((folder / name for name in names if (folder / name).is_file()), None)
