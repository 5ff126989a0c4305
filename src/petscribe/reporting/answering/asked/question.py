"""What was asked, as a record: kind, places, lesions, quantity, limit.

Knows no words; `understanding` makes it, `respond` answers it.
"""

from dataclasses import dataclass
from typing import Final, Literal

from petscribe.core.finding import Side
from petscribe.core.lesion import Section

Kind = Literal[
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
    "same_side",
    "place_check",
    "reference",
    "total",
    "unanswerable",
    "not_understood",
]
Extreme = Literal["hottest", "coolest", "largest", "smallest"]
Quantity = Literal[
    "suv_max",
    "suv_mean",
    "suv_peak",
    "volume",
    "tlg",
    "long_axis",
    "slice",
    "ratio_liver",
    "ratio_blood_pool",
    "deauville",
]
EXTREMES: Final[tuple[Extreme, ...]] = ("hottest", "coolest", "largest", "smallest")


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedPlace:
    """A place that a question names; with neither region nor section it is a side alone."""

    key: str = ""
    """Base of an organ (`terms.anatomy.ORGANS`) or a region; empty for a section or a side."""
    region: str | None = None
    section: Section | None = None
    side: Side | None = None
    node: bool = False
    """Whether a lymph node there is meant."""
    span: tuple[int, int] = (0, 0)
    """Where its words stand in the question."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """A value that is to be passed: above 10, below 2 cm."""

    quantity: Quantity
    above: bool
    value: float
    """In the unit that the quantity is printed in; lengths in millimetres."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One question, understood or not."""

    kind: Kind
    places: tuple[AskedPlace, ...] = ()
    lesions: tuple[int, ...] = ()
    """Lesions named by number, in order."""
    quantity: Quantity | None = None
    pick: Extreme | None = None
    """Which of several lesions is meant: "the SUVmax of the largest"."""
    more: Extreme | None = None
    """For comparisons: `hottest` for "hotter than", `smallest` for "smaller than"."""
    limit: Limit | None = None
    nodes: bool = False
    """Whether it asks for lymph nodes."""
    normal: bool = False
    """Whether it asks for the opposite of a lesion: is it normal, clear, physiologic."""
    nature: bool = False
    """Whether it speaks of a diagnosis, which uptake alone cannot tell."""
    topic: str = ""
    """For what cannot be answered: `prior`, `treatment`, ...; for a reference: the organ."""
