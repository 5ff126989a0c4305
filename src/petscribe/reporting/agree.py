"""Does one claim of a text fit one measured lesion? Numbers, side, region, level, image.

Every aspect adds to or takes from a score; a contradiction is a `Fault` that says what the text
states and what was measured. Knows no text beyond the claim's own quote, which tells how many
digits were printed. The tolerance: a printed number agrees when the measured value rounds to it at
the printed precision; a human draft may also be off by 0.05 or, up to one unit of the last printed
digit, by 2 %.
"""

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from petscribe.core.finding import Finding, ImageRef, SizeClaim, SuvClaim
from petscribe.core.lesion import Lesion, Measurement
from petscribe.core.report import ProblemKind
from petscribe.reporting.places import (
    place_clash,
    region_relation,
    sides_clash,
)

SLACK = 0.05
SLACK_FRAC = 0.02
ABOUT_FRAC = 0.10
"""How far "about 8" may be from the measured value."""
_NUMBER = r"(?<![\d.,])\d+(?:[.,]\d+)?(?![.,]?\d)"
_BARE = re.compile(rf"{_NUMBER}(?!\s*(?:mm|cm|ml|cc|g\b|x\b|%))", re.IGNORECASE)
_LENGTH = re.compile(rf"{_NUMBER}(?=\s*(?:mm|cm|x|by\b|\u00d7))", re.IGNORECASE)
_VOLUME = re.compile(rf"{_NUMBER}(?=\s*(?:ml|cc|cm3|g\b))", re.IGNORECASE)
_NEVER_BELOW = 1e-9

