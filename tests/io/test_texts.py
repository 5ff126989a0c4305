"""Report texts from files."""

import json
from pathlib import Path

import pytest

from petscribe.core.errors import InputError
from petscribe.io.texts import decoded, read_text, read_texts, whole_letters


def test_a_text_file_is_one_text_named_after_it(tmp_path: Path):
    (tmp_path / "bn 12.txt").write_text("Gan bình thường.", "utf-8")
    [text] = read_texts(tmp_path / "bn 12.txt")
    assert (text.id, text.text) == ("bn 12", "Gan bình thường.")


def test_json_lines_keep_their_ids_and_languages(tmp_path: Path):
    lines = [{"id": 7, "text": "a", "lang": "vi"}, {"id": "x", "text": "b"}]
    (tmp_path / "t.jsonl").write_text("\n".join(map(json.dumps, lines)) + "\n\n")
    texts = list(read_texts(tmp_path / "t.jsonl"))
    assert [(t.id, t.text, t.lang) for t in texts] == [("7", "a", "vi"), ("x", "b", None)]


def test_csv_rows_without_id_are_counted(tmp_path: Path):
    (tmp_path / "t.csv").write_text('text,lang\n"a, b",en\nc,\n')
    texts = list(read_texts(tmp_path / "t.csv"))
    assert [(t.id, t.text, t.lang) for t in texts] == [("1", "a, b", "en"), ("2", "c", None)]


def test_a_folder_is_read_in_order(tmp_path: Path):
    for name in ("b.txt", "a.txt", "c.dcm"):
        (tmp_path / name).write_text(name)
    assert [t.id for t in read_texts(tmp_path)] == ["a", "b"]


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("t.jsonl", b'{"id": "1"}', "bad-text-record"),
        ("t.jsonl", b"[1, 2]", "bad-text-record"),
        ("t.jsonl", b"{", "bad-text-record"),
        ("t.csv", b"id,report\n1,x\n", "bad-text-record"),
        ("t.txt", b"\xff\xfe\x00", "not-utf8"),
        ("t.doc", b"x", "unknown-text-format"),
    ],
)
def test_what_cannot_be_read_has_its_code(tmp_path: Path, name: str, content: bytes, code: str):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(InputError) as fault:
        list(read_texts(tmp_path / name))
    assert fault.value.code == code


def test_a_byte_order_mark_is_no_text(tmp_path: Path):
    (tmp_path / "t.txt").write_bytes(b"\xef\xbb\xbfliver")
    assert read_text(tmp_path / "t.txt") == "liver"


def test_utf_16_is_told_by_its_mark_and_others_by_their_name(tmp_path: Path):
    (tmp_path / "t.txt").write_bytes("gan phải".encode("utf-16"))
    assert read_text(tmp_path / "t.txt") == "gan phải"
    (tmp_path / "t.txt").write_bytes("café".encode("cp1252"))
    assert read_text(tmp_path / "t.txt", encoding="cp1252") == "café"


@pytest.mark.parametrize(
    ("data", "code"),
    [(b"\x00\x01liver", "binary-text"), (b"x" * 4_000_001, "text-too-long"), (b"\xff", "not-utf8")],
)
def test_what_is_no_text_has_its_code(data: bytes, code: str):
    with pytest.raises(InputError) as fault:
        decoded(data, "t.txt")
    assert fault.value.code == code


def test_half_letters_can_be_written_out():
    assert whole_letters("a\ud800b") == "a?b"


def test_a_missing_file_is_one_clear_error(tmp_path: Path):
    with pytest.raises(InputError, match="does not exist"):
        read_text(tmp_path / "none.txt")
