"""A table and the user's file that says which column is what, checked before anything is read.

The mapping file is JSON: `{"text": "Report sentence", "pet": "pet_path", ...}`. A name that the
importer does not know, a column that the table lacks, and a needed one that is not named are
refused with their names. Knows tables, not what they mean.
"""

import csv
import json
from collections.abc import Mapping
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Any

from petscribe.core.errors import InputError
from petscribe.io.texts import read_text


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """What an importer needs and may use: name of ours -> usual column, or a plain value."""

    needed: Mapping[str, str]
    optional: Mapping[str, str]
    values: Mapping[str, Any]
    """Settings that are no columns, with their defaults: units, spacings."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Rows by our names, and the settings."""

    rows: tuple[Mapping[str, str], ...]
    values: Mapping[str, Any]


def read_table(path: Path, columns: Columns, mapping: Path | None = None) -> Table:
    """Read a CSV or TSV table.

    Raises:
        InputError: a mapping file that cannot be used (code `bad-mapping`), a column that is not
            there (code `missing-column`), or a table without rows (code `empty-table`).
    """
    said = _read_mapping(mapping, columns) if mapping is not None else {}
    text = read_text(path)
    separator = "\t" if path.suffix.lower() == ".tsv" else ","
    reader = csv.DictReader(StringIO(text), delimiter=separator)
    there = list(reader.fieldnames or ())
    names = {k: said.get(k, usual) for k, usual in {**columns.needed, **columns.optional}.items()}
    for name, column in names.items():
        if column not in there and (name in columns.needed or name in said):
            raise InputError(
                "missing-column",
                f"{path.name} has no column {column!r} (for {name!r}); it has {there[:20]};"
                " name it in the mapping file",
            )
    rows = tuple(
        {name: (row.get(column) or "").strip() for name, column in names.items()} for row in reader
    )
    if not rows:
        raise InputError("empty-table", f"{path.name} has no rows")
    return Table(rows=rows, values={k: said.get(k, v) for k, v in columns.values.items()})


def _read_mapping(path: Path, columns: Columns) -> dict[str, Any]:
    try:
        said = json.loads(read_text(path))
    except ValueError as fault:
        raise InputError("bad-mapping", f"{path.name} is no JSON") from fault
    known = {*columns.needed, *columns.optional, *columns.values}
    if not isinstance(said, dict) or not set(said) <= known:
        surplus = sorted(set(said) - known) if isinstance(said, dict) else ["no object"]
        raise InputError(
            "bad-mapping", f"{path.name}: {surplus[0]!r} is none of {', '.join(sorted(known))}"
        )
    return said
