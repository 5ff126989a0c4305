"""Report texts from files: plain text, CSV, JSON Lines, or a folder of them.

Reads text and nothing else; what the text says is `mining`'s business.
"""

import csv
import json
from collections.abc import Iterator
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

from petscribe.core.errors import InputError


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceText:
    """A text to mine, with its id and, if stated, its language."""

    id: str
    text: str
    lang: str | None = None


def read_texts(path: Path) -> Iterator[SourceText]:
    """Yield every text of a .txt, .csv (columns id, text, lang) or .jsonl file, or of a folder.

    Raises:
        InputError: an unknown ending (`unknown-text-format`), a record without text
            (`bad-text-record`), bytes that are no UTF-8 (`not-utf8`), no access (`cannot-read`).
    """
    if path.is_dir():
        for file in sorted(path.rglob("*")):
            if file.suffix.lower() in {".txt", ".csv", ".jsonl"}:
                yield from read_texts(file)
        return
    suffix = path.suffix.lower()
    if suffix == ".txt":
        yield SourceText(id=path.stem, text=read_text(path))
    elif suffix == ".jsonl":
        yield from _json_lines(path)
    elif suffix == ".csv":
        yield from _csv_rows(path)
    else:
        raise InputError("unknown-text-format", f"{path.name}: expected .txt, .csv or .jsonl")


def _json_lines(path: Path) -> Iterator[SourceText]:
    for number, line in enumerate(read_text(path).split("\n"), start=1):
        if not line.strip():
            continue
        try:
            data = json.loads(line)
            yield SourceText(id=str(data["id"]), text=str(data["text"]), lang=data.get("lang"))
        except (ValueError, KeyError, TypeError, AttributeError) as fault:
            raise InputError(
                "bad-text-record", f'{path.name} line {number}: expected {{"id", "text"}}'
            ) from fault


def _csv_rows(path: Path) -> Iterator[SourceText]:
    rows = csv.DictReader(StringIO(read_text(path)))
    if "text" not in (rows.fieldnames or []):
        raise InputError("bad-text-record", f"{path.name}: expected a column named text")
    for number, row in enumerate(rows, start=1):
        yield SourceText(
            id=row.get("id") or str(number), text=row["text"] or "", lang=row.get("lang") or None
        )


def read_text(path: Path) -> str:
    """Return a file's text: UTF-8, with or without a byte-order mark."""
    try:
        return path.read_text("utf-8-sig")
    except UnicodeDecodeError as fault:
        raise InputError("not-utf8", f"{path.name}: text must be UTF-8") from fault
    except FileNotFoundError as fault:
        raise InputError("not-found", f"{path} does not exist") from fault
    except OSError as fault:
        raise InputError("cannot-read", f"cannot read {path}: {fault.strerror}") from fault
