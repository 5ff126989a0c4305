"""Response and reporting scores of a whole text: Deauville, PSMA-RADS, Krenning and their kin."""

from collections.abc import Iterable

from petscribe.core.finding import Scores
from petscribe.mining.vocabulary import Item


def scores_of(items: Iterable[Item]) -> Scores:
    """Return the scores that the marks state; of several Deauville scores the highest counts."""
    deauville: int | None = None
    other: list[str] = []
    for item in items:
        if "scoreval" not in item.tags:
            continue
        name, value = item.tags["scoreval"]
        if name == "deauville":
            deauville = max(deauville or 0, int(value))
        elif f"{name} {value}" not in other:
            other.append(f"{name} {value}")
    return Scores(deauville=deauville, other=tuple(other))
