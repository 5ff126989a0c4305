"""What a model is asked of a real exam, and what it should say: findings, the report, questions.

Samples have the form of the phantom corpus. Answers are the report's own words with slots; those
of questions follow from the lesions, so they are asked only where every claim of the report found
its lesion: of a half-linked exam nobody knows how many lesions there are. Knows a grounded exam.
"""

import hashlib
from collections.abc import Iterator, Mapping
from typing import Any, Final

import numpy as np

from petscribe.anatomy.coverage import coverage
from petscribe.core.lesion import Lesion
from petscribe.dataset.building.binding import Bound, bind_numbers
from petscribe.dataset.building.grounding import Grounded, Grounding
from petscribe.dataset.questions.asking import questions_of
from petscribe.dataset.wording.grammar import Part
from petscribe.dataset.wording.prompts import prompt
from petscribe.io.store import Split
from petscribe.terms.anatomy import LANGUAGES
from petscribe.terms.slots import MOST_LESIONS

Sample = dict[str, Any]
QUESTIONS: Final = 6
"""Of an exam, in each language."""


def samples_of(grounding: Grounding, *, key: str, split: Split) -> list[Sample]:
    """Return every sample of an exam; the same key gives the same prompts."""
    digest = hashlib.sha256(key.encode()).digest()
    rng = np.random.default_rng(int.from_bytes(digest[:8], "big"))
    part: Part = "test" if split == "test" else "train"
    samples = [_finding(said, grounding, part, rng) for said in grounding.sentences]
    if len(grounding.lesions) <= MOST_LESIONS:
        if grounding.report is not None:
            samples.append(_report(grounding, part, rng))
        if is_complete(grounding):
            samples += _questions(grounding, part, rng)
    return samples


def is_complete(grounding: Grounding) -> bool:
    """Whether every lesion that the report speaks of is known."""
    lost = grounding.funnel.get("left-out:no-candidate", 0)
    return grounding.report is not None and not grounding.questions and not lost


def bound_text(said: Grounded, grounding: Grounding) -> Bound:
    """Return a sentence with its measured numbers as slots."""
    if said.finding is None:
        return Bound(text=said.text, slots=(), unbound=())
    return bind_numbers(said.text, said.finding, _by_label(grounding)[said.label].measurement)


def _finding(said: Grounded, grounding: Grounding, part: Part, rng: np.random.Generator) -> Sample:
    bound = bound_text(said, grounding)
    finding, place = said.finding, _by_label(grounding)[said.label].location
    agrees = finding is not None and finding.region == place.region
    return {
        "task": "finding",
        "lang": said.lang,
        "array": "lesions",
        "lesions": [said.label],
        "prompt": prompt("finding.report", lang=said.lang, part=part, rng=rng),
        "answer": bound.text,
        "unbound": list(bound.unbound),
        "targets": {
            "section": place.section if agrees else None,
            "side": finding.laterality if finding else None,
            "region": finding.region if finding else None,
            "organ": place.organ if agrees else None,
            "level": place.level if agrees else None,
            "type": finding.type if finding else None,
            "uptake": finding.uptake if finding else None,
            "verdict": "lesion",
        },
    }


def _report(grounding: Grounding, part: Part, rng: np.random.Generator) -> Sample:
    lang = grounding.lang or "en"
    asked = prompt("report", lang=lang, part=part, rng=rng)
    text = slotted_report(grounding)
    return _of_exam(grounding, "report", lang, text=(asked, text), targets={})


def _questions(grounding: Grounding, part: Part, rng: np.random.Generator) -> Iterator[Sample]:
    scene = grounding.scene
    covered = coverage(scene.frame, scene.organs)
    tracer = scene.exam.acquisition.tracer
    for lang in LANGUAGES:
        asked = questions_of(
            grounding.lesions, covered, lang=lang, rng=rng, tracer=tracer, part=part
        )
        for k in sorted(rng.permutation(len(asked))[:QUESTIONS]):
            question = asked[int(k)]
            targets = {
                "question": question.type,
                "value": question.value,
                "evidence": list(question.evidence),
            }
            yield _of_exam(
                grounding,
                "question",
                lang,
                text=(question.text, question.answer),
                targets=targets,
            )


def _of_exam(
    grounding: Grounding, task: str, lang: str, *, text: tuple[str, str], targets: Mapping[str, Any]
) -> Sample:
    return {
        "task": task,
        "lang": lang,
        "array": "lesions",
        "lesions": sorted(_by_label(grounding)),
        "prompt": text[0],
        "answer": text[1],
        "targets": dict(targets),
    }


def slotted_report(grounding: Grounding) -> str:
    """Return the report with the numbers of every paired sentence as slots of its lesion."""
    lesions = _by_label(grounding)
    text = grounding.report or ""
    by_span: dict[tuple[int, int], list[Grounded]] = {}
    for said in grounding.sentences:
        if said.span is not None:
            by_span.setdefault(said.span, []).append(said)
    for (start, end), group in sorted(by_span.items(), reverse=True):
        part = text[start:end]
        for said in group:
            if said.finding is not None:
                measured = lesions[said.label].measurement
                part = bind_numbers(part, said.finding, measured, lesion=said.label).text
        text = text[:start] + part + text[end:]
    return text


def _by_label(grounding: Grounding) -> dict[int, Lesion]:
    return {lesion.id: lesion for lesion in grounding.lesions}
