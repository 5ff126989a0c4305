"""Sections, impressions and reports: every line is bound, read back and in order."""

import re
from collections.abc import Callable

import numpy as np
import pytest

from petscribe.core.finding import Finding
from petscribe.dataset.wording.findings import Subject
from petscribe.dataset.wording.reports import Told, impression_text, report_text, section_text
from petscribe.mining.rules import parse_sentence
from petscribe.terms.anatomy import REGIONS
from petscribe.terms.phrasebook import capitalised
from petscribe.terms.slots import bound_lines, fill_slots, lesions_in, slot_values, slots_in
from petscribe.terms.statements import heading

Subjects = Callable[..., tuple[Subject, ...]]


def told(subjects: tuple[Subject, ...], lang: str, *, seed: int = 0, part: str = "train") -> Told:
    return Told(
        subjects=subjects,
        coverage=REGIONS,
        lang=lang,
        tracer="fdg",
        part=part,  # type: ignore[arg-type]
        rng=np.random.default_rng(seed),
    )


def read(line: str, subjects: tuple[Subject, ...], lang: str) -> tuple[Finding, ...]:
    """Fill a line's slots and read it."""
    ((text, lesions),) = bound_lines(line)
    values = {x.lesion.id: slot_values(x.lesion.measurement, lang) for x in subjects}
    count = slot_values(subjects[0].lesion.measurement, lang, count=len(lesions))
    return parse_sentence(capitalised(fill_slots(text, count, lesions=values)), lang)


@pytest.mark.parametrize("lang", ["en", "vi"])
@pytest.mark.parametrize("seed", range(4))
def test_every_line_of_a_section_is_one_lesion(subjects: Subjects, lang: str, seed: int):
    exam = subjects(6, lang=lang, seed=seed)
    story = told(exam, lang)
    spoken: list[int] = []
    for section in story.seen():
        for line in section_text(story, section).splitlines():
            if not lesions_in(line):
                assert all(finding.negated for finding in read(line, exam, lang)), line
                continue
            (number,) = lesions_in(line)
            spoken.append(number)
            (found,) = read(line, exam, lang)
            wanted = exam[number - 1].finding
            assert (found.region, found.laterality, found.type, found.uptake) == (
                *(wanted.region, wanted.laterality, wanted.type, wanted.uptake),
            )
            assert exam[number - 1].lesion.location.section == section
    assert sorted(spoken) == [1, 2, 3, 4, 5, 6]


@pytest.mark.parametrize("lang", ["en", "vi"])
@pytest.mark.parametrize("part", ["train", "test"])
def test_an_impression_groups_many_lesions_by_region(subjects: Subjects, lang: str, part: str):
    exam = subjects(9, lang=lang, seed=3)
    lines = impression_text(told(exam, lang, part=part)).splitlines()
    assert len(lines) <= 5
    for line in lines:
        leading = re.match(r"(?:<L\d+>)+(?=\s)", line)
        assert leading, line
        numbers = lesions_in(leading[0])
        group = [exam[number - 1] for number in numbers]
        (found,) = read(line, exam, lang)
        assert {x.finding.region for x in group} == {found.region}
        assert found.count == len(numbers)
        highest = max(round(x.lesion.measurement.suv_max or 0.0, 1) for x in group)
        assert found.suv[0].value == pytest.approx(highest, abs=0.06)


@pytest.mark.parametrize("lang", ["en", "vi"])
def test_a_report_has_its_sections_in_order(subjects: Subjects, lang: str):
    text = report_text(told(subjects(5, lang=lang), lang))
    keys = ("head_neck", "chest", "abdomen_pelvis", "musculoskeletal", "impression")
    places = [text.index(f"{heading(key, lang)}:") for key in keys]
    assert places == sorted(places)


@pytest.mark.parametrize("lang", ["en", "vi"])
def test_slots_name_the_lesion_of_their_line(subjects: Subjects, lang: str):
    text = report_text(told(subjects(3, lang=lang), lang))
    for line in text.splitlines():
        lesions = set(lesions_in(line))
        slots = [slot for slot in slots_in(line) if slot.name != "count"]
        assert {slot.lesion for slot in slots} == lesions, line


@pytest.mark.parametrize("lang", ["en", "vi"])
def test_an_exam_without_lesions_is_said_to_be_free(lang: str):
    story = told((), lang)
    found = parse_sentence(impression_text(story), lang)
    assert all(finding.negated for finding in found)
    assert not lesions_in(report_text(story))


def test_a_section_out_of_view_is_not_in_the_report(subjects: Subjects):
    story = Told(
        subjects=(),
        coverage=("lung",),
        lang="en",
        tracer="fdg",
        part="train",
        rng=np.random.default_rng(0),
    )
    assert story.seen() == ["chest"]
