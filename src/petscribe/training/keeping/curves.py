"""The plot at the end of a run: every loss, its held-out value, the rate and the gradient's norm.

Knows the records of the history and nothing of what was trained.
"""

import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from petscribe.core.files import atomic_write

_NOT_LOSSES = frozenset({"total_step", "step", "seconds", "rows_per_s", "tokens_per_s"})
_LOGARITHMIC = frozenset({"rate", "gradient_norm"})


def draw_curves(records: Sequence[Mapping[str, Any]], path: Path) -> None:
    """Draw the history of a run as PNG: one panel per number, a line where a stage begins."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    names = _numbers(records)
    height = 2.2 * max(1, len(names))
    figure = Figure(figsize=(8.0, height))
    figure.subplots_adjust(0.11, 0.45 / height, 0.98, 1 - 0.35 / height, hspace=0.2)
    FigureCanvasAgg(figure)
    starts = _stage_starts(records)
    for place, name in enumerate(names, start=1):
        axes = figure.add_subplot(len(names), 1, place)
        points = [(r["total_step"], r[name]) for r in records if r.get(name) is not None]
        axes.plot([x for x, _ in points], [y for _, y in points], linewidth=0.9)
        axes.set_ylabel(name.replace("_", " "))
        if name in _LOGARITHMIC and min(y for _, y in points) > 0:
            axes.set_yscale("log")
        for step, stage in starts:
            axes.axvline(step, color="0.7", linewidth=0.8)
            if place == 1:
                axes.annotate(
                    stage, (step, 1.0), xycoords=("data", "axes fraction"), fontsize=7, va="bottom"
                )
        axes.set_xlabel("step" if place == len(names) else "")
    picture = io.BytesIO()
    figure.savefig(picture, format="png", dpi=110)
    with atomic_write(path) as file:
        file.write(picture.getvalue())


def _numbers(records: Sequence[Mapping[str, Any]]) -> list[str]:
    names = dict.fromkeys(
        name
        for record in records
        for name, value in record.items()
        if isinstance(value, int | float) and name not in _NOT_LOSSES
    )
    return list(names)


def _stage_starts(records: Sequence[Mapping[str, Any]]) -> list[tuple[int, str]]:
    starts: dict[str, int] = {}
    for record in records:
        starts.setdefault(str(record.get("stage", "")), record["total_step"])
    return [(step, stage) for stage, step in starts.items()]
