"""The main path from an understood question to its answer: one function per kind.

Knows which function answers which kind, and what is refused before any is asked.
"""

from collections.abc import Callable, Mapping
from typing import Final

from petscribe.core.answer import Answer
from petscribe.core.report import Measured
from petscribe.reporting.answering import about_lesions, about_places, comparing
from petscribe.reporting.answering.asked.question import Kind, Question
from petscribe.reporting.answering.choosing import chosen, numbered
from petscribe.reporting.answering.saying import Scene, refused
from petscribe.terms.figures import shown_ml, volume_figure
from petscribe.terms.phrasebook import listed
from petscribe.terms.replies import counted_lesions, part, reply

_UNSURE: Final = 0.1


def respond(question: Question, measured: Measured, lang: str, *, outlined: bool = False) -> Answer:
    """Answer a question from an exam's measurements.

    Args:
        question: as `understanding` made it.
        measured: the exam's table.
        lang: `en` or `vi`, of the answer.
        outlined: whether the lesions were outlined by the user: then no other uptake was judged.
    """
    scene = Scene(measured=measured, lang=lang, outlined=outlined)
    if question.kind == "not_understood":
        text = reply(lang, "cannot", "not_understood")
        return refused(text, understood=False, confidence=_UNSURE)
    if question.kind == "unanswerable":
        return refused(reply(lang, "cannot", question.topic))
    missing = numbered(measured, question.lesions)[1]
    if missing:
        return _no_such_lesion(missing, scene)
    return _ANSWERS[question.kind](question, scene)


def _no_such_lesion(missing: tuple[int, ...], scene: Scene) -> Answer:
    lang = scene.lang
    if not scene.measured.lesions:
        return refused(reply(lang, "no_lesions"))
    ids = [str(x.id) for x in scene.measured.lesions]
    numbers = listed([str(number) for number in missing], lang)
    return refused(reply(lang, "no_such_lesion", missing=numbers, ids=listed(ids, lang)))


def _measure(question: Question, scene: Scene) -> Answer:
    """Answer for a value; "the SUV of the liver" without a lesion there is the reference's."""
    regions = {place.region for place in question.places}
    about_liver = question.quantity in {"suv_max", "suv_mean"} and regions == {"liver"}
    if about_liver and not question.lesions and not chosen(question, scene):
        return comparing.reference(_of_liver(question), scene)
    return about_lesions.measure(question, scene)


def _of_liver(question: Question) -> Question:
    return Question(kind="reference", places=question.places, topic="liver")


def _total(question: Question, scene: Scene) -> Answer:
    lang, totals = scene.lang, scene.measured.totals
    tlg = ""
    if totals.tlg_g is not None:
        tlg = part(lang, "total_tlg", tlg=volume_figure(shown_ml(totals.tlg_g), lang))
    value = totals.tlg_g if question.quantity == "tlg" else totals.mtv_ml
    text = reply(
        lang,
        "total",
        count=counted_lesions(totals.lesions, lang),
        mtv=volume_figure(shown_ml(totals.mtv_ml), lang),
        tlg=tlg,
    )
    return Answer(
        answer=text,
        type="measure",
        value=None if value is None else shown_ml(value),
        evidence=tuple(x.id for x in scene.measured.lesions),
        confidence=0.95,
    )


_ANSWERS: Final[Mapping[Kind, Callable[[Question, Scene], Answer]]] = {
    "presence": about_places.presence,
    "count": about_places.count,
    "place_check": about_places.place_check,
    "site": about_lesions.site,
    "side": about_lesions.side,
    "size_class": about_lesions.size,
    "uptake_class": about_lesions.uptake,
    "measure": _measure,
    "hottest": about_lesions.extremes,
    "coolest": about_lesions.extremes,
    "largest": about_lesions.extremes,
    "smallest": about_lesions.extremes,
    "comparison": comparing.comparison,
    "same_side": comparing.same_side,
    "reference": comparing.reference,
    "total": _total,
}
