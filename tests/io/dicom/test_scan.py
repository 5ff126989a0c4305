"""Files to series: any depth, any name, junk beside."""

from pathlib import Path

import pytest

from petscribe.core.errors import InputError
from petscribe.io.dicom import scan as dicom_scan
from petscribe.io.dicom.scan import find_series, list_files, printable, read_instance


def test_series_are_found_at_any_depth_under_any_name(writer):
    writer.pet(2, subfolder="a b/L\u00ea V\u0103n/PET (AC)")
    writer.ct(3, subfolder="\u1ea3nh/ct")
    (writer.folder / "notes.txt").write_text("no DICOM")
    (writer.folder / ".DS_Store").write_bytes(b"\0" * 500)
    found = find_series(writer.folder)
    assert {(s.modality, len(s.instances)) for s in found.series} == {("PT", 2), ("CT", 3)}
    assert found.num_ignored == 2
    assert found.damages == ()


def test_series_mixed_in_one_folder_are_told_apart(writer):
    writer.pet(2, series=1)
    writer.pet(3, series=5)
    assert sorted(len(s.instances) for s in find_series(writer.folder).series) == [2, 3]


def test_a_damaged_file_is_reported_not_ignored(writer):
    path = writer.pet(1)[0]
    path.write_bytes(path.read_bytes()[:600])
    assert [d.code for d in find_series(writer.folder).damages] == ["truncated-file"]


def test_a_single_file_is_its_own_folder(writer):
    path = writer.pet(1)[0]
    assert find_series(path).series[0].instances[0].path == path


def test_a_missing_path_is_refused(tmp_path):
    with pytest.raises(InputError) as caught:
        list_files(tmp_path / "nowhere")
    assert caught.value.code == "not-found"


def test_too_many_files_are_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(dicom_scan, "MAX_FILES", 3)
    for k in range(5):
        (tmp_path / str(k)).write_bytes(b"")
    with pytest.raises(InputError) as caught:
        list_files(tmp_path)
    assert caught.value.code == "too-many-files"


def test_links_that_circle_and_pipes_are_left_alone(tmp_path):
    import os

    (tmp_path / "loop").symlink_to(tmp_path, target_is_directory=True)
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "file").write_bytes(b"x")
    assert [p.name for p in list_files(tmp_path)] == ["file"]


def test_files_come_in_the_order_of_their_names(tmp_path):
    for name in ("b", "a", "c"):
        (tmp_path / name).write_bytes(b"")
    assert [p.name for p in list_files(tmp_path)] == ["a", "b", "c"]


def test_names_in_messages_are_printable():
    assert printable(Path("a\nb\udcff.dcm")) == "a?b?.dcm"


def test_a_directory_record_is_not_an_image(writer):
    def change(data_set, k):
        data_set.SOPClassUID = "1.2.840.10008.1.3.10"

    assert read_instance(writer.pet(1, change=change)[0]) is None


def test_a_linked_folder_is_read_once(tmp_path):
    (tmp_path / "series").mkdir()
    (tmp_path / "series" / "1.dcm").write_bytes(b"x")
    study = tmp_path / "study"
    study.mkdir()
    (study / "pet").symlink_to(tmp_path / "series")
    (study / "again").symlink_to(tmp_path / "series")
    (study / "up").symlink_to(study)
    assert [path.name for path in list_files(study)] == ["1.dcm"]
