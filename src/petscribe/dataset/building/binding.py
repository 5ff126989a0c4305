"""The digits of a report's sentence become slots, but only where they are the measured values.

A slot stands for a number that `quant` measures on the lesion's mask; training on it is honest only
if the text's number is that number, to the digits printed. Numbers that are not (another scanner's
software, a prior exam, a size on CT, a typing error) stay digits and are listed, so that training
may leave the text out. Knows a sentence, its finding and the measurement; slot names are those of
`terms.slots`.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from petscribe.core.finding import Finding
from petscribe.core.lesion import Measurement

_NUMERAL: Final = re.compile(r"(?<![\w.,/])\d+(?:[.,]\d+)?(?![\w/]|[.,]\d)")
_SIZE: Final = re.compile(
    r"(?<![\w.,])(\d+(?:[.,]\d+)?)\s*[x\u00d7]\s*(\d+(?:[.,]\d+)?)(?:\s*[x\u00d7]\s*\d+(?:[.,]\d+)?)?\s*(cm|mm)\b",
    re.IGNORECASE,
)
_LENGTH: Final = re.compile(r"(?<![\w.,])(\d+(?:[.,]\d+)?)\s*(cm|mm)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bound:
    """A text with slots, and the numbers that are none."""

    text: str
    slots: tuple[str, ...]
    unbound: tuple[str, ...]
    """Numbers of the finding that are not the measured ones, as printed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    start: int
    end: int
    slot: str | None


def bind_numbers(
    text: str, finding: Finding, measured: Measurement, *, lesion: int | None = None
) -> Bound:
    """Return the text with its measured numbers as slots, of lesion `lesion` in a whole report."""
    owner = f"<L{lesion}>" if lesion is not None else ""
    taken: list[_Found] = []
    for found in (*_sizes(text, finding, measured), *_values(text, finding, measured)):
        if not any(found.start < t.end and t.start < found.end for t in taken):
            taken.append(found)
    parts, at = [], 0
    for found in sorted(taken, key=lambda f: f.start):
        if found.slot is not None:
            parts += [text[at : found.start], f"{owner}<{found.slot}>"]
            at = found.end
    return Bound(
        text="".join([*parts, text[at:]]),
        slots=tuple(f.slot for f in sorted(taken, key=lambda f: f.start) if f.slot is not None),
        unbound=tuple(text[f.start : f.end] for f in taken if f.slot is None),
    )


def _sizes(text: str, finding: Finding, measured: Measurement) -> Iterator[_Found]:
    """Yield sizes: `<size>` for two axes and `<long_axis>` for one, each with its unit."""
    stated = {d for s in finding.size_mm for d in s.dims}
    if not stated:
        return
    for match in _SIZE.finditer(text):
        axes = [_Printed.of(match[k], unit=match[3]) for k in (1, 2)]
        known = (measured.long_axis_mm, measured.short_axis_mm)
        fits = all(p.states(k) for p, k in zip(axes, known, strict=True))
        third = match[0].lower().count("x") + match[0].count("\u00d7") > 1
        yield _Found(
            start=match.start(), end=match.end(), slot="size" if fits and not third else None
        )
    for match in _LENGTH.finditer(text):
        printed = _Printed.of(match[1], unit=match[2])
        if any(abs(printed.value - d) < 1e-6 for d in stated):
            fits = printed.states(measured.long_axis_mm)
            yield _Found(start=match.start(), end=match.end(), slot="long_axis" if fits else None)


def _values(text: str, finding: Finding, measured: Measurement) -> Iterator[_Found]:
    """Yield SUVs, images and volumes: each number by the value that the finding says it is."""
    claims: list[tuple[float, str, float | None]] = []
    for suv in finding.suv:
        if suv.value is not None:
            names = {"mean": "suv_mean", "peak": "suv_peak"}
            slot = names.get(suv.stat, "suv_max")
            known = getattr(measured, slot) if suv.time == "current" and suv.op == "=" else None
            claims.append((suv.value, slot, known))
    claims += [
        (float(ref.image), "slice", float(measured.slice_pet))
        for ref in finding.refs
        if ref.image is not None and ref.image_end is None
    ]
    for value, slot, known in (
        (finding.mtv_ml, "volume", measured.mtv_ml),
        (finding.tlg, "tlg", measured.tlg_g),
    ):
        if value is not None:
            claims.append((value, slot, known))
    numerals = list(_NUMERAL.finditer(text))
    for value, slot, known in claims:
        for match in numerals:
            printed = _Printed.of(match[0])
            if abs(printed.value - value) < 1e-9:
                fits = known is not None and printed.states(known)
                yield _Found(start=match.start(), end=match.end(), slot=slot if fits else None)
                numerals.remove(match)
                break


@dataclass(frozen=True, slots=True, kw_only=True)
class _Printed:
    """A printed number in the unit of the measurement, and what its last digit stands for."""

    value: float
    unit: float

    @classmethod
    def of(cls, token: str, *, unit: str = "") -> "_Printed":
        factor = 10.0 if unit.lower() == "cm" else 1.0
        digits = token.replace(",", ".")
        decimals = len(digits.partition(".")[2])
        return cls(value=float(digits) * factor, unit=factor * 10.0**-decimals)

    def states(self, measured: float) -> bool:
        return abs(self.value - measured) <= self.unit / 2 + 1e-6 * self.unit
