"""What a question is, and how one is put into words.

Knows the grammar of questions and how places and lesions are named in it; knows not which
questions are worth asking.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from petscribe.core.finding import Finding
from petscribe.core.lesion import Lesion
from petscribe.dataset.wording.grammar import Part, Speaker, grammar
from petscribe.dataset.wording.places import place_wordings, places_of
from petscribe.terms.phrasebook import capitalised
from petscribe.terms.sentences import in_capitals, with_article

QuestionType = Literal[
    "presence",
    "side",
    "site",
    "count",
    "size_class",
    "uptake_class",
    "measure",
    "hottest",
    "largest",
    "comparison",
    "unanswerable",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One question with its answer."""

    type: QuestionType
    text: str
    answer: str
    value: bool | int | float | str | None
    """What a scorer compares: yes or no, a number, a class or an organ key; None when the exam
    cannot answer."""
    evidence: tuple[int, ...] = ()
    """The lesions that decide the answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One exam as its questions see it."""

    lesions: tuple[Lesion, ...]
    findings: tuple[Finding, ...]
    """What is said of each lesion, in the same order."""
    coverage: tuple[str, ...]
    lang: str
    tracer: str
    part: Part
    rng: np.random.Generator

    def draw(self, count: int) -> list[int]:
        """Return positions of so many lesions, or of all there are, in random order."""
        return [int(i) for i in self.rng.permutation(len(self.lesions))[:count]]

    def say(self, name: str, **words: str) -> str:
        """Return one wording of a symbol of the questions' grammar."""
        return self.say_any(name, **{key: (text,) for key, text in words.items()})

    def say_any(self, name: str, **words: Sequence[str]) -> str:
        """As `say`, with several wordings for a hole."""
        speaker = Speaker(
            rules=grammar(self.lang, "findings", "questions"),
            part=self.part,
            qualifiers=(self.tracer,),
            words=words,
            rng=self.rng,
        )
        return capitalised(" ".join(speaker.say(name).split()).replace(" .", "."))

    def about_place(self, name: str, key: str, side: str | None) -> str:
        """Return a question about a region or an organ."""
        places = place_wordings(key, side, self.lang)
        return self.say_any(
            name,
            place=[in_capitals(place, self.lang) for place in places],
            the_place=[with_article(place, self.lang) for place in places],
        )

    def place(self, position: int) -> str:
        """Return one wording of a lesion's place, without article."""
        places = places_of(self.lesions[position].location, self.lang)
        return in_capitals(places[int(self.rng.integers(len(places)))], self.lang)


def reference(lesion: Lesion) -> str:
    """Return the token that speaks of a lesion."""
    return f"<L{lesion.id}>"
