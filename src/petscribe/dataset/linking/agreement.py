"""Points for and against "this sentence speaks of that spot", clue by clue.

A point is a unit of natural log odds, set by how often a wrong spot agrees by chance: an SUV to
0.1 or the hottest image fits a wrong spot in a few of a hundred, a region in one of ten, a side in
one of two. Nothing is a veto: a report may err in one clue where the others are sure; what speaks
against a pair is named, for the reviewer. Knows one claim and one spot at a time.
"""

from dataclasses import dataclass
from typing import Final

from petscribe.core.finding import SuvClaim
from petscribe.core.lesion import Verdict
from petscribe.dataset.linking.claims import Claim
from petscribe.dataset.linking.spots import Counting, Spot
from petscribe.terms.anatomy import ORGANS, adjacent
from petscribe.terms.places import terms_by_text

_VERDICT_POINTS: Final[dict[Verdict | None, float]] = {
    "lesion": 1.0,
    "undecided": 0.3,
    None: -1.0,
    "physiologic": -1.5,
}
_WHOLES: Final[dict[str, frozenset[str]]] = {
    "bone": frozenset({"bone_spine", "bone_rib", "bone_pelvis", "bone_marrow"}),
    "bone_marrow": frozenset({"bone_spine", "bone_rib", "bone_pelvis", "bone"}),
    "head_neck": frozenset({"tonsil", "thyroid", "neck_nodes", "supraclavicular"}),
    "neck_nodes": frozenset({"supraclavicular"}),
    "peritoneum": frozenset({"mesentery"}),
}
"""Regions whose word is also said of the parts they hold."""

ABOUT_FRAC: Final = 0.1
_MEAN_FRAC: Final = 0.2
_NEAR_IMAGES: Final = 1
_LONG_IMAGES: Final = 7
_SIZE_FRAC, _SIZE_MM = 0.4, 8.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Points:
    """The points of a pair by clue: `suv`, `image`, `side`, `region`, `level`, `size`, `kind`.

    A clue that the sentence does not give is absent.
    """

    by_clue: dict[str, float]

    @property
    def total(self) -> float:
        """All points."""
        return sum(self.by_clue.values())

    @property
    def against(self) -> tuple[str, ...]:
        """Clues of the sentence that do not fit."""
        return tuple(clue for clue, p in self.by_clue.items() if p < 0 and clue != "kind")


def points(claim: Claim, spot: Spot, *, counting: Counting, per_suv: float | None) -> Points:
    """Return the points of one pair.

    Args:
        claim: what the report says.
        spot: where it may be.
        counting: how this report is taken to number images.
        per_suv: the report's SUV per unit of the PET (1 for SUVbw); None: cannot be compared.
    """
    found = {"kind": _VERDICT_POINTS[spot.verdict]}
    if claim.suvs and per_suv is not None:
        found["suv"] = _suv(claim, spot, per_suv)
    if claim.images:
        found["image"] = _image(claim, spot, counting)
    if claim.finding.laterality in {"left", "right"}:
        found["side"] = _side(str(claim.finding.laterality), spot)
    if claim.finding.region != "other" and spot.location.region != "other":
        found["region"] = _region(claim.finding.region, spot)
        found["level"] = _level(claim.finding.anatomy, spot)
    if any(size.time == "current" and size.dims for size in claim.finding.size_mm):
        found["size"] = _size(claim, spot)
    return Points(by_clue=found)


def _suv(claim: Claim, spot: Spot, per_suv: float) -> float:
    """Judge by the maximum where one is stated, else by the statement that there is."""
    stated = list(zip(claim.suvs, claim.tolerances, strict=True))
    of_max = [s for s in stated if s[0].stat in {"max", "unspecified"}]
    if of_max:
        return max(_maximum(s, tolerance, spot, per_suv) for s, tolerance in of_max)
    fits = any(_is_between(s, spot.mean * per_suv, spot.maximum * per_suv) for s, _ in stated)
    return 0.7 if fits else -2.0


