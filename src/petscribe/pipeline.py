"""The main path: from an exam to its measured lesions, and from those to a verified report.

`measure_exam` and `report_exam` name every step of the product in order and contain no maths; what
a step does is its room's business. `check_draft` holds somebody else's text against a table.
Writing to disk is `write_report`; each output is complete in memory before the first file appears.
"""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from jaxtyping import Shaped

import petscribe
from petscribe.anatomy.coverage import coverage
from petscribe.anatomy.frame import BodyFrame
from petscribe.anatomy.localise import locate_all
from petscribe.anatomy.organs import BuiltInSegmenter, LabelMapSegmenter, OrganSegmenter
from petscribe.core.errors import InputError
from petscribe.core.exam import Exam
from petscribe.core.lesion import AT_SCAN_END, Lesion, Location, Measurement, Verdict
from petscribe.core.report import Measured, Problem, Report, Written
from petscribe.core.volume import Mask
from petscribe.imaging.resample import resample_to
from petscribe.quant.burden import totals
from petscribe.quant.judging.tracers import has_unlimited_uptake
from petscribe.quant.judging.verdicts import SCAN_END
from petscribe.quant.lesions import lesion_flags, measure_lesions
from petscribe.quant.reference import reference_regions
from petscribe.terms.phrasebook import phrase

if TYPE_CHECKING:
    from petscribe.model.describer import Describer

Step = Callable[[str], None]

