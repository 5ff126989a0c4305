"""Answers scored by type, and their consistency."""

import numpy as np
import pytest

from petscribe.core.errors import InputError
from petscribe.evaluation.vqa import VqaItem, contradictions, same_answers, vqa_scores
from petscribe.mining.rules import mine_text


def _item(kind, reference: str, prediction: str, **more) -> VqaItem:
    values = {"id": f"{kind}|{reference}|{prediction}", "patient": "p1", "lang": "en", **more}
    return VqaItem(kind=kind, reference=reference, prediction=prediction, **values)


def _yes_no(*pairs: tuple[str, str]) -> list[VqaItem]:
    return [_item("yes_no", r, p, id=str(i)) for i, (r, p) in enumerate(pairs)]


@pytest.mark.parametrize(
    ("item", "correct"),
    [
        (_item("yes_no", "Yes.", "Yes, in the liver."), 1.0),
        (_item("yes_no", "Yes.", "No."), 0.0),
        (_item("side", "left", "On the left side."), 1.0),
        (_item("side", "left", "right"), 0.0),
        (_item("count", "3", "three"), 1.0),
        (_item("number", "12.4", "12.3", tolerance=0.1), 1.0),
        (_item("number", "12.4", "12.2", tolerance=0.1), 0.0),
        (_item("number", "12.4", "13.0", tolerance_frac=0.05), 1.0),
        (_item("number", "12 mm", "1.2 cm"), 1.0),
        (_item("site", "left adrenal gland", "in the left adrenal"), 1.0),
        (_item("site", "left adrenal gland", "in the right adrenal"), 0.0),
        (_item("choice", "mild", "Mild uptake.", options={"mild": (), "intense": ()}), 1.0),
        (_item("choice", "mild", "intense", options={"mild": (), "intense": ()}), 0.0),
        (_item("side", "left", "green"), 0.0),
    ],
)
def test_an_answer_is_judged_as_what_it_is(item: VqaItem, correct: float):
    assert vqa_scores([item]).per_case["correct"].tolist() == [correct]


def test_an_open_answer_has_words_but_no_truth_value():
    scores = vqa_scores([_item("open", "a mass in the lung", "a mass in the liver")])
    assert np.isnan(scores.per_case["correct"][0])
    assert scores.per_case["token_f1"][0] == pytest.approx(0.8)


def test_an_unreadable_answer_is_wrong_and_counted():
    scores = vqa_scores(_yes_no(("Yes.", "Purple."), ("No.", "No.")))
    assert scores.overall["accuracy"].value == 0.5
    assert scores.overall["unread"].value == 0.5


def test_refusing_is_right_only_where_nothing_can_be_said():
    refusal = "This cannot be answered from this exam."
    items = [
        _item("unanswerable", refusal, "Sorry. This cannot be answered from this exam.", id="1"),
        _item("unanswerable", refusal, "Yes.", id="2"),
        _item("yes_no", "Yes.", refusal, id="3"),
    ]
    scores = vqa_scores(items)
    assert scores.per_case["correct"].tolist() == [1.0, 0.0, 0.0]
    assert scores.by_kind["yes_no"].values["refused"] == 1.0


def test_a_refusal_is_no_no_even_when_it_starts_like_one():
    item = _item("yes_no", "Không.", "Không thể trả lời từ lần chụp này.", lang="vi")
    assert vqa_scores([item]).per_case["correct"].tolist() == [1.0]
    told = vqa_scores([item], refusals=["Không thể trả lời từ lần chụp này."])
    assert told.per_case["correct"].tolist() == [0.0]


def test_always_no_is_worth_nothing_once_classes_count_the_same():
    found = vqa_scores(_yes_no(*[("No.", "No.")] * 9, ("Yes.", "No."))).by_kind["yes_no"]
    assert found.values["accuracy"] == found.majority_share == 0.9
    assert found.values["balanced"] == 0.5
    assert found.values["balanced_over_chance"] == pytest.approx(0.0)
    assert found.values["kappa"] == pytest.approx(0.0)


