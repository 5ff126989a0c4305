"""A text from a file or from bytes, and what a report text brings along.

Reads text and nothing else: formats that hold many reports are `io.reports`, what a text says is
`mining`'s business.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from petscribe.core.errors import InputError

LONGEST_TEXT: Final = 4_000_000
"""Bytes of one report; the longest real ones have about 50,000."""

_CONTROLS: Final = bytes(c for c in range(26) if chr(c) not in "\t\n\v\f\r")


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceText:
    """A text to mine, with its id and, if stated, its language and whose it is."""

    id: str
    text: str
    lang: str | None = None
    patient: str | None = None
    """Whatever tells patients apart in the source."""
    accession: str | None = None
    identifiers: tuple[str, ...] = ()
    """Names and numbers that the source states beside the text; they may stand in it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BadText:
    """A report that could not be read; the others of its file or folder go on."""

    where: str
    """File, and line or row."""
    fault: InputError


def read_texts(path: Path) -> Iterator[SourceText]:
    """Yield every text of a file or folder that `io.reports` reads; the first bad one ends it.

    Raises:
        InputError: with the code of the first text that cannot be read.
    """
    from petscribe.io.reports.reading import read_reports

    for item in read_reports(path):
        if isinstance(item, BadText):
            raise item.fault
        yield item


def read_text(path: Path, *, encoding: str = "utf-8") -> str:
    """Return a file's text.

    Raises:
        InputError: no such file (`not-found`), no access (`cannot-read`), too long for one text
            (`text-too-long`), other bytes than the encoding allows (`not-utf8`), or no text at all
            (`binary-text`).
    """
    try:
        with path.open("rb") as file:
            data = file.read(LONGEST_TEXT + 1)
    except FileNotFoundError as fault:
        raise InputError("not-found", f"{path} does not exist") from fault
    except OSError as fault:
        raise InputError("cannot-read", f"cannot read {path}: {fault.strerror}") from fault
    return decoded(data, path.name, encoding=encoding)


def decoded(data: bytes, where: str, *, encoding: str = "utf-8") -> str:
    """Return bytes as text: UTF-8, UTF-16 where its mark stands at the start, or as told.

    Raises:
        InputError: see `read_text`.
    """
    if len(data) > LONGEST_TEXT:
        raise InputError("text-too-long", f"{where}: over {LONGEST_TEXT} bytes is no one report")
    if data[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        encoding = "utf-16"
    elif encoding.lower() in {"utf-8", "utf8"}:
        encoding = "utf-8-sig"
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as fault:
        raise InputError(
            "not-utf8", f"{where}: text must be UTF-8, or name its encoding (--encoding)"
        ) from fault
    require_text(text, where)
    return text


def require_text(text: str, where: str) -> None:
    """Refuse what is no written text.

    Raises:
        InputError: half letters that stand for bytes of another encoding (code `not-utf8`), control
            characters that no text has (code `binary-text`).
    """
    try:
        data = text.encode("utf-8")
    except UnicodeEncodeError as fault:
        raise InputError(
            "not-utf8", f"{where}: text must be UTF-8 (or name its encoding)"
        ) from fault
    if len(data.translate(None, _CONTROLS)) < len(data):
        raise InputError("binary-text", f"{where}: holds bytes that no text has")


def whole_letters(text: str) -> str:
    """Return an id or name that can be written out: half letters give way to question marks."""
    return text.encode("utf-8", "replace").decode("utf-8")
