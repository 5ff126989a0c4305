"""FHIR DiagnosticReport."""

import base64
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from petscribe.core.errors import InputError
from petscribe.io.reports.fhir import read_fhir, texts_of_resource
from petscribe.io.texts import BadText, SourceText


def form(text: str, kind: str = "text/plain", encoding: str = "utf-8") -> dict[str, str]:
    return {"contentType": kind, "data": base64.b64encode(text.encode(encoding)).decode()}


def report(**keys: Any) -> dict[str, Any]:
    return {"resourceType": "DiagnosticReport", "id": "r1", "status": "final", **keys}


def one(data: dict[str, Any]) -> SourceText | str:
    [item] = texts_of_resource(data, "r.json")
    return item.fault.code if isinstance(item, BadText) else item


@pytest.mark.parametrize(
    ("keys", "text"),
    [
        ({"presentedForm": [form("Gan bình thường.")]}, "Gan bình thường."),
        ({"presentedForm": [form("<p>a</p><p>b</p>", "text/html"), form("plain")]}, "plain"),
        ({"presentedForm": [form("<p>a</p><p>b</p>", "text/html; charset=utf-8")]}, "a\nb"),
        ({"presentedForm": [form("caf\u00e9", "text/plain; charset=ISO-8859-1", "latin-1")]},
         "caf\u00e9"),
        ({"text": {"div": "<div>Node<br/>SUV &lt; 5</div>"}}, "Node\nSUV < 5"),
        ({"conclusion": "Node."}, "Conclusion: Node."),
        ({"presentedForm": [form("Result: Node.")], "conclusion": "Node."}, "Result: Node."),
        ({"presentedForm": [form("Liver.")], "conclusion": "Node."}, "Liver.\nConclusion: Node."),
    ],
)  # fmt: skip
def test_the_best_text_is_taken(keys: dict[str, Any], text: str):
    found = one(report(**keys))
    assert isinstance(found, SourceText)
    assert found.text == text


@pytest.mark.parametrize(
    ("keys", "code"),
    [
        ({}, "no-text"),
        ({"presentedForm": [{"contentType": "application/pdf", "data": "JVBERi0="}]},
         "unsupported-report"),
        ({"presentedForm": [{"contentType": "text/plain", "url": "http://x/y"}]},
         "unsupported-report"),
        ({"presentedForm": [{"contentType": "text/plain", "data": "%%%"}]}, "bad-fhir"),
        ({"presentedForm": [form("a", "text/plain; charset=klingon")]}, "bad-fhir"),
        ({"presentedForm": [form("a\x00b")]}, "binary-text"),
        ({"presentedForm": [{"contentType": "text/plain", "data": "/w=="}]}, "not-utf8"),
        ({"conclusion": "x" * 4_000_001}, "text-too-long"),
    ],
)  # fmt: skip
def test_what_holds_no_text_has_its_code(keys: dict[str, Any], code: str):
    assert one(report(**keys)) == code


def test_a_bundle_tells_whose_report_it_is():
    patient = {
        "resourceType": "Patient", "id": "p9", "name": [{"family": "Lee", "given": ["Ann"]}],
        "identifier": [{"value": "MRN1"}], "telecom": [{"value": "0912"}],
    }  # fmt: skip
    stranger = {"resourceType": "Patient", "id": "p1", "name": [{"text": "Bob"}]}
    acsn = {"type": {"coding": [{"code": "ACSN"}]}, "value": "A7"}
    made = report(
        conclusion="Node.", subject={"reference": "Patient/p9"}, identifier=[acsn], language="vi-VN"
    )
    resources = [patient, stranger, made, {"resourceType": "Observation"}]
    found = one({"resourceType": "Bundle", "entry": [{"resource": r} for r in resources]})
    assert isinstance(found, SourceText)
    assert (found.id, found.lang, found.patient, found.accession) == (
        "r1",
        "vi",
        "Patient/p9",
        "A7",
    )
    assert found.identifiers == ("Ann Lee", "MRN1", "0912", "A7")


def test_a_bad_report_of_a_bundle_costs_itself_only():
    entries = [{"resource": report()}, {"resource": report(conclusion="ok")}, 7]
    items = list(texts_of_resource({"resourceType": "Bundle", "entry": entries}, "b.json"))
    assert [type(i) for i in items] == [BadText, SourceText]


@pytest.mark.parametrize(
    ("data", "code"), [(b"{", "bad-fhir"), (b"[" * 100_000, "bad-fhir"), (b"\xff", "bad-fhir"),
                       (b"[1]", "unknown-text-format"), (b"{}", "unknown-text-format")],
)  # fmt: skip
def test_other_json_is_refused(tmp_path: Path, data: bytes, code: str):
    (tmp_path / "r.json").write_bytes(data)
    with pytest.raises(InputError) as fault:
        list(read_fhir(tmp_path / "r.json"))
    assert fault.value.code == code


_KEYS = ["text", "div", "presentedForm", "data", "contentType", "subject", "reference",
         "identifier", "value", "name", "family", "given", "entry", "resource", "contained",
         "type", "coding",
         "performer", "conclusion", "language", "id"]  # fmt: skip
_JSON = st.recursive(
    st.none() | st.integers() | st.text(max_size=4),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(_KEYS), inner, max_size=4)
    ),
)


@given(
    st.dictionaries(st.sampled_from(_KEYS), _JSON), st.sampled_from(["Bundle", "DiagnosticReport"])
)
def test_no_resource_raises(data: dict[str, Any], kind: str):
    list(texts_of_resource({**data, "resourceType": kind}, "x"))
    json.dumps(data)
