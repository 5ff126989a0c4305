"""JSON Lines."""

import json
from pathlib import Path

from petscribe.io.reports.columns import Columns
from petscribe.io.reports.lines import read_json_lines
from petscribe.io.texts import BadText


def items(path: Path, data: bytes, columns: Columns | None = None):
    path.write_bytes(data)
    return [
        i.fault.code if isinstance(i, BadText) else (i.id, i.text, i.lang)
        for i in read_json_lines(path, columns or Columns(), encoding="utf-8")
    ]


def test_a_bad_line_costs_itself_only(tmp_path: Path):
    lines = [
        b'{"id": 7, "text": "a", "lang": "vi"}', b"", b"{", b"[1]", b'{"id": 1}', b'"\xff"',
        b'{"text": ""}', b"[" * 100_000, json.dumps({"text": "x" * 5_000_000}).encode(),
        b'{"text": "end"}',
    ]  # fmt: skip
    assert items(tmp_path / "t.jsonl", b"\n".join(lines)) == [
        ("7", "a", "vi"), "bad-text-record", "bad-text-record", "bad-text-record", "not-utf8",
        "no-text", "bad-text-record", "text-too-long", ("10", "end", None),
    ]  # fmt: skip


def test_keys_may_be_named(tmp_path: Path):
    columns = Columns(text=("report",), id="key")
    assert items(tmp_path / "t.jsonl", b'{"key": "k", "report": "r"}', columns) == [
        ("k", "r", None)
    ]


def test_a_bulk_export_of_fhir_is_read(tmp_path: Path):
    report = {"resourceType": "DiagnosticReport", "id": "r1", "conclusion": "Node."}
    other = {"resourceType": "Patient", "id": "p"}
    data = b"\n".join(json.dumps(r).encode() for r in (other, report))
    assert items(tmp_path / "t.ndjson", data) == [("r1", "Conclusion: Node.", None)]
