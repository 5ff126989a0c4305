"""Answers about places: is there anything, how many, does this lesion lie there.

A "no" says what was looked at: whether the place is in the field of view, and what uptake there was
set aside. Outside the field of view there is no "no", and what the measurement leaves open is said
to be open (value None).
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from petscribe.core.answer import Answer
from petscribe.core.lesion import Lesion
from petscribe.reporting.answering.asked.question import Question
from petscribe.reporting.answering.choosing import There, numbered, there, wanted
from petscribe.reporting.answering.inside import is_shown, lies_in
from petscribe.reporting.answering.saying import Scene, confidence_in, refused
from petscribe.terms.anatomy import side_words
from petscribe.terms.replies import counted_lesions, part, reply

_SURE_NO: Final = 0.9
_NO_BESIDE: Final = 0.6
"""A border is nearby: the lesion next door may be the one that was meant."""
_OPEN: Final = 0.4
_ORDER: Final = ("in", "perhaps", "out")


def presence(question: Question, scene: Scene) -> Answer:
    """Answer whether there is a lesion, in a place or anywhere; or whether all is normal there."""
    here = wanted(question, scene)
    if here.inside:
        return _present(question, scene, here.inside)
    if _is_outside(question, scene):
        return outside(question, scene)
    if here.perhaps:
        return _open(question, scene, here.perhaps)
    undecided = there(scene.undecided, question.places).inside
    by_kind = question.limit is not None or (question.nodes and not question.places)
    if undecided and not by_kind:
        return _undecided(question, scene, undecided)
    return absent(question, scene, here)


def count(question: Question, scene: Scene) -> Answer:
    """Answer how many lesions there are, in a place or in all."""
    here = wanted(question, scene)
    if not here.inside:
        found = presence(question, scene)
        if found.type == "unanswerable":
            return found
        return Answer(
            answer=found.answer,
            type="count",
            value=None if found.value is None else 0,
            evidence=found.evidence,
            confidence=found.confidence,
        )
    number = counted_lesions(len(here.inside), scene.lang)
    mentions = scene.mentions(here.inside)
    sure = min(confidence_in(x) for x in here.inside)
    text = reply(scene.lang, "counted", count=number, mentions=mentions)
    if here.perhaps:
        text = f"{text} {_open(question, scene, here.perhaps).answer}"
    return Answer(
        answer=text,
        type="count",
        value=len(here.inside),
        evidence=_ids(here.inside),
        confidence=min(sure, _NO_BESIDE) if here.perhaps else sure,
    )


def place_check(question: Question, scene: Scene) -> Answer:
    """Answer whether lesions named by number lie in a place."""
    lesions, _ = numbered(scene.measured, question.lesions)
    ways = [
        min((lies_in(x.location, place) for place in question.places), key=_ORDER.index)
        for x in lesions
    ]
    said = {"in": "is_in", "perhaps": "may_be_in", "out": "is_not_in"}
    text = " ".join(
        reply(scene.lang, said[way], name=scene.lesion_name(x), place=scene.at(x))
        for x, way in zip(lesions, ways, strict=True)
    )
    value = False if "out" in ways else None if "perhaps" in ways else True
    return Answer(
        answer=text,
        type="presence",
        value=value,
        evidence=_ids(lesions),
        confidence=min(x.location.confidence for x in lesions) if value is not None else _OPEN,
    )


def outside(question: Question, scene: Scene) -> Answer:
    """Answer that the field of view does not hold the place."""
    return refused(reply(scene.lang, "outside", place=scene.asked(question.places)))


def absent(question: Question, scene: Scene, here: There) -> Answer:
    """Answer that there is no lesion, and what was looked at."""
    lang = scene.lang
    words = {"noun": _noun(question, scene), **scene.uptake()}
    set_aside = there(scene.physiologic, question.places).inside if question.places else ()
    clauses = _clauses(question, scene, set_aside, here.beside)
    if question.limit is not None:
        words["limit"] = scene.limit(question.limit)
        text = reply(lang, "none_beyond", clauses=clauses, **words)
    else:
        text = _no(question, scene, clauses, words)
    text += part(lang, "nature") if question.nature else ""
    is_normal = question.normal and not scene.outlined
    return Answer(
        answer=part(lang, "normal") + text if is_normal else text,
        type="presence",
        value=None if question.normal and scene.outlined else question.normal,
        evidence=_ids((*set_aside, *here.beside)),
        confidence=_NO_BESIDE if here.beside else _SURE_NO,
    )


def _present(question: Question, scene: Scene, lesions: Sequence[Lesion]) -> Answer:
    mentions = scene.mentions(lesions)
    number = counted_lesions(len(lesions), scene.lang)
    form = "yes" if len(lesions) == 1 else "yes_count"
    if question.normal:
        form = "not_normal"
    text = reply(scene.lang, form, mentions=mentions, count=number)
    return Answer(
        answer=text + (part(scene.lang, "nature") if question.nature else ""),
        type="presence",
        value=not question.normal,
        evidence=_ids(lesions),
        confidence=max(confidence_in(x) for x in lesions),
    )


def _open(question: Question, scene: Scene, lesions: Sequence[Lesion]) -> Answer:
    mentions = scene.mentions(lesions)
    no_side = all(place.region is None and place.section is None for place in question.places)
    form = "perhaps_side" if no_side else "perhaps"
    text = reply(scene.lang, form, mentions=mentions, place=scene.asked(question.places))
    return Answer(
        answer=text, type="presence", value=None, evidence=_ids(lesions), confidence=_OPEN
    )


def _undecided(question: Question, scene: Scene, uptake: Sequence[Lesion]) -> Answer:
    form = "undecided_there" if question.places else "undecided_anywhere"
    text = reply(
        scene.lang,
        form,
        mentions=scene.mentions(uptake),
        noun=_noun(question, scene),
        place=scene.asked(question.places),
        clauses="",
    )
    return Answer(answer=text, type="presence", value=None, evidence=_ids(uptake), confidence=_OPEN)


def _no(question: Question, scene: Scene, clauses: str, words: dict[str, str]) -> str:
    if not question.places:
        return reply(scene.lang, "no_anywhere", clauses=clauses, **words)
    first = question.places[0]
    if first.region is None and first.section is None:
        side = side_words(scene.lang)[str(first.side)]
        return reply(scene.lang, "no_side", side=side, clauses=clauses, **words)
    return reply(scene.lang, "no", place=scene.asked(question.places), clauses=clauses, **words)


def _clauses(
    question: Question, scene: Scene, set_aside: Sequence[Lesion], beside: Sequence[Lesion]
) -> str:
    """Return what else there is to know about a place without a lesion."""
    lang, said = scene.lang, []
    coverage = scene.measured.coverage
    shown = [is_shown(x, coverage) for x in question.places if x.region or x.section]
    if shown and all(shown):
        said.append(part(lang, "inside"))
    elif shown:
        said.append(part(lang, "inside_unknown"))
    if scene.outlined:
        said.append(part(lang, "judged_given"))
    if set_aside:
        said.append(part(lang, "physiologic", mentions=scene.mentions(set_aside)))
    if beside:
        said.append(part(lang, "beside", mentions=scene.mentions(beside)))
    return "".join(said)


def _is_outside(question: Question, scene: Scene) -> bool:
    """Tell whether none of the places is in the field of view; uptake measured there shows it."""
    table = scene.measured
    if any(is_shown(place, table.coverage) is not False for place in question.places):
        return False
    both_sides = [replace(place, side=None) for place in question.places]
    uptake = there((*table.lesions, *table.physiologic), both_sides)
    return bool(both_sides) and not uptake.inside and not uptake.perhaps


def _noun(question: Question, scene: Scene) -> str:
    return part(scene.lang, "a_node" if question.nodes else "a_lesion")


def _ids(lesions: Sequence[Lesion]) -> tuple[int, ...]:
    return tuple(x.id for x in lesions)
