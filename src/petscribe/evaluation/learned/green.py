"""GREEN's score from its judge's written analysis: matched / (matched + significant errors).

The analysis has sections in brackets. Counts are whole numbers before a full stop: after the colon
of each lettered error, and at the start of the matched findings; a section that starts with "No"
counts nothing. The judge (a language model) is handed in; text that has no such sections is an
error, never a zero. Source: Ostmeier 2024 (GREEN).
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from petscribe.core.errors import ExtractionError

Judge = Callable[[str, str], str]
"""Returns the analysis of (reference, candidate)."""

ERROR_KINDS: Mapping[str, str] = {
    "a": "false report of a finding",
    "b": "missing a finding",
    "c": "wrong location",
    "d": "wrong severity",
    "e": "comparison that is not in the reference",
    "f": "omitted comparison",
}
_SECTION = r"\[{name}\]:[ \t]*(?:\n[ \t]*)?(?P<body>.*?)(?=\n[ \t]*\[[A-Z]|\Z)"
_ERROR = re.compile(r"\(([a-f])\)[^\n]*?:\s*(\d+)\.")
_MATCHED = re.compile(r"\s*(\d+)\.")


@dataclass(frozen=True, slots=True, kw_only=True)
class GreenScore:
    """Score of one pair and the counts behind it."""

    score: float
    matched: int
    significant: Mapping[str, int] = field(default_factory=dict)
    """Clinically significant errors by letter, as in `ERROR_KINDS`."""
    insignificant: Mapping[str, int] = field(default_factory=dict)


def green_scores(
    predictions: Sequence[str], references: Sequence[str], judge: Judge
) -> tuple[GreenScore, ...]:
    """Let the judge analyse every pair and score what it wrote."""
    return tuple(
        read_analysis(judge(reference, text))
        for text, reference in zip(predictions, references, strict=True)
    )


def read_analysis(analysis: str) -> GreenScore:
    """Return the score of one analysis.

    Raises:
        ExtractionError: a section is missing (code `no-green-section`).
    """
    significant = _errors(_section(analysis, "Clinically Significant Errors"))
    matched = _matched(_section(analysis, "Matched Findings"))
    errors = sum(significant.values())
    return GreenScore(
        score=matched / (matched + errors) if matched else 0.0,
        matched=matched,
        significant=significant,
        insignificant=_errors(_section(analysis, "Clinically Insignificant Errors")),
    )


def _section(analysis: str, name: str) -> str:
    found = re.search(_SECTION.format(name=name), analysis, re.DOTALL)
    if found is None:
        raise ExtractionError("no-green-section", f"the analysis has no section [{name}]")
    return found["body"].strip()


def _errors(body: str) -> dict[str, int]:
    if body.startswith("No"):
        return {}
    return {letter: int(count) for letter, count in _ERROR.findall(body)}


def _matched(body: str) -> int:
    found = None if body.startswith("No") else _MATCHED.match(body)
    return int(found[1]) if found else 0