_REGION_SCORE = {"same": 2.0, "related": 1.5, "near": 0.5, "unsaid": 0.0, "other": -2.0}


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One contradiction between a claim and a lesion."""

    kind: ProblemKind
    message: str
    value: float | None = None
    """The number the text states, when the fault is one."""
    measured: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """How well a claim fits a lesion."""

    score: float
    faults: tuple[Fault, ...]
    numbers: int
    """How many stated numbers agree: evidence of identity."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """What is needed to judge numbers: how exactly, and how thick a slice is."""

    strict: bool
    """True for machine drafts: only rounding is allowed, and image numbers must be exact."""
    pet_slice_mm: float = 3.0
    ct_slice_mm: float = 3.0


def agreement(claim: Finding, lesion: Lesion, *, quote: str, scale: Scale) -> Agreement:
    """Compare every aspect that `claim` states with `lesion`.

    Args:
        claim: a positive finding of a text.
        lesion: a measured lesion.
        quote: the text the claim was read from.
        scale: how exactly numbers must agree.
    """
    judged = [
        _suv(claim, lesion.measurement, quote, scale),
        _size(claim, lesion.measurement, quote, scale),
        _volumes(claim, lesion.measurement, quote, scale),
        _images(claim, lesion.measurement, scale),
        _region(claim, lesion),
        _side(claim, lesion),
    ]
    return Agreement(
        score=sum(part.score for part in judged),
        faults=tuple(fault for part in judged for fault in part.faults),
        numbers=sum(part.numbers for part in judged),
    )


def same_number(printed: float, measured: float, *, unit: float, strict: bool) -> bool:
    """Tell whether `printed`, whose last digit stands for `unit`, states `measured`."""
    difference = abs(printed - measured)
    if difference <= unit / 2 + _NEVER_BELOW:
        return True
    if strict:
        return False
    return difference <= max(SLACK, min(SLACK_FRAC * abs(measured), unit)) + _NEVER_BELOW


def printed_unit(
    value: float,
    quote: str,
    *,
    numeral: re.Pattern[str] = _BARE,
    factors: Sequence[float] = (1.0,),
) -> float:
    """Return what the last digit of `value` stands for, as it is printed in `quote`.

    `numeral` finds numbers of the kind meant (SUVs stand bare, lengths before mm); `factors` are
    the unit conversions the reader may have applied (10 for cm read as mm). Without a matching
    numeral the digits of `value` itself decide.
    """
    units = [
        factor * 10.0 ** -_decimals(token)
        for token in numeral.findall(quote)
        for factor in factors
        if abs(float(token.replace(",", ".")) * factor - value) < 1e-6
    ]
    if units:
        return min(units)
    return 10.0 ** -_decimals(f"{value:.6g}")


def _decimals(token: str) -> int:
    return len(re.split("[.,]", token)[1]) if re.search("[.,]", token) else 0


def suv_targets(claim: SuvClaim, measured: Measurement) -> tuple[float, ...]:
    """Return the measured values that a claim of this statistic may mean; empty: none measured."""
    by_stat: dict[str, tuple[float | None, ...]] = {
        "max": (measured.suv_max,),
        "mean": (measured.suv_mean,),
        "peak": (measured.suv_peak, measured.suv_peak_global, measured.suv_peak_percist),
    }
    wanted = by_stat.get(claim.stat, by_stat["max"] + by_stat["peak"] + by_stat["mean"])
    return tuple(value for value in wanted if value is not None)


def suv_agrees(claim: SuvClaim, targets: Iterable[float], *, quote: str, scale: Scale) -> bool:
    """Tell whether a stated SUV is true of at least one of the measured `targets`."""
    if claim.op == "range":
        low = -math.inf if claim.low is None else claim.low - SLACK
        high = math.inf if claim.high is None else claim.high + SLACK
        return any(low <= target <= high for target in targets)
    if claim.value is None:
        return True
    value = claim.value
    unit = printed_unit(value, quote)
    if claim.op == "~":
        return any(abs(value - target) <= ABOUT_FRAC * target for target in targets)
    if claim.op in {"<", "<="}:
        return any(target <= value + max(unit / 2, SLACK) for target in targets)
    if claim.op in {">", ">="}:
        return any(target >= value - max(unit / 2, SLACK) for target in targets)
    return any(same_number(value, target, unit=unit, strict=scale.strict) for target in targets)


def _suv(claim: Finding, measured: Measurement, quote: str, scale: Scale) -> Agreement:
    faults: list[Fault] = []
    agreeing = 0
    for stated in claim.suv:
        if stated.time != "current":
            continue
        targets = suv_targets(stated, measured)
        if not targets:
            faults += _unmeasured_suv(stated, measured, scale)
        elif suv_agrees(stated, targets, quote=quote, scale=scale):
            agreeing += 1
        else:
            faults.append(_suv_fault(stated, targets[0]))
    return Agreement(
        score=4.0 * min(agreeing, 1) - 1.5 * min(len(faults), 1),
        faults=tuple(faults),
        numbers=agreeing,
    )


def said_suv(stated: SuvClaim) -> str:
    """Return a stated SUV as a message quotes it."""
    name = "SUV" if stated.stat == "unspecified" else f"SUV{stated.stat}"
    numbers = [stated.low, stated.high] if stated.op == "range" else [stated.value]
    return f"{name} {'-'.join(f'{number:g}' for number in numbers if number is not None)}".strip()


def _suv_fault(stated: SuvClaim, measured: float) -> Fault:
    return Fault(
        kind="number",
        message=f"the text says {said_suv(stated)}, measured {measured:.2f}",
        value=stated.value if stated.value is not None else stated.high,
        measured=measured,
    )


def _unmeasured_suv(stated: SuvClaim, measured: Measurement, scale: Scale) -> list[Fault]:
    """A statistic missing from the table is no fault of a human draft; an exam without SUV is."""
    if not scale.strict and measured.suv_max is not None:
        return []
    return [
        Fault(kind="number", message=f"the text says {said_suv(stated)}, but none was measured")
    ]


def _size(claim: Finding, measured: Measurement, quote: str, scale: Scale) -> Agreement:
    current = [size for size in claim.size_mm if size.time == "current" and size.dims]
    if not current:
        return Agreement(score=0.0, faults=(), numbers=0)
    wrong = [size for size in current if not size_agrees(size, measured, quote=quote, scale=scale)]
    if not wrong:
        return Agreement(score=1.5, faults=(), numbers=len(current))
    said = " x ".join(f"{dim:g}" for dim in wrong[0].dims)
    known = f"{measured.long_axis_mm:.1f} x {measured.short_axis_mm:.1f}"
    fault = Fault(
        kind="number",
        message=f"the text says {said} mm, measured {known} mm",
        value=wrong[0].dims[0],
        measured=measured.long_axis_mm,
    )
    return Agreement(score=-0.75, faults=(fault,), numbers=0)


def size_agrees(size: SizeClaim, measured: Measurement, *, quote: str, scale: Scale) -> bool:
    """Tell whether a stated size is the measured one; a third extent may be the longest in 3D.

    One extent may be the long axis, the short axis or the longest in 3D; two are the axes of the
    axial slice in either order.
    """

    def fits(dim: float, axis: float) -> bool:
        unit = printed_unit(dim, quote, numeral=_LENGTH, factors=(1.0, 10.0))
        return same_number(dim, axis, unit=unit, strict=scale.strict)

    axes = (measured.long_axis_mm, measured.short_axis_mm)
    if len(size.dims) == 1:
        known = axes if measured.axis_3d_mm is None else (*axes, measured.axis_3d_mm)
        return any(fits(size.dims[0], axis) for axis in known)
    ordered = sorted(size.dims, reverse=True)
    if len(ordered) == 2:
        return fits(ordered[0], axes[0]) and fits(ordered[1], axes[1])
    return any(fits(dim, axes[0]) for dim in ordered) and any(fits(dim, axes[1]) for dim in ordered)


def _volumes(claim: Finding, measured: Measurement, quote: str, scale: Scale) -> Agreement:
    pairs = (("MTV", "ml", claim.mtv_ml, measured.mtv_ml), ("TLG", "g", claim.tlg, measured.tlg_g))
    faults: list[Fault] = []
    agreeing = 0
    for name, unit_word, stated, known in pairs:
        if stated is None or (known is None and not scale.strict):
            continue
        if known is not None and _volume_agrees(stated, known, quote, scale):
            agreeing += 1
            continue
        said = "none" if known is None else f"{known:.2f} {unit_word}"
        message = f"the text says {name} {stated:g}, measured {said}"
        faults.append(Fault(kind="number", message=message, value=stated, measured=known))
    score = 1.5 * min(agreeing, 1) - 0.75 * min(len(faults), 1)
    return Agreement(score=score, faults=tuple(faults), numbers=agreeing)


def _volume_agrees(stated: float, known: float, quote: str, scale: Scale) -> bool:
    if not scale.strict and abs(stated - known) <= SLACK_FRAC * known:
        return True
    unit = printed_unit(stated, quote, numeral=_VOLUME)
    return same_number(stated, known, unit=unit, strict=scale.strict)


def _images(claim: Finding, measured: Measurement, scale: Scale) -> Agreement:
    stated = [ref for ref in claim.refs if ref.image is not None]
    if not stated:
        return Agreement(score=0.0, faults=(), numbers=0)
    wrong = [ref for ref in stated if not image_agrees(ref, measured, scale=scale)]
    if not wrong:
        return Agreement(score=2.5, faults=(), numbers=1)
    known = f"PET image {measured.slice_pet}"
    if measured.slice_ct is not None:
        known += f", CT image {measured.slice_ct}"
    fault = Fault(
        kind="number",
        message=f"the text says image {wrong[0].image}, measured {known}",
        value=float(wrong[0].image or 0),
        measured=float(measured.slice_pet),
    )
    return Agreement(score=-1.0, faults=(fault,), numbers=0)


def image_agrees(ref: ImageRef, measured: Measurement, *, scale: Scale) -> bool:
    """Tell whether an image number is the hottest slice's, or one that can cross the lesion."""
    if ref.image is None:
        return True
    last = ref.image_end if ref.image_end is not None else ref.image
    low, high = min(ref.image, last), max(ref.image, last)
    extent_mm = max(measured.axis_3d_mm or 0.0, measured.long_axis_mm)
    for known, slice_mm in (
        (measured.slice_pet, scale.pet_slice_mm),
        (measured.slice_ct, scale.ct_slice_mm),
    ):
        reach = 0 if scale.strict else round(extent_mm / slice_mm)
        if known is not None and low - reach <= known <= high + reach:
            return True
    return False


