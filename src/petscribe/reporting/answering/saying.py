"""The words of answers: lesions as they are mentioned, places, values as they are printed.

Numbers are printed by `terms.slots` and `terms.figures`, so that an answer says what the report
says. Knows one exam's table and one language.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from petscribe.core.answer import Answer, AnswerType
from petscribe.core.lesion import AT_SCAN_END, Lesion
from petscribe.core.report import Measured
from petscribe.reporting.answering.asked.question import AskedPlace, Limit, Quantity
from petscribe.terms.anatomy import ORGANS, name, organ_key, side_words
from petscribe.terms.figures import figure, shown_ml, shown_mm, shown_suv, size_figure
from petscribe.terms.phrasebook import listed, phrases
from petscribe.terms.places import place_words
from petscribe.terms.replies import part, reply
from petscribe.terms.sentences import in_capitals, uptake_words, with_article
from petscribe.terms.slots import slot_values
from petscribe.terms.statements import heading

MOST_MENTIONS: Final = 6
"""Lesions that one answer names; of the others it says how many."""
_SUVS: Final = frozenset({"suv_max", "suv_mean", "suv_peak", "tlg"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """The exam that is asked about."""

    measured: Measured
    lang: str
    outlined: bool = False
    """Whether the lesions were outlined by the user, so that nothing else was judged."""

    @property
    def tracer(self) -> str:
        """The tracer, of `core.exam.Tracer`."""
        return str(self.measured.exam.get("tracer") or "unknown")

    @property
    def undecided(self) -> tuple[Lesion, ...]:
        """Uptake of which it is not clear whether it is physiologic; noise at the ends is none."""
        return tuple(
            x
            for x in self.measured.physiologic
            if x.verdict == "undecided" and AT_SCAN_END not in x.flags
        )

    @property
    def physiologic(self) -> tuple[Lesion, ...]:
        """Uptake that was set aside as normal."""
        return tuple(x for x in self.measured.physiologic if x.verdict == "physiologic")

    def lesion_name(self, lesion: Lesion) -> str:
        """Return `lesion 3`, or `uptake 6` of what was set aside."""
        kind = "lesion" if lesion.verdict == "lesion" else "uptake"
        return part(self.lang, kind, id=lesion.id)

    def place(self, lesion: Lesion) -> str:
        """Return where a lesion is, without article, its side and level included."""
        where = lesion.location
        words = where.words.get(self.lang)
        if words is None:
            words = place_words(
                region=where.region,
                organ=where.organ,
                laterality=where.laterality,
                level=where.level,
            )[self.lang]
        return in_capitals(words, self.lang)

    def at(self, lesion: Lesion) -> str:
        """Return where a lesion is, with its article."""
        return with_article(self.place(lesion), self.lang)

    def mention(self, lesion: Lesion) -> str:
        """Return `lesion 1 (right hilum, SUVmax 42.2, 6.4 x 4.1 cm)`."""
        values = slot_values(lesion.measurement, self.lang)
        facts = [self.place(lesion)]
        if "suv_max" in values:
            facts.append(f"SUVmax {values['suv_max']}")
        facts.append(values["size"])
        said = self.lesion_name(lesion)
        return part(self.lang, "mention", name=said, facts=", ".join(facts))

    def mentions(self, lesions: Sequence[Lesion]) -> str:
        """Return several mentions; beyond six only how many more."""
        said = [self.mention(lesion) for lesion in lesions[:MOST_MENTIONS]]
        if len(lesions) > MOST_MENTIONS:
            said.append(part(self.lang, "more_mentions", count=len(lesions) - MOST_MENTIONS))
        return listed(said, self.lang)

    def uptake(self) -> dict[str, str]:
        """Return the words for the tracer and what is increased, by slot."""
        return uptake_words(self.tracer, self.lang)

    def asked(self, places: Sequence[AskedPlace]) -> str:
        """Return the places that were asked about, with their articles."""
        said = [self._asked(place) for place in places]
        return listed(list(dict.fromkeys(said)), self.lang, word="or")

    def _asked(self, place: AskedPlace) -> str:
        if place.section is not None:
            words = heading(place.section, self.lang)
            return with_article(words[:1].lower() + words[1:], self.lang)
        if place.region is None:
            return side_words(self.lang)[str(place.side)]
        return with_article(_place_name(place, self.lang), self.lang)

    def limit(self, limit: Limit) -> str:
        """Return `with SUVmax above 10.0`."""
        way = "limit_above" if limit.above else "limit_below"
        what = part(self.lang, "quantities", limit.quantity)
        return part(self.lang, way, what=what, value=_limit_figure(limit, self.lang))


def _place_name(place: AskedPlace, lang: str) -> str:
    key = organ_key(place.key, place.side) or organ_key(place.key, None) or place.key
    if key not in ORGANS and organ_key(key, "left"):
        key = f"{organ_key(key, 'left')}"
        words = ORGANS[key].names[lang]
        return (words.both if place.side == "bilateral" and words.both else words.plain).lower()
    return name(key, lang, side=place.side).lower()


def _limit_figure(limit: Limit, lang: str) -> str:
    if limit.quantity == "long_axis":
        in_cm = bool(phrases(lang)["size_unit_cm"])
        return size_figure((limit.value,), lang, in_cm=in_cm)
    decimals = 1 if limit.quantity.startswith(("suv", "ratio")) else 0
    unit = part(lang, "units", limit.quantity) if limit.quantity in {"volume", "tlg"} else ""
    return figure(limit.value, lang, decimals=decimals) + unit


def value_of(lesion: Lesion, quantity: Quantity) -> float | int | None:
    """Return a measured value as it is printed; None when it was not measured."""
    measured = lesion.measurement
    printed: Mapping[str, float | int | None] = {
        "suv_max": _shown(measured.suv_max),
        "suv_mean": _shown(measured.suv_mean),
        "suv_peak": _shown(measured.suv_peak),
        "volume": shown_ml(measured.mtv_ml),
        "tlg": None if measured.tlg_g is None else shown_ml(measured.tlg_g),
        "long_axis": shown_mm(measured.long_axis_mm),
        "slice": measured.slice_pet,
        "ratio_liver": _shown(measured.ratio_liver),
        "ratio_blood_pool": _shown(measured.ratio_blood_pool),
        "deauville": measured.deauville,
    }
    return printed[quantity]


def value_text(lesion: Lesion, quantity: Quantity, lang: str) -> str:
    """Return a measured value in digits with its unit; it must have been measured."""
    values = slot_values(lesion.measurement, lang)
    if quantity in values:
        unit = part(lang, "units", quantity) if quantity in {"volume", "tlg"} else ""
        return values[quantity] + unit
    value = value_of(lesion, quantity)
    assert value is not None
    return figure(float(value), lang, decimals=0 if quantity == "deauville" else 1)


def confidence_in(lesion: Lesion) -> float:
    """Return how sure it is that this is a lesion, and that it lies where it is said to."""
    return lesion.location.confidence * (1.0 if lesion.score is None else lesion.score)


def refused(text: str, *, understood: bool = True, confidence: float = 0.9) -> Answer:
    """Return the answer that the exam cannot give."""
    kind: AnswerType = "unanswerable"
    return Answer(answer=text, type=kind, value=None, confidence=confidence, understood=understood)


def not_measured(scene: Scene, quantity: Quantity) -> Answer:
    """Return that a value was not measured, and why where that is known."""
    no_suv = scene.measured.exam.get("unit") != "g/ml" and quantity in _SUVS
    why = part(scene.lang, "not_measured_suv") if no_suv else ""
    what = part(scene.lang, "quantities", quantity)
    return refused(reply(scene.lang, "not_measured", what=what, why=why))


def _shown(value: float | None) -> float | None:
    return None if value is None else shown_suv(value)
