"""Claims about several lesions at once: who is meant, and are count, sides and values true?

"Multiple FDG-avid liver lesions, SUVmax up to 12" means every lesion of the liver. Knows the
records only.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace

from petscribe.core.finding import Finding, SuvClaim
from petscribe.core.lesion import Lesion, Measurement
from petscribe.reporting.agree import Fault, said_suv, same_number, suv_agrees, suv_targets
from petscribe.reporting.draft import Draft
from petscribe.reporting.places import (
    NODE_REGIONS,
    denied_side,
    holds,
    place_clash,
    region_relation,
)


def members_of(claim: Finding, lesions: Sequence[Lesion]) -> tuple[Lesion, ...]:
    """Return the lesions that a claim about several may mean, hottest first.

    Lesions whose region is only similar to the one named are meant when the region itself holds
    fewer than the claim counts.
    """
    wanted = claim.count if isinstance(claim.count, int) else 1
    chosen: list[Lesion] = []
    for nearness in range(3):
        chosen += [lesion for lesion in lesions if _is_meant(claim, lesion, nearness)]
        if len(chosen) >= wanted:
            break
    return tuple(sorted(chosen, key=lambda x: -(x.measurement.suv_max or 0.0)))


def _is_meant(claim: Finding, lesion: Lesion, nearness: int) -> bool:
    return (
        _nearness(claim, lesion) == nearness
        and denied_side(claim.laterality, lesion.location.laterality)
        and not place_clash(claim.anatomy, lesion.location)[0]
    )


def _nearness(claim: Finding, lesion: Lesion) -> int | None:
    """Return 0 inside the region named, 1 in one like it, 2 in a neighbour, None elsewhere."""
    region = lesion.location.region
    if claim.region == "other" and claim.type in {"node", "nodal_mass"}:
        return 0 if region in NODE_REGIONS else None
    relation = region_relation(claim.region, lesion.location)
    if relation == "related" and holds(claim.region, region):
        return 0
    return {"same": 0, "related": 1, "near": 2}.get(relation)


def mentioned_by(
    claim: Finding, members: Sequence[Lesion], named: Collection[int]
) -> frozenset[int]:
    """Return the ids a claim accounts for: all, or as many as it counts, unnamed ones first."""
    if claim.count == "multiple" or claim.count >= len(members) or claim.count == 1:
        return frozenset(lesion.id for lesion in members)
    unnamed = [lesion.id for lesion in members if lesion.id not in named]
    return frozenset(unnamed[: claim.count])


def group_faults(claim: Finding, members: Sequence[Lesion], draft: Draft) -> Iterator[Fault]:
    """Yield what a claim about `members` (at least one) gets wrong."""
    if isinstance(claim.count, int) and claim.count > max(1, len(members)):
        yield Fault(
            kind="number",
            message=f"the text counts {claim.count} here, measured {len(members)}",
        )
    sides = {lesion.location.laterality for lesion in members}
    if claim.laterality == "bilateral" and sides in ({"left"}, {"right"}):
        yield Fault(
            kind="laterality",
            message=f"the text says bilateral, measured on the {sides.pop()} only",
        )
    known = sorted(
        (x.measurement for x in members if x.measurement.suv_max is not None),
        key=lambda measured: -(measured.suv_max or 0.0),
    )
    for stated in claim.suv:
        if stated.time == "current" and known and not _is_true(stated, known, claim, draft):
            yield _suv_fault(stated, known[0])


def _is_true(stated: SuvClaim, known: Sequence[Measurement], claim: Finding, draft: Draft) -> bool:
    """Tell whether an SUV is true of the group.

    "Up to" speaks of the hottest, a range of the coolest and the hottest (of any two, where more
    lesions may be meant than the claim counts), anything else of one.
    """
    if stated.op == "range":
        some = isinstance(claim.count, int) and claim.count < len(known)
        low, high = (known, known) if some else (known[-1:], known[:1])
        return _is_one_of(stated.low, low, draft) and _is_one_of(stated.high, high, draft)
    if stated.value is None:
        return True
    only_hottest = stated.op in {"<", "<="}
    plain = replace(stated, op="=") if only_hottest else stated
    return any(
        suv_agrees(plain, suv_targets(plain, measured), quote=draft.quote(claim), scale=draft.scale)
        for measured in (known[:1] if only_hottest else known)
    )


def _is_one_of(said: float | None, known: Sequence[Measurement], draft: Draft) -> bool:
    return said is not None and any(
        same_number(said, m.suv_max, unit=0.1, strict=draft.scale.strict)
        for m in known
        if m.suv_max is not None
    )


def _suv_fault(stated: SuvClaim, hottest: Measurement) -> Fault:
    return Fault(
        kind="number",
        message=f"the text says {said_suv(stated)}, measured up to {hottest.suv_max:.2f}",
        value=stated.value if stated.value is not None else stated.high,
        measured=hottest.suv_max,
    )
