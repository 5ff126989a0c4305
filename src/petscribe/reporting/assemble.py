"""Measurements to a drafted report: bound sentences by section, then the impression.

Decides what is said and in which order; the words are the term base's, the numbers the table's.
Nothing is inferred beyond the table: no diagnosis, no stage, no comparison. Normal statements are
made only where lesions were searched for, in SUV, and only for regions inside the field of view
that hold no lesion and no undecided uptake.

Order of importance: SUVmax times the diameter of a ball of the lesion's volume, so that neither a
tiny hot focus nor a large faint one comes first by one number alone.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from petscribe.core.lesion import AT_SCAN_END, Lesion
from petscribe.core.report import Measured, Report, Sentence, Written
from petscribe.reporting.places import holds
from petscribe.terms.anatomy import ORGANS, REGIONS, SECTIONS, region_of, section_of
from petscribe.terms.phrasebook import phrase
from petscribe.terms.phrasing import (
    comparison,
    finding_of_group,
    lesion_sentence,
    normal_statement,
    notes,
    nothing_found,
    outside_statement,
    physiologic_statement,
    research_notice,
    sentence,
    technique,
    totals_statement,
    undecided_statement,
)

WHOLE_BODY: Final = "whole_body"
"""Section of an impression sentence that speaks of no one place."""
SINGLY: Final = 4
"""Up to so many lesions are named one by one in the impression; more are grouped by region."""
GROUPS: Final = 5
"""So many groups are named; the totals count the rest too."""
_NEVER_NORMAL: Final = frozenset({"other", "muscle", "prostate"})
"""Not called normal: no one place, or not in every body (the prostate when the sex is male is)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Voice:
    """How this report speaks."""

    lang: str
    tracer: str
    with_suv: bool
    judges: bool
    """Whether uptake that is no lesion was looked at, so that its absence can be stated."""
    written: Mapping[int, Written]
    """Sentences that a model wrote; the others are the term base's."""


def draft(
    measured: Measured,
    lang: str,
    *,
    manifest: Mapping[str, Any],
    written: Mapping[int, Written] | None = None,
) -> Report:
    """Draft the report of a measured exam; every sentence is still unverified.

    Args:
        measured: the table.
        lang: `en` or `vi`.
        manifest: what made the table; `lesions_from` equal to `given mask` says that nobody
            searched for other lesions.
        written: sentences that a model wrote, by lesion; None: every sentence is the term base's.
    """
    has_suv = measured.exam.get("unit") == "g/ml"
    voice = _Voice(
        lang=lang,
        tracer=str(measured.exam.get("tracer") or "unknown"),
        with_suv=has_suv,
        judges=has_suv and manifest.get("lesions_from") != "given mask",
        written=written or {},
    )
    how = technique(measured.exam, lang, coverage=measured.coverage)
    return Report(
        measured=measured,
        language=lang,
        technique=" ".join((how, *_ends(measured, lang), comparison(lang))),
        findings=tuple(said for section in SECTIONS for said in _section(measured, section, voice)),
        impression=tuple(_impression(measured, voice)),
        notice=research_notice(lang),
        manifest=manifest,
    )


def open_uptake(uptakes: Iterable[Lesion]) -> list[Lesion]:
    """Return the undecided uptake that a reader is asked about, the most important first."""
    return by_importance(
        x for x in uptakes if x.verdict == "undecided" and AT_SCAN_END not in x.flags
    )


def _ends(measured: Measured, lang: str) -> tuple[str, ...]:
    """Say that noise in the outermost slices was left out, where it was."""
    is_noisy = any(AT_SCAN_END in x.flags for x in measured.physiologic)
    return (phrase(lang, "scan_ends"),) if is_noisy else ()


def by_importance(lesions: Iterable[Lesion]) -> list[Lesion]:
    """Return lesions with the most important first."""
    return sorted(lesions, key=lambda lesion: (-_importance(lesion), lesion.id))


