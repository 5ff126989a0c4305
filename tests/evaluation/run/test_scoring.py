"""Rows of counts: the same in any order of work, from memory and afresh."""

import numpy as np
import pytest
from jaxtyping import Float

from petscribe.core.errors import InputError
from petscribe.evaluation.run import scoring
from petscribe.evaluation.run.scoring import COLUMNS, code_stamp, mined, score_chunk, score_texts

PAIR = ("FDG-avid liver lesion, SUVmax 5.", "FDG-avid liver lesion, SUVmax 9.", "en")
SAME = (PAIR[0], PAIR[0], "en")


def same(first: Float[np.ndarray, "n k"], second: Float[np.ndarray, "n k"]) -> bool:
    return np.array_equal(first, second, equal_nan=True)


def test_a_row_holds_every_column_once():
    rows = score_chunk([PAIR, SAME])
    assert rows.shape == (2, len(COLUMNS))
    assert len(set(COLUMNS)) == len(COLUMNS)
    assert rows[1, COLUMNS.index("credit_reference")] == 1.0
    assert rows[0, COLUMNS.index("suv_wrong")] == 1.0


def test_chunks_in_processes_equal_one_after_the_other(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(scoring, "CHUNK", 2)
    texts = [PAIR, SAME, SAME, PAIR, PAIR]
    assert same(score_texts(texts, workers=2), score_chunk(texts))


def test_a_run_goes_on_from_what_is_remembered(tmp_path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(scoring, "CHUNK", 1)
    first = score_texts([PAIR], memory=tmp_path)
    assert len(list(tmp_path.iterdir())) == 1
    steps: list[int] = []
    both = score_texts([PAIR, SAME], memory=tmp_path, step=steps.append)
    assert steps == [1, 2]
    assert same(both[:1], first)
    monkeypatch.setattr(scoring, "score_chunk", lambda _: pytest.fail("scored again"))
    assert same(score_texts([PAIR, SAME], memory=tmp_path), both)


def test_other_code_is_not_answered_from_memory(tmp_path, monkeypatch: pytest.MonkeyPatch):
    score_texts([PAIR], memory=tmp_path)
    monkeypatch.setattr(scoring, "code_stamp", lambda: "changed")
    score_texts([PAIR], memory=tmp_path)
    assert len(list(tmp_path.iterdir())) == 2
    assert len(code_stamp()) == 64


def test_a_broken_memory_is_named(tmp_path):
    score_texts([PAIR], memory=tmp_path)
    next(tmp_path.iterdir()).write_bytes(b"rubbish")
    with pytest.raises(InputError) as fault:
        score_texts([PAIR], memory=tmp_path)
    assert fault.value.code == "bad-cache"


def test_nothing_gives_no_rows():
    assert score_texts([]).shape == (0, len(COLUMNS))


def test_texts_are_mined_once():
    assert mined(PAIR[0], "en") is mined(PAIR[0], "en")
