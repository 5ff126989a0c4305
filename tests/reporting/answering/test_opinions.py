"""Truths of a second opinion: measured numbers, rules first, nothing that does not exist."""

import pytest

from petscribe.core.answer import Answer
from petscribe.reporting.answering.asked.question import AskedPlace
from petscribe.reporting.answering.opinions import Heard, beside, read_opinion
from petscribe.reporting.answering.saying import Scene


@pytest.fixture
def read(measured):
    scene = Scene(measured=measured, lang="en")

    def opinion(text, wanted, places=(), lesions=measured.lesions):
        heard = Heard(text=text, plain=text.lower(), places=places, confidence=0.8, author="fake")
        return read_opinion(heard, wanted, lesions, scene)

    return opinion


@pytest.mark.parametrize(
    ("text", "wanted", "value", "evidence"),
    [
        ("Yes <L2>.", "presence", True, (2,)),
        ("No.", "presence", False, ()),
        ("<count> <L1> <L2>.", "count", 2, (1, 2)),
        ("None.", "count", 0, ()),
        ("Left.", "side", "left", ()),
        ("Large, <L1><size>.", "size_class", "large", (1,)),
        ("Intense.", "uptake_class", "intense", ()),
        ("SUVmax <L2><suv_max>.", "measure", 12.6, (2,)),
        ("<L1>, right hilum.", "hottest", 1, (1,)),
        ("Cannot be answered from this exam.", "presence", None, ()),
    ],
)
def test_an_answer_is_read_as_the_value_that_was_asked(read, text, wanted, value, evidence):
    opinion = read(text, wanted)
    assert (opinion.value, opinion.evidence) == (value, evidence)


def test_numbers_in_the_sentence_are_the_measured_ones(read):
    assert read("SUVmax <L2><suv_max>.", "measure").answer == "SUVmax 12.6."
    assert read("<count> <L1> <L2>.", "count").answer == "two lesion 1, lesion 2."
    assert read("Yes <L4> <L4> <L1>.", "presence").answer == "Yes lesion 4, lesion 1."


@pytest.mark.parametrize("text", ["Yes <L9>.", "", "  ", "<suv_max>.", "<L0> is hot."])
def test_what_does_not_exist_is_no_opinion(read, text):
    assert read(text, "presence") is None


def test_references_are_positions_not_ids(read, measured):
    opinion = read("<L1>.", "hottest", lesions=measured.lesions[2:])
    assert opinion.value == 3


@pytest.fixture
def joined(read, measured):
    scene = Scene(measured=measured, lang="en")

    def both(answer, text, places=()):
        opinion = read(text, answer.type if answer.understood else None, places)
        return beside(answer, opinion, scene)

    return both


def yes(**changes):
    values = {"answer": "Yes.", "type": "presence", "value": True, "confidence": 0.7}
    return Answer(**{**values, **changes})


def test_agreement_raises_the_confidence(joined):
    answer = joined(yes(), "Yes <L2>.")
    assert answer.second_opinion.agrees
    assert answer.confidence > 0.7


def test_where_they_differ_the_rules_stand_and_confidence_falls(joined):
    answer = joined(yes(), "No.")
    assert (answer.value, answer.author) == (True, "rules")
    assert not answer.second_opinion.agrees
    assert answer.confidence < 0.7


def test_a_yes_for_other_lesions_is_no_agreement(joined):
    assert not joined(yes(evidence=(2,)), "Yes <L4>.").second_opinion.agrees
    assert joined(yes(evidence=(2,)), "Yes.").second_opinion.agrees


def test_a_measured_fact_is_hardly_doubted(joined):
    fact = yes(type="measure", value=42.2, confidence=0.9)
    assert joined(fact, "SUVmax <L2><suv_max>.").confidence > 0.8


def test_a_refused_question_stays_refused(joined):
    answer = joined(yes(type="unanswerable", value=None), "Yes <L2>.")
    assert answer.value is None
    assert not answer.second_opinion.agrees


def test_a_site_agrees_when_the_lesion_lies_in_it(joined):
    answer = yes(type="site", value="vertebrae_T8", evidence=(3,))
    spine = AskedPlace(key="bone_spine", region="bone_spine")
    liver = AskedPlace(key="liver", region="liver")
    assert joined(answer, "T8 vertebra.", (spine,)).second_opinion.agrees
    assert not joined(answer, "Liver.", (liver,)).second_opinion.agrees


def test_where_no_rule_understood_the_model_stands_and_is_marked(joined):
    answer = joined(yes(type="unanswerable", value=None, understood=False), "Yes <L2>.")
    assert (answer.value, answer.evidence, answer.author) == (True, (2,), "fake")
    assert "Answered by the model fake" in answer.answer
    assert answer.confidence == pytest.approx(0.4)