def _region(claim: Finding, lesion: Lesion) -> Agreement:
    relation = region_relation(claim.region, lesion.location)
    score = _REGION_SCORE[relation]
    if relation == "other":
        message = f"the text says {claim.anatomy or claim.region}, measured {_place(lesion)}"
        return Agreement(score=score, faults=(Fault(kind="region", message=message),), numbers=0)
    clash, bonus = place_clash(claim.anatomy, lesion.location)
    if clash:
        message = f"the text says {claim.anatomy}, measured {_place(lesion)}"
        return Agreement(
            score=score - 1.0, faults=(Fault(kind="region", message=message),), numbers=0
        )
    return Agreement(score=score + bonus, faults=(), numbers=0)


def _side(claim: Finding, lesion: Lesion) -> Agreement:
    if sides_clash(claim.laterality, lesion.location.laterality):
        message = f"the text says {claim.laterality}, measured {_place(lesion)}"
        return Agreement(score=-1.5, faults=(Fault(kind="laterality", message=message),), numbers=0)
    same = claim.laterality is not None and claim.laterality == lesion.location.laterality
    return Agreement(score=1.0 if same else 0.0, faults=(), numbers=0)


def _place(lesion: Lesion) -> str:
    return lesion.location.words.get("en") or lesion.location.region
