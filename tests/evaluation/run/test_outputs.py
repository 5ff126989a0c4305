"""What a run leaves: the same table twice, a summary, a page; all or nothing."""

import csv
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from pyarrow import parquet

from petscribe.evaluation.run import outputs
from petscribe.evaluation.run.evaluate import Settings, evaluate
from petscribe.evaluation.run.outputs import FILES, case_table, write_evaluation

SETTINGS = Settings(task="finding", resamples=20)


@pytest.fixture
def inputs(tmp_path: Path) -> dict[str, Path]:
    path = tmp_path / "predictions.jsonl"
    path.write_text("{}", "utf-8")
    return {"predictions": path}


def test_every_file_is_written(evaluation, inputs, tmp_path):
    paths = write_evaluation(evaluation, tmp_path / "out", inputs=inputs)
    assert [path.name for path in paths] == list(FILES)
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == sorted(FILES)
    summary = json.loads((tmp_path / "out/summary.json").read_text("utf-8"))
    assert summary["manifest"]["task"] == "finding"


def test_csv_and_parquet_hold_the_same_table(evaluation, inputs, tmp_path):
    write_evaluation(evaluation, tmp_path, inputs=inputs)
    with (tmp_path / "cases.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    table = parquet.read_table(tmp_path / "cases.parquet").to_pydict()
    assert [row["id"] for row in rows] == table["id"] == [case.id for case in evaluation.cases]
    scores = [float(row["pet_finding_score"]) for row in rows]
    assert scores == pytest.approx(table["pet_finding_score"])


def test_tables_hold_no_text(evaluation):
    columns = case_table(evaluation)
    assert {name for name, values in columns.items() if values.dtype.kind == "U"} == {
        "id",
        "patient",
    }


def test_what_was_not_compared_is_empty_not_zero(cases, inputs, tmp_path):
    silent = replace(cases[0], prediction="Spleen is normal.")
    evaluation = evaluate([silent, *cases[1:]], SETTINGS)
    assert np.isnan(case_table(evaluation)["suv_error"][0])
    write_evaluation(evaluation, tmp_path, inputs=inputs)
    with (tmp_path / "cases.csv").open(encoding="utf-8", newline="") as file:
        assert next(csv.DictReader(file))["suv_error"] == ""


def test_ids_that_look_like_formulas_are_not_formulas(evaluation, inputs, tmp_path):
    odd = (replace(evaluation.cases[0], id="=1+1"), *evaluation.cases[1:])
    write_evaluation(replace(evaluation, cases=odd), tmp_path, inputs=inputs)
    assert "\n'=1+1," in (tmp_path / "cases.csv").read_text("utf-8")


def test_a_fault_leaves_nothing_behind(
    evaluation, inputs, tmp_path, monkeypatch: pytest.MonkeyPatch
):
    def fail(_):
        raise RuntimeError

    monkeypatch.setattr(outputs, "to_html", fail)
    with pytest.raises(RuntimeError):
        write_evaluation(evaluation, tmp_path / "out", inputs=inputs)
    assert not (tmp_path / "out").exists()


def test_answers_are_in_the_table_of_questions(questioned):
    columns = case_table(questioned)
    assert columns["correct"][:3].tolist() == [1.0, 0.0, 1.0]
