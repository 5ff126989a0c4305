"""Patient and dose as headers state them, judged: units mixed up, zero, absurd, missing.

Every function returns a sane value and notes what it had to correct as a warning code; what cannot
be trusted is refused with a code, never replaced. Source: IBSI-SUV manual (survey of 3433 series),
`correctness.md` 1.7.
"""

import math

from petscribe.core.errors import SuvError
from petscribe.io.suv.facts import SuvFacts
from petscribe.io.suv.nuclides import half_life_s

_MBQ_LIMIT = 1e4
_USUAL_DOSE_BQ = (1e6, 1e10)
_GRAMS_LIMIT = 1000.0
_USUAL_WEIGHT_KG = (2.0, 350.0)
_POSSIBLE_WEIGHT_KG = (0.2, 700.0)
_MOST_DOSE_BQ = 1e13
_POSSIBLE_HALF_LIFE_S = (1.0, 1e10)
_HALF_LIFE_WARN_FRAC = 0.02
_HALF_LIFE_REFUSE_FRAC = 0.5


def weight_kg(facts: SuvFacts, warnings: list[str]) -> float:
    """Return the body weight.

    Grams are converted; weight and height in each other's place are swapped; a weight found in
    PatientSize alone is taken only from an adult whom that number could not measure in cm.

    Raises:
        SuvError: missing (code `missing-weight`), or zero, negative, not a number or beyond any
            body (code `bad-weight`).
    """
    size = facts.height_m
    if facts.weight_kg is None:
        if size is not None and 30 <= size < 130 and (facts.age_years or 0) >= 15:
            warnings.append("weight-in-size")
            return size
        raise SuvError("missing-weight", "no PatientWeight (0010,1030): SUV needs the body weight")
    weight = facts.weight_kg
    if not math.isfinite(weight) or weight <= 0:
        raise SuvError(
            "bad-weight", f"PatientWeight (0010,1030) is {weight:g}, expected kg above 0"
        )
    if _are_swapped(weight, size):
        warnings.append("weight-height-swapped")
        return float(size or 0.0)
    if weight >= _GRAMS_LIMIT:
        warnings.append("weight-in-grams")
        weight /= 1000.0
    if not _POSSIBLE_WEIGHT_KG[0] <= weight <= _POSSIBLE_WEIGHT_KG[1]:
        raise SuvError("bad-weight", f"PatientWeight (0010,1030) of {weight:g} kg is no body's")
    if not _USUAL_WEIGHT_KG[0] <= weight <= _USUAL_WEIGHT_KG[1]:
        warnings.append("unusual-weight")
    return weight


def height_cm(facts: SuvFacts, warnings: list[str]) -> float | None:
    """Return the body height, cm and mm understood; None when absent or absurd (warned of)."""
    size = facts.height_m
    if size is None or size == 0:
        return None
    if _are_swapped(facts.weight_kg, size):
        return float(facts.weight_kg or 0.0) * 100.0
    if math.isfinite(size) and 0.2 <= size <= 3:
        return size * 100.0
    if math.isfinite(size) and 20 <= size <= 300 and facts.weight_kg is not None:
        warnings.append("height-in-cm")
        return size
    if math.isfinite(size) and 500 <= size <= 3000:
        warnings.append("height-in-mm")
        return size / 10.0
    warnings.append("unusual-height")
    return None


def dose_bq(facts: SuvFacts, warnings: list[str]) -> float:
    """Return the administered activity; MBq where Bq should stand is converted and warned of.

    Raises:
        SuvError: missing (code `missing-dose`), or zero, negative or not a number (`bad-dose`).
    """
    dose = facts.dose_bq
    if dose is None:
        raise SuvError(
            "missing-dose", "no RadionuclideTotalDose (0018,1074): SUV needs the injected activity"
        )
    if not math.isfinite(dose) or not 0 < dose <= _MOST_DOSE_BQ:
        raise SuvError("bad-dose", f"RadionuclideTotalDose (0018,1074) is {dose:g}, expected Bq")
    is_mbq = dose < _MBQ_LIMIT
    if is_mbq != facts.dose_unit_is_mbq:
        warnings.append("dose-in-mbq" if is_mbq else "dose-in-bq")
    dose = dose * 1e6 if is_mbq else dose
    if not _USUAL_DOSE_BQ[0] <= dose <= _USUAL_DOSE_BQ[1]:
        warnings.append("unusual-dose")
    return dose


def half_life(facts: SuvFacts, warnings: list[str]) -> float:
    """Return the half life in s: the header's when there is one, else the nuclide's.

    Raises:
        SuvError: neither is there (code `missing-half-life`), or the header's is no number above 0
            or contradicts the nuclide (code `bad-half-life`).
    """
    known = half_life_s(facts.nuclide)
    stated = facts.half_life_s
    if stated is None:
        if known is None:
            raise SuvError(
                "missing-half-life",
                "neither RadionuclideHalfLife (0018,1075) nor a known radionuclide in the header",
            )
        return known
    if not _POSSIBLE_HALF_LIFE_S[0] <= stated <= _POSSIBLE_HALF_LIFE_S[1]:
        raise SuvError("bad-half-life", f"RadionuclideHalfLife (0018,1075) is {stated:g} s")
    difference = 0.0 if known is None else abs(stated / known - 1.0)
    if difference > _HALF_LIFE_REFUSE_FRAC:
        raise SuvError(
            "bad-half-life",
            f"RadionuclideHalfLife (0018,1075) is {stated:g} s but {facts.nuclide} has {known:g} s",
        )
    if difference > _HALF_LIFE_WARN_FRAC:
        warnings.append("half-life-differs")
    return stated


def known_sex(facts: SuvFacts) -> str | None:
    """Return M, F or O, or None when the header does not say."""
    sex = (facts.sex or "").strip().upper()[:1]
    return sex if sex in {"M", "F", "O"} else None


def _are_swapped(weight: float | None, size: float | None) -> bool:
    """Tell whether weight holds metres and size kilograms, and no infant explains the numbers."""
    if weight is None or size is None or not (1.2 <= weight <= 2.3 and 30 <= size <= 250):
        return False
    as_adult = size / weight**2
    as_infant = weight / (size / 100.0) ** 2
    return 12 <= as_adult <= 60 and not 8 <= as_infant <= 30
