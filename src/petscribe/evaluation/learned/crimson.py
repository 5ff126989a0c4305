"""CRIMSON's arithmetic: findings weighted by urgency, errors that cost, a score from -1 to 1.

Weights: urgent 1, actionable 0.5, not actionable 0.25, benign 0. A matched finding of weight w with
attribute errors e (significant 0.5, negligible 0, summed) is worth w * w / (w + e). The score is
(correct - false) / all weight of the reference; below zero it becomes -d / (1 + d) with d the
amount by which false findings outweigh correct ones. Without a weighty finding in the reference, a
text without false findings scores 1, any other -f / (1 + f) with f their weight.

Who names the findings, their weight and the errors (a language model) is not known here.
Source: the CRIMSON score package, 0.2.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Urgency = Literal["urgent", "actionable", "not_actionable", "benign"]
WEIGHTS: dict[Urgency, float] = {
    "urgent": 1.0,
    "actionable": 0.5,
    "not_actionable": 0.25,
    "benign": 0.0,
}
SIGNIFICANT_ERROR = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchedFinding:
    """A finding of the reference that the text has, with its significant attribute errors."""

    urgency: Urgency
    significant_errors: int = 0

    @property
    def credit(self) -> float:
        """What the finding adds to the score."""
        weight = WEIGHTS[self.urgency]
        return weight * weight / (weight + SIGNIFICANT_ERROR * self.significant_errors or 1.0)


def crimson_score(
    matched: Sequence[MatchedFinding], missed: Sequence[Urgency], invented: Sequence[Urgency]
) -> float:
    """Return the score of one text."""
    correct = sum(finding.credit for finding in matched)
    false = sum(WEIGHTS[urgency] for urgency in invented)
    whole = sum(WEIGHTS[x.urgency] for x in matched) + sum(WEIGHTS[x] for x in missed)
    if whole == 0.0:
        return 1.0 if false == 0.0 else -false / (1.0 + false)
    score = (correct - false) / whole
    excess = false - correct
    return score if score >= 0.0 else -excess / (1.0 + excess)
