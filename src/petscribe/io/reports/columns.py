"""Which column or key holds what: the user's names for a report's text, id, language and patient.

The text may be spread over several columns. Knows rows as mappings, no file format.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from petscribe.core.errors import InputError
from petscribe.io.texts import LONGEST_TEXT, SourceText, require_text, whole_letters


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """The names of columns; those of a user must exist, the usual ones may be absent."""

    text: tuple[str, ...] = ("text",)
    id: str | None = None
    """None: `id` where there is one, else the number of the row."""
    lang: str | None = None
    """None: `lang` where there is one."""
    patient: str | None = None
    """None: `patient` where there is one."""
    identifiers: tuple[str, ...] = ()
    """Columns whose values point at a person and may stand in the text: names, numbers."""

    def check(self, names: Iterable[str], where: str) -> None:
        """Refuse a table without the columns named.

        Raises:
            InputError: a column is not there (code `bad-text-record`).
        """
        there = set(names)
        wanted = (*self.text, self.id, self.lang, self.patient, *self.identifiers)
        for name in wanted:
            if name is not None and name not in there:
                raise InputError("bad-text-record", f"{where}: expected a column named {name}")

    def wanted(self, names: Iterable[str]) -> list[str]:
        """Return those of a table's columns that are read."""
        read = {*self.text, self.id or "id", self.lang or "lang", self.patient or "patient"}
        read |= {"accession", *self.identifiers}
        return [name for name in names if name in read]

    def source(self, row: Mapping[str, Any], where: str, number: int) -> SourceText:
        """Return the text of a row.

        Raises:
            InputError: no text in it (`no-text`), too much (`text-too-long`), no written text
                (`binary-text`), or bytes of another encoding (`not-utf8`).
        """
        text = self._text(row)
        if not text.strip():
            raise InputError("no-text", f"{where}: no text")
        if len(text) > LONGEST_TEXT:
            raise InputError("text-too-long", f"{where}: over {LONGEST_TEXT} bytes is no report")
        require_text(text, where)
        lang = _said(row, self.lang or "lang")
        patient = _said(row, self.patient or "patient")
        known = [_said(row, name) for name in self.identifiers]
        return SourceText(
            id=_said(row, self.id or "id") or str(number),
            text=text,
            lang=lang.lower()[:2] if lang else None,
            patient=patient,
            accession=_said(row, "accession"),
            identifiers=tuple(value for value in (*known, patient) if value),
        )

    def _text(self, row: Mapping[str, Any]) -> str:
        if len(self.text) == 1:
            return _said(row, self.text[0], strip=False) or ""
        parts = [(name, _said(row, name)) for name in self.text]
        return "\n".join(f"{name}:\n{text}" for name, text in parts if text)


def _said(row: Mapping[str, Any], name: str, *, strip: bool = True) -> str | None:
    value = row.get(name)
    if value is None or isinstance(value, dict | list):
        return None
    text = str(value)
    return (whole_letters(text).strip() if strip else text) or None
