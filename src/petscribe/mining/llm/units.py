"""A mined text into the passages that a language model is asked about.

A passage is a sentence, or the sentences that one finding of the rules spans ("It has an SUVmax of
14.8" belongs to the sentence before). Parts that state no finding and sentences without a word of
the lexicon are not asked about.
"""

from bisect import bisect_right
from dataclasses import dataclass
from typing import Final

from petscribe.core.finding import MinedText
from petscribe.mining.normalise import Normalised, normalise
from petscribe.mining.sections import parts_of
from petscribe.mining.sentences import sentences_of
from petscribe.mining.vocabulary import mark, vocabulary

LONGEST: Final = 4000
"""Characters of a passage; a longer one is left to the rules."""

_TELLING: Final = frozenset(
    ("site", "side", "type", "uptake", "avid", "degree", "suv", "size", "diagnosis", "change", "vs")
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """A passage: its span in the text, and the findings of the rules that rest on it."""

    start: int
    end: int
    findings: tuple[int, ...]
    """Places in `MinedText.findings`."""


def units_of(mined: MinedText) -> tuple[Unit, ...]:
    """Return the passages of a text, in order; every finding of the rules is in one of them."""
    text = normalise(mined.text)
    spans = [
        text.span(start, end)
        for part in parts_of(text.text)
        if part.kind != "silent"
        for start, end in sentences_of(text, part.start, part.end)
        if _is_telling(text, start, end, mined.lang)
    ]
    spans = _joined([*spans, *(finding.span for finding in mined.findings)])
    starts = [start for start, _ in spans]
    resting: list[list[int]] = [[] for _ in spans]
    for k, finding in enumerate(mined.findings):
        resting[bisect_right(starts, finding.span[0]) - 1].append(k)
    return tuple(
        Unit(start=start, end=end, findings=tuple(own))
        for (start, end), own in zip(spans, resting, strict=True)
    )


def _is_telling(text: Normalised, start: int, end: int, lang: str) -> bool:
    marks = mark(text.text, start, end, vocabulary(lang))
    return any(not _TELLING.isdisjoint(item.tags) for item in marks)


def _joined(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return the spans with those that overlap made one."""
    made: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if made and start < made[-1][1]:
            made[-1] = (made[-1][0], max(made[-1][1], end))
        else:
            made.append((start, end))
    return made
