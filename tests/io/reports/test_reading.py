"""A path to its report texts."""

import json
from pathlib import Path

import pytest

from petscribe.core.errors import InputError
from petscribe.io.reports.columns import Columns
from petscribe.io.reports.reading import read_reports
from petscribe.io.texts import BadText


def outcome(path: Path, **options) -> list[tuple[str, str]]:
    return [
        ("bad", item.fault.code) if isinstance(item, BadText) else (item.id, item.text)
        for item in read_reports(path, **options)
    ]


def test_a_mixed_folder_is_read_in_order_and_nothing_is_lost(tmp_path: Path):
    (tmp_path / "a.txt").write_text("Gan.")
    (tmp_path / "b.txt").write_bytes(b"\xff\xfa")
    (tmp_path / "c.csv").write_text("id,text\n1,Node\n")
    (tmp_path / "d.csv").write_text("label,x\n1,2\n")
    (tmp_path / "e.json").write_text("{}")
    (tmp_path / "f.json").write_text('{"resourceType": "DiagnosticReport", "conclusion": "x"}')
    (tmp_path / "g.png").write_bytes(b"\x89PNG")
    (tmp_path / "h.dcm").write_bytes(b"\0" * 128 + b"DICM" + b"\xff" * 40)
    (tmp_path / "i").mkdir()
    (tmp_path / "i" / "j.jsonl").write_text('{"text": "Liver", "id": "L"}\n{')
    (tmp_path / "k.parquet").write_bytes(b"PAR1")
    assert outcome(tmp_path) == [
        ("a", "Gan."), ("bad", "not-utf8"), ("1", "Node"), ("bad", "bad-text-record"),
        ("f.json", "Conclusion: x"), ("bad", "bad-sr"), ("L", "Liver"),
        ("bad", "bad-text-record"), ("bad", "bad-parquet"),
    ]  # fmt: skip


def test_fifty_megabytes_are_no_report_and_a_table_of_fifty_is(tmp_path: Path):
    with (tmp_path / "a.txt").open("wb") as file:
        file.truncate(50_000_000)
    assert outcome(tmp_path) == [("bad", "text-too-long")]
    line = json.dumps({"text": "liver lesion. " * 4000}) + "\n"
    (tmp_path / "a.txt").unlink()
    (tmp_path / "b.jsonl").write_text(line * 900)
    assert sum(1 for _ in read_reports(tmp_path)) == 900


@pytest.mark.parametrize("name", ["a.txt", "a.csv", "a.jsonl", "a.json", "a.parquet", "a.dcm", "a"])
def test_binary_rubbish_of_any_name_has_a_code(tmp_path: Path, name: str):
    (tmp_path / name).write_bytes(bytes(range(256)) * 4000)
    try:
        found = outcome(tmp_path / name)
    except InputError as fault:
        found = [("bad", fault.code)]
    assert found
    assert {kind for kind, _ in found} == {"bad"}


def test_options_reach_the_reader(tmp_path: Path):
    (tmp_path / "t.csv").write_bytes("rep;k\ncafé;9\n".encode("cp1252"))
    columns = Columns(text=("rep",), id="k")
    assert outcome(tmp_path / "t.csv", columns=columns, encoding="cp1252") == [("9", "café")]


@pytest.mark.parametrize(
    ("name", "options", "code"),
    [("none", {}, "not-found"), ("t.doc", {}, "unknown-text-format"),
     ("t.txt", {"encoding": "klingon"}, "unknown-encoding")],
)  # fmt: skip
def test_what_cannot_be_read_at_all_is_an_error(tmp_path: Path, name: str, options, code: str):
    (tmp_path / "t.doc").write_text("x")
    (tmp_path / "t.txt").write_text("x")
    with pytest.raises(InputError) as fault:
        outcome(tmp_path / name, **options)
    assert fault.value.code == code
