"""A question about an exam, in and out: `ask_exam`, the main path of `petscribe ask`.

Joins the matcher of mining (which sites a question names), the rules that answer from measurements
(`reporting.answering`), and, where there is one, a model as second opinion. Rules win where both
answer; a model alone is marked.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Final, Protocol, runtime_checkable

from petscribe.core.answer import Answer
from petscribe.core.exam import Exam
from petscribe.core.lesion import Lesion
from petscribe.core.report import Measured
from petscribe.core.volume import Mask
from petscribe.mining.normalise import language_of, normalise
from petscribe.mining.sites import Place, expand_lists, places_of
from petscribe.mining.vocabulary import Item, mark, vocabulary
from petscribe.model.inputs.facts import LesionFacts
from petscribe.reporting.answering.asked.question import AskedPlace, Question
from petscribe.reporting.answering.asked.references import references_in, with_tokens
from petscribe.reporting.answering.asked.understanding import understand
from petscribe.reporting.answering.opinions import Heard, beside, read_opinion
from petscribe.reporting.answering.respond import respond
from petscribe.reporting.answering.saying import Scene
from petscribe.terms.briefs import exam_brief, lesion_briefs
from petscribe.terms.slots import MOST_LESIONS
from petscribe.terms.unmarked import is_unmarked_vietnamese, restored

if TYPE_CHECKING:
    from petscribe.pipeline import Reading

LONGEST: Final = 2000
"""Characters of a question that are read."""


_THAN: Final = re.compile(r"\bthan\b|\bh\u01a1n\b")
_TAG: Final = re.compile(r",\s*(?:right|correct)\s*[?.!]*\s*$|\bc\u00f3 ph\u1ea3i\b")
"""Words that ask for a "yes" and hold the word for right: no side is meant."""


@runtime_checkable
class Spoken(Protocol):
    """What a model said."""

    @property
    def text(self) -> str:
        """Its words, with slots and references by position."""

    @property
    def confidence(self) -> float:
        """0-1."""

    @property
    def complete(self) -> bool:
        """False: cut at the longest length."""


@runtime_checkable
class Answering(Protocol):
    """A model that answers questions: `model.describer.Describer` in use, a fake in tests."""

    @property
    def name(self) -> str:
        """What it is called."""

    def answer(
        self,
        exam: Exam,
        mask: Mask,
        facts: Mapping[int, LesionFacts],
        question: str,
        *,
        about: str = "",
        context: Sequence[str] = (),
    ) -> Spoken:
        """Answer a question about the whole exam."""


def ask_exam(
    reading: "Reading",
    question: str,
    lang: str | None = None,
    *,
    describer: Answering | None = None,
    outlined: bool = False,
) -> Answer:
    """Answer a question about a measured exam, by rules and, where there is one, a model.

    Args:
        reading: the exam after measuring.
        question: in English or Vietnamese, in anybody's words.
        lang: `en` or `vi`; None: the question's own.
        describer: the model that gives a second opinion; none is asked without lesions or SUV.
        outlined: whether the lesions were outlined by the user.
    """
    lang = question_language(question, lang)
    answer = ask_table(reading.measured, question, lang, outlined=outlined)
    if describer is None or not reading.measured.lesions or not reading.exam.has_suv:
        return answer
    scene = Scene(measured=reading.measured, lang=lang, outlined=outlined)
    shown = _shown(reading.measured)
    heard = _heard(reading, question, lang, describer=describer, shown=shown)
    wanted = answer.type if answer.understood else None
    opinion = None if heard is None else read_opinion(heard, wanted, shown, scene)
    return answer if opinion is None else beside(answer, opinion, scene)


def ask_table(
    measured: Measured, question: str, lang: str | None = None, *, outlined: bool = False
) -> Answer:
    """Answer a question from a table of measurements alone, by rules.

    Args:
        measured: the exam's table.
        question: in English or Vietnamese, in anybody's words.
        lang: `en` or `vi`; None: the question's own.
        outlined: whether the lesions were outlined by the user.
    """
    lang = question_language(question, lang)
    return respond(understood(question, lang), measured, lang, outlined=outlined)


def question_language(question: str, stated: str | None = None) -> str:
    """Return `en` or `vi`: as stated, else by the letters of the question, else by its words."""
    lang = language_of(question, stated)
    if stated is None and lang == "en" and is_unmarked_vietnamese(_plain(question)):
        return "vi"
    return lang


def understood(question: str, lang: str) -> Question:
    """Return what a question asks, its sites found by mining's matcher."""
    text = _TAG.sub(_blanked, spelled(question, lang))
    return understand(text, sites_in(references_in(text, lang).rest, lang), lang)