def _importance(lesion: Lesion) -> float:
    measured = lesion.measurement
    uptake = measured.suv_max if measured.suv_max is not None else measured.relative_max
    return float((uptake or 0.0) * measured.mtv_ml ** (1 / 3))


def _section(measured: Measured, section: str, voice: _Voice) -> Iterator[Sentence]:
    for lesion in by_importance(_lying_in(measured.lesions, section)):
        yield _of_lesion(lesion, voice, section)
    set_aside = _lying_in(measured.physiologic, section)
    undecided = open_uptake(set_aside)
    for group in _by_region(undecided):
        if len(group) == 1:
            yield _of_lesion(group[0], voice, section)
        else:
            yield _of_group(group, voice, after=undecided_statement(voice.lang))
    normal = [x for x in set_aside if x.verdict == "physiologic"]
    if normal:
        yield _physiologic(normal, section, voice)
    yield from _absence(measured, section, voice)


def _lesion_text(lesion: Lesion, voice: _Voice) -> str:
    """Return the sentence of one lesion, with its cautions."""
    return lesion_sentence(lesion, voice.lang, with_suv=voice.with_suv, tracer=voice.tracer)


def _lying_in(lesions: Sequence[Lesion], section: str) -> list[Lesion]:
    return [lesion for lesion in lesions if lesion.location.section == section]


def _of_lesion(lesion: Lesion, voice: _Voice, section: str) -> Sentence:
    measured, location = lesion.measurement, lesion.location
    written = voice.written.get(lesion.id)
    sure = [location.confidence] + ([] if lesion.score is None else [lesion.score])
    text = _lesion_text(lesion, voice)
    if written is not None:
        sure.append(written.confidence)
        if written.text is not None:
            text = " ".join((written.text, *notes(lesion, voice.lang)))
    return Sentence(
        lesion=lesion.id,
        section=section,
        text=text,
        slots={
            "place": " ".join(location.words.values()),
            "suv_max": measured.suv_max,
            "suv_mean": measured.suv_mean,
            "suv_peak": measured.suv_peak,
            "long_axis_mm": measured.long_axis_mm,
            "short_axis_mm": measured.short_axis_mm,
            "mtv_ml": measured.mtv_ml,
            "tlg_g": measured.tlg_g,
            "slice_pet": measured.slice_pet,
        },
        evidence={
            "lesions": [lesion.id],
            "hottest_lps_mm": list(measured.hottest_lps_mm),
            "slice_pet": measured.slice_pet,
            "slice_ct": measured.slice_ct,
            "location_source": location.source,
            "approximate": location.approximate,
            "written_by": written.author if written is not None else "rules",
            "opinions": dict(written.opinions) if written is not None else {},
        },
        confidence=min(sure),
        notes=written.notes if written is not None else (),
    )


def _physiologic(uptakes: Sequence[Lesion], section: str, voice: _Voice) -> Sentence:
    keys = list(dict.fromkeys(_organ_of(uptake) for uptake in by_importance(uptakes)))
    return Sentence(
        lesion=None,
        section=section,
        text=physiologic_statement(keys, voice.lang, tracer=voice.tracer),
        evidence={"uptakes": [uptake.id for uptake in uptakes]},
        confidence=min(1.0 if uptake.score is None else uptake.score for uptake in uptakes),
    )


def _organ_of(uptake: Lesion) -> str:
    """Return the organ whose uptake it is: as the verdict says, else where it lies."""
    for key in (uptake.name, uptake.location.organ):
        if key is not None and key in ORGANS:
            return key
    return uptake.location.region


