"""Answers about lesions that are there: where, which side, how large, how avid, what value.

A question that fits several lesions is answered for each; it has one value only where they agree.
Size classes: small under 10 mm, large above 30 mm in the long axis. Knows one exam's table.
"""

from collections.abc import Callable, Sequence
from typing import Final, NamedTuple

from petscribe.core.answer import Answer, AnswerType, Value
from petscribe.core.lesion import Lesion
from petscribe.reporting.answering.about_places import absent, outside, presence
from petscribe.reporting.answering.asked.question import Question
from petscribe.reporting.answering.choosing import chosen, wanted
from petscribe.reporting.answering.saying import (
    MOST_MENTIONS,
    Scene,
    confidence_in,
    not_measured,
    refused,
    value_of,
    value_text,
)
from petscribe.terms.anatomy import side_words
from petscribe.terms.claims import finding_of
from petscribe.terms.figures import shown_mm, size_figure
from petscribe.terms.phrasebook import phrases
from petscribe.terms.replies import part, reply
from petscribe.terms.statements import label

SMALL_MM: Final = 10.0
LARGE_MM: Final = 30.0


class Said(NamedTuple):
    """What is said of one lesion, and its value; None where it was not measured."""

    text: str
    value: Value


def site(question: Question, scene: Scene) -> Answer:
    """Answer where lesions lie."""
    return _each(question, scene, "site", _site)


def side(question: Question, scene: Scene) -> Answer:
    """Answer on which side lesions lie."""
    return _each(question, scene, "side", _side)


def size(question: Question, scene: Scene) -> Answer:
    """Answer how large lesions are."""
    return _each(question, scene, "size_class", _size)


def uptake(question: Question, scene: Scene) -> Answer:
    """Answer how avid lesions are."""
    if not _have_suv(chosen(question, scene)):
        return not_measured(scene, "suv_max")
    return _each(question, scene, "uptake_class", _uptake)


def measure(question: Question, scene: Scene) -> Answer:
    """Answer for a measured value of lesions."""
    quantity = question.quantity or "suv_max"
    lesions = chosen(question, scene)
    if not lesions:
        return nothing_to_measure(question, scene)
    if all(value_of(x, quantity) is None for x in lesions):
        return not_measured(scene, quantity)

    def said(lesion: Lesion, scene: Scene) -> Said:
        value = value_of(lesion, quantity)
        text = label("not_measured", scene.lang)
        if value is not None:
            text = value_text(lesion, quantity, scene.lang)
        what = part(scene.lang, "quantities", quantity)
        return Said(_about(scene, lesion, "value", what=what, value=text), value)

    return _each(question, scene, "measure", said)


def extremes(question: Question, scene: Scene) -> Answer:
    """Answer which lesion is the hottest, least avid, largest or smallest."""
    assert question.pick is not None
    lesions = chosen(question, scene)
    if not lesions:
        return nothing_to_measure(question, scene)
    if len(lesions) > 1:
        text = reply(scene.lang, "tie", mentions=scene.mentions(lesions))
    else:
        values = {"mention": scene.mention(lesions[0])}
        if question.pick in {"largest", "smallest"}:
            values["volume"] = value_text(lesions[0], "volume", scene.lang).split()[0]
        text = reply(scene.lang, question.pick, **values)
    return Answer(
        answer=text,
        type=question.pick,
        value=lesions[0].id if len(lesions) == 1 else None,
        evidence=tuple(x.id for x in lesions),
        confidence=0.95 if len(lesions) == 1 else 0.5,
    )


def nothing_to_measure(question: Question, scene: Scene) -> Answer:
    """Answer that there is no lesion of the kind that was asked about."""
    if not scene.measured.lesions and not question.places:
        return refused(reply(scene.lang, "no_lesions"))
    here = presence(question, scene)
    if here.type == "unanswerable":
        return outside(question, scene)
    found = absent(question, scene, wanted(question, scene))
    return refused(found.answer, confidence=found.confidence)


def _each(
    question: Question,
    scene: Scene,
    kind: AnswerType,
    said_of: Callable[[Lesion, Scene], Said],
) -> Answer:
    lesions = chosen(question, scene)
    if not lesions:
        return nothing_to_measure(question, scene)
    said = [said_of(lesion, scene) for lesion in lesions]
    values = {item.value for item in said}
    one = len(values) == 1
    text = " ".join(item.text for item in said[:MOST_MENTIONS])
    if len(said) > MOST_MENTIONS:
        rest = part(scene.lang, "more_mentions", count=len(said) - MOST_MENTIONS)
        text = f"{text} (+ {rest})"
    return Answer(
        answer=text,
        type=kind,
        value=said[0].value if one else None,
        evidence=tuple(x.id for x in lesions),
        confidence=_confidence(lesions, kind) if one else 0.5,
    )


def _confidence(lesions: Sequence[Lesion], kind: AnswerType) -> float:
    if kind in {"site", "side"}:
        return min(x.location.confidence for x in lesions)
    return min(max(0.5, confidence_in(x)) for x in lesions)


def _site(lesion: Lesion, scene: Scene) -> Said:
    where = lesion.location
    form = "approximate" if where.approximate else "where"
    text = _about(scene, lesion, form, slice=lesion.measurement.slice_pet)
    return Said(text, where.organ or where.region)


def _side(lesion: Lesion, scene: Scene) -> Said:
    laterality = lesion.location.laterality
    if laterality is None:
        return Said(_about(scene, lesion, "no_side_known"), None)
    return Said(
        _about(scene, lesion, "on_side", side=side_words(scene.lang)[laterality]), laterality
    )


def _size(lesion: Lesion, scene: Scene) -> Said:
    measured = lesion.measurement
    value = size_class(lesion)
    dims = (shown_mm(measured.long_axis_mm), shown_mm(measured.short_axis_mm))
    in_cm = bool(phrases(scene.lang)["size_unit_cm"])
    text = _about(
        scene,
        lesion,
        "size",
        **{"class": part(scene.lang, "classes", value)},
        size=size_figure(dims, scene.lang, in_cm=in_cm),
        volume=value_text(lesion, "volume", scene.lang).split()[0],
    )
    return Said(text, value)


def _uptake(lesion: Lesion, scene: Scene) -> Said:
    degree = finding_of(lesion, lang=scene.lang, tracer=scene.tracer).uptake
    if degree is None:
        what = part(scene.lang, "quantities", "suv_max")
        missing = label("not_measured", scene.lang)
        return Said(_about(scene, lesion, "value", what=what, value=missing), None)
    words = {"class": part(scene.lang, "classes", degree)}
    suv = value_text(lesion, "suv_max", scene.lang)
    return Said(_about(scene, lesion, "uptake_degree", suv=suv, **words), degree)


def size_class(lesion: Lesion) -> str:
    """Return small, medium or large, by the long axis as printed."""
    long_mm = shown_mm(lesion.measurement.long_axis_mm)
    if long_mm < SMALL_MM:
        return "small"
    return "large" if long_mm > LARGE_MM else "medium"


def _about(scene: Scene, lesion: Lesion, form: str, **values: object) -> str:
    said, place = scene.lesion_name(lesion), scene.place(lesion)
    return reply(scene.lang, form, name=said, place=place, **values)


def _have_suv(lesions: Sequence[Lesion]) -> bool:
    return not lesions or any(x.measurement.suv_max is not None for x in lesions)
