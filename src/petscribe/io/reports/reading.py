"""A path to its report texts: the format by the file's ending, or by its first bytes.

A folder is read whole, in the order of its names; files of other kinds in it are none of ours.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from petscribe.core.errors import InputError
from petscribe.io.reports.columns import Columns
from petscribe.io.reports.fhir import read_fhir
from petscribe.io.reports.lines import read_json_lines
from petscribe.io.reports.structured import is_dicom, read_sr
from petscribe.io.reports.tables import read_csv, read_parquet
from petscribe.io.texts import BadText, SourceText, read_text

Read = Iterator[SourceText | BadText]
USUAL: Final = Columns()


def read_reports(path: Path, *, columns: Columns = USUAL, encoding: str = "utf-8") -> Read:
    """Yield every report text of a file or folder; one that cannot be read is a `BadText`.

    Args:
        path: .txt, .csv, .tsv, .parquet, .jsonl, .ndjson, .json (FHIR), DICOM SR, or a folder.
        columns: what the columns of a table (or keys of a line) are called.
        encoding: of .txt, .csv, .tsv and .jsonl; UTF-16 is told by its mark.

    Raises:
        InputError: nothing there (`not-found`), no access (`cannot-read`), an unknown kind of file
            (`unknown-text-format`) or encoding (`unknown-encoding`), a table without the columns
            named (`bad-text-record`), a damaged file (its reader's code).
    """
    try:
        "".encode(encoding)
    except LookupError as fault:
        raise InputError("unknown-encoding", f"no encoding is called {encoding[:40]!r}") from fault
    if not path.exists():
        raise InputError("not-found", f"{path} does not exist")
    if not path.is_dir():
        yield from _file(path, columns, encoding)
        return
    for file in sorted(path.rglob("*")):
        if not file.is_file():
            continue
        try:
            yield from _file(file, columns, encoding)
        except InputError as fault:
            if fault.code not in {"unknown-text-format", "not-a-report"}:
                yield BadText(where=file.name, fault=fault)


def _file(path: Path, columns: Columns, encoding: str) -> Read:
    try:
        yield from _by_kind(path, columns, encoding)
    except OSError as fault:
        raise InputError("cannot-read", f"cannot read {path}: {fault.strerror}") from fault


def _by_kind(path: Path, columns: Columns, encoding: str) -> Read:
    kind = path.suffix.lower()
    if kind in {".txt", ".text"}:
        yield SourceText(id=path.stem, text=read_text(path, encoding=encoding))
    elif kind in {".csv", ".tsv"}:
        yield from read_csv(path, columns, encoding=encoding)
    elif kind == ".parquet":
        yield from read_parquet(path, columns)
    elif kind in {".jsonl", ".ndjson"}:
        yield from read_json_lines(path, columns, encoding=encoding)
    elif kind == ".json":
        yield from read_fhir(path)
    elif is_dicom(path):
        yield read_sr(path)
    else:
        raise InputError(
            "unknown-text-format",
            f"{path.name}: expected .txt, .csv, .tsv, .parquet, .jsonl, FHIR .json or DICOM SR",
        )
