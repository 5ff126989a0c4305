"""Answers of language models: the schema holds, and nothing beyond it is believed."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mining.llm.conftest import answer_json, finding_json, suv_json
from petscribe.core.errors import ExtractionError
from petscribe.mining.llm.talking.answers import answer_schema, read_answer


def test_an_answer_becomes_findings():
    said = finding_json(
        suv=[suv_json(4.2)], size=[{"dims": [1.2, 0.9], "unit": "cm", "time": "prior"}]
    )
    [claim] = read_answer(answer_json(said))
    assert claim.quote == "right hilar node"
    assert (claim.finding.region, claim.finding.laterality) == ("hilum", "right")
    assert claim.finding.suv[0].value == 4.2
    assert claim.finding.size_mm[0].dims == (12.0, 9.0)


def test_no_finding_is_an_answer():
    assert read_answer('{"findings": []}') == ()


@pytest.mark.parametrize(
    "changes",
    [
        {"region": "left foot"},
        {"laterality": "both"},
        {"count": 0},
        {"count": "many"},
        {"negated": "no"},
        {"suv": [suv_json(float("nan"))]},
        {"suv": [suv_json(1e300)]},
        {"suv": [suv_json(-1.0)]},
        {"suv": [{**suv_json(1.0), "value": None}]},
        {"suv": [{**suv_json(1.0), "low": 0.5, "high": 2.0}]},
        {"suv": [suv_json(float(k)) for k in range(20)]},
        {"size": [{"dims": [], "unit": "mm", "time": "current"}]},
        {"size": [{"dims": [3], "unit": "inch", "time": "current"}]},
        {"size": [{"dims": [3], "unit": [], "time": "current"}]},
        {"anatomy": "x" * 5000},
        {"anatomy": None},
        {"quote": 7},
        {"source": "rules"},
        {"span": [0, 5]},
        {"comment": "as you wish"},
    ],
)
def test_what_is_out_of_the_schema_is_no_answer(changes: dict):
    with pytest.raises(ExtractionError) as fault:
        read_answer(answer_json(finding_json(**changes)))
    assert fault.value.code == "llm-bad-answer"


@pytest.mark.parametrize(
    "content",
    ["", "null", "[]", "{}", '{"findings": null}', '{"findings": [1]}', '{"findings": [[]]}',
     '{"findings": [], "also": 1}', "Sure! Here it is: {}", '{"findings": [{}]}', "[" * 100_000,
     '{"findings": ' + "[" * 100_000, '{"findings": [' + "1" * 5000 + "]}"],
)  # fmt: skip
def test_other_json_and_other_text_are_no_answer(content: str):
    with pytest.raises(ExtractionError, match="not in the schema"):
        read_answer(content)


def test_a_flood_of_findings_is_no_answer():
    with pytest.raises(ExtractionError):
        read_answer(answer_json(*[finding_json()] * 31))


def test_the_fault_does_not_repeat_the_answer():
    with pytest.raises(ExtractionError) as fault:
        read_answer(answer_json(finding_json(anatomy=["Nguyen Van A"])))
    assert "Nguyen" not in fault.value.message


@given(st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=5) | st.integers(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
        st.sampled_from([*finding_json(), "findings", "dims", "unit"]), inner, max_size=4),
))  # fmt: skip
def test_no_json_raises_anything_else(data):
    for content in (json.dumps(data), json.dumps({"findings": [data]})):
        try:
            read_answer(content)
        except ExtractionError:
            continue


def test_the_schema_names_every_key_and_forbids_others():
    def check(schema: dict) -> None:
        if schema.get("type") == "object":
            assert schema["additionalProperties"] is False
            assert schema["required"] == list(schema["properties"])
            for inner in schema["properties"].values():
                check(inner)
        if schema.get("type") == "array":
            check(schema["items"])

    check(answer_schema())
    finding = answer_schema()["properties"]["findings"]["items"]["properties"]
    assert set(finding) == set(finding_json())
