"""The answer to one question about an exam: the `ask` contract.

Knows its form, not how it was found. `value` is what a scorer compares: yes or no, a number, a
class, a side, an organ or region key; None where the exam cannot answer.
"""

from dataclasses import dataclass
from typing import Any, Literal

from petscribe.core.codec import encode

AnswerType = Literal[
    "presence",
    "side",
    "site",
    "count",
    "size_class",
    "uptake_class",
    "measure",
    "hottest",
    "coolest",
    "largest",
    "smallest",
    "comparison",
    "unanswerable",
]
Value = bool | int | float | str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SecondOpinion:
    """What a model answered to the same question, where it was asked."""

    answer: str
    value: Value
    evidence: tuple[int, ...]
    author: str
    agrees: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One short sentence, what it says as a value, and the lesions it rests on."""

    answer: str
    type: AnswerType
    value: Value
    evidence: tuple[int, ...] = ()
    """Ids of lesions (or of uptake set aside) in the exam's mask."""
    confidence: float = 1.0
    understood: bool = True
    """False: the rules could not tell what was asked."""
    author: str = "rules"
    """`rules`, or the name of the model that answered."""
    second_opinion: SecondOpinion | None = None

    def __post_init__(self) -> None:
        """Refuse a confidence outside 0-1."""
        if not 0.0 <= self.confidence <= 1.0:
            raise ValueError(f"confidence {self.confidence} is not in 0-1")

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON object of `ask --json`; `second_opinion` only where there is one."""
        data = {
            "answer": self.answer,
            "type": self.type,
            "value": self.value,
            "evidence": list(self.evidence),
            "confidence": round(self.confidence, 3),
            "author": self.author,
        }
        if self.second_opinion is not None:
            data["second_opinion"] = encode(self.second_opinion)
        return data
