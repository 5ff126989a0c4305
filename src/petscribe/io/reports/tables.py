"""Tables of reports: CSV (comma, semicolon or tab) and Parquet, row by row in bounded memory."""

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any, Final

from petscribe.core.errors import InputError
from petscribe.io.reports.columns import Columns
from petscribe.io.texts import LONGEST_TEXT, BadText, SourceText

_SEPARATORS: Final = ",;\t"
_ROWS: Final = 256


def read_csv(path: Path, columns: Columns, *, encoding: str) -> Iterator[SourceText | BadText]:
    """Yield the texts of a table with a heading line.

    Raises:
        InputError: a named column is not there (`bad-text-record`), no access (`cannot-read`).
    """
    csv.field_size_limit(LONGEST_TEXT)
    with path.open("rb") as start:
        marked = start.read(2) in {b"\xff\xfe", b"\xfe\xff"}
    name = "utf-16" if marked else "utf-8-sig" if encoding == "utf-8" else encoding
    # a wrong byte costs its row: it is kept as a surrogate and found there
    with path.open(encoding=name, errors="surrogateescape", newline="") as file:
        heading = _heading(file, path)
        separator = max(_SEPARATORS, key=heading.count)
        names = [name.strip() for name in next(csv.reader([heading], delimiter=separator), [])]
        columns.check(names, path.name)
        rows = csv.reader(file, delimiter=separator)
        number = 0
        while True:
            number += 1
            where = f"{path.name} row {number}"
            try:
                cells = next(rows)
                if cells:
                    yield columns.source(dict(zip(names, cells, strict=False)), where, number)
            except StopIteration:
                return
            except InputError as fault:
                yield BadText(where=where, fault=fault)
            except (csv.Error, UnicodeError):
                broken = InputError("bad-text-record", f"{where}: no row of a table")
                yield BadText(where=where, fault=broken)


def _heading(file: IO[str], path: Path) -> str:
    try:
        return file.readline(100_000)
    except UnicodeError as fault:
        raise InputError("not-utf8", f"{path.name}: text must be UTF-8") from fault


def read_parquet(path: Path, columns: Columns) -> Iterator[SourceText | BadText]:
    """Yield the texts of a Parquet file.

    Raises:
        InputError: damaged (`bad-parquet`), or a named column is not there (`bad-text-record`).
    """
    from pyarrow import ArrowException
    from pyarrow.parquet import ParquetFile

    number = 0
    try:
        with ParquetFile(path) as file:
            names = file.schema_arrow.names
            columns.check(names, path.name)
            for batch in file.iter_batches(_ROWS, columns=columns.wanted(names)):
                for row in batch.to_pylist():
                    number += 1
                    yield _of_row(row, columns, path, number)
    except (ArrowException, OSError, ValueError) as fault:
        raise InputError("bad-parquet", f"{path.name}: damaged after row {number}") from fault


def _of_row(row: dict[str, Any], columns: Columns, path: Path, number: int) -> SourceText | BadText:
    where = f"{path.name} row {number}"
    try:
        return columns.source(row, where, number)
    except InputError as fault:
        return BadText(where=where, fault=fault)
