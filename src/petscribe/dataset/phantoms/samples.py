"""The questions and answers of one case: what a model is asked, and what it should say.

Each sample: `task` (`finding`, `structure`, `section`, `report`, `impression`, `question`), `lang`,
`array` (`lesions` or `structures`), `lesions` (labels in it, in the order of their references),
`prompt`, `answer`, `targets` (for a task about one mask what the classifying heads should find, for
a question its type and value). Knows records, no voxels.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from petscribe.core.lesion import Lesion
from petscribe.dataset.questions.asking import questions_of
from petscribe.dataset.wording.findings import Subject, draw_register, draw_wording, subject_of
from petscribe.dataset.wording.grammar import Part
from petscribe.dataset.wording.prompts import prompt
from petscribe.dataset.wording.reports import Told, impression_text, report_text, section_text
from petscribe.dataset.wording.structures import absence_text, structure_answer
from petscribe.terms.anatomy import LANGUAGES
from petscribe.terms.statements import heading

Sample = dict[str, Any]
COLD_SUV: Final = 1.8
"""A structure whose hottest voxel is below shows no abnormal uptake."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CorpusOptions:
    """How much is asked of each case."""

    wordings: int = 2
    """Texts of each lesion in each language."""
    structures: int = 4
    """Masked organs to be named."""
    physiologic: int = 3
    """Masked organs whose uptake is normal."""
    sections: int = 2
    """Sections of a report in each language, beside one whole report and one impression."""
    questions: int = 8
    """Typed questions in each language."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Described:
    """A case as the texts see it."""

    tracer: str
    part: Part
    lesions: tuple[Mapping[str, Any], ...]
    """Entries of `lesions` of the record."""
    regions: tuple[Mapping[str, Any], ...]
    """Entries of `structures`."""
    coverage: tuple[str, ...]


def samples_of(
    case: Described, *, options: CorpusOptions, rng: np.random.Generator
) -> list[Sample]:
    """Return every sample of a case."""
    samples: list[Sample] = []
    for lang in LANGUAGES:
        for entry in case.lesions:
            subject = _subject(entry, case, lang)
            samples += [
                _finding(entry, subject, case.part, rng, array="lesions")
                for _ in range(options.wordings)
            ]
        for entry in case.regions:
            subject = _subject(entry, case, lang)
            if entry["lesson"] == "physiologic":
                samples.append(_finding(entry, subject, case.part, rng, array="structures"))
            else:
                samples.append(_structure(entry, subject, case.part, rng))
        samples += _denied(case, lang, rng)
        samples += [*_told(case, lang, options, rng), *_asked(case, lang, options, rng)]
    return samples


def _told(
    case: Described, lang: str, options: CorpusOptions, rng: np.random.Generator
) -> Iterator[Sample]:
    """Yield sections, the report and the impression of a case in one language."""
    told = Told(
        subjects=tuple(_subject(entry, case, lang) for entry in case.lesions),
        coverage=case.coverage,
        lang=lang,
        tracer=case.tracer,
        part=case.part,
        rng=rng,
    )
    seen = told.seen()
    for k in rng.permutation(len(seen))[: options.sections]:
        words = {"section": heading(seen[int(k)], lang)}
        asked = prompt("section", lang=lang, part=case.part, rng=rng, words=words)
        answer = section_text(told, seen[int(k)])
        yield _of_exam(
            case, lang, "section", text=(asked, answer), targets={"section": seen[int(k)]}
        )
    for task, text in (("report", report_text(told)), ("impression", impression_text(told))):
        asked = prompt(task, lang=lang, part=case.part, rng=rng)
        yield _of_exam(case, lang, task, text=(asked, text), targets={})


def _asked(
    case: Described, lang: str, options: CorpusOptions, rng: np.random.Generator
) -> Iterator[Sample]:
    """Yield questions about a case in one language."""
    lesions = [Lesion.from_dict(entry) for entry in case.lesions]
    questions = questions_of(
        lesions, case.coverage, lang=lang, rng=rng, tracer=case.tracer, part=case.part
    )
    for k in sorted(rng.permutation(len(questions))[: options.questions]):
        question = questions[int(k)]
        targets = {
            "question": question.type,
            "value": question.value,
            "evidence": list(question.evidence),
        }
        yield _of_exam(
            case, lang, "question", text=(question.text, question.answer), targets=targets
        )


def _of_exam(
    case: Described, lang: str, task: str, *, text: tuple[str, str], targets: Mapping[str, Any]
) -> Sample:
    return {
        "task": task,
        "lang": lang,
        "array": "lesions",
        "lesions": [entry["id"] for entry in case.lesions],
        "prompt": text[0],
        "answer": text[1],
        "targets": dict(targets),
    }


def _subject(entry: Mapping[str, Any], case: Described, lang: str) -> Subject:
    lesion = Lesion.from_dict(entry)
    return subject_of(lesion, lang=lang, tracer=case.tracer, kind=entry["type"])


def _finding(
    entry: Mapping[str, Any],
    subject: Subject,
    part: Part,
    rng: np.random.Generator,
    *,
    array: str,
) -> Sample:
    register = draw_register(rng)
    asked = prompt(f"finding.{register}", lang=subject.lang, part=part, rng=rng)
    said = draw_wording(subject, register, part=part, rng=rng)
    return {
        "task": "finding",
        "lang": subject.lang,
        "array": array,
        "lesions": [entry["id"]],
        "prompt": asked,
        "answer": said.text,
        "targets": {**_place_targets(subject), **_uptake_targets(subject)},
    }


def _structure(
    entry: Mapping[str, Any], subject: Subject, part: Part, rng: np.random.Generator
) -> Sample:
    lang = subject.lang
    return {
        "task": "structure",
        "lang": lang,
        "array": "structures",
        "lesions": [entry["id"]],
        "prompt": prompt("structure", lang=lang, part=part, rng=rng),
        "answer": structure_answer(subject.lesion.location, lang=lang, part=part, rng=rng),
        "targets": _place_targets(subject),
    }


def _denied(case: Described, lang: str, rng: np.random.Generator) -> list[Sample]:
    """Return the finding of one cold structure: that there is none."""
    for entry in case.regions:
        cold = entry["lesson"] == "structure" and (entry["suv_max"] or 0.0) < COLD_SUV
        if not cold:
            continue
        subject = _subject(entry, case, lang)
        text = absence_text(
            subject.lesion.location, lang=lang, tracer=case.tracer, part=case.part, rng=rng
        )
        nothing = {"type": None, "uptake": "none", "verdict": "physiologic"}
        return [
            {
                "task": "finding",
                "lang": lang,
                "array": "structures",
                "lesions": [entry["id"]],
                "prompt": prompt("finding.report", lang=lang, part=case.part, rng=rng),
                "answer": text,
                "targets": {**_place_targets(subject), **nothing},
            }
        ]
    return []


def _place_targets(subject: Subject) -> dict[str, str | None]:
    location = subject.lesion.location
    return {
        "section": location.section,
        "side": subject.finding.laterality,
        "region": location.region,
        "organ": location.organ,
        "level": location.level,
    }


def _uptake_targets(subject: Subject) -> dict[str, str | None]:
    finding = subject.finding
    return {
        "type": finding.type,
        "uptake": finding.uptake,
        "verdict": subject.lesion.verdict,
    }
