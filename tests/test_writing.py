"""Truths of the second reading: values are the lesion's, disagreement is told, never corrected."""

import numpy as np
import pytest

from petscribe.core.lesion import Lesion, Location, Measurement
from petscribe.model.describer import Description, Opinion
from petscribe.terms.places import place_words
from petscribe.writing import agreement, bind, says_what_was_read, set_aside


def lesion(**changes: object) -> Lesion:
    measurement = {
        "mtv_ml": 4.2,
        "long_axis_mm": 21.0,
        "short_axis_mm": 14.0,
        "centroid_lps_mm": (-40.0, 0.0, 100.0),
        "hottest_lps_mm": (-40.0, 0.0, 100.0),
        "slice_pet": 88,
        "slice_ct": None,
        "suv_max": 7.43,
        **changes,
    }
    return Lesion(
        id=1,
        measurement=Measurement(**measurement),  # type: ignore[arg-type]
        location=Location(
            section="chest",
            region="hilum",
            organ=None,
            laterality="right",
            level=None,
            words=place_words(region="hilum", organ=None, laterality="right"),
            confidence=0.9,
            source="built-in",
        ),
    )


def opinion(**shares: float) -> Opinion:
    best = max(shares, key=shares.__getitem__)
    return Opinion(value=best, probability=shares[best], shares=shares)


def said(text: str = "FDG-avid node in the right hilum, SUVmax <suv_max>.", **opinions: Opinion):
    return Description(text=text, confidence=0.8, complete=True, opinions=opinions)


def test_a_slot_prints_the_measured_value():
    written = bind(said(), lesion(), "en", author="nano")
    assert written.text == "FDG-avid node in the right hilum, SUVmax 7.4."
    assert written.author == "nano"


def test_a_vietnamese_slot_has_a_decimal_comma():
    written = bind(said("Hạch rốn phổi phải, SUVmax <suv_max>."), lesion(), "vi", author="nano")
    assert "SUVmax 7,4" in written.text


def test_a_value_that_was_not_measured_is_never_invented():
    written = bind(said(), lesion(suv_max=None), "en", author="nano")
    assert (written.author, written.text) == ("rules", None)
    assert written.notes[-1].startswith("Written by rules")


def test_an_empty_sentence_is_replaced_and_told():
    assert bind(said(""), lesion(), "en", author="nano").author == "rules"


def test_a_contradiction_is_set_aside_in_sight():
    from petscribe.core.report import Problem, Sentence

    written = bind(said(), lesion(), "en", author="nano")
    problem = Problem(kind="laterality", quote="", span=(0, 0), lesion=1)
    sentence = Sentence(lesion=1, section="chest", text=written.text or "", problems=(problem,))
    aside = set_aside(written, sentence, "en")
    assert (aside.text, aside.author) == (None, "rules")
    assert "FDG-avid node in the right hilum" in aside.notes[-1]
    assert "side" in aside.notes[-1]


def test_agreement_keeps_the_confidence():
    sure = said(region=opinion(hilum=0.9, lung=0.1), side=opinion(right=0.98, left=0.02))
    assert agreement(sure, lesion().location) == pytest.approx(0.9 * 0.98)
    assert bind(sure, lesion(), "en", author="nano").notes == ()


def test_another_side_lowers_the_confidence_and_is_told():
    other = said(region=opinion(hilum=0.95), side=opinion(left=0.97, right=0.03))
    written = bind(other, lesion(), "en", author="nano")
    assert written.confidence < 0.05
    assert "left" in written.notes[0]
    assert "97 %" in written.notes[0]


def test_another_region_is_told_only_when_the_model_is_firm():
    firm = said(region=opinion(lung=0.8, hilum=0.2), side=opinion(right=0.99))
    unsure = said(region=opinion(lung=0.5, hilum=0.45), side=opinion(right=0.99))
    assert "lung" in bind(firm, lesion(), "en", author="nano").notes[0]
    assert bind(unsure, lesion(), "en", author="nano").notes == ()


def test_opinions_are_kept_for_the_record():
    written = bind(said(side=opinion(right=0.9)), lesion(), "en", author="nano")
    assert written.opinions == {"side": {"value": "right", "probability": 0.9}}


def test_facts_carry_the_frames_coordinates():
    from petscribe.anatomy.organs import BuiltInSegmenter
    from petscribe.phantom.exam import make_exam
    from petscribe.writing import facts_of

    exam = make_exam(3, light=True).exam
    frame = BuiltInSegmenter().segment(exam).frame
    middle = exam.pet.grid.to_world(np.asarray(exam.pet.grid.shape) / 2.0)
    one = lesion(centroid_lps_mm=tuple(float(v) for v in middle))
    facts = facts_of(one, frame, exam.acquisition)
    assert facts.place is not None
    assert facts.place.level == pytest.approx(frame.place(frame.grid.to_index(middle)).level)
    assert facts.tracer == exam.acquisition.tracer


READ = {"side": "right", "region": "hilum", "type": "node", "uptake": "intense"}


def test_a_text_that_says_what_the_heads_read_will_do():
    text = "Intensely FDG-avid lymph node in the right hilum, SUVmax <suv_max>."
    assert says_what_was_read(text, READ, "en")


@pytest.mark.parametrize(
    "text",
    [
        "Intensely FDG-avid lymph node in the left hilum, SUVmax <suv_max>.",
        "Intensely FDG-avid nodule in the right hilum, SUVmax <suv_max>.",
        "Mildly FDG-avid lymph node in the right hilum, SUVmax <suv_max>.",
        "Intensely FDG-avid lesion in the liver, SUVmax <suv_max>.",
        "",
    ],
)
def test_a_text_that_says_something_else_is_drawn_again(text: str):
    assert not says_what_was_read(text, READ, "en")
