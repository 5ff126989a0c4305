"""Samples of a real exam: slots of their lesions, questions only where every lesion is known."""

from pathlib import Path

import pytest

from petscribe.dataset.building.grounding import Grounding, GroundingSettings, ground
from petscribe.dataset.building.samples import (
    QUESTIONS,
    bound_text,
    is_complete,
    samples_of,
    slotted_report,
)
from petscribe.dataset.building.work import NiftiFiles, Work
from petscribe.dataset.linking.link import LinkSettings


def ground_of(known, report: str) -> Grounding:
    files = NiftiFiles(pet=Path("unused"))
    work = Work(key="a", patient="p", files=files, report=report, lang="en")
    return ground(work, known.phantom.exam, GroundingSettings(link=LinkSettings()), {})


@pytest.fixture(scope="module")
def whole(known) -> Grounding:
    return ground_of(known, f"{known.sentence(0)} {known.sentence(1)}")


def tasks(samples) -> set[str]:
    return {sample["task"] for sample in samples}


def test_a_whole_exam_gives_findings_the_report_and_questions(whole):
    assert is_complete(whole)
    samples = samples_of(whole, key="a", split="train")
    assert tasks(samples) == {"finding", "report", "question"}
    assert all(s["prompt"] and s["answer"] and s["array"] == "lesions" for s in samples)
    asked = [s for s in samples if s["task"] == "question"]
    assert 0 < len(asked) <= 2 * QUESTIONS
    assert {s["lang"] for s in asked} == {"en", "vi"}


def test_the_same_key_gives_the_same_samples_and_another_others(whole):
    one = samples_of(whole, key="a", split="train")
    assert one == samples_of(whole, key="a", split="train")
    assert one != samples_of(whole, key="b", split="train")


def test_of_a_half_linked_exam_no_questions_are_asked(known):
    half = ground_of(known, f"{known.sentence(0)} {known.sentence(1, suv=77.0)}")
    assert not is_complete(half)
    assert "question" not in tasks(samples_of(half, key="a", split="train"))


def test_the_report_keeps_its_words_and_slots_belong_to_lesions(whole):
    text = slotted_report(whole)
    for said in whole.sentences:
        assert f"<L{said.label}><suv_max>" in text
        assert "<suv_max>" in bound_text(said, whole).text
    assert text.count("FDG-avid lesion in the") == 2
