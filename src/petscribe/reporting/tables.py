"""The tables of the report in cells of text: lesions, uptake set aside, references, totals.

Rounds as `terms.figures` says and prints a dash for what was not measured. Knows no markup.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from petscribe.core.lesion import Lesion, Measurement
from petscribe.core.report import Measured
from petscribe.terms.figures import figure, rounded, shown_ml, shown_mm, shown_suv, volume_figure
from petscribe.terms.phrasebook import phrase
from petscribe.terms.phrasing import heading, label, notes, table_headers

NOTHING: Final = "\u2013"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row: the lesion it speaks of (None: no lesion) and its cells."""

    lesion: int | None
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Headers and rows of text."""

    headers: tuple[str, ...]
    rows: tuple[Row, ...]
    numeric: tuple[bool, ...]
    """Which columns are numbers, to be set flush right."""


def _suv(value: float | None, lang: str) -> str:
    return NOTHING if value is None else figure(shown_suv(value), lang, decimals=1)


def _volume(value: float | None, lang: str) -> str:
    return NOTHING if value is None else volume_figure(shown_ml(value), lang)


def _size(measured: Measurement, lang: str) -> str:
    axes = (measured.long_axis_mm, measured.short_axis_mm)
    return " x ".join(figure(shown_mm(axis), lang) for axis in axes)


def _image(measured: Measurement, lang: str) -> str:  # noqa: ARG001 - one signature for all cells
    return str(measured.slice_pet)


def _image_ct(measured: Measurement, lang: str) -> str:  # noqa: ARG001
    return NOTHING if measured.slice_ct is None else str(measured.slice_ct)


def _deauville(measured: Measurement, lang: str) -> str:  # noqa: ARG001
    return NOTHING if measured.deauville is None else str(measured.deauville)


Cell = Callable[[Measurement, str], str]
_COLUMNS: Final[Mapping[str, Cell]] = {
    "size_mm": _size,
    "suv_max": lambda m, lang: _suv(m.suv_max, lang),
    "suv_peak": lambda m, lang: _suv(m.suv_peak, lang),
    "suv_mean": lambda m, lang: _suv(m.suv_mean, lang),
    "relative_max": lambda m, lang: _suv(m.relative_max, lang),
    "mtv_ml": lambda m, lang: _volume(m.mtv_ml, lang),
    "tlg_g": lambda m, lang: _volume(m.tlg_g, lang),
    "ratio_liver": lambda m, lang: _suv(m.ratio_liver, lang),
    "ratio_blood_pool": lambda m, lang: _suv(m.ratio_blood_pool, lang),
    "deauville": _deauville,
    "slice_pet": _image,
    "slice_ct": _image_ct,
}


def lesion_table(measured: Measured, lang: str) -> Table:
    """Return the table of lesions; a column that no lesion fills is left out."""
    headers = table_headers(lang)
    columns = [
        key
        for key, cell in _COLUMNS.items()
        if any(cell(x.measurement, lang) != NOTHING for x in measured.lesions)
    ]
    cautions = {x.id: " ".join(notes(x, lang)) for x in measured.lesions}
    has_notes = any(cautions.values())
    rows = [
        Row(
            lesion=x.id,
            cells=(
                _words(x, lang),
                *(_COLUMNS[key](x.measurement, lang) for key in columns),
                *([cautions[x.id]] if has_notes else []),
            ),
        )
        for x in measured.lesions
    ]
    keys = ["place", *columns, *(["notes"] if has_notes else [])]
    return Table(
        headers=tuple(headers[key] for key in keys),
        rows=tuple(rows),
        numeric=tuple(key in _COLUMNS for key in keys),
    )


def set_aside_table(measured: Measured, lang: str) -> Table:
    """Return the table of uptake that was set aside as normal or undecided, and why."""
    headers = table_headers(lang)
    rows = [
        Row(
            lesion=x.id,
            cells=(
                _place(x, lang),
                label(x.verdict, lang),
                x.reason or NOTHING,
                _suv(x.measurement.suv_max or x.measurement.relative_max, lang),
                _volume(x.measurement.mtv_ml, lang),
                _image(x.measurement, lang),
            ),
        )
        for x in measured.physiologic
    ]
    keys = ("place", "verdict", "reason", "suv_max", "volume_ml", "slice_pet")
    return Table(
        headers=tuple(headers[key] for key in keys),
        rows=tuple(rows),
        numeric=(False,) * 3 + (True,) * 3,
    )


def reference_table(measured: Measured, lang: str) -> Table:
    """Return the reference regions with how and how well they were measured."""
    headers = table_headers(lang)
    rows = [
        Row(
            lesion=None,
            cells=(
                label(key, lang),
                region.method,
                f"{_two(region.suv_mean, lang)} \u00b1 {_two(region.suv_sd, lang)}",
                _volume(region.volume_ml, lang),
                _two(region.quality, lang),
            ),
        )
        for key, region in measured.reference_regions.items()
    ]
    keys = ("organ", "method", "suv_mean", "volume_ml")
    named = (*(headers[key] for key in keys), phrase(lang, "page", "quality"))
    return Table(headers=named, rows=tuple(rows), numeric=(False,) * 2 + (True,) * 3)


def totals_list(measured: Measured, lang: str) -> tuple[tuple[str, str], ...]:
    """Return the sums over all lesions as pairs of a name and a value; none without lesions."""
    totals, headers = measured.totals, table_headers(lang)
    if not totals.lesions:
        return ()
    pairs = [
        (heading("lesions", lang), str(totals.lesions)),
        (headers["suv_max"], _suv(totals.suv_max, lang)),
        (headers["suv_mean"], _suv(totals.suv_mean, lang)),
        (headers["mtv_ml"], _volume(totals.mtv_ml, lang)),
        (headers["tlg_g"], _volume(totals.tlg_g, lang)),
    ]
    if totals.dmax_mm:
        said = f"{figure(shown_mm(totals.dmax_mm), lang)} mm"
        pairs.append((phrase(lang, "page", "largest_distance"), said))
    return tuple(pair for pair in pairs if pair[1] != NOTHING)


def _two(value: float, lang: str) -> str:
    return figure(rounded(value, 2), lang, decimals=2)


def _place(lesion: Lesion, lang: str) -> str:
    said = _words(lesion, lang)
    return f"{said} ({label('approximate', lang)})" if lesion.location.approximate else said


def _words(lesion: Lesion, lang: str) -> str:
    return lesion.location.words.get(lang) or lesion.location.region
