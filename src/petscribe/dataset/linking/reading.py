"""How a report is to be read against an exam: which spot each claim means, and in which convention.

A report counts images from the head or from the feet, on PET or CT, and states SUV by body weight
or another measure; it rarely says so. Every combination is a hypothesis, and all claims together
decide. Knows claims and spots; makes no masks.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from jaxtyping import Float

from petscribe.core.exam import Exam
from petscribe.dataset.linking.agreement import ABOUT_FRAC, Points, points
from petscribe.dataset.linking.assignment import Hypothesis, assign
from petscribe.dataset.linking.claims import Claim
from petscribe.dataset.linking.spots import COUNTINGS, Counting, Scene, Spot

MOST_CANDIDATES: Final = 5
_COUNTING_PRIOR: Final[Mapping[Counting, float]] = {
    "pet": 0.0,
    "ct": -0.2,
    "pet-reversed": -1.0,
    "ct-reversed": -1.2,
}
_OTHER_SUV_PRIOR: Final = -4.0
NOBODY: Final = 1.6
"""Points that a pair must beat where chance offers no more than one fitting spot."""
_ENOUGH_LOST: Final = 2
"""Claims whose SUV must fit nothing before another kind of SUV is considered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A spot that a claim may mean."""

    spot: Spot
    points: Points


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """The best reading of a report; the tuples have one entry per claim."""

    claims: tuple[Claim, ...]
    counting: Counting
    suv_kind: str
    """`bw`, `lbm`, `bsa` or `ibw`; `none` when the exam has no SUV."""
    chosen: tuple[Candidate | None, ...]
    margins: tuple[float, ...]
    candidates: tuple[tuple[Candidate, ...], ...]
    """The best few spots of each claim by themselves, best first."""
    warnings: tuple[str, ...]


def suv_kinds(exam: Exam) -> dict[str, float]:
    """Return, for each kind of SUV that the exam allows, its value per unit of SUVbw."""
    if not exam.has_suv:
        return {}
    scale = exam.suv
    kinds = {"bw": 1.0}
    if scale.factor_bw:
        for kind, factor in (
            ("lbm", scale.factor_lbm),
            ("bsa", scale.factor_bsa),
            ("ibw", scale.factor_ibw),
        ):
            if factor:
                kinds[kind] = factor / scale.factor_bw
    return kinds


def suvs_looked_for(exam: Exam, claims: tuple[Claim, ...]) -> list[tuple[float, float]]:
    """Return the lowest and highest SUVbw that each claim may mean, by every kind of SUV."""
    ratios = set(suv_kinds(exam).values())
    found = []
    for claim in claims:
        for suv, tolerance in zip(claim.suvs, claim.tolerances, strict=True):
            if suv.stat not in {"max", "unspecified"}:
                continue
            slack = tolerance + (ABOUT_FRAC * (suv.value or 0.0) if suv.op == "~" else 0.0)
            ends = [v for v in (suv.value, suv.low, suv.high) if v is not None]
            if ends:
                found += [((min(ends) - slack) / r, (max(ends) + slack) / r) for r in ratios]
    return found


def read_report(scene: Scene, claims: tuple[Claim, ...]) -> Reading:
    """Return the spots that the claims of a report mean.

    SUV by body weight is taken for granted until the SUVs of the report fit nothing; then every
    kind that the exam allows is a hypothesis.
    """
    kinds = suv_kinds(scene.exam)
    usual = _read_as(scene, claims, {"bw": 1.0} if kinds else {"none": None}, kinds)
    stated = sum(bool(claim.suvs) for claim in claims)
    lost = sum(
        bool(claim.suvs) and (chosen is None or "suv" in chosen.points.against)
        for claim, chosen in zip(claims, usual.chosen, strict=True)
    )
    if len(kinds) < 2 or lost < max(_ENOUGH_LOST, stated / 2):
        return usual
    return _read_as(scene, claims, kinds, kinds)


def _read_as(
    scene: Scene,
    claims: tuple[Claim, ...],
    tried: Mapping[str, float | None],
    kinds: Mapping[str, float],
) -> Reading:
    """Return the best reading among the kinds of SUV that are tried."""
    ways = [
        (counting, kind)
        for kind in tried
        for counting in COUNTINGS
        if scene.exam.ct is not None or counting.startswith("pet")
    ]
    tables = [_all_points(scene, claims, way, kinds) for way in ways]
    assigned = assign(
        [
            Hypothesis(
                name=f"{counting} {kind}",
                gain=np.array([[p.total for p in row] for row in table]).reshape(
                    len(claims), len(scene.spots)
                ),
                nobody=_nobody(scene, claims, tried[kind]),
                prior=_COUNTING_PRIOR[counting]
                + (0.0 if kind in {"bw", "none"} else _OTHER_SUV_PRIOR),
            )
            for (counting, kind), table in zip(ways, tables, strict=True)
        ]
    )
    counting, kind = ways[assigned.hypothesis]
    table = tables[assigned.hypothesis]
    return Reading(
        claims=claims,
        counting=counting,
        suv_kind=kind,
        chosen=tuple(
            None if column is None else Candidate(spot=scene.spots[column], points=row[column])
            for row, column in zip(table, assigned.columns, strict=True)
        ),
        margins=assigned.margins,
        candidates=tuple(_best(scene.spots, row) for row in table),
        warnings=_warnings(scene, claims, counting, kind),
    )


def _all_points(
    scene: Scene, claims: tuple[Claim, ...], way: tuple[Counting, str], kinds: Mapping[str, float]
) -> list[list[Points]]:
    counting, kind = way
    table = []
    for claim in claims:
        per_suv = kinds.get("lbm" if claim.is_lean else kind)
        table.append([points(claim, s, counting=counting, per_suv=per_suv) for s in scene.spots])
    return table


def _nobody(
    scene: Scene, claims: tuple[Claim, ...], per_suv: float | None
) -> Float[np.ndarray, " claims"]:
    """The more regions have a claim's SUV, the more must speak for one of them."""
    points_needed = np.full(len(claims), NOBODY)
    if per_suv is None:
        return points_needed
    for k, claim in enumerate(claims):
        rivals = [
            scene.rivals(suv.value / per_suv, tolerance / per_suv)
            for suv, tolerance in zip(claim.suvs, claim.tolerances, strict=True)
            if suv.value is not None and suv.stat in {"max", "unspecified"}
        ]
        points_needed[k] += np.log(max(rivals[0], 1)) if rivals else 0.0
    return points_needed


def _best(spots: Sequence[Spot], row: Sequence[Points]) -> tuple[Candidate, ...]:
    order = sorted(range(len(row)), key=lambda k: -row[k].total)[:MOST_CANDIDATES]
    return tuple(Candidate(spot=spots[k], points=row[k]) for k in order if row[k].total > 0.0)


def _warnings(
    scene: Scene, claims: tuple[Claim, ...], counting: Counting, kind: str
) -> tuple[str, ...]:
    images = [ref.image or 0 for claim in claims for ref in claim.images]
    lean = any(claim.is_lean for claim in claims)
    return (
        *(("image-beyond-stack",) if max(images, default=0) > scene.last_image else ()),
        *(("image-counted-backwards",) if images and "reversed" in counting else ()),
        *(("suv-of-another-type",) if kind not in {"bw", "none"} or lean else ()),
        *(("no-suv-in-exam",) if kind == "none" and any(c.suvs for c in claims) else ()),
    )
