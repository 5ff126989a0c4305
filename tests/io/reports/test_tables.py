"""CSV and Parquet."""

from pathlib import Path

import pyarrow as pa
import pytest
from pyarrow import parquet

from petscribe.core.errors import InputError
from petscribe.io.reports.columns import Columns
from petscribe.io.reports.tables import read_csv, read_parquet
from petscribe.io.texts import BadText

COLUMNS = Columns()


def csv_items(path: Path, data: bytes, columns: Columns = COLUMNS, encoding: str = "utf-8"):
    path.write_bytes(data)
    return [
        i.fault.code if isinstance(i, BadText) else (i.id, i.text)
        for i in read_csv(path, columns, encoding=encoding)
    ]


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_any_usual_separator_is_read(tmp_path: Path, separator: str):
    lines = [["id", "text"], ["a", '"Gan, lách; bình thường.\nHạch."'], ["b", "Node"]]
    data = "\r\n".join(separator.join(line) for line in lines).encode()
    assert csv_items(tmp_path / "t.csv", data) == [
        ("a", "Gan, lách; bình thường.\nHạch."), ("b", "Node"),
    ]  # fmt: skip


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_marks_of_an_encoding_are_heeded(tmp_path: Path, encoding: str):
    assert csv_items(tmp_path / "t.csv", "id,text\n1,gan phải\n".encode(encoding)) == [
        ("1", "gan phải")
    ]


def test_an_encoding_may_be_named(tmp_path: Path):
    data = "id,text\n1,café\n".encode("cp1252")
    assert csv_items(tmp_path / "t.csv", data, encoding="cp1252") == [("1", "café")]


def test_a_bad_row_costs_itself_only(tmp_path: Path):
    data = b"id,text\n1,good\n2,\xff\xfe bad\n3,\n4\n5,a\x00b\n6,good again\n"
    assert csv_items(tmp_path / "t.csv", data) == [
        ("1", "good"), "not-utf8", "no-text", "no-text", "binary-text", ("6", "good again"),
    ]  # fmt: skip


def test_an_open_quote_is_a_bad_row_and_no_endless_text(tmp_path: Path):
    data = b'id,text\n1,good\n2,"open\n' + b"x" * 5_000_000
    assert csv_items(tmp_path / "t.csv", data)[:2] == [("1", "good"), "bad-text-record"]


def test_a_table_without_the_column_is_refused(tmp_path: Path):
    for data in (b"id,report\n1,x\n", b"", bytes(range(256)) * 9):
        with pytest.raises(InputError) as fault:
            csv_items(tmp_path / "t.csv", data)
        assert fault.value.code == "bad-text-record"


def test_parquet_is_read_like_a_table(tmp_path: Path):
    table = pa.table({"key": [1, 2, 3], "report": ["a", None, "c"], "image": [b"x"] * 3})
    parquet.write_table(table, tmp_path / "t.parquet")
    columns = Columns(text=("report",), id="key")
    items = list(read_parquet(tmp_path / "t.parquet", columns))
    assert [i.fault.code if isinstance(i, BadText) else (i.id, i.text) for i in items] == [
        ("1", "a"), "no-text", ("3", "c"),
    ]  # fmt: skip


def test_damaged_parquet_has_its_code(tmp_path: Path):
    path = tmp_path / "t.parquet"
    parquet.write_table(pa.table({"text": ["word " * 50 + str(k) for k in range(900)]}), path)
    data = path.read_bytes()
    for damage in (b"", b"PAR1", data[: len(data) // 2], b"\xff" * 900):
        path.write_bytes(damage)
        with pytest.raises(InputError) as fault:
            list(read_parquet(path, COLUMNS))
        assert fault.value.code == "bad-parquet"


def test_parquet_without_the_column_is_refused(tmp_path: Path):
    parquet.write_table(pa.table({"t": ["a"]}), tmp_path / "t.parquet")
    with pytest.raises(InputError, match="column named text"):
        list(read_parquet(tmp_path / "t.parquet", COLUMNS))
