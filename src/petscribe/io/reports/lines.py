"""JSON Lines: one object per line, either the user's own keys or a FHIR resource."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from petscribe.core.errors import InputError
from petscribe.io.reports.columns import Columns
from petscribe.io.reports.fhir import texts_of_resource
from petscribe.io.texts import LONGEST_TEXT, BadText, SourceText, decoded


def read_json_lines(
    path: Path, columns: Columns, *, encoding: str
) -> Iterator[SourceText | BadText]:
    """Yield the texts of a file with a JSON object per line; blank lines are none.

    Raises:
        InputError: no access (code `cannot-read`).
    """
    with path.open("rb") as file:
        for number, line in enumerate(_lines(file), start=1):
            if line.strip():
                where = f"{path.name} line {number}"
                try:
                    yield from _of_line(decoded(line, where, encoding=encoding), columns, where)
                except InputError as fault:
                    yield BadText(where=where, fault=fault)


def _lines(file: IO[bytes]) -> Iterator[bytes]:
    """Yield lines; of one that is too long for a report only as much as shows that."""
    while line := file.readline(LONGEST_TEXT + 2):
        yield line
        while line and not line.endswith(b"\n"):
            line = file.readline(LONGEST_TEXT)


def _of_line(text: str, columns: Columns, where: str) -> Iterator[SourceText | BadText]:
    try:
        data = json.loads(text)
    except (ValueError, RecursionError) as fault:
        raise InputError("bad-text-record", f"{where}: no JSON") from fault
    if isinstance(data, dict) and "resourceType" in data:
        yield from texts_of_resource(data, where)
        return
    if not isinstance(data, dict):
        raise InputError("bad-text-record", f'{where}: expected {{"id", "text"}}')
    columns.check(data, where)
    number = int(where.rpartition(" ")[2])
    yield columns.source(data, where, number)
