"""One lesion in one of many wordings, numbers as slots, read back before it is handed out.

A wording is drawn from the grammar; its slots are filled with the measured values and the sentence
is read by `mining.rules`. It counts only when side, region, type, uptake and every number are those
of the lesion's finding; else another is drawn, and after a few the term base's own sentence stands
in, which is read back exactly. Knows one lesion at a time.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from petscribe.core.finding import Finding, FindingType
from petscribe.core.lesion import Lesion, Measurement
from petscribe.dataset.wording.grammar import Part, Speaker, grammar
from petscribe.dataset.wording.places import places_of
from petscribe.mining.rules import parse_sentence
from petscribe.terms.claims import finding_of
from petscribe.terms.figures import shown_ml, shown_mm, shown_suv
from petscribe.terms.phrasebook import capitalised, phrase
from petscribe.terms.sentences import sentence, with_article
from petscribe.terms.slots import fill_slots, slot_values, slots_in

REGISTERS: Final = ("report", "brief", "site_first")
_SHARES: Final = (0.6, 0.2, 0.2)
_TRIES: Final = 8
_MOST_WORDS: Final = 35
_LINKED: Final = re.compile(r" (?:of|on) ")
"""In a place that cannot stand before a noun: "head of the pancreas lesion"."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """A lesion and what is to be said of it, in one language."""

    lesion: Lesion
    finding: Finding
    lang: str
    tracer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """A text and how it came to be."""

    text: str
    register: str
    drawn: int
    """How many wordings were drawn; 0 when the term base's sentence stands in."""


def finding_texts(
    lesion: Lesion,
    *,
    lang: str,
    tracer: str,
    kind: FindingType,
    rng: np.random.Generator,
    part: Part = "train",
) -> str:
    """Return one wording of a lesion's finding, with slots, in a register drawn at random."""
    subject = subject_of(lesion, lang=lang, tracer=tracer, kind=kind)
    return draw_wording(subject, draw_register(rng), part=part, rng=rng).text


def draw_register(rng: np.random.Generator) -> str:
    """Return a register: most often that of a report."""
    return REGISTERS[int(rng.choice(len(REGISTERS), p=_SHARES))]


def subject_of(lesion: Lesion, *, lang: str, tracer: str, kind: FindingType) -> Subject:
    """Return what is to be said of a lesion of this type."""
    finding = replace(finding_of(lesion, lang=lang, tracer=tracer), type=kind)
    return Subject(lesion=lesion, finding=finding, lang=lang, tracer=tracer)


def draw_wording(
    subject: Subject, register: str, *, part: Part, rng: np.random.Generator
) -> Wording:
    """Return a wording that is read back as the subject's finding."""
    speaker = _speaker(subject, part, rng)
    for drawn in range(1, _TRIES + 1):
        text = capitalised(speaker.say(register))
        if len(text.split()) <= _MOST_WORDS and says(text, subject):
            return Wording(text=text, register=register, drawn=drawn)
    return Wording(text=_plain(subject), register=register, drawn=0)


def says(text: str, subject: Subject) -> bool:
    """Tell whether a text with slots, once filled, is read back as this finding and no other.

    Side, region, type, uptake and count must be said; numbers may be left out but must be right.
    """
    measured, lang = subject.lesion.measurement, subject.lang
    values = slot_values(measured, lang)
    slots = {slot.name for slot in slots_in(text)}
    if not slots <= set(values):
        return False
    found = parse_sentence(fill_slots(text, values), lang)
    if len(found) != 1 or _key(found[0]) != _key(subject.finding):
        return False
    return _numbers(found[0]) == _expected(measured, slots)


def qualifiers(finding: Finding, tracer: str) -> tuple[str, ...]:
    """Return what decides between the grammar's symbols of one name: type, uptake, tracer, region.

    Uptake that is no lesion has no noun of its own.
    """
    kind = "" if finding.type == "uptake" else str(finding.type)
    return tuple(q for q in (kind, str(finding.uptake), tracer, finding.region) if q)


def _speaker(subject: Subject, part: Part, rng: np.random.Generator) -> Speaker:
    lang = subject.lang
    places = places_of(subject.lesion.location, lang)
    articled = [with_article(place, lang) for place in places]
    short = [place for place in places if not _LINKED.search(place)]
    return Speaker(
        rules=grammar(lang, "findings"),
        part=part,
        qualifiers=qualifiers(subject.finding, subject.tracer),
        words={"place": places, "the_place": articled, "short_place": short or places},
        rng=rng,
    )


def _key(finding: Finding) -> tuple[object, ...]:
    return (
        *(finding.laterality, finding.region, finding.type, finding.uptake, finding.count),
        *(finding.negated, finding.change, finding.dx, finding.vs),
    )


def _numbers(finding: Finding) -> set[tuple[str, object]]:
    numbers: set[tuple[str, object]] = {(f"suv_{x.stat}", x.value) for x in finding.suv}
    numbers |= {("size", size.dims) for size in finding.size_mm}
    numbers |= {("slice", ref.image) for ref in finding.refs}
    volumes = (("volume", finding.mtv_ml), ("tlg", finding.tlg))
    return numbers | {(name, value) for name, value in volumes if value is not None}


def _expected(measured: Measurement, slots: Collection[str]) -> set[tuple[str, object]]:
    long_mm, short_mm = shown_mm(measured.long_axis_mm), shown_mm(measured.short_axis_mm)
    suvs = {name: getattr(measured, name) for name in ("suv_max", "suv_mean", "suv_peak")}
    numbers: dict[str, tuple[str, object]] = {
        name: (name, shown_suv(value)) for name, value in suvs.items() if value is not None
    }
    numbers |= {
        "size": ("size", (long_mm, short_mm)),
        "long_axis": ("size", (long_mm,)),
        "slice": ("slice", measured.slice_pet),
        "volume": ("volume", shown_ml(measured.mtv_ml)),
        "tlg": ("tlg", shown_ml(measured.tlg_g or 0.0)),
    }
    return {numbers[name] for name in slots}


def _plain(subject: Subject) -> str:
    bare = replace(subject.finding, suv=(), size_mm=(), mtv_ml=None, refs=())
    end = phrase(subject.lang, "sentence_end")
    said = sentence(bare, subject.lang, tracer=subject.tracer).removesuffix(end)
    return f"{said}, SUVmax <suv_max>{end}"
