"""Decisions survive their file; anything else is refused."""

from pathlib import Path

import pytest

from petscribe.core.errors import InputError
from petscribe.dataset.linking.link import Decision
from petscribe.dataset.reviewing.decisions import read_decisions, write_decisions


def test_decisions_come_back_as_they_were(tmp_path: Path):
    said = {
        "a": Decision(verdict="accept", point_lps_mm=(1.0, -2.5, 3.0)),
        "b": Decision(verdict="reject"),
        "c": Decision(verdict="fix", text="Right hilar node."),
    }
    write_decisions(said, tmp_path / "d.json")
    assert read_decisions(tmp_path / "d.json") == said


@pytest.mark.parametrize(
    "text",
    ["", "[]", "{}", '{"version": 9, "decisions": {}}', '{"version": 1, "decisions": []}'],
)
def test_what_is_no_such_file_is_refused(tmp_path: Path, text: str):
    (tmp_path / "d.json").write_text(text)
    with pytest.raises(InputError) as fault:
        read_decisions(tmp_path / "d.json")
    assert fault.value.code == "bad-decisions"


def test_a_verdict_that_is_none_is_refused(tmp_path: Path):
    (tmp_path / "d.json").write_text('{"version": 1, "decisions": {"a": {"verdict": "perhaps"}}}')
    with pytest.raises(InputError) as fault:
        read_decisions(tmp_path / "d.json")
    assert fault.value.code == "bad-record"
