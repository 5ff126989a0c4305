"""A model's answer beside the rules': read as a value, filled with measured numbers, compared.

The model speaks of lesions by position (`<L1>`, `<L2>`, ...) and leaves slots for figures. A text
that names a lesion or asks for a value that does not exist is no answer. Where rules understood the
question they stand, and agreement moves their confidence; else the model's answer stands, marked.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from petscribe.core.answer import Answer, AnswerType, SecondOpinion, Value
from petscribe.core.errors import OutputMismatch
from petscribe.core.lesion import Lesion
from petscribe.reporting.answering.asked.question import AskedPlace, Quantity
from petscribe.reporting.answering.inside import lies_in
from petscribe.reporting.answering.saying import Scene, value_of
from petscribe.terms.anatomy import organ_key
from petscribe.terms.questions import Cue, cues_in
from petscribe.terms.replies import reply
from petscribe.terms.slots import count_words, fill_slots, lesions_in, slot_values, slots_in

_BY_SLOT: Final[dict[str, Quantity]] = {
    "suv_max": "suv_max",
    "suv_mean": "suv_mean",
    "suv_peak": "suv_peak",
    "volume": "volume",
    "tlg": "tlg",
    "long_axis": "long_axis",
    "slice": "slice",
    "ratio_liver": "ratio_liver",
}
_EXTREMES: Final = frozenset({"hottest", "coolest", "largest", "smallest"})
_YES_OR_NO: Final = frozenset({"presence", "comparison"})
_SEEN: Final = frozenset({"presence", "site", "side"})
"""What a model sees for itself; all else is read from the table of measurements."""
_DOUBT: Final = 0.5
_DOUBT_OF_FACTS: Final = 0.1
"""How far a model that differs lowers the confidence, in a place and in a measured fact."""
_RUN: Final = re.compile(r"<L\d{1,2}>(?!<)(?:[\s,]*<L\d{1,2}>(?!<))+")
"""References one after another, as the model lists them."""
_MODEL_ALONE: Final = 0.5
"""Share of the model's confidence that its answer keeps where no rule stands beside it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What a model said, before it is read."""

    text: str
    """With slots and references by position."""
    plain: str
    """The same in one spelling (`mining.normalise`)."""
    places: tuple[AskedPlace, ...]
    """Sites that it names."""
    confidence: float
    author: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Opinion:
    """What a model said, as a value and as a sentence with measured numbers."""

    heard: Heard
    answer: str
    value: Value
    type: AnswerType
    evidence: tuple[int, ...]


def read_opinion(
    heard: Heard, wanted: AnswerType | None, lesions: Sequence[Lesion], scene: Scene
) -> Opinion | None:
    """Return what a model said; None when it speaks of what does not exist, or says nothing.

    Args:
        heard: its words.
        wanted: the kind of answer that rules understood to be asked; None: told by the words.
        lesions: in the order in which the model was shown them.
        scene: the exam.
    """
    positions = lesions_in(heard.text)
    if not heard.text.strip() or any(not 1 <= k <= len(lesions) for k in positions):
        return None
    spoken_of = [lesions[k - 1] for k in positions]
    try:
        text = _filled(heard.text, lesions, len(spoken_of), scene)
    except OutputMismatch:
        return None
    cues = cues_in(heard.plain, scene.lang)
    if cues and cues[0].means("said", "refuse"):
        kind: AnswerType = "unanswerable"
    else:
        kind = _told_by(heard, cues) if wanted in {None, "unanswerable"} else wanted
    value = _value(kind, heard, cues, spoken_of)
    evidence = tuple(x.id for x in spoken_of)
    return Opinion(heard=heard, answer=text, value=value, type=kind, evidence=evidence)