def _absence(measured: Measured, section: str, voice: _Voice) -> Iterator[Sentence]:
    """Yield what is said of the section besides its uptake."""
    covered = [r for r in REGIONS if r in measured.coverage and section_of(r) == section]
    if not covered:
        if measured.coverage and not _lying_in(measured.lesions, section):
            yield _plain(outside_statement([section], voice.lang), section)
    elif not voice.judges:
        if not _lying_in(measured.lesions, section):
            yield _plain(_not_judged(voice), section)
    else:
        clear = [region for region in covered if _is_clear(region, measured)]
        if clear:
            text = normal_statement(clear, voice.lang, tracer=voice.tracer)
            yield _plain(text, section)


def _is_clear(region: str, measured: Measured) -> bool:
    """Tell whether a region may be called free of abnormal uptake."""
    if region in _NEVER_NORMAL and not (region == "prostate" and measured.exam.get("sex") == "M"):
        return False
    return not any(holds(region, other) or holds(other, region) for other in _taken(measured))


def _taken(measured: Measured) -> set[str]:
    """Return regions with uptake of any verdict, and those where it may lie instead."""
    judged = (x for x in measured.physiologic if AT_SCAN_END not in x.flags)
    taken = {x.location.region for x in (*measured.lesions, *judged)}
    for lesion in measured.lesions:
        if lesion.location.approximate and lesion.location.alternative_region:
            taken.add(lesion.location.alternative_region)
    for uptake in measured.physiologic:
        organ_region = region_of(_organ_of(uptake))
        if uptake.verdict == "physiologic" and organ_region:
            taken.add(organ_region)
    return taken


def _plain(text: str, section: str) -> Sentence:
    return Sentence(lesion=None, section=section, text=text)


def _impression(measured: Measured, voice: _Voice) -> Iterator[Sentence]:
    lesions = by_importance(measured.lesions)
    if not lesions:
        said = nothing_found(voice.lang, tracer=voice.tracer, with_suv=voice.with_suv)
        text = said if voice.judges else _not_judged(voice)
        yield _plain(text, WHOLE_BODY)
    groups = [[x] for x in lesions] if len(lesions) <= SINGLY else _by_region(lesions)
    for group in groups[:GROUPS]:
        yield _of_group(group, voice)
    if len(lesions) > 1:
        yield _burden(measured, voice)
    undecided = open_uptake(measured.physiologic)
    if undecided:
        yield _of_group(undecided[:1], voice, after=undecided_statement(voice.lang))


def _by_region(lesions: Sequence[Lesion]) -> list[list[Lesion]]:
    """Return the lesions grouped by region, the group of the most important lesion first."""
    groups: dict[str, list[Lesion]] = {}
    for lesion in lesions:
        groups.setdefault(lesion.location.region, []).append(lesion)
    return list(groups.values())


def _of_group(group: Sequence[Lesion], voice: _Voice, *, after: str = "") -> Sentence:
    finding = finding_of_group(group, with_suv=voice.with_suv, lang=voice.lang, tracer=voice.tracer)
    text = sentence(finding, voice.lang, tracer=voice.tracer)
    known = [x.measurement.suv_max for x in group if x.measurement.suv_max is not None]
    return Sentence(
        lesion=group[0].id,
        section=group[0].location.section,
        text=f"{text} {after}".rstrip(),
        slots={
            "place": " ".join(word for x in group for word in x.location.words.values()),
            "count": len(group),
            "suv_max": max(known, default=None),
            "suv_max_lowest": min(known, default=None),
        },
        evidence={"lesions": [x.id for x in group]},
        confidence=min(x.location.confidence for x in group),
    )


def _burden(measured: Measured, voice: _Voice) -> Sentence:
    totals = measured.totals
    return Sentence(
        lesion=None,
        section=WHOLE_BODY,
        text=totals_statement(totals, voice.lang),
        slots={"lesions": totals.lesions, "mtv_ml": totals.mtv_ml, "tlg_g": totals.tlg_g},
    )


def _not_judged(voice: _Voice) -> str:
    return phrase(voice.lang, "not_judged" if voice.with_suv else "not_judged_relative")
