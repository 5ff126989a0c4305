"""A small archive: one exam as NIfTI with its report, and fakes that cost no time."""

import shutil
from pathlib import Path

import numpy as np
import pytest

from petscribe.core.codec import encode
from petscribe.dataset.building.case import Case
from petscribe.dataset.building.work import NiftiFiles, Work, pseudonym
from petscribe.io.store import split_of


@pytest.fixture
def archive(phantom_files: Path, known, tmp_path: Path) -> Path:
    """Return a folder with `exams/e1` (NIfTI) and `reports/e1.txt`."""
    exam = tmp_path / "archive" / "exams" / "e1"
    exam.mkdir(parents=True)
    for name in ("pet", "ct"):
        shutil.copy(phantom_files / "nifti" / f"{name}.nii.gz", exam)
    reports = tmp_path / "archive" / "reports"
    reports.mkdir()
    text = f"Patient: John Smith. {known.sentence(0)} {known.sentence(1)} No uptake in the liver."
    (reports / "e1.txt").write_text(text)
    return tmp_path / "archive"


def work_of(key: str, **changes) -> Work:
    """Return work whose files need not be there."""
    files = NiftiFiles(pet=Path(f"{key}-pet.nii.gz"))
    values = {"key": key, "patient": pseudonym(key), "files": files, "report": f"Report of {key}."}
    return Work(**{**values, **changes})


def fake_case(work: Work, settings, decisions) -> Case:
    """Make a case of noise that depends on the key alone."""
    seed = sum(work.key.encode())
    applied = {i: encode(decisions[i]) for i in sorted(decisions) if i == f"claim-{work.key}"}
    record = {
        "patient": work.patient,
        "tracer": "fdg",
        "lesions": [],
        "pairs": [],
        "questions": [],
        "report": {"lang": "en", "text": work.report},
        "funnel": {"findings": 1, "pairs": 1},
        "warnings": [],
        "claim_ids": [f"claim-{work.key}"],
        "decisions": applied,
    }
    noise = np.random.default_rng(seed).normal(size=(6, 6, 6)).astype(np.float32)
    return Case(key=work.key, split=split_of(work.patient), arrays={"pet": noise}, record=record)


@pytest.fixture
def light(monkeypatch: pytest.MonkeyPatch):
    """Let builds make fake cases; return how to make their work."""
    monkeypatch.setattr("petscribe.dataset.building.run.make_case", fake_case)
    return work_of
