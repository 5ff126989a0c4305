"""What readers think: marks, agreement, preferences, errors, edits, and which metric agrees.

Means are over judgements with intervals by patient; agreement is over texts (a case's text of one
source is a unit). A metric is correlated with the readers' mean mark of the same text.
"""

import csv
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from io import StringIO
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Float

from petscribe.core.codec import encode
from petscribe.core.errors import InputError
from petscribe.evaluation.stats.agreement import (
    agreement_interval,
    gwet_ac,
    icc,
    krippendorff_alpha,
)
from petscribe.evaluation.stats.bootstrap import DEFAULT_RESAMPLES, cluster_bootstrap
from petscribe.evaluation.stats.correlation import correlate
from petscribe.evaluation.study.collect import Collected, Judgement
from petscribe.evaluation.study.design import ERROR_TAGS, SCALES
from petscribe.io.texts import read_text

Scores = Mapping[str, Mapping[str, Mapping[str, float]]]
"""Metric values by source, metric and case."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draws:
    """How intervals are drawn."""

    resamples: int
    seed: int


def results(
    collected: Collected,
    *,
    scores: Scores | None = None,
    resamples: int = DEFAULT_RESAMPLES,
    seed: int = 0,
) -> dict[str, Any]:
    """Return everything that a study shows, as a JSON object.

    Args:
        collected: the readers' answers.
        scores: metric values of the same texts, of `read_scores`.
        resamples: how often patients and texts are drawn for the intervals.
        seed: of the intervals.
    """
    sources = sorted({x.source for x in collected.judgements})
    draws = Draws(resamples=resamples, seed=seed)
    return {
        "study": collected.plan.study,
        "readers": len(collected.readers),
        "cases": len(collected.plan.patients),
        "numbers_hidden": collected.plan.numbers_hidden,
        "open_marks": sum(m is None for x in collected.judgements for m in x.marks.values()),
        "marks": {source: _marks(collected, source, draws) for source in sources},
        "agreement": {scale: _agreement(collected, scale, draws) for scale in SCALES},
        "preferences": _preferences(collected, sources),
        "errors": {source: _errors(collected.judgements, source) for source in sources},
        "edited_frac": {source: _edited(collected.judgements, source) for source in sources},
        "first_place_preferred_frac": _first_place(collected),
        "metrics": _metrics(collected, scores, draws) if scores else {},
    }


def read_scores(path: Path) -> dict[str, dict[str, float]]:
    """Read the per-case table of a run (`cases.csv`): values by metric and case.

    Raises:
        InputError: no column `id` (code `bad-scores`).
    """
    rows = list(csv.DictReader(StringIO(read_text(path))))
    if not rows or "id" not in rows[0]:
        raise InputError("bad-scores", f"{path.name}: expected the cases.csv of an evaluation")
    names = [name for name in rows[0] if name not in {"id", "patient"}]
    return {
        name: {row["id"].removeprefix("'"): float(row[name]) for row in rows if row[name]}
        for name in names
    }


def _marks(collected: Collected, source: str, draws: Draws) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for scale in SCALES:
        known = [
            (mark, collected.plan.patients[x.case])
            for x in collected.judgements
            if x.source == source and (mark := x.marks[scale]) is not None
        ]
        if not known:
            found[scale] = {"mean": None, "sd": None, "n": 0}
            continue
        values = np.array([mark for mark, _ in known], np.float64)
        interval = cluster_bootstrap(values, [patient for _, patient in known], **asdict(draws))
        spread = float(values.std(ddof=1)) if len(values) > 1 else None
        found[scale] = {**encode(interval), "sd": spread}
    return found


def _agreement(collected: Collected, scale: str, draws: Draws) -> dict[str, Any]:
    ratings = rating_table(collected, scale)
    found: dict[str, Any] = {
        "krippendorff_alpha_ordinal": encode(
            agreement_interval(
                lambda table: krippendorff_alpha(table, "ordinal"),
                ratings,
                **asdict(draws),
            )
        ),
        "gwet_ac2_ordinal": _known(gwet_ac(ratings, "ordinal")),
    }
    try:
        coefficients = icc(ratings)
    except ValueError:
        return {**found, "icc_2": None, "icc_2k": None}
    return {
        **found,
        "icc_2": _known(coefficients.icc_2),
        "icc_2k": _known(coefficients.icc_2k),
    }


def rating_table(collected: Collected, scale: str) -> Float[np.ndarray, "readers units"]:
    """Return the marks of one scale, readers by texts; NaN where a mark is open."""
    units = sorted({(x.case, x.source) for x in collected.judgements})
    column = {unit: i for i, unit in enumerate(units)}
    row = {reader: i for i, reader in enumerate(collected.readers)}
    table = np.full((len(row), len(units)), np.nan)
    for x in collected.judgements:
        mark = x.marks[scale]
        if mark is not None:
            table[row[x.reader], column[x.case, x.source]] = mark
    return table


def _preferences(collected: Collected, sources: Sequence[str]) -> dict[str, Any]:
    counts = Counter(x.source for x in collected.preferences)
    total = len(collected.preferences)
    ties = counts[None]
    return {
        "n": total,
        "tie": ties,
        **{source: counts[source] for source in sources},
        "preferred_or_tie_frac": {
            source: (counts[source] + ties) / total if total else None for source in sources
        },
    }


def _errors(judgements: Sequence[Judgement], source: str) -> dict[str, int]:
    counts = Counter(tag for x in judgements if x.source == source for tag in x.errors)
    return {tag: counts[tag] for tag in ERROR_TAGS}


def _edited(judgements: Sequence[Judgement], source: str) -> float | None:
    mine = [x for x in judgements if x.source == source]
    return sum(x.edit is not None for x in mine) / len(mine) if mine else None


def _first_place(collected: Collected) -> float | None:
    """Return how often the text in place A is preferred: about 1 / texts when blinding works."""
    first = {(x.reader, x.case): x.source for x in collected.judgements if x.place == 0}
    known = [x for x in collected.preferences if x.source is not None]
    if not known:
        return None
    return sum(first[x.reader, x.case] == x.source for x in known) / len(known)


def _metrics(collected: Collected, scores: Scores, draws: Draws) -> dict[str, Any]:
    """Return each metric's rank correlation with every scale, over all texts that have both."""
    unknown = set(scores) - {x.source for x in collected.judgements}
    if unknown:
        raise InputError("bad-scores", f"no source {sorted(unknown)[0]!r} in this study")
    units = [
        (case, source) for case in sorted(collected.plan.patients) for source in sorted(scores)
    ]
    names = sorted(set.intersection(*(set(x) for x in scores.values())))
    values = {
        name: np.array([scores[s][name].get(c, np.nan) for c, s in units], np.float64)
        for name in names
    }
    patients = [collected.plan.patients[case] for case, _ in units]
    found: dict[str, Any] = {}
    for scale in SCALES:
        marks = np.array([_mean_mark(collected, case, s, scale) for case, s in units])
        usable = {
            name: x for name, x in values.items() if np.isfinite(x[np.isfinite(marks)]).sum() > 2
        }
        ranks = correlate(usable, marks, patients, **asdict(draws))
        found[scale] = {
            name: encode(x)
            for name, x in sorted(ranks.items(), key=lambda item: -(item[1].spearman.mean or -2.0))
        }
    return found


def _mean_mark(collected: Collected, case: str, source: str, scale: str) -> float:
    marks = [
        mark
        for x in collected.judgements
        if (x.case, x.source) == (case, source) and (mark := x.marks[scale]) is not None
    ]
    return float(np.mean(marks)) if marks else float("nan")


def _known(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None
