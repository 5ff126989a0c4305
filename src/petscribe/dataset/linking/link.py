"""The main path of linking: an exam and its mined report -> pairs, questions, and counts.

A claim becomes a pair when its spot wins by a margin, neither its SUV nor its side speaks against
it, it is no uptake that is normal by its place, and its mask passes the checks of volume, purity
and side; else it goes to review with its best candidates, or, without any, is left out. Every
finding of the report ends as exactly one of these. Decisions of a reviewer overrule. Knows no
files.
"""

import math
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from petscribe.core.exam import Exam
from petscribe.core.finding import MinedText
from petscribe.core.lesion import Lesion
from petscribe.core.volume import Mask, Triple
from petscribe.dataset.linking.agreement import Points
from petscribe.dataset.linking.claims import Claim, claim_id, claims_of
from petscribe.dataset.linking.drawing import Choice, draw
from petscribe.dataset.linking.masks import Method
from petscribe.dataset.linking.reading import Candidate, Reading, read_report, suvs_looked_for
from petscribe.dataset.linking.spots import Scene, look, nearest

SURE_MARGIN: Final = 1.5
_NO_QUESTION: Final = frozenset({"no-candidate", "rejected"})
"""Reasons that leave a reviewer nothing to decide."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What a reviewer said of one claim."""

    verdict: Literal["accept", "reject", "fix"]
    point_lps_mm: Triple | None = None
    """With `accept` and `fix`: where the lesion is; None: the first candidate."""
    text: str | None = None
    """With `fix`: the sentence as it should be."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkSettings:
    """What can be chosen about linking."""

    method: Method = "jentzen"
    sure_margin: float = SURE_MARGIN


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """A sentence and its lesion."""

    claim: Claim
    id: str
    label: int
    """The lesion's label in `Linked.mask`; pairs share one when a report repeats itself."""
    confidence: float
    points: Points
    mask_method: str
    reviewed: bool
    text: str | None
    """The reviewer's wording."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A claim that a reviewer should look at, its best candidates first."""

    claim: Claim
    id: str
    reason: str
    candidates: tuple[Candidate, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Linked:
    """Everything that came of one exam and its report."""

    scene: Scene
    reading: Reading
    ids: tuple[str, ...]
    """Of every claim, whatever became of it."""
    pairs: tuple[Pair, ...]
    questions: tuple[Question, ...]
    left_out: tuple[tuple[int, str], ...]
    """Findings (by number) that are nobody's question, with the reason."""
    mask: Mask
    lesions: tuple[Lesion, ...]

    @property
    def funnel(self) -> dict[str, int]:
        """How many findings reached each stage, and why the others did not."""
        stages = Counter(
            {
                "findings": len(self.left_out) + len(self.questions) + len(self.pairs),
                "claims": len(self.reading.claims),
                "pairs": len(self.pairs),
                "questions": len(self.questions),
            }
        )
        stages.update(f"left-out:{reason}" for _, reason in self.left_out)
        stages.update(f"question:{question.reason}" for question in self.questions)
        stages.update(f"mask:{pair.mask_method}" for pair in self.pairs)
        stages["reviewed"] = sum(pair.reviewed for pair in self.pairs)
        return dict(stages)


Settled = Choice | str
"""What became of a claim: its spot, or the reason why a reviewer must look."""


def link_report(
    exam: Exam,
    mined: MinedText,
    *,
    exam_id: str = "",
    masks: tuple[Mask | None, Mask | None] = (None, None),
    decisions: Mapping[str, Decision] | None = None,
    settings: LinkSettings | None = None,
) -> Linked:
    """Find the lesion of every sentence of a report.

    Args:
        exam: PET, maybe CT.
        mined: its report, mined.
        exam_id: makes claim ids unique over exams.
        masks: the user's lesions on the PET grid, and the user's organs, where there are any.
        decisions: a reviewer's, by claim id.
        settings: None for the defaults.
    """
    found = claims_of(mined)
    rules = settings or LinkSettings()
    suvs = suvs_looked_for(exam, found.claims)
    scene = look(exam, suvs=suvs, given=masks[0], organs=masks[1])
    reading = read_report(scene, found.claims)
    ids = [claim_id(exam_id, claim) for claim in found.claims]
    said = {k: (decisions or {})[i] for k, i in enumerate(ids) if i in (decisions or {})}
    settled = {
        k: _decided(scene, reading, k, said[k]) if k in said else _settle(reading, k, rules)
        for k in range(len(ids))
    }
    drawing = draw(scene, {k: c for k, c in settled.items() if isinstance(c, Choice)}, rules.method)
    settled.update(drawing.doubts)
    return Linked(
        scene=scene,
        reading=reading,
        ids=tuple(ids),
        pairs=tuple(
            Pair(
                claim=found.claims[k],
                id=ids[k],
                label=drawing.labels[k],
                confidence=choice.confidence,
                points=choice.candidate.points,
                mask_method=drawing.methods[k],
                reviewed=k in said,
                text=said[k].text if k in said else None,
            )
            for k, choice in settled.items()
            if isinstance(choice, Choice)
        ),
        questions=tuple(
            Question(claim=found.claims[k], id=ids[k], reason=why, candidates=reading.candidates[k])
            for k, why in settled.items()
            if isinstance(why, str) and why not in _NO_QUESTION
        ),
        left_out=(
            *found.left_out,
            *(
                (found.claims[k].number, why)
                for k, why in settled.items()
                if isinstance(why, str) and why in _NO_QUESTION
            ),
        ),
        mask=drawing.mask,
        lesions=drawing.lesions,
    )


def _settle(reading: Reading, k: int, rules: LinkSettings) -> Settled:
    chosen, margin = reading.chosen[k], reading.margins[k]
    if chosen is None:
        return _unplaced(reading, k)
    against = set(chosen.points.against)
    doubts = (
        ("ambiguous", margin < rules.sure_margin),
        ("suv-differs", "suv" in against),
        ("side-differs", "side" in against),
        ("place-differs", {"image", "region"} <= against),
        ("normal-uptake", chosen.spot.verdict == "physiologic"),
    )
    doubt = next((reason for reason, holds in doubts if holds), None)
    side = reading.claims[k].finding.laterality
    return doubt or Choice(candidate=chosen, confidence=_confidence(margin), side=side)


def _decided(scene: Scene, reading: Reading, k: int, decision: Decision) -> Settled:
    if decision.verdict == "reject":
        return "rejected"
    candidates = reading.candidates[k]
    if decision.point_lps_mm is None:
        return Choice(candidate=candidates[0], confidence=1.0) if candidates else "no-candidate"
    spot = nearest(scene, decision.point_lps_mm)
    if spot is None:
        return "no-spot-at-point"
    known = next((c.points for c in candidates if c.spot.id == spot.id), Points(by_clue={}))
    return Choice(candidate=Candidate(spot=spot, points=known), confidence=1.0)


def _unplaced(reading: Reading, k: int) -> str:
    candidates = reading.candidates[k]
    if not candidates:
        return "no-candidate"
    best = candidates[0].points.by_clue
    return "suv-differs" if best.get("suv", 0.0) < 0.0 else "no-clear-spot"


def _confidence(margin: float) -> float:
    """Turn a margin in natural log odds into a chance."""
    return round(1.0 / (1.0 + math.exp(-margin)), 3)