def beside(answer: Answer, opinion: Opinion, scene: Scene) -> Answer:
    """Return the rules' answer with a model's opinion; the model's own where rules had none."""
    heard = opinion.heard
    if not answer.understood:
        text = reply(scene.lang, "model_says", text=opinion.answer, author=heard.author)
        return Answer(
            answer=text,
            type=opinion.type,
            value=opinion.value,
            evidence=opinion.evidence,
            confidence=_MODEL_ALONE * heard.confidence,
            understood=False,
            author=heard.author,
        )
    agrees = _agree(answer, opinion, scene)
    sure = answer.confidence
    moved = sure + (1.0 - sure) * heard.confidence / 2.0
    if not agrees:
        doubt = _DOUBT if answer.type in _SEEN else _DOUBT_OF_FACTS
        moved = sure * (1.0 - doubt * heard.confidence)
    second = SecondOpinion(
        answer=opinion.answer,
        value=opinion.value,
        evidence=opinion.evidence,
        author=heard.author,
        agrees=agrees,
    )
    return replace(answer, confidence=moved, second_opinion=second)


def _filled(text: str, lesions: Sequence[Lesion], count: int, scene: Scene) -> str:
    values = {k: slot_values(x.measurement, scene.lang) for k, x in enumerate(lesions, 1)}
    mentions = {k: scene.lesion_name(x) for k, x in enumerate(lesions, 1)}
    own = {"count": count_words(count, scene.lang)}
    listed = _RUN.sub(lambda run: ", ".join(f"<L{k}>" for k in lesions_in(run[0])), text)
    return fill_slots(listed, own, lesions=values, mentions=mentions)


def _told_by(heard: Heard, cues: Sequence[Cue]) -> AnswerType:
    """Return the kind of an answer whose question no rule understood."""
    first = cues[0] if cues else None
    if any(use.name in _BY_SLOT for use in slots_in(heard.text)):
        return "measure"
    if first is not None and first.means("said"):
        return "presence"
    if first is not None and first.means("side"):
        return "side"
    return "count" if "<count>" in heard.text else "site" if heard.places else "presence"


def _value(kind: AnswerType, heard: Heard, cues: Sequence[Cue], lesions: Sequence[Lesion]) -> Value:
    if kind in _YES_OR_NO:
        said = _first(cues, "said")
        return None if said is None else said == "yes"
    if kind == "count":
        return len(lesions) if lesions or _first(cues, "said") == "no" else None
    if kind in _EXTREMES:
        return lesions[0].id if lesions else None
    if kind == "measure":
        return _slot_value(heard.text, lesions)
    if kind == "site":
        return _site_key(heard.places)
    return _first(cues, kind) if kind in {"side", "size_class", "uptake_class"} else None


def _slot_value(text: str, lesions: Sequence[Lesion]) -> Value:
    """Return the printed value that the first slot of a text stands for."""
    order = lesions_in(text)
    for use in slots_in(text):
        if use.name in _BY_SLOT and use.lesion in order:
            return value_of(lesions[order.index(use.lesion)], _BY_SLOT[use.name])
    return None


def _site_key(places: Sequence[AskedPlace]) -> str | None:
    for place in places:
        if place.key:
            return organ_key(place.key, place.side) or organ_key(place.key, None) or place.key
    return None


def _first(cues: Sequence[Cue], kind: str) -> str | None:
    return next((cue.meanings[kind] for cue in cues if kind in cue.meanings), None)


def _agree(answer: Answer, opinion: Opinion, scene: Scene) -> bool:
    if (answer.type == "unanswerable") != (opinion.type == "unanswerable"):
        return False
    if answer.type != "site" or answer.value is None:
        elsewhere = bool(answer.evidence) and set(answer.evidence).isdisjoint(opinion.evidence)
        if answer.type == "presence" and answer.value and opinion.evidence and elsewhere:
            return False
        return answer.value == opinion.value
    lesion = next((x for x in scene.measured.lesions if x.id in answer.evidence), None)
    places = [place for place in opinion.heard.places if place.key]
    return lesion is not None and any(lies_in(lesion.location, p) == "in" for p in places)
