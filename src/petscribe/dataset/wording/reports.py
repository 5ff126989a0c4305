"""A section, an impression, a whole report: lines about lesions, in a report's order.

One line per lesion (or, in the impression, per group of lesions of one region), led by the
references of its lesions; slots name their lesion. Sections follow the order of the term base,
lesions the order of importance: SUVmax times the diameter of a ball of their volume, as in
reports. A section inside the field of view without a lesion is said to be free. Every line about
lesions has been read back. Knows no voxels.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from petscribe.core.finding import Finding
from petscribe.dataset.wording.findings import Subject, draw_wording, qualifiers
from petscribe.dataset.wording.grammar import Part, Speaker, grammar
from petscribe.mining.rules import parse_sentence
from petscribe.terms.anatomy import SECTIONS, name, section_of
from petscribe.terms.claims import finding_of_group
from petscribe.terms.figures import shown_suv
from petscribe.terms.phrasebook import capitalised, phrase
from petscribe.terms.sentences import sentence, with_article
from petscribe.terms.slots import bound, fill_slots, slot_values
from petscribe.terms.statements import heading

SINGLY: Final = 4
"""Up to so many lesions are named one by one in the impression; more are grouped by region."""
GROUPS: Final = 5
_TRIES: Final = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """An exam as a report tells it, in one language."""

    subjects: tuple[Subject, ...]
    coverage: tuple[str, ...]
    """Regions inside the field of view."""
    lang: str
    tracer: str
    part: Part
    rng: np.random.Generator

    def seen(self) -> list[str]:
        """Return the sections with a lesion or inside the field of view, in order."""
        covered = {section_of(region) for region in self.coverage if region != "other"}
        covered |= {subject.lesion.location.section for subject in self.subjects}
        return [section for section in SECTIONS if section in covered]

    def say(self, symbol: str, finding: Finding | None = None, **words: Sequence[str]) -> str:
        """Return one wording of a symbol of the reports' grammar."""
        speaker = Speaker(
            rules=grammar(self.lang, "findings", "reports"),
            part=self.part,
            qualifiers=(self.tracer,) if finding is None else qualifiers(finding, self.tracer),
            words=words,
            rng=self.rng,
        )
        return capitalised(speaker.say(symbol))


def section_text(told: Told, section: str, *, register: str = "report") -> str:
    """Return the lines of one section."""
    here = [x for x in _by_importance(told) if x.lesion.location.section == section]
    if not here:
        return told.say("nothing", section=[told.say(section).lower()])
    return "\n".join(_line(told, subject, register) for subject in here)


def report_text(told: Told) -> str:
    """Return a whole report in brief: headed sections, then the impression."""
    parts = [
        f"{heading(section, told.lang)}:\n{section_text(told, section, register='brief')}"
        for section in told.seen()
    ]
    return "\n".join([*parts, f"{heading('impression', told.lang)}:", impression_text(told)])


def impression_text(told: Told) -> str:
    """Return the lines of the impression, the most important first."""
    subjects = _by_importance(told)
    if not subjects:
        return told.say("nothing_found")
    groups = [[x] for x in subjects] if len(subjects) <= SINGLY else _by_region(subjects)
    return "\n".join(
        _line(told, group[0], "brief") if len(group) == 1 else _group_line(told, group)
        for group in groups[:GROUPS]
    )


def _by_importance(told: Told) -> list[Subject]:
    def importance(subject: Subject) -> float:
        measured = subject.lesion.measurement
        return float((measured.suv_max or 0.0) * measured.mtv_ml ** (1 / 3))

    return sorted(told.subjects, key=lambda x: (-importance(x), x.lesion.id))


def _by_region(subjects: Sequence[Subject]) -> list[list[Subject]]:
    groups: dict[str, list[Subject]] = {}
    for subject in subjects:
        groups.setdefault(subject.finding.region, []).append(subject)
    return list(groups.values())


def _line(told: Told, subject: Subject, register: str) -> str:
    said = draw_wording(subject, register, part=told.part, rng=told.rng)
    return bound(said.text, subject.lesion.id)


def _group_line(told: Told, group: Sequence[Subject]) -> str:
    lesions = [subject.lesion for subject in group]
    kinds = {subject.finding.type for subject in group}
    finding = replace(
        finding_of_group(lesions, lang=told.lang, tracer=told.tracer),
        type=kinds.pop() if len(kinds) == 1 else "lesion",
    )
    refs = "".join(f"<L{lesion.id}>" for lesion in lesions)
    top = max(lesions, key=lambda lesion: lesion.measurement.suv_max or 0.0)
    place = name(finding.region, told.lang, side=finding.laterality)
    words = {
        "place": [place],
        "the_place": [with_article(place, told.lang)],
        "top": [f"<L{top.id}>"],
    }
    values = slot_values(top.measurement, told.lang, count=len(group))
    for _ in range(_TRIES):
        text = told.say("group", finding, **words)
        filled = capitalised(fill_slots(text, values, lesions={top.id: values}))
        if _says(filled, finding, told.lang, shown_suv(top.measurement.suv_max or 0.0)):
            return f"{refs} {text}"
    return f"{refs} {_plain(told, finding, top.id)}"


def _says(text: str, finding: Finding, lang: str, highest: float) -> bool:
    found = parse_sentence(text, lang)
    if len(found) != 1:
        return False
    said = found[0]
    same = all(
        getattr(said, key) == getattr(finding, key)
        for key in ("region", "laterality", "type", "uptake", "count", "negated")
    )
    return same and [(x.stat, x.op, x.value) for x in said.suv] == [("max", "<=", highest)]


def _plain(told: Told, finding: Finding, top: int) -> str:
    end = phrase(told.lang, "sentence_end")
    bare = sentence(replace(finding, suv=()), told.lang, tracer=told.tracer).removesuffix(end)
    return f"{bare}, SUVmax <L{top}><suv_max>{end}"
