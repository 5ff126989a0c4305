"""Answers come back to their sources; what does not belong to the study is refused."""

import json
from copy import deepcopy

import pytest

from petscribe.core.errors import InputError
from petscribe.evaluation.study.collect import collect, read_plan


@pytest.fixture
def save(tmp_path):
    def run(data, name="answers.json"):
        path = tmp_path / name
        path.write_text(json.dumps(data), "utf-8")
        return path

    return run


def test_marks_return_to_their_sources_whatever_letter_they_had(plan, answer, save):
    files = [save(answer(plan, r, {"human": 5, "model": 2}), f"{r}.json") for r in (1, 2)]
    collected = collect(plan, files)
    assert {(x.source, x.marks["utility"]) for x in collected.judgements} == {
        ("human", 5),
        ("model", 2),
    }
    assert {x.source for x in collected.preferences} == {"human"}
    assert collected.readers == (1, 2)
    assert {x.place for x in collected.judgements if x.source == "human"} == {0, 1}


def test_open_questions_stay_open(plan, answer, save):
    data = answer(plan, 1, {"human": 5, "model": 2})
    data["answers"][0]["texts"][0]["anatomy"] = None
    data["answers"][1]["preference"] = None
    data["answers"][2]["preference"] = "tie"
    collected = collect(plan, [save(data)])
    assert [x.marks["anatomy"] for x in collected.judgements].count(None) == 1
    assert len(collected.preferences) == 2
    assert [x.source for x in collected.preferences].count(None) == 1


def broken(data, change):
    data = deepcopy(data)
    change(data)
    return data


@pytest.mark.parametrize(
    "change",
    [
        lambda d: d.update(study="other"),
        lambda d: d.update(worksheet=3),
        lambda d: d.update(worksheet="1"),
        lambda d: d["answers"].pop(),
        lambda d: d["answers"][0].update(case=2),
        lambda d: d["answers"][0].update(preference="C"),
        lambda d: d["answers"][0]["texts"].reverse(),
        lambda d: d["answers"][0]["texts"][0].update(anatomy=6),
        lambda d: d["answers"][0]["texts"][0].update(anatomy=True),
        lambda d: d["answers"][0]["texts"][0].update(errors=["rude"]),
        lambda d: d["answers"][0]["texts"][0].update(edit=5),
    ],
)
def test_answers_that_do_not_fit_are_refused(plan, answer, save, change):
    data = broken(answer(plan, 1, {"human": 5, "model": 2}), change)
    with pytest.raises(InputError) as fault:
        collect(plan, [save(data)])
    assert fault.value.code == "bad-study-answers"


def test_the_same_worksheet_twice_is_refused(plan, answer, save):
    data = answer(plan, 1, {"human": 5, "model": 2})
    with pytest.raises(InputError, match="twice"):
        collect(plan, [save(data, "a.json"), save(data, "b.json")])


def test_a_file_that_is_no_key_is_refused(save):
    with pytest.raises(InputError):
        read_plan(save({"study": "x"}))
