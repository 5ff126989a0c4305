"""What readers think, in figures that can be checked by hand."""

import json

import numpy as np
import pytest

from petscribe.core.errors import InputError
from petscribe.evaluation.study.collect import collect
from petscribe.evaluation.study.results import rating_table, read_scores, results


@pytest.fixture
def collected(plan, answer, tmp_path):
    files = []
    for reader, marks in ((1, {"human": 5, "model": 2}), (2, {"human": 5, "model": 3})):
        path = tmp_path / f"{reader}.json"
        path.write_text(json.dumps(answer(plan, reader, marks)), "utf-8")
        files.append(path)
    return collect(plan, files)


def test_means_are_those_of_the_marks(collected):
    found = results(collected, resamples=20)
    assert found["marks"]["human"]["anatomy"]["mean"] == 5.0
    assert found["marks"]["model"]["anatomy"]["mean"] == 2.5
    assert found["marks"]["model"]["anatomy"]["n"] == 6
    assert found["marks"]["model"]["anatomy"]["sd"] == pytest.approx(
        np.std([2] * 3 + [3] * 3, ddof=1)
    )
    assert found["open_marks"] == 0
    json.dumps(found, allow_nan=False)


def test_readers_who_nearly_agree_have_a_high_alpha(collected):
    found = results(collected, resamples=20)["agreement"]["utility"]
    assert 0.7 < found["krippendorff_alpha_ordinal"]["value"] < 1.0
    assert 0.7 < found["icc_2"] < 1.0


def test_preferences_errors_and_edits_are_counted(collected):
    found = results(collected, resamples=20)
    assert found["preferences"]["human"] == 6
    assert found["preferences"]["preferred_or_tie_frac"] == {"human": 1.0, "model": 0.0}
    assert found["errors"]["model"]["side"] == 6
    assert found["edited_frac"] == {"human": 0.0, "model": 1.0}
    assert 0.0 < found["first_place_preferred_frac"] < 1.0


def test_the_table_has_a_row_per_reader_and_a_gap_where_nothing_was_said(collected):
    table = rating_table(collected, "anatomy")
    assert table.shape == (2, 6)
    assert not np.isnan(table).any()


def test_a_metric_that_ranks_as_readers_do_correlates_fully(collected):
    cases = list(collected.plan.patients)
    scores = {
        "human": {"good": dict.fromkeys(cases, 0.9), "bad": dict.fromkeys(cases, 0.1)},
        "model": {"good": dict.fromkeys(cases, 0.2), "bad": dict.fromkeys(cases, 0.8)},
    }
    found = results(collected, scores=scores, resamples=20)["metrics"]["utility"]
    assert found["good"]["spearman"]["mean"] == pytest.approx(1.0)
    assert found["bad"]["spearman"]["mean"] == pytest.approx(-1.0)
    assert list(found) == ["good", "bad"]


def test_scores_of_an_unknown_source_are_refused(collected):
    with pytest.raises(InputError) as fault:
        results(collected, scores={"ghost": {"m": {}}}, resamples=5)
    assert fault.value.code == "bad-scores"


def test_scores_are_read_from_a_runs_table(tmp_path):
    path = tmp_path / "cases.csv"
    path.write_text("id,patient,rouge_l,suv_error\na,p,0.5,\n'=b,q,1,2\n", "utf-8")
    assert read_scores(path) == {"rouge_l": {"a": 0.5, "=b": 1.0}, "suv_error": {"=b": 2.0}}
    path.write_text("name\nx\n", "utf-8")
    with pytest.raises(InputError):
        read_scores(path)
