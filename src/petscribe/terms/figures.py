"""How numbers are printed, stated once: the rounding, the decimals, the decimal sign.

    SUV and ratios      one decimal
    sizes               whole millimetres; in English from 10 mm on in cm with one decimal, which
                        says the same
    volumes and TLG     one decimal, two below 10
    doses, times        whole MBq and minutes

Half a unit rounds away from zero, as a reader would. `figure` never rounds: it prints the decimals
asked for and, when the value has more, those too.
"""

from decimal import ROUND_HALF_UP, Decimal

from petscribe.terms.phrasebook import phrase


def rounded(value: float, decimals: int) -> float:
    """Return `value` to so many decimals, half away from zero."""
    step = Decimal(1).scaleb(-decimals)
    return float(Decimal(repr(float(value))).quantize(step, rounding=ROUND_HALF_UP))


def shown_suv(value: float) -> float:
    """Return an SUV as it is printed."""
    return rounded(value, 1)


def shown_mm(value: float) -> float:
    """Return a length in millimetres as it is printed."""
    return rounded(value, 0)


def shown_ml(value: float) -> float:
    """Return a volume in millilitres (or a TLG in grams) as it is printed."""
    return rounded(value, 1 if rounded(value, 2) >= 10.0 else 2)


def figure(value: float, lang: str, *, decimals: int = 0) -> str:
    """Return a number in digits with at least `decimals` decimals and none lost."""
    exact = Decimal(repr(float(value)))
    shown = max(decimals, -int(exact.normalize().as_tuple().exponent))
    return f"{exact:.{shown}f}".replace(".", phrase(lang, "decimal"))


def volume_figure(value: float, lang: str) -> str:
    """Return a volume or TLG in digits."""
    return figure(value, lang, decimals=1 if value >= 10.0 else 2)


def size_figure(dims_mm: tuple[float, ...], lang: str, *, in_cm: bool) -> str:
    """Return `6.4 x 4.1 cm` or `64 x 41 mm`; centimetres only where they lose nothing."""
    whole = all(dim == int(dim) for dim in dims_mm)
    if in_cm and whole and max(dims_mm, default=0.0) >= 10.0:
        figures = [figure(rounded(dim / 10.0, 1), lang, decimals=1) for dim in dims_mm]
        return f"{' x '.join(figures)} cm"
    return f"{' x '.join(figure(dim, lang) for dim in dims_mm)} mm"
