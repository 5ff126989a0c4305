"""Answers that hold two things against each other: lesions, a lesion and a limit or an organ.

Values are compared as they are printed, so that an answer never contradicts the report. Knows one
exam's table.
"""

from typing import NamedTuple

from petscribe.core.answer import Answer, Value
from petscribe.core.lesion import Lesion
from petscribe.reporting.answering.asked.question import Extreme, Quantity, Question
from petscribe.reporting.answering.choosing import extreme, numbered, passes, there
from petscribe.reporting.answering.saying import (
    Scene,
    not_measured,
    refused,
    value_of,
    value_text,
)
from petscribe.terms.anatomy import side_words
from petscribe.terms.figures import figure, shown_suv
from petscribe.terms.replies import counted_lesions, part, reply
from petscribe.terms.statements import label

_UP: tuple[Extreme, ...] = ("hottest", "largest")
_ORGANS = ("liver", "blood_pool")


class Side(NamedTuple):
    """One side of a comparison: how it is called, its number, as printed."""

    name: str
    value: float
    text: str
    """What was measured, and its value as printed."""


def comparison(question: Question, scene: Scene) -> Answer:
    """Answer whether one lesion is hotter or larger than another, a limit or an organ."""
    lesions = numbered(scene.measured, question.lesions)[0]
    if question.limit is not None:
        return _against_limit(question, scene, lesions)
    if not lesions:
        lesions = _hottest_of_places(question, scene)
    quantity = _quantity(question)
    organ = _organ(question)
    if len(lesions) == 1 and organ is not None:
        return _against_organ(question, scene, lesions[0], organ)
    if len(lesions) < 2:
        number = counted_lesions(len(lesions), scene.lang)
        return refused(reply(scene.lang, "need_two", count=number))
    sides = [_side_of(lesion, quantity, scene) for lesion in lesions[:2]]
    if sides[0] is None or sides[1] is None:
        return not_measured(scene, quantity)
    evidence = tuple(x.id for x in lesions[:2])
    return _held(question, scene, (sides[0], sides[1]), evidence)


def same_side(question: Question, scene: Scene) -> Answer:
    """Answer whether two lesions lie on one side."""
    lesions = numbered(scene.measured, question.lesions)[0]
    known = [x.location.laterality for x in lesions]
    value: bool | None = None
    text = reply(scene.lang, "same_side_open")
    if len(lesions) > 1 and None not in known:
        value = len(set(known)) == 1
        words = side_words(scene.lang)
        said = [words[str(side)] for side in known[:2]]
        text = reply(
            scene.lang,
            "same_side_yes" if value else "same_side_no",
            first=scene.lesion_name(lesions[0]),
            one=said[0],
            second=scene.lesion_name(lesions[1]),
            other=said[1],
        )
    return Answer(
        answer=text,
        type="comparison",
        value=value,
        evidence=tuple(x.id for x in lesions),
        confidence=min((x.location.confidence for x in lesions), default=0.5),
    )


def reference(question: Question, scene: Scene) -> Answer:
    """Answer for the uptake of a reference organ."""
    region = scene.measured.reference_regions.get(question.topic)
    if region is None:
        what = part(scene.lang, "organs_in_text", question.topic)
        return refused(reply(scene.lang, "not_measured", what=what, why=""))
    text = reply(
        scene.lang,
        "reference",
        organ=part(scene.lang, "organs", question.topic),
        mean=figure(shown_suv(region.suv_mean), scene.lang, decimals=1),
        sd=figure(shown_suv(region.suv_sd), scene.lang, decimals=1),
        method=region.method,
    )
    return Answer(
        answer=text,
        type="measure",
        value=shown_suv(region.suv_mean),
        confidence=region.quality,
    )


def _held(
    question: Question, scene: Scene, sides: tuple[Side, Side], evidence: tuple[int, ...]
) -> Answer:
    first, second = sides
    value: Value = None
    form = "compare_open"
    if question.more is not None:
        larger = first.value > second.value
        value = larger if question.more in _UP else first.value < second.value
        form = "compare_yes" if value else "compare_no"
        if first.value == second.value:
            form = "compare_equal"
    text = reply(
        scene.lang,
        form,
        first=first.name,
        second=second.name,
        one=first.text,
        other=second.text,
    )
    return Answer(
        answer=text,
        type="comparison",
        value=value,
        evidence=evidence,
        confidence=0.6 if form == "compare_equal" else 0.95,
    )


def _against_limit(question: Question, scene: Scene, lesions: tuple[Lesion, ...]) -> Answer:
    limit = question.limit
    assert limit is not None
    said, values = [], []
    for lesion in lesions:
        if value_of(lesion, limit.quantity) is None:
            return not_measured(scene, limit.quantity)
        values.append(passes(lesion, limit))
        said.append(
            reply(
                scene.lang,
                "limit_yes" if values[-1] else "limit_no",
                name=scene.lesion_name(lesion),
                place=scene.place(lesion),
                what=part(scene.lang, "quantities", limit.quantity),
                value=value_text(lesion, limit.quantity, scene.lang),
            )
        )
    evidence = tuple(x.id for x in lesions)
    return Answer(
        answer=" ".join(said),
        type="comparison",
        value=all(values),
        evidence=evidence,
        confidence=0.95,
    )


def _against_organ(question: Question, scene: Scene, lesion: Lesion, organ: str) -> Answer:
    region = scene.measured.reference_regions.get(organ)
    own = _side_of(lesion, "suv_max", scene)
    if region is None or own is None:
        what = part(scene.lang, "organs_in_text", organ)
        return refused(reply(scene.lang, "not_measured", what=what, why=""))
    mean = shown_suv(region.suv_mean)
    printed = figure(mean, scene.lang, decimals=1)
    what = part(scene.lang, "quantities", "suv_mean")
    other = Side(label(organ, scene.lang), mean, f"{what} {printed}")
    return _held(question, scene, (own, other), (lesion.id,))


def _organ(question: Question) -> str | None:
    """Return the reference organ that a question compares with."""
    if question.topic in _ORGANS:
        return question.topic
    regions = [place.region for place in question.places]
    return "liver" if "liver" in regions else None


def _hottest_of_places(question: Question, scene: Scene) -> tuple[Lesion, ...]:
    """Return the hottest lesion of each place that was named; of the whole table without one."""
    lesions = scene.measured.lesions
    if not question.places:
        return lesions
    found = [
        extreme(there(lesions, [place]).inside, question.more or "hottest", question.quantity)
        for place in question.places
    ]
    return tuple(some[0] for some in found if some)


def _quantity(question: Question) -> Quantity:
    if question.quantity is not None:
        return question.quantity
    return "volume" if question.more in {"largest", "smallest"} else "suv_max"


def _side_of(lesion: Lesion, quantity: Quantity, scene: Scene) -> Side | None:
    value = value_of(lesion, quantity)
    if value is None:
        return None
    what = part(scene.lang, "quantities", quantity)
    text = f"{what} {value_text(lesion, quantity, scene.lang)}"
    return Side(scene.lesion_name(lesion), float(value), text)
