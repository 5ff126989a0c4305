"""Truths of questions: what is asked is told by its words, in whatever order people put them."""

import pytest

from petscribe.reporting.answering.asked.question import AskedPlace
from petscribe.reporting.answering.asked.understanding import understand

LIVER = AskedPlace(key="liver", region="liver")
LEFT = AskedPlace(side="left")
RIGHT = AskedPlace(side="right")


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("is there a lesion?", "presence"),
        ("anything hot?", "presence"),
        ("what do you see", "presence"),
        ("where is lesion 2?", "site"),
        ("locate <l2>.", "site"),
        ("which side is lesion 2 on?", "side"),
        ("how many lesions are there", "count"),
        ("count the lesions.", "count"),
        ("how big is lesion 1", "size_class"),
        ("how avid is lesion 1", "uptake_class"),
        ("suvmax of lesion 1", "measure"),
        ("which image shows lesion 1", "measure"),
        ("which lesion is the hottest", "hottest"),
        ("what is the least avid lesion", "coolest"),
        ("the biggest lesion?", "largest"),
        ("which lesion is the smallest", "smallest"),
        ("is lesion 1 hotter than lesion 2", "comparison"),
        ("compare 1 and 2", "comparison"),
        ("is lesion 1 larger than 3 cm", "comparison"),
        ("are lesions 1 and 2 on the same side", "same_side"),
        ("what is the total mtv", "total"),
        ("what is the liver background", "reference"),
        ("hello there", "not_understood"),
        ("", "not_understood"),
    ],
)
def test_a_question_is_of_a_kind(text, kind):
    assert understand(text, (), "en").kind == kind


@pytest.mark.parametrize(
    ("text", "topic"),
    [
        ("has lesion 1 grown?", "prior"),
        ("is there anything new", "prior"),
        ("should we operate", "treatment"),
        ("what did the biopsy show", "histology"),
        ("what stage is it", "outlook"),
        ("how old is the patient", "person"),
        ("what was the injected dose", "technique"),
        ("is there an effusion", "thing"),
        ("is lesion 1 malignant", "nature"),
        ("is it benign?", "nature"),
    ],
)
def test_what_no_exam_can_tell_has_a_topic(text, topic):
    question = understand(text, (), "en")
    assert (question.kind, question.topic) == ("unanswerable", topic)


@pytest.mark.parametrize(
    ("text", "topic"),
    [
        ("tổn thương 1 có to lên so với lần chụp trước không?", "prior"),
        ("bệnh nhân nên điều trị thế nào?", "treatment"),
        ("sinh thiết cho kết quả gì?", "histology"),
        ("tiên lượng thế nào?", "outlook"),
        ("bệnh nhân bao nhiêu tuổi?", "person"),
        ("tổn thương 1 có ác tính không?", "nature"),
    ],
)
def test_the_same_in_vietnamese(text, topic):
    assert understand(text, (), "vi").topic == topic


def test_a_diagnosis_of_a_place_is_asked_as_uptake():
    question = understand("are there metastases in the liver", (LIVER,), "en")
    assert (question.kind, question.nature) == ("presence", True)


def test_a_lesion_and_a_place_are_held_together():
    assert understand("is lesion 1 in the liver", (LIVER,), "en").kind == "place_check"


def test_left_or_right_asks_for_the_side():
    question = understand("is lesion 1 on the left or on the right?", (LEFT, RIGHT), "en")
    assert (question.kind, question.places) == ("side", ())


def test_a_value_of_the_largest_is_a_value():
    question = understand("suvmax of the largest lesion", (), "en")
    assert (question.kind, question.pick, question.quantity) == ("measure", "largest", "suv_max")


def test_the_highest_volume_is_the_largest():
    assert understand("which lesion has the highest volume", (), "en").kind == "largest"


@pytest.mark.parametrize(
    ("text", "limit"),
    [
        ("any lesion above 10", ("suv_max", True, 10.0)),
        ("lesions larger than 2 cm", ("long_axis", True, 20.0)),
        ("lesions under 5.5 mm", ("long_axis", False, 5.5)),
        ("suvpeak over 3,5?", ("suv_peak", True, 3.5)),
        ("more than 4 ml", ("volume", True, 4.0)),
    ],
)
def test_a_limit_has_quantity_direction_and_value(text, limit):
    found = understand(text, (), "en").limit
    assert found is not None
    assert (found.quantity, found.above, found.value) == limit


def test_normal_is_the_opposite_of_a_lesion():
    assert understand("is the liver normal", (LIVER,), "en").normal
    assert not understand("is the liver abnormal", (LIVER,), "en").normal


def test_words_of_a_place_are_no_cues():
    text = "right lower lobe?"
    place = AskedPlace(key="lung_lower_lobe", region="lung", side="right", span=(0, 16))
    assert understand(text, (place,), "en").kind == "presence"
