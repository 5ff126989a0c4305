"""The main path: scores, floors and intervals together."""

import json
from dataclasses import replace

import pytest

from petscribe.evaluation.run.evaluate import Settings, evaluate, manifest_of, scores_of

SETTINGS = Settings(task="finding", resamples=50)


def test_perfect_predictions_score_one_and_stand_above_every_floor(cases):
    perfect = [replace(case, prediction=case.reference) for case in cases]
    summary = evaluate(perfect, SETTINGS).to_dict()
    assert summary["clinical"]["pet_finding_score"] == 1.0
    assert summary["text"]["bleu_4"] == pytest.approx(1.0)
    assert summary["critical_errors"]["total"] == 0
    for name in ("constant_template", "random_other", "image_shuffled"):
        assert summary["floors"][name]["clinical"]["pet_finding_score"] < 0.5


def test_the_contract_is_kept_and_is_json(evaluation):
    summary = evaluation.to_dict()
    assert {"n", "text", "clinical", "critical_errors", "floors", "intervals"} <= set(summary)
    assert {"bleu_1", "bleu_4", "rouge_l", "cider", "meteor"} <= set(summary["text"])
    json.dumps(summary, allow_nan=False)


def test_intervals_hold_their_scores(evaluation):
    summary = evaluation.to_dict()
    interval = summary["intervals"]["pet_finding_score"]
    assert interval["low"] <= summary["clinical"]["pet_finding_score"] <= interval["high"]
    assert interval["mean"] == summary["clinical"]["pet_finding_score"]
    assert interval["patients"] == 8


def test_a_rerun_and_its_memory_change_nothing(cases, evaluation, tmp_path):
    remembered = replace(SETTINGS, memory=tmp_path)
    first, again = (evaluate(cases, remembered).to_dict() for _ in range(2))
    assert first == again == evaluation.to_dict()


def test_silence_scores_zero_and_is_told(cases):
    summary = evaluate([replace(case, prediction="") for case in cases], SETTINGS).to_dict()
    assert summary["clinical"]["pet_finding_score"] == 0.0
    assert summary["empty_predictions"] == len(cases)


def test_questions_get_their_own_scores_and_floors(questioned):
    summary = questioned.to_dict()
    assert summary["vqa"]["accuracy"] == pytest.approx(0.6)
    assert "accuracy" in summary["intervals"]
    assert "accuracy" in summary["floors"]["constant_template"]["vqa"]


def test_what_is_being_done_is_told(cases):
    said: list[str] = []
    evaluate(cases, SETTINGS, say=said.append)
    assert "text" in said
    assert "intervals" in said


def test_the_manifest_names_code_settings_and_inputs(evaluation, tmp_path):
    path = tmp_path / "p.jsonl"
    path.write_text("x", "utf-8")
    manifest = manifest_of(evaluation, {"predictions": path})
    assert manifest["inputs"]["predictions"]["file"] == "p.jsonl"
    assert len(manifest["inputs"]["predictions"]["sha256"]) == 64
    assert manifest["resamples"] == 50


def test_scores_of_a_set_hold_no_interval(evaluation):
    scores = scores_of(evaluation.text, evaluation.rows)
    assert set(scores) == {"text", "clinical", "critical_errors", "numeric", "normals"}
