"""Two plots as plain SVG: scores with their intervals beside the floors, and counts as bars.

Knows numbers and labels; every label is escaped by the caller's template engine (`Markup`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from markupsafe import Markup, escape

WIDTH, LABEL, ROW = 760, 230, 30
_LEFT, _RIGHT = LABEL + 10, WIDTH - 60
_SHAPES: Final = ("diamond", "square", "triangle", "cross", "circle")


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """One score with its interval and what the floors reach."""

    name: str
    value: float | None
    low: float | None = None
    high: float | None = None
    floors: Mapping[str, float | None] = field(default_factory=dict)


def interval_plot(marks: Sequence[Mark], *, highest: float = 1.0) -> Markup:
    """Return one row per score: a bar from low to high, a point, and the floors as small shapes."""
    names = list(dict.fromkeys(name for mark in marks for name in mark.floors))
    rows = [_row(mark, index, names, highest) for index, mark in enumerate(marks)]
    height = ROW * len(marks) + 26
    axis = _axis(ROW * len(marks) + 6, highest)
    return _svg(height, "Scores with 95 % intervals and floors", Markup("").join([axis, *rows]))


def bar_plot(counts: Mapping[str, int], *, title: str) -> Markup:
    """Return one bar per count."""
    highest = max([1, *counts.values()])
    rows = []
    for index, (name, value) in enumerate(counts.items()):
        y = ROW * index + 6
        width = (_RIGHT - _LEFT) * value / highest
        rows.append(
            Markup(
                '<text class="name" x="{}" y="{}">{}</text>'
                '<rect class="bar" x="{}" y="{}" width="{:.1f}" height="16"/>'
                '<text x="{:.1f}" y="{}">{:g}</text>'
            ).format(LABEL, y + 13, name, _LEFT, y, width, _LEFT + width + 6, y + 13, value)
        )
    return _svg(ROW * len(counts) + 4, title, Markup("").join(rows))


def shape_of(names: Sequence[str], name: str) -> str:
    """Return the shape that stands for a floor."""
    return _SHAPES[list(names).index(name) % len(_SHAPES)]


def legend(names: Sequence[str]) -> Markup:
    """Return which shape is which floor."""
    parts = [
        Markup(
            '<span class="key"><svg width="14" height="14" aria-hidden="true">{}</svg>{}</span>'
        ).format(_shape(shape_of(names, name), 7.0, 7), name.replace("_", " "))
        for name in names
    ]
    return Markup("").join(parts)


def _row(mark: Mark, index: int, names: Sequence[str], highest: float) -> Markup:
    y = ROW * index + 15
    parts = [Markup('<text class="name" x="{}" y="{}">{}</text>').format(LABEL, y + 4, mark.name)]
    for name, value in mark.floors.items():
        if value is not None:
            parts.append(_shape(shape_of(names, name), _x(value, highest), y))
    if mark.low is not None and mark.high is not None:
        parts.append(
            Markup('<line class="range" x1="{:.1f}" x2="{:.1f}" y1="{}" y2="{}"/>').format(
                _x(mark.low, highest), _x(mark.high, highest), y, y
            )
        )
    if mark.value is not None:
        parts.append(
            Markup('<circle class="point" cx="{:.1f}" cy="{}" r="5"/>').format(
                _x(mark.value, highest), y
            )
        )
        parts.append(
            Markup('<text x="{}" y="{}">{:.3f}</text>').format(_RIGHT + 8, y + 4, mark.value)
        )
    return Markup("").join(parts)


def _x(value: float, highest: float) -> float:
    return _LEFT + (_RIGHT - _LEFT) * min(max(value / highest, 0.0), 1.0)


def _axis(y: int, highest: float) -> Markup:
    parts = []
    for step in range(5):
        value = highest * step / 4
        x = _x(value, highest)
        parts.append(
            Markup(
                '<line class="grid" x1="{0:.1f}" x2="{0:.1f}" y1="0" y2="{1}"/>'
                '<text class="tick" x="{0:.1f}" y="{2}">{3:g}</text>'
            ).format(x, y, y + 14, value)
        )
    return Markup("").join(parts)


def _shape(kind: str, x: float, y: int) -> Markup:
    paths = {
        "diamond": "M0-5L5 0L0 5L-5 0Z",
        "square": "M-4-4H4V4H-4Z",
        "triangle": "M0-5L5 4H-5Z",
        "cross": "M-4-4L4 4M4-4L-4 4",
        "circle": "M-4 0A4 4 0 1 0 4 0A4 4 0 1 0-4 0Z",
    }
    return Markup('<path class="floor" transform="translate({:.1f} {:.1f})" d="{}"/>').format(
        x, y, paths[kind]
    )


def _svg(height: int, title: str, inside: Markup) -> Markup:
    return Markup('<svg viewBox="0 0 {} {}" role="img" aria-label="{}">{}</svg>').format(
        WIDTH, height, escape(title), inside
    )
