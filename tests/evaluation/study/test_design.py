"""The plan: counterbalanced, seeded, blind; cases that do not fit are refused."""

import json
from collections import Counter

import pytest

from petscribe.core.codec import decode, encode
from petscribe.core.errors import InputError
from petscribe.evaluation.study.design import (
    Plan,
    StudyCase,
    make_plan,
    read_study,
    without_numbers,
)


def many(count: int, sources: int = 2) -> list[StudyCase]:
    texts = {f"s{i}": "Text." for i in range(sources)}
    return [
        StudyCase(id=f"c{i}", patient=f"p{i}", lang="en", pictures=(), texts=texts)
        for i in range(count)
    ]


@pytest.mark.parametrize("sources", [2, 3, 4])
def test_each_source_stands_first_equally_often(sources: int):
    plan = make_plan(many(24, sources), readers=12, seed=0)
    for sheet in plan.readers:
        first = Counter(placed.sources[0] for placed in sheet)
        assert set(first.values()) == {24 // sources}
    by_case: dict[str, Counter[str]] = {}
    for sheet in plan.readers:
        for placed in sheet:
            by_case.setdefault(placed.case, Counter())[placed.sources[0]] += 1
    assert all(set(count.values()) == {12 // sources} for count in by_case.values())


def test_every_reader_reads_every_case_once_in_an_order_of_their_own():
    plan = make_plan(many(20), readers=3, seed=0)
    orders = [[placed.case for placed in sheet] for sheet in plan.readers]
    assert all(sorted(order) == sorted(orders[0]) for order in orders)
    assert orders[0] != orders[1] != orders[2]
    assert [placed.number for placed in plan.readers[0]] == list(range(1, 21))


def test_the_same_seed_gives_the_same_plan():
    assert make_plan(many(5), readers=2, seed=1) == make_plan(many(5), readers=2, seed=1)
    assert make_plan(many(5), readers=2, seed=1) != make_plan(many(5), readers=2, seed=2)


def test_a_plan_survives_json(plan: Plan):
    assert decode(Plan, json.loads(json.dumps(encode(plan)))) == plan


def test_numbers_are_replaced_and_words_stay():
    assert without_numbers("SUVmax 5.6, 12 x 8 mm, 3,4") == "SUVmax __, __ x __ mm, __"


def test_cases_are_read_with_their_pictures(study_cases):
    assert [case.id for case in study_cases] == ["lesion-0", "lesion-1", "lesion-2"]
    assert study_cases[0].pictures == ("0.png",)


GOOD = {"id": "a", "patient": "p", "lang": "en", "texts": {"x": "One.", "y": "Two."}}


@pytest.mark.parametrize(
    "line",
    [
        {**GOOD, "texts": {"x": "One."}},
        {**GOOD, "texts": {"x": "One.", "y": " "}},
        {**GOOD, "lang": "fr"},
        {**GOOD, "images": ["absent.png"]},
        {**GOOD, "images": ["/etc/passwd"]},
        {**GOOD, "images": "x.png"},
        {"id": "a", "texts": GOOD["texts"], "lang": "en"},
        ["no object"],
    ],
)
def test_cases_that_do_not_fit_are_refused(tmp_path, line):
    path = tmp_path / "cases.jsonl"
    path.write_text(json.dumps(line), "utf-8")
    with pytest.raises(InputError) as fault:
        read_study(path)
    assert fault.value.code == "bad-study-case"


@pytest.mark.parametrize(
    ("second", "code"),
    [
        (GOOD, "duplicate-id"),
        ({**GOOD, "id": "b", "texts": {"x": "One.", "z": "Two."}}, "bad-study-case"),
        ({**GOOD, "id": "b", "lang": "vi"}, "bad-study-case"),
    ],
)
def test_cases_must_belong_together(tmp_path, second, code):
    path = tmp_path / "cases.jsonl"
    path.write_text(f"{json.dumps(GOOD)}\n{json.dumps(second)}\n", "utf-8")
    with pytest.raises(InputError) as fault:
        read_study(path)
    assert fault.value.code == code


@pytest.mark.parametrize("content", ["", "not json"])
def test_files_without_cases_are_refused(tmp_path, content):
    path = tmp_path / "cases.jsonl"
    path.write_text(content, "utf-8")
    with pytest.raises(InputError, match="line 1"):
        read_study(path)
