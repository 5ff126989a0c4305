"""Zip archives: unpacked within bounds, gone afterwards."""

import zipfile
from pathlib import Path

import pytest

from petscribe.core.errors import InputError
from petscribe.io.dicom import archive
from petscribe.io.dicom.archive import opened


def refusal(path) -> str:
    with pytest.raises(InputError) as caught, opened(path):
        pass
    return caught.value.code


def test_a_folder_is_itself(tmp_path):
    with opened(tmp_path) as place:
        assert place == tmp_path


def test_a_dicom_file_is_itself(writer):
    path = writer.pet(1)[0]
    with opened(path) as place:
        assert place == path


def test_a_zip_is_unpacked_and_gone_afterwards(writer, zipped, tmp_path):
    writer.pet(3)
    packed = zipped(writer.folder, tmp_path / "exam.zip")
    with opened(packed) as place:
        assert len(list(place.iterdir())) == 3
    assert not place.exists()


def test_member_names_cannot_lead_out(tmp_path):
    packed = tmp_path / "evil.zip"
    with zipfile.ZipFile(packed, "w") as file:
        for name in ("../../escaped.dcm", "/abs.dcm", "C:\\x.dcm", "a/../../b.dcm"):
            file.writestr(name, b"data")
    with opened(packed) as place:
        inside = sorted(p.name for p in Path(place).rglob("*"))
    assert inside == ["000000.dcm", "000001.dcm", "000002.dcm", "000003.dcm"]
    assert not (tmp_path.parent / "escaped.dcm").exists()


def test_an_archive_that_unpacks_to_too_much_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(archive, "_RATIO_FREE_BYTES", 2**20)
    packed = tmp_path / "bomb.zip"
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("zeros", b"\0" * 2**23)
    assert refusal(packed) == "archive-bomb"


def test_an_archive_of_too_many_files_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(archive, "MAX_MEMBERS", 2)
    packed = tmp_path / "many.zip"
    with zipfile.ZipFile(packed, "w") as file:
        for k in range(3):
            file.writestr(str(k), b"")
    assert refusal(packed) == "archive-bomb"


def test_a_damaged_archive_is_refused(tmp_path):
    packed = tmp_path / "torn.zip"
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("a", bytes(range(256)) * 100)
    whole = bytearray(packed.read_bytes())
    whole[40:80] = b"\xff" * 40
    packed.write_bytes(bytes(whole))
    assert refusal(packed) == "bad-archive"


def test_a_full_disk_is_told(tmp_path, monkeypatch):
    packed = tmp_path / "a.zip"
    with zipfile.ZipFile(packed, "w") as file:
        file.writestr("a", b"x")

    def full(*_args):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(archive, "_copy", full)
    assert refusal(packed) == "cannot-unpack"
