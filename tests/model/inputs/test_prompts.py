"""Rows: every placeholder is counted; too long or mismatched is refused, never cut."""

import pytest

from petscribe.core.errors import InputError
from petscribe.model.batch import IGNORED, TEXT
from petscribe.model.inputs.prompts import Row, Shown, VisualCounts, encoded
from petscribe.model.language.tokens import Speech

COUNTS = VisualCounts(lesions=2, per_lesion=4, exams=1, per_exam=3, has_facts=True)


def test_each_shown_thing_has_its_own_places(speech: Speech) -> None:
    row = Row(parts=(Shown(kind="lesion", of=1), "where?"), answer="left", about_lesion=True)
    made = encoded(row, speech, COUNTS, most=64)
    assert [v for v in made.visual if v != TEXT] == [4, 5, 6]
    answer = speech.answer("left")
    assert made.tokens[-len(answer) :] == answer
    assert [k for k in made.labels if k != IGNORED] == answer
    assert sum(made.about_lesion) == len(answer)


def test_a_brief_lesion_is_its_facts_and_its_mean() -> None:
    assert COUNTS.indices(Shown(kind="brief", of=1)) == [4, 7]
    assert COUNTS.indices(Shown(kind="body", of=0)) == [8, 9, 10]


def test_a_lesion_that_is_not_there_is_refused() -> None:
    with pytest.raises(InputError, check=lambda fault: fault.code == "placeholder-mismatch"):
        COUNTS.indices(Shown(kind="lesion", of=2))


def test_a_placeholder_among_the_words_is_refused(speech: Speech) -> None:
    with pytest.raises(InputError, check=lambda fault: fault.code == "placeholder-mismatch"):
        encoded(Row(parts=("a <visual> b",)), speech, COUNTS, most=64)


def test_a_row_that_is_too_long_is_refused(speech: Speech) -> None:
    with pytest.raises(InputError, check=lambda fault: fault.code == "prompt-too-long"):
        encoded(Row(parts=("word " * 50,)), speech, COUNTS, most=20)
    with pytest.raises(InputError, check=lambda fault: fault.code == "answer-too-long"):
        encoded(Row(parts=("a",), answer="word " * 50), speech, COUNTS, most=20)
