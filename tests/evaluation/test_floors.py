"""Floors: what can be said without looking."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from petscribe.core.errors import InputError
from petscribe.evaluation.floors import (
    TestCases,
    TrainTexts,
    choose_template,
    constant_template,
    image_shuffled,
    most_frequent_answer,
    nearest_neighbour,
    plain_likeness,
    previous_report,
    random_other,
)

NORMAL = "The liver is normal. No enlarged lymph nodes. Normal bone marrow."
TRAIN = TrainTexts(
    patients=tuple(f"t{i}" for i in range(6)),
    texts=(
        NORMAL,
        NORMAL,
        NORMAL + " A nodule in the left lung.",
        "The liver is normal. No enlarged lymph nodes. A mass in the right breast.",
        "Something else entirely was seen.",
        "The liver is normal. Normal bone marrow.",
    ),
)
CASES = TestCases(ids=("a", "b", "c", "d"), patients=("p1", "p1", "p2", "p3"))


def test_the_template_is_one_text_for_all_and_like_most_training_texts():
    found = constant_template(TRAIN, CASES, seed=1)
    assert list(found) == list(CASES.ids)
    assert len(set(found.values())) == 1
    chosen = found["a"]
    assert "The liver is normal." in chosen
    assert "entirely" not in chosen


def test_common_sentences_make_a_template_that_no_text_is():
    texts = ["One. Two. Left.", "One. Two. Right.", "One. Two. Middle."] * 3
    assert choose_template(texts, likeness=plain_likeness, seed=1) == "One. Two."


def test_a_lone_text_is_not_chosen_for_being_like_itself():
    # every text is unlike all others but one pair is close
    texts = ["a b c d", "e f g h", "i j k l", "m n o p q", "m n o p r"]
    assert choose_template(texts, likeness=plain_likeness, seed=3).startswith("m n o p")


def test_the_template_repeats_with_its_seed():
    assert constant_template(TRAIN, CASES, seed=4) == constant_template(TRAIN, CASES, seed=4)


def test_vietnamese_sentences_make_a_template():
    texts = ["Gan bình thường. Không thấy hạch.", "Gan bình thường. Nốt phổi phải."] * 4
    assert "Gan bình thường." in choose_template(texts, likeness=plain_likeness, seed=1)


def test_a_random_other_is_a_training_text():
    found = random_other(TRAIN, CASES, seed=2)
    assert set(found) == set(CASES.ids)
    assert set(found.values()) <= set(TRAIN.texts)
    assert found == random_other(TRAIN, CASES, seed=2)


def test_the_nearest_neighbours_text_is_given():
    train = np.array([[i, 1000.0 * (i % 2)] for i in range(6)], float)
    wanted = np.array([[0.2, 0.0], [5.1, 1000.0], [2.9, 1000.0], [1.9, 0.0]])
    found = nearest_neighbour(TRAIN, train, CASES, wanted)
    assert [TRAIN.texts.index(text) for text in (found["b"], found["c"])] == [5, 3]


def test_a_feature_that_never_varies_is_harmless():
    train = np.stack([np.arange(6.0), np.ones(6)], axis=1)
    wanted = np.stack([np.full(4, 4.0), np.ones(4)], axis=1)
    assert set(nearest_neighbour(TRAIN, train, CASES, wanted).values()) == {TRAIN.texts[4]}


def test_a_feature_that_is_no_number_is_refused():
    bad = np.full((4, 1), np.nan)
    with pytest.raises(InputError) as fault:
        nearest_neighbour(TRAIN, np.ones((6, 1)), CASES, bad)
    assert fault.value.code == "bad-features"


@given(st.lists(st.integers(0, 5), min_size=2, max_size=30), st.integers(0, 100))
def test_shuffling_gives_every_case_another_patients_text(owners: list[int], seed: int):
    cases = TestCases(
        ids=tuple(f"c{i}" for i in range(len(owners))), patients=tuple(f"p{x}" for x in owners)
    )
    predictions = {
        name: f"{name} of {patient}"
        for name, patient in zip(cases.ids, cases.patients, strict=True)
    }
    if 2 * max(map(owners.count, owners)) > len(owners):
        with pytest.raises(InputError) as fault:
            image_shuffled(predictions, cases, seed=seed)
        assert fault.value.code == "cannot-shuffle"
        return
    found = image_shuffled(predictions, cases, seed=seed)
    assert sorted(found.values()) == sorted(predictions.values())
    for name, patient in zip(cases.ids, cases.patients, strict=True):
        assert not found[name].endswith(f"of {patient}")


def test_shuffling_needs_a_prediction_for_every_case():
    with pytest.raises(InputError) as fault:
        image_shuffled({"a": "x"}, CASES, seed=1)
    assert fault.value.code == "missing-id"


def test_the_previous_report_is_given_where_there_is_one():
    assert previous_report({"a": "Stable.", "b": " ", "z": "Other."}, CASES) == {"a": "Stable."}


def test_the_commonest_answer_of_a_kind_is_given():
    kinds, answers = ["side", "side", "yes_no", "side"], ["left", "left", "no", "right"]
    assert most_frequent_answer(kinds, answers, ["yes_no", "side", "count"]) == [
        "no",
        "left",
        "left",
    ]


@pytest.mark.parametrize(
    "floor",
    [
        lambda train, cases: constant_template(train, cases, seed=1),
        lambda train, cases: random_other(train, cases, seed=1),
        lambda train, cases: nearest_neighbour(train, np.ones((1, 1)), cases, np.ones((1, 1))),
    ],
)
def test_a_patient_on_both_sides_is_refused(floor):
    train = TrainTexts(patients=("p1",), texts=("x",))
    with pytest.raises(InputError) as fault:
        floor(train, TestCases(ids=("a",), patients=("p1",)))
    assert fault.value.code == "patient-in-both"


def test_sets_that_make_no_sense_are_refused():
    with pytest.raises(InputError) as fault:
        TrainTexts(patients=(), texts=())
    assert fault.value.code == "no-train-texts"
    with pytest.raises(InputError) as fault:
        TestCases(ids=("a", "a"), patients=("p", "q"))
    assert fault.value.code == "duplicate-id"
    with pytest.raises(ValueError, match="1 patients, 2 texts"):
        TrainTexts(patients=("p",), texts=("x", "y"))
