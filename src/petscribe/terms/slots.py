"""Slots: places in a text that a measured value will fill, so that no number is ever written.

A text holds `<suv_max>`, `<size>`, ... in place of figures. In a text about several lesions `<L3>`
speaks of lesion 3 and `<L3><suv_max>` is that lesion's value. `slot_values` prints what was
measured by the rules of `figures`; `fill_slots` puts it into the text. Knows texts and
measurements, no grammar; a slot without a value is refused, never filled with a stand-in.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Final

from petscribe.core.errors import OutputMismatch
from petscribe.core.lesion import Measurement
from petscribe.terms.figures import (
    figure,
    shown_ml,
    shown_mm,
    shown_suv,
    size_figure,
    volume_figure,
)
from petscribe.terms.phrasebook import phrases
from petscribe.terms.words import words

SLOTS: Final = (
    "suv_max",
    "suv_mean",
    "suv_peak",
    "size",
    "long_axis",
    "volume",
    "tlg",
    "slice",
    "ratio_liver",
    "count",
)
"""Every slot; `size` and `long_axis` bring their unit, the others are a bare figure."""
MOST_LESIONS: Final = 16
"""A text speaks of lesions 1 to 16."""
SLOT_TOKENS: Final = tuple(f"<{name}>" for name in SLOTS)
LESION_TOKENS: Final = tuple(f"<L{number}>" for number in range(1, MOST_LESIONS + 1))

_SLOT: Final = re.compile(r"(?:<L(\d{1,2})>)?<([a-z_]+)>")
_REFERENCE: Final = re.compile(r"<L(\d{1,2})>(?!<[a-z_]+>)")
_LEADING: Final = re.compile(r"\s*(?:<L\d{1,2}>(?!<[a-z_]+>)\s*)+")


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotUse:
    """One slot as it stands in a text."""

    name: str
    lesion: int | None
    """The lesion it is of; None in a text about one lesion."""
    span: tuple[int, int]


def slot_values(measured: Measurement, lang: str, *, count: int | None = None) -> dict[str, str]:
    """Return what each slot of a lesion prints; what was not measured has no entry.

    Args:
        measured: the lesion's measurements.
        lang: `en` or `vi`.
        count: how many lesions the text speaks of, in words up to ten.
    """
    in_cm = bool(phrases(lang)["size_unit_cm"])
    long_mm, short_mm = shown_mm(measured.long_axis_mm), shown_mm(measured.short_axis_mm)
    suvs = {
        "suv_max": measured.suv_max,
        "suv_mean": measured.suv_mean,
        "suv_peak": measured.suv_peak,
        "ratio_liver": measured.ratio_liver,
    }
    values = {k: figure(shown_suv(v), lang, decimals=1) for k, v in suvs.items() if v is not None}
    values |= {
        "size": size_figure((long_mm, short_mm), lang, in_cm=in_cm),
        "long_axis": size_figure((long_mm,), lang, in_cm=in_cm),
        "volume": volume_figure(shown_ml(measured.mtv_ml), lang),
        "slice": str(measured.slice_pet),
    }
    if measured.tlg_g is not None:
        values["tlg"] = volume_figure(shown_ml(measured.tlg_g), lang)
    if count is not None:
        values["count"] = count_words(count, lang)
    return values


def count_words(count: int, lang: str) -> str:
    """Return a number of lesions as it is said: `three`, beyond ten in digits."""
    return _count_words(lang).get(count, str(count))


def slots_in(text: str) -> tuple[SlotUse, ...]:
    """Return every slot of a text, in order; a name that is no slot is not one."""
    return tuple(
        SlotUse(name=found[2], lesion=int(found[1]) if found[1] else None, span=found.span())
        for found in _SLOT.finditer(text)
        if found[2] in SLOTS
    )


def lesions_in(text: str) -> tuple[int, ...]:
    """Return the lesions that a text speaks of, by reference or slot, each once, in order."""
    found = re.findall(r"<L(\d{1,2})>", text)
    return tuple(dict.fromkeys(int(number) for number in found))


def bound(text: str, lesion: int) -> str:
    """Return a text about one lesion as a line about it among several: `<L3> ... <L3><size>`."""
    marked = _SLOT.sub(lambda found: f"<L{lesion}><{found[2]}>", text)
    return f"<L{lesion}> {marked}"


def bound_lines(text: str) -> tuple[tuple[str, tuple[int, ...]], ...]:
    """Return each line of a text without its leading references, and its lesions."""
    lines = (line for line in text.splitlines() if line.strip())
    return tuple((_LEADING.sub("", line).strip(), lesions_in(line)) for line in lines)


def fill_slots(
    text: str,
    values: Mapping[str, str],
    *,
    lesions: Mapping[int, Mapping[str, str]] | None = None,
    mentions: Mapping[int, str] | None = None,
) -> str:
    """Return the text with every slot filled.

    Args:
        text: with slots.
        values: by slot, for slots that name no lesion.
        lesions: by lesion and slot, for slots that name one.
        mentions: how a reference to a lesion is printed; one that has no mention is left out.

    Raises:
        OutputMismatch: a slot has no value (code `slot-without-value`).
    """
    of_lesion, said = lesions or {}, mentions or {}

    def value(found: re.Match[str]) -> str:
        known = of_lesion.get(int(found[1]), {}) if found[1] else values
        if found[2] not in known:
            raise OutputMismatch(
                "slot-without-value",
                f"the text asks for {found[0]}, which was not measured; leave that part out",
            )
        return known[found[2]]

    filled = _SLOT.sub(value, text)
    filled = _REFERENCE.sub(lambda found: said.get(int(found[1]), ""), filled)
    lines = (re.sub(r"[ \t]+(?=[.,;)])|(?<=\()[ \t]+", "", line) for line in filled.split("\n"))
    return "\n".join(" ".join(line.split()) for line in lines)


@cache
def _count_words(lang: str) -> dict[int, str]:
    said: dict[int, str] = {}
    for word in words(lang):
        if word.kind == "count" and word.key.isdigit():
            said.setdefault(int(word.key), word.text)
    return said
