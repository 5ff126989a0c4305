"""Several models to one answer, field by field: what a majority says stays, the rest is left open.

The majority is one of the models that were asked, not of those that answered: of three at least two
must agree, as in the pipeline that made PETARSeg-11K (there for slice and SUV only).
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from petscribe.mining.llm.talking.answers import Claimed
from petscribe.mining.llm.weighing.pairing import paired

_SINGLE: Final = ("laterality", "type", "count", "negated", "uptake", "mtv_ml", "tlg", "change")
_LISTS: Final = ("suv", "size_mm", "refs", "dx", "vs")
_OPEN: Final[Mapping[str, Any]] = {"count": 1, "negated": False}


@dataclass(frozen=True, slots=True, kw_only=True)
class Voted:
    """A finding that a majority of the models made."""

    claim: Claimed
    models: tuple[str, ...]
    """The models that made it."""
    contested: tuple[str, ...]
    """Fields, or single values of list fields, that no majority agreed on."""


def voted(answers: Mapping[str, Sequence[Claimed]], num_asked: int) -> tuple[Voted, ...]:
    """Return what a majority of `num_asked` models says, from the answers of those that gave one.

    Args:
        answers: the findings of each model by its name.
        num_asked: how many models were asked; one that failed counts against.
    """
    quorum = num_asked // 2 + 1
    clusters: list[dict[str, Claimed]] = []
    for model, claims in answers.items():
        heads = [next(iter(cluster.values())).finding for cluster in clusters]
        pairs = paired([claim.finding for claim in claims], heads)
        at = dict(pairs)
        for k, claim in enumerate(claims):
            if k in at:
                clusters[at[k]][model] = claim
            else:
                clusters.append({model: claim})
    elected = (_elected(cluster, quorum) for cluster in clusters if len(cluster) >= quorum)
    return tuple(one for one in elected if one is not None)


def _elected(cluster: Mapping[str, Claimed], quorum: int) -> Voted | None:
    findings = [claim.finding for claim in cluster.values()]
    (region, votes), *_ = Counter(f.region for f in findings).most_common(1)
    if votes < quorum:
        return None
    base = next(claim for claim in cluster.values() if claim.finding.region == region)
    contested: list[str] = []
    values: dict[str, Any] = {}
    for name in _SINGLE:
        said = Counter(getattr(f, name) for f in findings)
        value, votes = said.most_common(1)[0]
        if votes < quorum:
            value = _OPEN.get(name)
            contested.append(name)
        values[name] = value
    for name in _LISTS:
        values[name], lost = _common([getattr(f, name) for f in findings], quorum)
        contested += [name] if lost else []
    finding = replace(base.finding, **values)
    if finding.negated:
        finding = replace(finding, uptake=None, suv=())
    return Voted(
        claim=Claimed(finding, base.quote), models=tuple(cluster), contested=tuple(contested)
    )


def _common(said: Sequence[tuple[Any, ...]], quorum: int) -> tuple[tuple[Any, ...], bool]:
    """Return the values that at least `quorum` lists hold, in order, and whether any was lost."""
    votes = Counter(value for values in said for value in dict.fromkeys(values))
    kept = tuple(value for value, count in votes.items() if count >= quorum)
    return kept, len(kept) < len(votes)
