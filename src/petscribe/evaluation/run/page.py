"""The summary as one self-contained HTML page: tables, intervals, floors and plots.

Loads nothing and runs nothing: style is inside and allowed by hash, everything else is forbidden.
Every value is escaped. Knows the summary's keys, not how they came about.
"""

import base64
import hashlib
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any, Final

from jinja2 import DictLoader, Environment, StrictUndefined, Template
from markupsafe import Markup

from petscribe.evaluation.run.plots import Mark, bar_plot, interval_plot, legend

TITLES: Final[Mapping[str, str]] = {
    "finding": "Lesion findings",
    "report": "Whole reports",
    "vqa": "Answers to questions",
}
_SHOWN: Final[Mapping[str, Sequence[str]]] = {
    "clinical": (
        *("pet_finding_score", "pet_finding_precision", "pet_finding_recall", "detection_f1"),
        *("region_uptake_f1_abnormal", "region_form_f1_abnormal", "lesion_f1_tpf"),
    ),
    "text": ("bleu_1", "bleu_4", "rouge_1", "rouge_l", "meteor"),
    "vqa": ("accuracy", "exact", "token_f1", "refused", "unread"),
}


def to_html(summary: Mapping[str, Any]) -> str:
    """Return the page of a summary, as `Evaluation.to_dict` and the manifest make it."""
    floors = {name: x for name, x in summary["floors"].items() if "absent" not in x}
    groups = {
        group: _marks(summary, floors, group, names)
        for group, names in _SHOWN.items()
        if group in summary
    }
    style = _asset("evaluation.css")
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    errors = {
        name.replace("_", " "): value
        for name, value in summary["critical_errors"].items()
        if name != "total"
    }
    return _template().render(
        title=f"{TITLES[summary['task']]}: evaluation",
        summary=summary,
        floors=floors,
        absent={name: x["absent"] for name, x in summary["floors"].items() if "absent" in x},
        groups={group: interval_plot(marks) for group, marks in groups.items()},
        errors=bar_plot(errors, title="Critical errors") if summary["n"] else "",
        legend=legend(list(floors)),
        tables=_tables(summary, floors),
        strata=_strata(summary),
        style=Markup(style),  # ours, without a value in it  # noqa: S704
        policy=f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'",
    )


def _marks(
    summary: Mapping[str, Any],
    floors: Mapping[str, Any],
    group: str,
    names: Sequence[str],
) -> list[Mark]:
    marks = []
    for name in names:
        interval = summary["intervals"].get(name, {})
        marks.append(
            Mark(
                name=name.replace("_", " "),
                value=summary[group].get(name),
                low=interval.get("low"),
                high=interval.get("high"),
                floors={floor: x[group].get(name) for floor, x in floors.items()},
            )
        )
    return marks


def _tables(summary: Mapping[str, Any], floors: Mapping[str, Any]) -> dict[str, list[list[str]]]:
    """Return one table per group of scores: name, value, interval, each floor."""
    tables = {}
    for group in ("clinical", "numeric", "text", "vqa"):
        scores = {k: v for k, v in summary.get(group, {}).items() if not isinstance(v, Mapping)}
        if scores:
            tables[group] = [_cells(summary, floors, group, name) for name in scores]
    return tables


def _cells(
    summary: Mapping[str, Any], floors: Mapping[str, Any], group: str, name: str
) -> list[str]:
    values = [_shown(x[group].get(name)) for x in floors.values()]
    spread = _spread(summary["intervals"].get(name, {}))
    return [name, _shown(summary[group][name]), spread, *values]


def _strata(summary: Mapping[str, Any]) -> list[list[str]]:
    """Return one row per stratum: kind, stratum, cases, score, interval, critical errors."""
    return [
        [
            kind,
            stratum.replace("_", " "),
            str(found["pet_finding_score"]["n"]),
            _shown(found["pet_finding_score"]["mean"]),
            _spread(found["pet_finding_score"]),
            _shown(found["any_per_case"]["mean"]),
        ]
        for kind, strata in summary["strata"].items()
        for stratum, found in strata.items()
    ]


def _spread(interval: Mapping[str, Any]) -> str:
    low, high = interval.get("low"), interval.get("high")
    return "" if low is None or high is None else f"{low:.3f} to {high:.3f}"


def _shown(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"


@cache
def _template() -> Template:
    loader = DictLoader({"page": _asset("evaluation.html")})
    environment = Environment(
        loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    return environment.get_template("page")


@cache
def _asset(name: str) -> str:
    return (files("petscribe.evaluation.run") / "templates" / name).read_text("utf-8")
