"""Rows of text with pictures in them: which words, and which visual token stands where.

A request is a sequence of texts and of things to show: a lesion (all its tokens), a lesion in brief
(facts and mean), the body of an exam. Every shown thing becomes that many placeholders; after
tokenising they are counted, and a row whose count is off is refused, never cut. A row that is too
long for the model is refused as well.

Knows tokens and counts; what the words mean is the caller's.
"""

from dataclasses import dataclass, field
from typing import Literal

from petscribe.core.errors import InputError
from petscribe.model.batch import IGNORED, TEXT
from petscribe.model.language.tokens import VISUAL, Speech


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """Something of the batch that a row shows."""

    kind: Literal["lesion", "brief", "body"]
    of: int
    """Lesion or exam, by its place in the batch."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One request, and its answer when it is known."""

    parts: tuple[str | Shown, ...]
    answer: str | None = None
    about_lesion: bool = False
    """Whether the answer's words are about the one lesion shown: its attention is supervised."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VisualCounts:
    """How many visual tokens the batch has, and how they lie in the flat list."""

    lesions: int
    per_lesion: int
    exams: int
    per_exam: int
    has_facts: bool

    def indices(self, shown: Shown) -> list[int]:
        """Return the flat indices of what is shown.

        Raises:
            InputError: the batch has no such lesion or exam (code `placeholder-mismatch`).
        """
        most = self.exams if shown.kind == "body" else self.lesions
        if not 0 <= shown.of < most:
            raise InputError(
                "placeholder-mismatch", f"a row shows {shown.kind} {shown.of} of {most}"
            )
        if shown.kind == "body":
            first = self.lesions * self.per_lesion + shown.of * self.per_exam
            return list(range(first, first + self.per_exam))
        first = shown.of * self.per_lesion
        last = first + self.per_lesion - 1
        if shown.kind == "lesion":
            return list(range(first, last))
        return [first, last] if self.has_facts else [last]


@dataclass(frozen=True, slots=True, kw_only=True)
class EncodedRow:
    """A row as numbers; all lists have one entry per token."""

    tokens: list[int]
    labels: list[int]
    visual: list[int]
    about_lesion: list[bool] = field(default_factory=list)


def encoded(row: Row, speech: Speech, counts: VisualCounts, *, most: int) -> EncodedRow:
    """Return a row as tokens, labels and visual places.

    Raises:
        InputError: the words themselves hold a placeholder, or fewer arrive than were shown (code
            `placeholder-mismatch`); the row is longer than `most` tokens (code `prompt-too-long`
            for a request, `answer-too-long` with its answer).
    """
    shown = [i for part in row.parts if isinstance(part, Shown) for i in counts.indices(part)]
    asked = "".join(_as_text(part, counts) for part in row.parts)
    prompt = speech.prompt(asked)
    places = [k for k, token in enumerate(prompt) if token == speech.visual]
    if len(places) != len(shown):
        raise InputError(
            "placeholder-mismatch",
            f"the request has {len(places)} visual places for {len(shown)} visual tokens",
        )
    answer = speech.answer(row.answer) if row.answer is not None else []
    if len(prompt) + len(answer) > most:
        code = "answer-too-long" if len(prompt) < most else "prompt-too-long"
        raise InputError(
            code, f"a row of {len(prompt) + len(answer)} tokens is longer than the model's {most}"
        )
    visual = [TEXT] * (len(prompt) + len(answer))
    for place, index in zip(places, shown, strict=True):
        visual[place] = index
    return EncodedRow(
        tokens=prompt + answer,
        labels=[IGNORED] * len(prompt) + answer,
        visual=visual,
        about_lesion=[False] * len(prompt) + [row.about_lesion] * len(answer),
    )


def _as_text(part: str | Shown, counts: VisualCounts) -> str:
    return part if isinstance(part, str) else VISUAL * len(counts.indices(part))
