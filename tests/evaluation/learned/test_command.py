"""A metric as a program of its own."""

import stat
import sys
from pathlib import Path

import pytest

from petscribe.core.errors import ExtractionError, InputError
from petscribe.evaluation.learned.command import CommandMetric

WORDS = """
import json, os, sys
assert os.environ["HF_HUB_OFFLINE"] == "1" and "HOME" not in os.environ
for line in sys.stdin:
    pair = json.loads(line)
    shared = set(pair["prediction"].split()) & set(pair["references"][0].split())
    print(json.dumps({"score": len(shared)}))
"""


def _metric(folder: Path, code: str, *, limit_s: float = 60.0) -> CommandMetric:
    program = folder / "metric.py"
    program.write_text(f"#!{sys.executable}\n{code}", "utf-8")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    return CommandMetric(name="words", command=(str(program),), domain="any", limit_s=limit_s)


def test_the_programs_scores_come_back_in_order(tmp_path: Path):
    metric = _metric(tmp_path, WORDS)
    scores = metric.scores(["hạch trái", "a b", ""], [["hạch phải"], ["a b c"], ["x"]])
    assert scores.tolist() == [1.0, 2.0, 0.0]


@pytest.mark.parametrize(
    "code",
    [
        "print(1)",
        "print('{\"score\": NaN}')",
        "print('{\"points\": 1}')",
        "print('{\"score\": 1}'); print('{\"score\": 1}')",
        "",
    ],
)
def test_anything_but_one_number_a_pair_is_refused(tmp_path: Path, code: str):
    with pytest.raises(ExtractionError) as fault:
        _metric(tmp_path, code).scores(["a"], [["b"]])
    assert fault.value.code == "bad-metric-output"


@pytest.mark.parametrize(
    ("code", "limit_s"),
    [("raise SystemExit('no weights here')", 60.0), ("import time; time.sleep(60)", 0.5)],
)
def test_a_program_that_fails_or_hangs_is_named(tmp_path: Path, code: str, limit_s: float):
    with pytest.raises(InputError) as fault:
        _metric(tmp_path, code, limit_s=limit_s).scores(["a"], [["b"]])
    assert fault.value.code == "metric-failed"


def test_a_missing_program_is_named(tmp_path: Path):
    metric = CommandMetric(name="x", command=(str(tmp_path / "none"),), domain="any")
    with pytest.raises(InputError) as fault:
        metric.scores(["a"], [["b"]])
    assert fault.value.code == "metric-missing"