def _maximum(suv: SuvClaim, tolerance: float, spot: Spot, per_suv: float) -> float:
    measured = spot.maximum * per_suv
    if suv.op == "range":
        return _in_range(suv, tolerance, measured)
    if suv.value is None:
        return 0.0
    apart = abs(measured - suv.value)
    if apart <= tolerance + 1e-6:
        sure = 3.0 if tolerance <= 0.11 else 2.0  # a number without decimals says less
        return sure - apart / tolerance if suv.op == "=" else sure - 0.5
    if suv.op == "~":
        return 1.0 if apart <= ABOUT_FRAC * suv.value else -3.0
    bounded = (suv.op in {"<", "<="} and measured < suv.value) or (
        suv.op in {">", ">="} and measured > suv.value
    )
    other = suv.stat == "unspecified" and _is_between(suv, spot.mean * per_suv, measured)
    return 0.3 if bounded or other else -4.0


def _in_range(suv: SuvClaim, tolerance: float, measured: float) -> float:
    low, high = suv.low or 0.0, suv.high or float("inf")
    if abs(measured - high) <= tolerance:
        return 2.5  # the hottest of several
    return 1.0 if low - tolerance <= measured <= high + tolerance else -4.0


def _is_between(suv: SuvClaim, mean: float, maximum: float) -> bool:
    """A mean or peak lies between the mean at half maximum and the maximum, roughly."""
    value = suv.value if suv.value is not None else suv.high
    return value is not None and (1 - _MEAN_FRAC) * mean <= value < maximum


def _image(claim: Claim, spot: Spot, counting: Counting) -> float:
    ways = [way for way in spot.images if claim.series is None or way.startswith(claim.series)]
    best = max((_shown(claim, spot.images[way]) for way in ways), default=0.0)
    if counting in ways and (direct := _shown(claim, spot.images[counting])) > 0.0:
        return direct
    return 0.8 if best >= 3.0 else 0.3 if best > 0.0 else -2.0


def _shown(claim: Claim, images: tuple[int, int, int]) -> float:
    low, high, hottest = images
    for ref in claim.images:
        first = ref.image or 0
        last = ref.image_end or first
        if first - _NEAR_IMAGES <= hottest <= last + _NEAR_IMAGES:
            return 3.0
        if first <= high + _NEAR_IMAGES and last >= low - _NEAR_IMAGES:
            return 2.2 if high - low < _LONG_IMAGES else 1.2  # chance finds a long region easily
    return 0.0


def _side(said: str, spot: Spot) -> float:
    measured = spot.location.laterality
    if measured == said:
        return 1.0
    return -3.0 if {said, measured} == {"left", "right"} else 0.0


def _region(said: str, spot: Spot) -> float:
    place = spot.location
    if said == place.region:
        return 1.5
    parts = (_WHOLES.get(said, frozenset()), _WHOLES.get(place.region, frozenset()))
    if place.region in parts[0] or said in parts[1] or said == place.alternative_region:
        return 1.0
    return 0.3 if adjacent(said, place.region) else -2.0


def _level(anatomy: str, spot: Spot) -> float:
    """Compare the organ or level that the words name with the measured one."""
    term = terms_by_text("en").get(anatomy) or terms_by_text("vi").get(anatomy)
    organ = ORGANS.get(spot.location.organ or "")
    if term is None or organ is None or term.kind == "region":
        return 0.0
    if term.key == organ.base:
        return 1.0
    return -0.3 if term.region == organ.region else 0.0


def _size(claim: Claim, spot: Spot) -> float:
    stated = max(max(s.dims) for s in claim.finding.size_mm if s.time == "current" and s.dims)
    apart = abs(stated - spot.extent_mm)
    return 0.4 if apart <= max(_SIZE_MM, _SIZE_FRAC * stated) else -0.4
