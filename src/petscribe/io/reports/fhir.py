"""FHIR DiagnosticReport (R4, R5): the text of single resources, bundles and bulk exports.

Takes the presented form that is plain text, else HTML, else the narrative; the conclusion is added
where the text does not hold it already. A report that only links to its text, or holds it as PDF,
is refused by code, never fetched. Source: hl7.org/fhir, DiagnosticReport, Attachment, Narrative.
"""

import base64
import binascii
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from petscribe.core.errors import InputError
from petscribe.io.reports.markup import text_of_html
from petscribe.io.texts import (
    LONGEST_TEXT,
    BadText,
    SourceText,
    decoded,
    require_text,
    whole_letters,
)

_MOST_BYTES: Final = 64 * 2**20
Resource = Mapping[str, Any]


def read_fhir(path: Path) -> Iterator[SourceText | BadText]:
    """Yield the reports of a JSON file with a DiagnosticReport or a Bundle.

    Raises:
        InputError: no JSON (`bad-fhir`), none of FHIR (`unknown-text-format`), or beyond all
            bounds (`text-too-long`).
    """
    if path.stat().st_size > _MOST_BYTES:
        raise InputError("text-too-long", f"{path.name}: over {_MOST_BYTES} bytes")
    try:
        data = json.loads(path.read_bytes())
    except (ValueError, RecursionError) as fault:
        raise InputError("bad-fhir", f"{path.name}: no JSON") from fault
    if not isinstance(data, dict) or "resourceType" not in data:
        raise InputError(
            "unknown-text-format", f"{path.name}: expected a FHIR DiagnosticReport or Bundle"
        )
    yield from texts_of_resource(data, path.name)


def texts_of_resource(data: Resource, where: str) -> Iterator[SourceText | BadText]:
    """Yield the texts of a report, or of every report of a bundle; other resources have none."""
    found = [data]
    if data.get("resourceType") == "Bundle":
        entries = [e for e in _list(data.get("entry")) if isinstance(e, dict)]
        found = [e["resource"] for e in entries if isinstance(e.get("resource"), dict)]
    people = [r for r in found if r.get("resourceType") == "Patient"]
    for number, report in enumerate(found, start=1):
        if report.get("resourceType") != "DiagnosticReport":
            continue
        place = where if report is data else f"{where} entry {number}"
        try:
            yield _of_report(report, people, place)
        except InputError as fault:
            yield BadText(where=place, fault=fault)


def _of_report(report: Resource, people: list[Resource], where: str) -> SourceText:
    text = _text(report, where)
    conclusion = _words(report.get("conclusion"))
    if conclusion and conclusion not in text:
        text = f"{text}\nConclusion: {conclusion}" if text else f"Conclusion: {conclusion}"
    if not text.strip():
        raise InputError("no-text", f"{where}: the report holds no text")
    if len(text) > LONGEST_TEXT:
        raise InputError("text-too-long", f"{where}: over {LONGEST_TEXT} bytes is no report")
    require_text(text, where)
    subject = _object(report.get("subject"))
    patient = _words(subject.get("reference")) or _words(
        _object(subject.get("identifier")).get("value")
    )
    contained = [r for r in _list(report.get("contained")) if isinstance(r, dict)]
    own = [p for p in (*people, *contained) if _is_subject(p, patient)]
    accession = _accession(report)
    known = [
        *(value for person in own for value in _known_of(person)),
        _words(subject.get("display")),
    ]
    known += [_words(_object(i).get("value")) for i in _list(report.get("identifier"))]
    known += [_words(_object(p).get("display")) for p in _list(report.get("performer"))]
    language = _words(report.get("language"))
    return SourceText(
        id=_words(report.get("id")) or where,
        text=text,
        lang=language.lower()[:2] if language else None,
        patient=patient,
        accession=accession,
        identifiers=tuple(value for value in known if value),
    )


def _text(report: Resource, where: str) -> str:
    """Return the text of the best presented form, or of the narrative."""
    forms = [form for form in _list(report.get("presentedForm")) if isinstance(form, dict)]
    for kind in ("text/plain", "text/html", "application/xhtml+xml"):
        texts = [_attached(form, where) for form in forms if _kind(form) == kind and "data" in form]
        if texts:
            plain = texts if kind == "text/plain" else [text_of_html(text) for text in texts]
            return "\n".join(plain)
    narrative = _words(_object(report.get("text")).get("div"))
    if narrative:
        return text_of_html(narrative)
    if forms and not report.get("conclusion"):
        raise InputError(
            "unsupported-report", f"{where}: its text is elsewhere, or of a kind that is not read"
        )
    return ""


def _kind(form: Resource) -> str:
    return (_words(form.get("contentType")) or "text/plain").partition(";")[0].strip().lower()


def _attached(form: Resource, where: str) -> str:
    _, _, charset = (_words(form.get("contentType")) or "").lower().partition("charset=")
    try:
        data = base64.b64decode("".join(str(form["data"]).split()), validate=True)
        return decoded(data, where, encoding=charset.strip(' "') or "utf-8")
    except (binascii.Error, ValueError, LookupError) as fault:
        raise InputError("bad-fhir", f"{where}: its attachment is no base64 text") from fault


def _accession(report: Resource) -> str | None:
    """Return the identifier that calls itself an accession number (type ACSN)."""
    for one in _list(report.get("identifier")):
        codings = _list(_object(_object(one).get("type")).get("coding"))
        if any(_object(coding).get("code") == "ACSN" for coding in codings):
            return _words(_object(one).get("value"))
    return None


def _is_subject(person: Resource, reference: str | None) -> bool:
    if person.get("resourceType") != "Patient" or reference is None:
        return False
    return reference.lstrip("#").rpartition("/")[2] == person.get("id")


def _known_of(person: Resource) -> Iterator[str]:
    for name in _list(person.get("name")):
        one = _object(name)
        given = [word for word in _list(one.get("given")) if isinstance(word, str)]
        yield " ".join([*given, _words(one.get("family")) or ""]).strip()
        yield _words(one.get("text")) or ""
    for one in (*_list(person.get("identifier")), *_list(person.get("telecom"))):
        yield _words(_object(one).get("value")) or ""


def _words(value: Any) -> str | None:  # noqa: ANN401 - JSON is untyped by nature
    return whole_letters(value).strip() or None if isinstance(value, str) else None


def _object(value: Any) -> Resource:  # noqa: ANN401
    return value if isinstance(value, dict) else {}


def _list(value: Any) -> list[Any]:  # noqa: ANN401
    return value if isinstance(value, list) else []