def spelled(question: str, lang: str) -> str:
    """Return a question in one spelling, letter for letter; bare Vietnamese gets its marks."""
    text = _plain(question)
    return restored(text) if lang == "vi" and text.isascii() else text


def sites_in(text: str, lang: str) -> tuple[AskedPlace, ...]:
    """Return the places that a normalised text names; a side alone is a place of its own."""
    marked = [_site_inside(x, text, lang) for x in mark(text, 0, len(text), vocabulary(lang))]
    items = expand_lists(marked, text, lang)
    found: list[AskedPlace] = []
    alone: list[str] = []
    for part in _parts(items, text):
        named = places_of(part, text, lang)
        found += [_asked(place, part) for place in named if place.term.key != "other"]
        if not named:
            alone += [item.tags["side"] for item in part if "side" in item.tags]
    sides = [AskedPlace(side=side) for side in dict.fromkeys(alone)]  # type: ignore[arg-type]
    return (*found, *sides)


def _site_inside(item: Item, text: str, lang: str) -> Item:
    """Return the site of a diagnosis that names one: the lung of "lung cancer"."""
    if "diagnosis" not in item.tags or "site" in item.tags:
        return item
    gaps = [item.start + found.start() for found in re.finditer(r"\s+", item.text)]
    for cut in gaps:
        for start, end in ((item.start, cut), (cut + 1, item.end)):
            found = mark(text, start, end, vocabulary(lang))
            if len(found) == 1 and "site" in found[0].tags:
                return found[0]._replace(i=item.i, j=item.j)
    return item


def _parts(items: Sequence[Item], text: str) -> Iterator[list[Item]]:
    """Yield the items between commas and the words for and, or, than."""
    part: list[Item] = []
    for item in items:
        if item.tags.keys() & {"and", "or", "cmp"} or item.tags.get("punct") in {"comma", "slash"}:
            yield part
            part = []
            continue
        if part and _THAN.search(text[part[-1].end : item.start]):
            yield part
            part = []
        part.append(item)
    yield part


def _asked(place: Place, part: Sequence[Item]) -> AskedPlace:
    node = any(item.tags.get("type") == "node" for item in part)
    region = place.region(node=node)
    moved = region != place.term.region
    spans = [item for item in part if item.tags.get("site") is place.term]
    start = min((item.start for item in spans), default=place.start)
    end = max((item.end for item in spans), default=place.end)
    return AskedPlace(
        key=region if moved else place.term.key,
        region=region,
        side=place.side,
        node=node,
        span=(start, end),
    )


def _plain(question: str) -> str:
    return normalise(question[:LONGEST]).text


def _blanked(found: re.Match[str]) -> str:
    return " " * len(found[0])


def _shown(measured: Measured) -> tuple[Lesion, ...]:
    """Return the lesions that a model is shown: all, or the hottest that it has references for."""
    by_heat = sorted(measured.lesions, key=lambda x: -(x.measurement.suv_max or 0.0))
    kept = {x.id for x in by_heat[:MOST_LESIONS]}
    return tuple(x for x in measured.lesions if x.id in kept)


def _heard(
    reading: "Reading",
    question: str,
    lang: str,
    *,
    describer: Answering,
    shown: Sequence[Lesion],
) -> Heard | None:
    """Ask the model; None where it did not finish its sentence."""
    from petscribe.writing import facts_of

    text = unicodedata.normalize("NFC", question[:LONGEST])
    tokens = {lesion.id: f"<L{k}>" for k, lesion in enumerate(shown, 1)}
    tracer = reading.exam.acquisition.tracer
    said = describer.answer(
        reading.exam,
        reading.mask,
        {x.id: facts_of(x, reading.frame, reading.exam.acquisition) for x in shown},
        with_tokens(text, spelled(text, lang), lang, tokens),
        about=exam_brief(reading.measured.coverage, lang=lang, tracer=tracer),
        context=lesion_briefs(shown, lang=lang, tracer=tracer),
    )
    if not said.complete:
        return None
    plain = normalise(said.text).text
    return Heard(
        text=said.text,
        plain=plain,
        places=sites_in(references_in(plain, lang).rest, lang),
        confidence=min(max(said.confidence, 0.0), 1.0),
        author=describer.name,
    )