_END_FLAG = {SCAN_END: (AT_SCAN_END,)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdicts:
    """Which labels are lesions, how sure that is and why."""

    mask: Mask
    verdicts: Mapping[int, Verdict]
    scores: Mapping[int, float]
    reasons: Mapping[int, str]
    names: Mapping[int, str]
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """An exam after measuring: the table, and the voxels that it speaks of."""

    exam: Exam
    measured: Measured
    mask: Mask
    """Everything measured, on the PET grid; labels are the ids of lesions and set-aside uptake."""
    organs: Mask
    frame: BodyFrame


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenReport:
    """A report, what it was read from, and its one page."""

    reading: Reading
    report: Report
    html: str
    text: str


def measure_exam(
    exam: Exam,
    mask: Mask | None = None,
    *,
    organs: Mask | None = None,
    step: Step = lambda _: None,
) -> Reading:
    """Measure and locate every lesion of an exam.

    Args:
        exam: PET in SUVbw or relative units, with or without CT.
        mask: lesions on the PET grid; None: lesions are proposed.
        organs: a label map by TotalSegmentator's numbers; None: the built-in anatomy.
        step: called with the name of each step when it is done.
    """
    ct_on_pet = resample_to(exam.ct, exam.pet.grid) if exam.ct is not None else None
    step("resample")
    segmenter: OrganSegmenter = LabelMapSegmenter(organs) if organs else BuiltInSegmenter()
    anatomy = segmenter.segment(exam, ct_on_pet)
    step("anatomy")
    references = reference_regions(exam, anatomy.organs)
    step("references")
    judged = _given(mask) if mask is not None else _proposed(exam, anatomy.organs, references)
    step("lesions")
    measurements = measure_lesions(exam, judged.mask, references=references, ct_on_pet=ct_on_pet)
    step("quantities")
    places = locate_all(judged.mask, anatomy.organs, anatomy.frame)
    step("places")
    lesions = _lesions(judged, measurements, places)
    if mask is None:
        lesions = [_reconsidered(x, exam.acquisition.tracer) for x in lesions]
    counted = {x.id: x.measurement for x in lesions if x.verdict == "lesion"}
    measured = Measured(
        exam=exam.to_dict(),
        lesions=tuple(x for x in lesions if x.verdict == "lesion"),
        physiologic=tuple(x for x in lesions if x.verdict != "lesion"),
        reference_regions=references,
        totals=totals(counted, exam.acquisition),
        coverage=coverage(anatomy.frame, anatomy.organs),
        warnings=_unique(exam.warnings, exam.suv.warnings, judged.warnings, anatomy.frame.warnings),
    )
    return Reading(
        exam=exam,
        measured=measured,
        mask=judged.mask,
        organs=anatomy.organs,
        frame=anatomy.frame,
    )


def report_exam(
    exam: Exam,
    mask: Mask | None = None,
    *,
    lang: str = "en",
    organs: Mask | None = None,
    describer: "Describer | None" = None,
    step: Step = lambda _: None,
) -> WrittenReport:
    """Measure an exam, draft its report, read the draft back and mark what does not agree.

    Args:
        exam: PET in SUVbw or relative units, with or without CT.
        mask: lesions on the PET grid; None: lesions are proposed.
        lang: `en` or `vi`.
        organs: a label map by TotalSegmentator's numbers; None: the built-in anatomy.
        describer: the model that writes each lesion's sentence; None: the term base does.
        step: called with the name of each step when it is done.
    """
    from petscribe.reporting.assemble import draft
    from petscribe.reporting.pictures import draw_pictures
    from petscribe.reporting.render import to_html, to_text

    reading = measure_exam(exam, mask, organs=organs, step=step)
    written = write_lesions(reading, describer, lang)
    step("describe")
    manifest = _manifest(reading, describer, given=mask is not None)
    report = _read_back(draft(reading.measured, lang, manifest=manifest, written=written))
    step("draft")
    kept = keep_true(written, report)
    if kept != written:
        report = _read_back(draft(reading.measured, lang, manifest=manifest, written=kept))
    step("verify")
    pictures = draw_pictures(exam.pet, exam.ct, reading.mask, report)
    step("pictures")
    return WrittenReport(
        reading=reading, report=report, html=to_html(report, pictures), text=to_text(report)
    )


def _read_back(drafted: Report) -> Report:
    """Read every sentence of a draft back and mark what does not agree with the measurements."""
    from petscribe.mining.rules import mine_text
    from petscribe.reporting.verify import verify

    sentences = (*drafted.findings, *drafted.impression)
    return verify(
        drafted, {k: mine_text(s.text, lang=drafted.language) for k, s in enumerate(sentences)}
    )


def keep_true(written: Mapping[int, Written], report: Report) -> dict[int, Written]:
    """Return a model's sentences, those that contradict the measurements set aside as notes."""
    kept = dict(written)
    for sentence in report.findings:
        one = written.get(sentence.lesion) if sentence.lesion is not None else None
        if one is not None and one.text is not None and sentence.problems:
            from petscribe.writing import set_aside

            kept[sentence.lesion] = set_aside(one, sentence, report.language)  # type: ignore[index]
    return kept


def write_lesions(reading: Reading, describer: "Describer | None", lang: str) -> dict[int, Written]:
    """Return the sentences that a model writes about the lesions; none without a model or SUV."""
    if describer is None or not reading.exam.has_suv or not reading.measured.lesions:
        return {}
    from petscribe.writing import bind, facts_of, says_what_was_read

    lesions = reading.measured.lesions
    facts = {
        lesion.id: facts_of(lesion, reading.frame, reading.exam.acquisition) for lesion in lesions
    }
    said = describer.describe(
        reading.exam,
        reading.mask,
        facts,
        prompt=phrase(lang, "request_finding"),
        accepts=lambda text, read: says_what_was_read(text, read, lang),
    )
    return {
        lesion.id: bind(said[lesion.id], lesion, lang, author=describer.name)
        for lesion in lesions
        if said[lesion.id].complete
    }


def check_draft(text: str, measured: Measured, *, lang: str | None = None) -> tuple[Problem, ...]:
    """List where a text contradicts the measurements."""
    from petscribe.mining.rules import mine_text
    from petscribe.reporting.verify import check_claims

    return check_claims(mine_text(text, lang=lang), measured)


def read_measured(path: Path) -> Measured:
    """Read a file in the `measure` contract.

    Raises:
        InputError: no JSON, or not this contract (code `bad-record`).
    """
    from petscribe.io.texts import read_text

    try:
        data = json.loads(read_text(path))
        return Measured.from_dict(data)
    except (json.JSONDecodeError, RecursionError) as fault:
        raise InputError("bad-record", f"{path.name}: not JSON") from fault


def write_report(written: WrittenReport, folder: Path) -> tuple[Path, ...]:
    """Write report.html, report.txt, report.json and lesions.nii.gz, all or none."""
    from petscribe.core.files import staged_folder, write_json, write_text
    from petscribe.io.nifti.exam import write_labels

    names = ("report.html", "report.txt", "report.json", "lesions.nii.gz")
    lesions = _only(written.reading.mask, written.report.measured.lesions)
    with staged_folder(folder) as stage:
        write_text(stage / names[0], written.html)
        write_text(stage / names[1], written.text)
        write_json(stage / names[2], written.report.to_dict())
        write_labels(lesions, stage / names[3])
    return tuple(folder / name for name in names)


def _given(mask: Mask) -> Verdicts:
    return Verdicts(
        mask=mask,
        verdicts=dict.fromkeys(mask.ids, "lesion"),
        scores={},
        reasons={},
        names=mask.names,
    )


def _proposed(exam: Exam, organs: Mask, references: Mapping[str, Any]) -> Verdicts:
    from petscribe.quant.proposals import propose

    proposals = propose(exam, organs, references)
    return Verdicts(
        mask=proposals.mask,
        verdicts=proposals.verdicts,
        scores=proposals.scores,
        reasons=proposals.reasons,
        names=proposals.organs,
        warnings=proposals.warnings,
    )


def _lesions(
    judged: Verdicts, measurements: Mapping[int, Measurement], places: Mapping[int, Location]
) -> list[Lesion]:
    flags = lesion_flags(judged.mask)
    return [
        Lesion(
            id=label,
            measurement=measurement,
            location=places[label],
            verdict=judged.verdicts[label],
            score=judged.scores.get(label),
            reason=judged.reasons.get(label),
            name=judged.names.get(label),
            flags=(*flags.get(label, ()), *_END_FLAG.get(judged.names.get(label, ""), ())),
        )
        for label, measurement in measurements.items()
    ]


def _reconsidered(lesion: Lesion, tracer: str) -> Lesion:
    """Ask the reader where proposal and place disagree: a lesion in an organ that may be as hot."""
    organ = lesion.location.organ
    if lesion.verdict != "lesion" or not organ or not has_unlimited_uptake(organ, tracer):
        return lesion
    reason = f"{lesion.reason}; but by its place {organ.replace('_', ' ')}, normal at any uptake"
    return replace(lesion, verdict="undecided", score=0.5, reason=reason)


def _only(mask: Mask, lesions: tuple[Lesion, ...]) -> Mask:
    """Return the mask with the labels of the given lesions alone, named by their place."""
    ids = [lesion.id for lesion in lesions]
    kept = np.where(np.isin(mask.labels, ids), mask.labels, 0).astype(mask.labels.dtype)
    names = {x.id: x.location.words.get("en", x.location.region) for x in lesions}
    return replace(mask, labels=kept, names=names)


def _manifest(reading: Reading, describer: "Describer | None", *, given: bool) -> dict[str, Any]:
    """Return what made this report: version, inputs by hash, where lesions and organs come from."""
    exam = reading.exam
    return {
        "software": "petscribe",
        "version": petscribe.__version__,
        "git_commit": _commit(),
        "model": None
        if describer is None
        else {"name": describer.name, "sha256": describer.sha256},
        "lesions_from": "given mask" if given else "proposals",
        "anatomy_from": reading.frame.source,
        "anatomy_quality": round(reading.frame.quality, 3),
        "pet_sha256": _digest(exam.pet.array),
        "ct_sha256": _digest(exam.ct.array) if exam.ct is not None else None,
        "mask_sha256": _digest(reading.mask.labels),
    }


def _commit() -> str | None:
    """Return the commit of the checkout this runs from; None for an installed package."""
    git = Path(petscribe.__file__).parents[2] / ".git"
    head = git / "HEAD"
    if not head.is_file():
        return None
    text = head.read_text("utf-8").strip()
    reference = git / text.removeprefix("ref: ")
    if not text.startswith("ref: "):
        return text
    return reference.read_text("utf-8").strip() if reference.is_file() else None


def _digest(array: Shaped[np.ndarray, "z y x"]) -> str:
    return hashlib.sha256(np.ascontiguousarray(array).data).hexdigest()


def _unique(*groups: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(code for group in groups for code in group))
