"""Truths of the `ask` contract."""

import json

import pytest

from petscribe.core.answer import Answer, SecondOpinion

YES = Answer(answer="Yes.", type="presence", value=True, evidence=(2,), confidence=0.87654)


def test_the_contract_has_its_five_keys_and_the_author():
    data = YES.to_dict()
    assert data == {
        "answer": "Yes.",
        "type": "presence",
        "value": True,
        "evidence": [2],
        "confidence": 0.877,
        "author": "rules",
    }
    assert json.loads(json.dumps(data)) == data


def test_a_second_opinion_is_a_key_only_where_there_is_one():
    second = SecondOpinion(answer="No.", value=False, evidence=(), author="nano", agrees=False)
    data = Answer(answer="Yes.", type="presence", value=True, second_opinion=second).to_dict()
    assert data["second_opinion"] == {
        "answer": "No.",
        "value": False,
        "evidence": [],
        "author": "nano",
        "agrees": False,
    }


def test_a_confidence_beyond_one_is_refused():
    with pytest.raises(ValueError, match="confidence"):
        Answer(answer="", type="count", value=1, confidence=1.2)
