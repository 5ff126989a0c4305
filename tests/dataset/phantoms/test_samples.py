"""Samples ask of masks that exist, say what is true, and hold no figure outside a place."""

from collections import Counter

import pytest

from petscribe.core.lesion import Lesion
from petscribe.dataset.phantoms.corpus import CorpusCase
from petscribe.dataset.phantoms.samples import COLD_SUV
from petscribe.mining.rules import parse_sentence
from petscribe.terms.slots import fill_slots, lesions_in, slot_values, slots_in

TASKS = {"finding", "structure", "section", "report", "impression", "question"}


def test_every_task_is_there_in_both_languages(case: CorpusCase):
    asked = Counter((sample["task"], sample["lang"]) for sample in case.record["samples"])
    assert set(asked) == {(task, lang) for task in TASKS for lang in ("en", "vi")}


def test_samples_are_about_masks_that_exist(case: CorpusCase):
    there = {
        "lesions": {entry["id"] for entry in case.record["lesions"]},
        "structures": {entry["id"] for entry in case.record["structures"]},
    }
    for sample in case.record["samples"]:
        assert sample["lesions"]
        assert set(sample["lesions"]) <= there[sample["array"]]


def test_a_finding_says_what_its_targets_say(case: CorpusCase):
    entries = {
        (array, entry["id"]): entry
        for array in ("lesions", "structures")
        for entry in case.record[array]
    }
    for sample in case.record["samples"]:
        if sample["task"] != "finding":
            continue
        if sample["targets"]["uptake"] == "none":
            continue
        lesion = Lesion.from_dict(entries[sample["array"], sample["lesions"][0]])
        values = slot_values(lesion.measurement, sample["lang"])
        (found,) = parse_sentence(fill_slots(sample["answer"], values), sample["lang"])
        wanted = sample["targets"]
        assert (found.laterality, found.region, found.type, found.uptake) == tuple(
            wanted[key] for key in ("side", "region", "type", "uptake")
        ), sample["answer"]
        assert (wanted["verdict"] == "physiologic") == (sample["array"] == "structures")


def test_texts_of_an_exam_name_the_lesion_of_every_slot(case: CorpusCase):
    for sample in case.record["samples"]:
        slots = [slot for slot in slots_in(sample["answer"]) if slot.name != "count"]
        if sample["task"] in {"finding", "structure"}:
            assert all(slot.lesion is None for slot in slots)
            assert not lesions_in(sample["prompt"] + sample["answer"])
        else:
            assert all(slot.lesion in sample["lesions"] for slot in slots)


def test_a_report_speaks_of_every_lesion(case: CorpusCase):
    for sample in case.record["samples"]:
        if sample["task"] == "report":
            assert set(lesions_in(sample["answer"])) == set(sample["lesions"])


@pytest.mark.parametrize("key", ["prompt", "answer"])
def test_no_text_is_empty(case: CorpusCase, key: str):
    assert all(sample[key].strip() == sample[key] != "" for sample in case.record["samples"])


def test_a_cold_structure_is_denied(case: CorpusCase):
    suv = {entry["id"]: entry["suv_max"] for entry in case.record["structures"]}
    denied = [x for x in case.record["samples"] if x["targets"].get("uptake") == "none"]
    assert {sample["lang"] for sample in denied} == {"en", "vi"}
    for sample in denied:
        assert suv[sample["lesions"][0]] < COLD_SUV
        assert all(found.negated for found in parse_sentence(sample["answer"], sample["lang"]))
