"""`petscribe build-dataset` as its own process: a store, a card, a sheet; bad input in one line."""

import json
import shutil
from pathlib import Path

import pytest

from petscribe.io.store import CaseStore


@pytest.fixture
def archive(phantom: Path, tmp_path: Path) -> Path:
    exam = tmp_path / "exams" / "e1"
    exam.mkdir(parents=True)
    shutil.copy(phantom / "nifti" / "pet.nii.gz", exam)
    shutil.copy(phantom / "nifti" / "ct.nii.gz", exam)
    truth = json.loads((phantom / "truth.json").read_text())
    (tmp_path / "reports").mkdir()
    text = " ".join(lesion["sentences"]["en"] for lesion in truth["lesions"])
    (tmp_path / "reports" / "e1.txt").write_text(text)
    return tmp_path


def test_exams_and_reports_become_a_store_with_card_and_sheet(petscribe, archive: Path):
    done = petscribe(
        "build-dataset", "--exams", archive / "exams", "--reports", archive / "reports",
        "-o", archive / "store", "--tracer", "fdg", "--json",
    )  # fmt: skip
    assert done.code == 0, done.err
    store = CaseStore.open(archive / "store")
    assert store.keys() == ("e1",)
    assert done.json == store.manifest
    assert store.manifest["builder"]["funnel"]["pairs"] >= 1
    assert (archive / "store" / "README.md").is_file()
    assert (archive / "store" / "review.html").is_file()


def test_problems_are_listed_and_the_exit_code_says_so(petscribe, archive: Path):
    (archive / "reports" / "stray.txt").write_text("Right hilar node, SUVmax 4.0.")
    shutil.rmtree(archive / "exams" / "e1")
    done = petscribe(
        "build-dataset", "--exams", archive / "exams", "--reports", archive / "reports",
        "-o", archive / "s",
    )  # fmt: skip
    assert done.code == 1
    assert "report-without-exam: stray" in done.err
    assert "Traceback" not in done.err


def test_phantoms_are_a_source_too(petscribe, tmp_path: Path):
    done = petscribe("build-dataset", "--phantom", 1, "--first-seed", 5, "-o", tmp_path / "s")
    assert done.code == 0, done.err
    assert len(CaseStore.open(tmp_path / "s").keys()) == 1


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ((), "option-mismatch"),
        (("--phantom", "1", "--autopet", "x"), "option-mismatch"),
        (("--phantom", "1", "--ray"), "option-mismatch"),
        (("--exams", "x"), "option-mismatch"),
        (("--exams", "x", "--reports", "y", "--autopet", "z"), "option-mismatch"),
        (("--exams", "nowhere", "--reports", "nowhere"), "no-exams"),
        (("--autopet", "nowhere"), "no-exams"),
        (("--petarseg", "nowhere.csv"), "not-found"),
        (("--vimed", "nowhere.csv"), "option-mismatch"),
    ],
)
def test_bad_options_are_one_line(refuses, tmp_path: Path, arguments, code):
    refuses(code, "build-dataset", *arguments, "-o", tmp_path / "store")
    assert not (tmp_path / "store").exists()
