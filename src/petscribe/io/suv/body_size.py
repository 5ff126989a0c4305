"""Body size: lean body mass, body surface area and ideal body weight, by named formulas.

Pure arithmetic on kg and cm. Sex `O` takes the mean of the male and the female value (IBSI-SUV
manual; there is no consensus). Sources: Morgan & Bray 1994 and James & Waterlow 1976 (as DICOM
SUVType LBM and LBMJAMES128 name them), Janmahasatian 2005, Du Bois 1916, Sugawara 1999 (ideal
weight).
"""

from collections.abc import Callable
from typing import Literal

LbmFormula = Literal["janmahasatian", "james128", "morgan120"]


def lean_body_mass_kg(
    weight_kg: float, height_cm: float, sex: str, formula: LbmFormula = "janmahasatian"
) -> float | None:
    """Return the lean body mass, or None where a formula leaves its range (mass of zero or less).

    James and Morgan are parabolas in weight: beyond their top they fall and turn negative.
    """
    of_sex = _LEAN[formula]
    mass = _by_sex(sex, lambda one: of_sex(weight_kg, height_cm, one))
    return mass if mass is not None and mass > 0 else None


def body_surface_area_m2(weight_kg: float, height_cm: float) -> float:
    """Return the body surface area by Du Bois."""
    return float(0.007184 * height_cm**0.725 * weight_kg**0.425)


def ideal_body_weight_kg(height_cm: float, sex: str) -> float | None:
    """Return the ideal body weight after Sugawara, or None where it is zero or less."""
    male_kg = 48.0 + 1.06 * (height_cm - 152.0)
    female_kg = 45.5 + 0.91 * (height_cm - 152.0)
    weight = _by_sex(sex, lambda one: male_kg if one == "M" else female_kg)
    return weight if weight is not None and weight > 0 else None


def _janmahasatian(weight_kg: float, height_cm: float, sex: str) -> float:
    bmi = weight_kg / (height_cm / 100.0) ** 2
    bottom = 6680.0 + 216.0 * bmi if sex == "M" else 8780.0 + 244.0 * bmi
    return 9270.0 * weight_kg / bottom


def _parabola(male_curve: float) -> Callable[[float, float, str], float]:
    def mass(weight_kg: float, height_cm: float, sex: str) -> float:
        squared = (weight_kg / height_cm) ** 2
        if sex == "M":
            return 1.10 * weight_kg - male_curve * squared
        return 1.07 * weight_kg - 148.0 * squared

    return mass


_LEAN: dict[LbmFormula, Callable[[float, float, str], float]] = {
    "janmahasatian": _janmahasatian,
    "james128": _parabola(128.0),
    "morgan120": _parabola(120.0),
}


def _by_sex(sex: str, value: Callable[[str], float]) -> float | None:
    if sex == "O":
        return (value("M") + value("F")) / 2.0
    return value(sex) if sex in {"M", "F"} else None
