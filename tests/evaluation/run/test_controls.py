"""Floors never learn from the patient they answer for, and say why when they cannot be made."""

from dataclasses import replace

import pytest

from petscribe.evaluation.run import controls
from petscribe.evaluation.run.cases import Line
from petscribe.evaluation.run.controls import make_floors


def made(floors):
    return {floor.name: dict(zip(floor.cases, floor.texts, strict=True)) for floor in floors.made}


def test_every_case_gets_every_floor(cases):
    floors = make_floors(cases, None, seed=1)
    texts = made(floors)
    assert set(texts) == {"constant_template", "random_other", "image_shuffled"}
    assert all(set(answered) == set(range(len(cases))) for answered in texts.values())
    assert set(floors.absent) == {"nearest_neighbour", "previous_report"}


def test_no_floor_answers_with_a_text_of_the_same_patient(cases):
    unique = [replace(case, reference=f"{case.reference} {case.patient}") for case in cases]
    texts = made(make_floors(unique, None, seed=1))["random_other"]
    assert all(not text.endswith(unique[i].patient) for i, text in texts.items())


def test_shuffled_predictions_come_from_other_patients(cases):
    unique = [replace(case, prediction=case.patient) for case in cases]
    texts = made(make_floors(unique, None, seed=1))["image_shuffled"]
    assert all(text != unique[i].patient for i, text in texts.items())


def test_training_references_are_used_when_given(cases):
    train = [Line(id="t", patient="other", text="The only text.", lang="en")]
    texts = made(make_floors(cases, train, seed=1))
    assert set(texts["constant_template"].values()) == {"The only text."}


def test_training_on_a_tested_patient_makes_no_floor(cases):
    train = [Line(id="t", patient="p1", text="Leaked.", lang="en")]
    floors = make_floors(cases, train, seed=1)
    assert "constant_template" in floors.absent
    assert "image_shuffled" in made(floors)


def test_one_patient_alone_has_no_floor(cases):
    floors = make_floors([replace(case, patient="p") for case in cases], None, seed=1)
    assert floors.made == ()
    assert set(floors.absent) >= {"constant_template", "image_shuffled"}


def test_features_and_previous_reports_make_the_other_floors(cases):
    more = [
        replace(case, more={"features": [float(i % 6)], "previous": f"before {i}"})
        for i, case in enumerate(cases)
    ]
    texts = made(make_floors(more, None, seed=1))
    assert texts["previous_report"][3] == "before 3"
    sites = [case.reference.split(" measuring")[0] for case in more]
    near = texts["nearest_neighbour"]
    assert sum(text.startswith(sites[i]) for i, text in near.items()) >= 20


def test_large_sets_are_floored_on_a_sample(cases, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(controls, "MAX_CASES", 10)
    first, again = (make_floors(cases, None, seed=3) for _ in range(2))
    assert first == again
    assert all(len(floor.cases) == 10 for floor in first.made)


def test_broken_features_are_no_features(cases):
    more = [replace(case, more={"features": ["a"]}) for case in cases]
    assert "nearest_neighbour" in make_floors(more, None, seed=1).absent
