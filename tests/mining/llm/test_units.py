"""A text into passages."""

import time
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from petscribe.mining.llm.units import units_of
from petscribe.mining.rules import mine_text

REPORT = """Technique: 10 mCi FDG, 60 minutes.
Findings: Right hilar node, SUVmax 4.2. It measures 12 mm. No liver lesion.
Signed electronically on the day of the exam."""


def passages(text: str) -> list[str]:
    return [text[u.start : u.end] for u in units_of(mine_text(text, lang="en"))]


def test_a_pronoun_sentence_belongs_to_the_one_before():
    assert passages(REPORT) == [
        "Right hilar node, SUVmax 4.2. It measures 12 mm.", "No liver lesion.",
    ]  # fmt: skip


def test_every_finding_of_the_rules_is_in_one_passage():
    mined = mine_text(REPORT, lang="en")
    units = units_of(mined)
    held = [k for unit in units for k in unit.findings]
    assert sorted(held) == list(range(len(mined.findings)))
    for unit in units:
        for k in unit.findings:
            start, end = mined.findings[k].span
            assert unit.start <= start
            assert end <= unit.end


@given(st.lists(st.sampled_from(REPORT.split()), max_size=60))
def test_passages_of_any_text_are_apart_and_in_order(words: list[str]):
    mined = mine_text(" ".join(words), lang="en")
    units = units_of(mined)
    for before, after in pairwise(units):
        assert before.end <= after.start
    assert sum(len(u.findings) for u in units) == len(mined.findings)


def test_time_grows_with_length_only():
    def seconds(copies: int) -> float:
        mined = mine_text(REPORT * copies, lang="en")
        start = time.process_time()
        units_of(mined)
        return time.process_time() - start

    seconds(10)
    assert seconds(160) < 8 * seconds(40) + 0.5
