"""parse(sentence(f)) = f for random findings in both languages; spans aside."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from petscribe.mining.rules import parse_sentence
from petscribe.terms.sentences import sentence
from terms.strategies import findings


@pytest.mark.parametrize("lang", ["en", "vi"])
@given(data=st.data())
@settings(max_examples=100)
def test_a_phrased_finding_is_read_back_unchanged(lang: str, data: st.DataObject):
    finding = data.draw(findings(lang))
    text = sentence(finding, lang)
    read = [replace(f, span=finding.span) for f in parse_sentence(text, lang)]
    assert read == [finding], text
