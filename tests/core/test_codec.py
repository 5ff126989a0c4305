"""Records to JSON and back, strictly."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from petscribe.core.codec import decode, encode
from petscribe.core.errors import InputError
from petscribe.core.finding import Diagnosis, Finding, ImageRef, SizeClaim, SuvClaim

FINDING = Finding(
    anatomy="right hilum",
    region="hilum",
    laterality="right",
    type="mass",
    suv=(SuvClaim(stat="max", value=42.2),),
    size_mm=(SizeClaim(dims=(64.0, 41.0)),),
    refs=(ImageRef(image=88),),
    dx=(Diagnosis(label="malignancy", certainty="probable"),),
)

suv_claims = st.builds(
    SuvClaim,
    stat=st.sampled_from(["max", "mean", "peak", "unspecified"]),
    value=st.none() | st.floats(0, 100),
    op=st.sampled_from(["=", "~", "<", "<=", ">", ">=", "range"]),
)


def test_a_finding_survives_json():
    assert decode(Finding, json.loads(json.dumps(encode(FINDING)))) == FINDING


@given(suv_claims)
def test_any_suv_claim_survives_json(claim: SuvClaim):
    assert decode(SuvClaim, json.loads(json.dumps(encode(claim)))) == claim


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"size": []}, "unknown key 'size'"),
        ({"laterality": "up"}, "Finding.laterality"),
        ({"span": [1]}, "Finding.span"),
        ({"suv": [{"stat": "max", "value": "7"}]}, "Finding.suv[0].value"),
        ({"count": True}, "Finding.count"),
    ],
)
def test_a_wrong_key_is_named(change: dict[str, object], words: str):
    with pytest.raises(InputError) as fault:
        decode(Finding, {**encode(FINDING), **change})
    assert words in fault.value.message
    assert fault.value.code == "bad-record"


def test_a_missing_key_is_named():
    with pytest.raises(InputError, match="missing key 'region'"):
        decode(Finding, {"anatomy": "liver"})


def test_something_that_is_no_object_is_refused():
    with pytest.raises(InputError, match="expected an object"):
        decode(Finding, [])


@pytest.mark.parametrize("value", [float("nan"), float("inf"), {1, 2}, b"x"])
def test_what_json_cannot_hold_is_refused(value: object):
    with pytest.raises(ValueError, match="JSON"):
        encode({"x": value})
