"""Questions about one lesion or two: side, site, size, uptake, value, hottest, largest, which more.

Size classes: small under 10 mm, large above 30 mm in the long axis. Two lesions are compared only
where the printed values differ. Knows measured lesions, not where else there might be some.
"""

from collections.abc import Callable
from typing import Final

from petscribe.core.lesion import Lesion
from petscribe.dataset.questions.speech import Asked, Question, QuestionType, reference
from petscribe.terms.figures import shown_ml, shown_mm, shown_suv

SMALL_MM: Final = 10.0
LARGE_MM: Final = 30.0


def size_class(lesion: Lesion) -> str:
    """Return small, medium or large."""
    long_mm = shown_mm(lesion.measurement.long_axis_mm)
    if long_mm < SMALL_MM:
        return "small"
    return "large" if long_mm > LARGE_MM else "medium"


def side(asked: Asked) -> Question | None:
    """Ask on which side a lesion lies that has one."""
    sided = [k for k, finding in enumerate(asked.findings) if finding.laterality is not None]
    if not sided:
        return None
    position = sided[int(asked.rng.integers(len(sided)))]
    said = str(asked.findings[position].laterality)
    return _about(asked, position, ("side", said, asked.say(said)))


def site(asked: Asked) -> Question | None:
    """Ask where a lesion lies."""
    for position in asked.draw(1):
        location = asked.lesions[position].location
        place = asked.place(position)
        answer = f"{place[:1].upper()}{place[1:]}."
        return _about(asked, position, ("site", location.organ or location.region, answer))
    return None


def size(asked: Asked) -> Question | None:
    """Ask how large a lesion is."""
    for position in asked.draw(1):
        lesion = asked.lesions[position]
        said = size_class(lesion)
        answer = asked.say(said, ref=reference(lesion))
        return _about(asked, position, ("size_class", said, answer))
    return None


def uptake(asked: Asked) -> Question | None:
    """Ask how avid a lesion is."""
    for position in asked.draw(1):
        said = asked.findings[position].uptake
        if said is None:
            return None
        return _about(asked, position, ("uptake_class", said, asked.say(said)))
    return None


def value(asked: Asked) -> Question | None:
    """Ask for a lesion's SUVmax."""
    for position in asked.draw(1):
        lesion = asked.lesions[position]
        suv = lesion.measurement.suv_max
        if suv is None:
            return None
        answer = asked.say("value", ref=reference(lesion))
        return _about(asked, position, ("measure", shown_suv(suv), answer))
    return None


def hottest(asked: Asked) -> Question | None:
    """Ask for the lesion of the highest SUVmax."""
    return _first(asked, "hottest", _suv)


def largest(asked: Asked) -> Question | None:
    """Ask for the lesion of the largest volume."""
    return _first(asked, "largest", _volume)


def hotter(asked: Asked) -> Question | None:
    """Ask whether one lesion is hotter than another."""
    return _more(asked, "hotter", _suv)


def larger(asked: Asked) -> Question | None:
    """Ask whether one lesion is larger than another."""
    return _more(asked, "larger", _volume)


def same_side(asked: Asked) -> Question | None:
    """Ask whether two lesions of the left or the right lie on one side."""
    sides = {k: finding.laterality for k, finding in enumerate(asked.findings)}
    sided = [k for k in asked.draw(len(sides)) if sides[k] in {"left", "right"}]
    if len(sided) < 2:
        return None
    want_same = bool(asked.rng.random() < 0.5)
    first = sided[0]
    others = [k for k in sided[1:] if (sides[k] == sides[first]) == want_same] or sided[1:]
    return _yes_or_no(asked, "same_side", (first, others[0]), sides[first] == sides[others[0]])


def _suv(lesion: Lesion) -> float:
    return shown_suv(lesion.measurement.suv_max or 0.0)


def _volume(lesion: Lesion) -> float:
    return shown_ml(lesion.measurement.mtv_ml)


def _first(asked: Asked, kind: QuestionType, measure: Callable[[Lesion], float]) -> Question | None:
    values = [measure(lesion) for lesion in asked.lesions]
    if len(values) < 2 or values.count(max(values)) > 1:
        return None
    position = values.index(max(values))
    lesion = asked.lesions[position]
    answer = asked.say("which", ref=reference(lesion), place=asked.place(position))
    return Question(
        type=kind,
        text=asked.say(kind),
        answer=answer,
        value=lesion.id,
        evidence=(lesion.id,),
    )


def _more(asked: Asked, name: str, measure: Callable[[Lesion], float]) -> Question | None:
    pair = asked.draw(2)
    if len(pair) < 2:
        return None
    first, second = (measure(asked.lesions[k]) for k in pair)
    if first == second:
        return None
    return _yes_or_no(asked, name, (pair[0], pair[1]), first > second)


def _yes_or_no(asked: Asked, name: str, pair: tuple[int, int], truth: bool) -> Question:  # noqa: FBT001
    one, other = (asked.lesions[k] for k in pair)
    return Question(
        type="comparison",
        text=asked.say(name, ref=reference(one), other=reference(other)),
        answer=asked.say("yes", refs="") if truth else asked.say("no"),
        value=truth,
        evidence=(one.id, other.id),
    )


def _about(asked: Asked, position: int, said: tuple[QuestionType, str | float, str]) -> Question:
    kind, value, answer = said
    lesion = asked.lesions[position]
    return Question(
        type=kind,
        text=asked.say(kind, ref=reference(lesion)),
        answer=answer,
        value=value,
        evidence=(lesion.id,),
    )
