"""A crash or a full disk leaves the old file or the new one, never a part."""

import errno
from pathlib import Path

import pytest

from petscribe.core import files
from petscribe.core.errors import OutputError
from petscribe.core.files import atomic_write, staged_folder, write_json, write_text


def test_what_was_written_is_read(tmp_path: Path):
    write_text(tmp_path / "a" / "b.txt", "phổi phải\n")
    assert (tmp_path / "a" / "b.txt").read_text("utf-8") == "phổi phải\n"


def test_a_failure_keeps_the_old_file(tmp_path: Path):
    target = tmp_path / "report.json"
    write_text(target, "old")
    with pytest.raises(RuntimeError), atomic_write(target) as file:
        file.write(b"half")
        raise RuntimeError
    assert target.read_text() == "old"
    assert list(tmp_path.iterdir()) == [target]


def test_a_full_disk_is_one_clear_error(tmp_path: Path):
    with pytest.raises(OutputError) as fault, atomic_write(tmp_path / "x"):
        raise OSError(errno.ENOSPC, "no space")
    assert fault.value.code == "cannot-write"
    assert "No space left" in fault.value.message
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_made_is_one_clear_error(tmp_path: Path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(OutputError):
        write_text(tmp_path / "file" / "x", "y")


def test_nan_never_reaches_a_file(tmp_path: Path):
    with pytest.raises(ValueError, match="JSON"):
        write_json(tmp_path / "x.json", {"suv": float("nan")})
    assert not (tmp_path / "x.json").exists()


def test_the_rename_is_the_last_step(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    seen: list[bool] = []
    monkeypatch.setattr(files, "_sync_folder", lambda _: seen.append((tmp_path / "x").exists()))
    write_text(tmp_path / "x", "y")
    assert seen == [True]


def test_a_set_of_files_appears_together(tmp_path: Path):
    with staged_folder(tmp_path / "out") as stage:
        write_text(stage / "a", "1")
        write_text(stage / "b", "2")
        assert [p.name for p in (tmp_path / "out").iterdir()] == [stage.name]
    assert sorted(p.name for p in (tmp_path / "out").iterdir()) == ["a", "b"]


def test_a_set_that_fails_leaves_the_folder_as_it_was(tmp_path: Path):
    write_text(tmp_path / "a", "old")
    with pytest.raises(OutputError), staged_folder(tmp_path) as stage:
        write_text(stage / "a", "new")
        raise OSError(errno.ENOSPC, "no space")
    assert [(p.name, p.read_text()) for p in tmp_path.iterdir()] == [("a", "old")]


def test_a_new_folder_disappears_with_its_failed_set(tmp_path: Path):
    with pytest.raises(RuntimeError), staged_folder(tmp_path / "out"):
        raise RuntimeError
    assert not (tmp_path / "out").exists()
