"""What a piece of work says of its lesions: sentences with their masks, however they came together.

Three ways lead here: a report whose sentences are linked to the PET; findings that come with their
masks (PETARSeg-like); a segmentation without any text (autoPET-like). All give one form. Report
text loses its people before anything reads it. Knows work and exams, no arrays of a store.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from petscribe.anatomy.localise import locate_all
from petscribe.core.errors import InputError
from petscribe.core.exam import Exam
from petscribe.core.finding import Finding
from petscribe.core.lesion import Lesion
from petscribe.core.volume import Mask
from petscribe.dataset.building.reading import read_given
from petscribe.dataset.building.work import Work
from petscribe.dataset.linking.link import Decision, Linked, LinkSettings, Question, link_report
from petscribe.dataset.linking.spots import Scene, look
from petscribe.io.masks.reading import read_mask
from petscribe.mining.deid.deidentify import days_of, deidentify
from petscribe.mining.rules import mine_text
from petscribe.quant.lesions import lesion_flags, measure_lesions
from petscribe.terms.phrasing import sentence


@dataclass(frozen=True, slots=True, kw_only=True)
class Grounded:
    """A sentence about one lesion."""

    id: str
    text: str
    """About this lesion alone, as the report has it or, where it speaks of several, phrased anew
    from the finding."""
    is_phrased: bool
    lang: str
    label: int
    finding: Finding | None
    """None where the rules found none in the text."""
    span: tuple[int, int] | None
    """Of the sentence in the report."""
    facts: Mapping[str, Any]
    """Confidence, points by clue, how the mask was drawn."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Grounding:
    """Everything known of one exam's lesions."""

    scene: Scene
    mask: Mask
    lesions: tuple[Lesion, ...]
    sentences: tuple[Grounded, ...]
    questions: tuple[Question, ...] = ()
    claim_ids: tuple[str, ...] = ()
    """Of every claim of the report, whatever became of it."""
    report: str | None = None
    """De-identified."""
    lang: str | None = None
    funnel: Mapping[str, int]
    warnings: tuple[str, ...] = ()
    deidentified: Mapping[str, int]
    """How many stretches of each kind were replaced in the report."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GroundingSettings:
    """What can be chosen about reports and masks."""

    link: LinkSettings
    date_key: str = "petscribe"
    """Decides by how many days a patient's dates move."""


def ground(
    work: Work, exam: Exam, settings: GroundingSettings, decisions: Mapping[str, Decision]
) -> Grounding:
    """Return the sentences and lesions of an exam."""
    given, organs = read_given(work, exam)
    if work.findings:
        return _given_findings(work, exam, organs)
    if work.report is None:
        return _only_lesions(exam, given, organs)
    clean = deidentify(
        work.report, days=days_of(work.patient, settings.date_key.encode()), lang=work.lang
    )
    mined = mine_text(clean.text, lang=work.lang, id=work.key)
    linked = link_report(
        exam,
        mined,
        exam_id=work.key,
        masks=(given, organs),
        decisions=decisions,
        settings=settings.link,
    )
    return Grounding(
        scene=linked.scene,
        mask=linked.mask,
        lesions=linked.lesions,
        sentences=tuple(_sentences(linked, mined.lang)),
        questions=linked.questions,
        claim_ids=linked.ids,
        report=clean.text,
        lang=mined.lang,
        funnel=linked.funnel,
        warnings=linked.reading.warnings,
        deidentified=clean.counts,
    )


def _sentences(linked: Linked, lang: str) -> list[Grounded]:
    found = []
    for pair in linked.pairs:
        claim = pair.claim
        anew = claim.shares_sentence and pair.text is None
        current = replace(
            claim.finding, suv=tuple(s for s in claim.finding.suv if s.time == "current")
        )
        found.append(
            Grounded(
                id=pair.id,
                text=sentence(current, lang) if anew else pair.text or claim.sentence,
                is_phrased=anew,
                lang=lang,
                label=pair.label,
                finding=claim.finding,
                span=claim.span,
                facts={
                    "confidence": pair.confidence,
                    "points": {k: round(v, 3) for k, v in pair.points.by_clue.items()},
                    "mask_method": pair.mask_method,
                    "reviewed": pair.reviewed,
                },
            )
        )
    return found


def _only_lesions(exam: Exam, given: Mask | None, organs: Mask | None) -> Grounding:
    if given is None:
        raise InputError("nothing-to-ground", "the exam has neither a report nor a segmentation")
    scene = look(exam, given=given, organs=organs)
    return Grounding(
        scene=scene,
        mask=given,
        lesions=_measured(scene, given),
        sentences=(),
        funnel={"lesions": len(given.ids)},
        deidentified={},
    )


def _given_findings(work: Work, exam: Exam, organs: Mask | None) -> Grounding:
    labels = np.zeros(exam.pet.grid.shape, np.uint16)
    overlapping = 0
    for number, finding in enumerate(work.findings, start=1):
        own = read_mask(finding.mask, exam.pet.grid).labels > 0
        overlapping += bool(labels[own].any())
        labels[own & (labels == 0)] = number
    mask = Mask(labels=labels, grid=exam.pet.grid)
    scene = look(exam, given=mask, organs=organs)
    lesions = {lesion.id: lesion for lesion in _measured(scene, mask)}
    sentences, deidentified = [], Counter[str]()
    for number, finding in enumerate(work.findings, start=1):
        clean = deidentify(finding.text, days=0, lang=finding.lang)
        deidentified.update(clean.counts)
        mined = mine_text(clean.text, lang=finding.lang)
        said = next((f for f in mined.findings if not f.negated), None)
        if number not in lesions:
            continue
        sentences.append(
            Grounded(
                id=f"{work.key}-{number}",
                text=clean.text,
                is_phrased=False,
                lang=mined.lang,
                label=number,
                finding=said,
                span=None,
                facts={"mask_method": "given", "doubts": _doubts(said, lesions[number])},
            )
        )
    return Grounding(
        scene=scene,
        mask=mask,
        lesions=tuple(lesions.values()),
        sentences=tuple(sentences),
        funnel={
            "findings": len(work.findings),
            "pairs": len(sentences),
            "left-out:mask-empty": len(work.findings) - len(sentences),
        },
        warnings=("masks-overlap",) if overlapping else (),
        deidentified=dict(deidentified),
    )


def _doubts(finding: Finding | None, lesion: Lesion) -> list[str]:
    """Return where a given pair contradicts itself; it is kept, but says so."""
    if finding is None:
        return ["not-understood"]
    doubts = []
    if {finding.laterality, lesion.location.laterality} == {"left", "right"}:
        doubts.append("side-differs")
    stated = [s.value for s in finding.suv if s.stat == "max" and s.time == "current" and s.value]
    known = lesion.measurement.suv_max
    if stated and known is not None and all(abs(known - value) > 0.2 for value in stated):
        doubts.append("suv-differs")
    return doubts


def _measured(scene: Scene, mask: Mask) -> tuple[Lesion, ...]:
    places = locate_all(mask, scene.organs, scene.frame)
    measured = measure_lesions(
        scene.exam, mask, references=scene.references, ct_on_pet=scene.ct_on_pet
    )
    flags = lesion_flags(mask)
    return tuple(
        Lesion(id=label, measurement=m, location=places[label], flags=flags.get(label, ()))
        for label, m in measured.items()
    )
