"""The history: appended, read back, cut to a checkpoint, forgiving only half a line at the end."""

import pytest

from petscribe.core.errors import InputError, OutputError
from petscribe.training.keeping.journal import Journal, read_journal


@pytest.fixture
def journal(tmp_path) -> Journal:
    journal = Journal(tmp_path / "metrics.jsonl")
    for step in (1, 2, 3):
        journal.add({"total_step": step, "loss": step / 2})
    return journal


def test_records_come_back(journal):
    assert read_journal(journal.path) == [{"total_step": n, "loss": n / 2} for n in (1, 2, 3)]


def test_a_cut_history_ends_at_its_step(journal):
    journal.cut(2)
    assert [r["total_step"] for r in read_journal(journal.path)] == [1, 2]


def test_half_a_line_at_the_end_is_forgotten(journal):
    with journal.path.open("a") as file:
        file.write('{"total_step": 4, "lo')
    assert len(read_journal(journal.path)) == 3
    journal.cut(3)
    journal.add({"total_step": 4})
    assert len(read_journal(journal.path)) == 4


def test_a_broken_line_in_the_middle_is_named(journal):
    lines = journal.path.read_text().splitlines()
    journal.path.write_text("\n".join([lines[0], "{nonsense", lines[2]]) + "\n")
    with pytest.raises(InputError, match="line 2"):
        read_journal(journal.path)


def test_no_history_is_an_empty_one(tmp_path):
    assert read_journal(tmp_path / "none") == []


def test_a_history_that_cannot_be_written_says_so(tmp_path):
    with pytest.raises(OutputError) as caught:
        Journal(tmp_path / "gone" / "metrics.jsonl").add({"total_step": 1})
    assert caught.value.code == "cannot-write"


def test_nan_never_enters_the_history(journal):
    with pytest.raises(ValueError, match="not JSON compliant"):
        journal.add({"total_step": 4, "loss": float("nan")})