def test_perfect_answers_reach_one_on_every_scale():
    found = vqa_scores(_yes_no(("No.", "No."), ("Yes.", "Yes."))).by_kind["yes_no"].values
    assert found["balanced"] == found["balanced_over_chance"] == found["kappa"] == 1.0


def test_kappa_is_cohens_textbook_example():
    pairs = [("Yes.", "Yes.")] * 20 + [("Yes.", "No.")] * 5 + [("No.", "Yes.")] * 10
    found = vqa_scores(_yes_no(*pairs, *[("No.", "No.")] * 15)).by_kind["yes_no"]
    assert found.values["kappa"] == pytest.approx(0.4)


def test_one_class_alone_leaves_nothing_to_beat():
    found = vqa_scores(_yes_no(("No.", "No."))).by_kind["yes_no"].values
    assert np.isnan(found["balanced_over_chance"])
    assert np.isnan(found["kappa"])


def test_the_error_of_numbers_is_over_readable_ones():
    items = [
        _item("number", "10", "12", id="1"),
        _item("number", "10", "many", id="2"),
    ]
    found = vqa_scores(items).by_kind["number"].values
    assert (found["absolute_error"], found["unread"]) == (2.0, 0.5)


def test_vietnamese_answers_are_judged_alike():
    items = [
        _item("yes_no", "Có.", "Có, ở gan.", lang="vi", id="1"),
        _item("side", "trái", "Bên trái.", lang="vi", id="2"),
        _item("number", "SUVmax 12,4", "12.4", lang="vi", id="3"),
    ]
    assert vqa_scores(items).overall["accuracy"].value == 1.0


def test_kinds_keep_the_positions_of_their_items():
    items = [*_yes_no(("No.", "No."), ("Yes.", "No.")), _item("side", "left", "left")]
    scores = vqa_scores(items)
    assert scores.cases_by_kind == {"side": (2,), "yes_no": (0, 1)}
    assert scores.by_kind["yes_no"].n == 2


@pytest.mark.parametrize(
    ("items", "code"),
    [
        ([], "nothing-to-score"),
        ([_item("open", "a", "b", id="x"), _item("open", "a", "c", id="x")], "duplicate-id"),
        ([_item("yes_no", "perhaps", "Yes.")], "unreadable-reference"),
    ],
)
def test_what_cannot_be_scored_is_refused(items: list[VqaItem], code: str):
    with pytest.raises(InputError) as fault:
        vqa_scores(items)
    assert fault.value.code == code


def test_one_question_asked_twice_wants_one_answer():
    items = [
        _item("yes_no", "Yes.", "Yes.", id="1", same_as="q1"),
        _item("yes_no", "Có.", "Có, thấy rõ.", id="2", same_as="q1", lang="vi"),
        _item("side", "left", "left", id="3", same_as="q2"),
        _item("side", "left", "right", id="4", same_as="q2"),
        _item("side", "left", "right", id="5", same_as="q3"),
    ]
    share, broken = same_answers(items)
    assert share == 0.5
    assert [x.ids for x in broken] == [("3", "4")]


def test_without_repeated_questions_there_is_no_consistency():
    assert np.isnan(same_answers([_item("side", "left", "left")])[0])


def test_absent_and_three_of_them_contradict():
    items = [
        _item("yes_no", "No.", "No.", id="1", region="liver"),
        _item("count", "0", "3", id="2", region="liver"),
        _item("count", "0", "0", id="3", region="spleen"),
    ]
    assert [x.ids for x in contradictions(items)] == [("2", "1")]


@pytest.mark.parametrize(
    ("answer", "report", "agrees"),
    [
        ("No.", "Intense uptake in the liver.", False),
        ("Yes.", "Intense uptake in the liver.", True),
        ("Yes.", "No abnormal FDG uptake in the liver.", False),
        ("No.", "No abnormal FDG uptake in the liver.", True),
        ("Yes.", "Intense uptake in the spleen.", True),
    ],
)
def test_answers_are_held_against_the_report(answer: str, report: str, agrees: bool):
    item = _item("yes_no", "Yes.", answer, region="liver")
    found = contradictions([item], {"p1": mine_text(report, lang="en").findings})
    assert (found == ()) is agrees
