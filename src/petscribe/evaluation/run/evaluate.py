"""Predictions and references to every score, floor and interval: the main path of a run."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Float

import petscribe
from petscribe.core.codec import encode
from petscribe.evaluation.run.answers import answer_statistics, answer_summary, items_of
from petscribe.evaluation.run.cases import Case, Line, Task
from petscribe.evaluation.run.controls import Floor, make_floors
from petscribe.evaluation.run.scoring import code_stamp, score_texts
from petscribe.evaluation.run.statistics import (
    CLINICAL,
    NUMERIC,
    clinical_statistics,
    error_counts,
    error_statistics,
    normal_counts,
    numeric_statistics,
)
from petscribe.evaluation.run.strata import stratified
from petscribe.evaluation.stats.bootstrap import Interval, bootstrap_all
from petscribe.evaluation.stats.statistic import Statistic
from petscribe.evaluation.text.scores import SIGNATURES, TextScores, text_scores

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How a run is done; nothing here changes a score but `resamples` and `seed` an interval."""

    task: Task
    resamples: int = 1000
    seed: int = 0
    workers: int = 1
    memory: Path | None = None
    """Folder of finished chunks; None keeps nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluation:
    """Everything a run found out."""

    cases: tuple[Case, ...]
    settings: Settings
    rows: Float[np.ndarray, "n columns"]
    text: TextScores
    statistics: Mapping[str, Statistic]
    """Every score of the system by name, text scores included."""
    intervals: Mapping[str, Interval]
    floors: Mapping[str, Any]
    strata: Mapping[str, Any]
    """The main scores by region, size, uptake and tracer; empty for questions."""
    answers: Mapping[str, Any] | None
    """By kind of question; None unless the task is vqa."""

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON object of `evaluate --json`."""
        summary: dict[str, Any] = {
            "n": len(self.cases),
            "patients": len({case.patient for case in self.cases}),
            "task": self.settings.task,
            "lang": self.text.lang,
            "empty_predictions": sum(not case.prediction.strip() for case in self.cases),
            **scores_of(self.text, self.rows),
            "floors": dict(self.floors),
            "intervals": {name: encode(value) for name, value in self.intervals.items()},
            "strata": dict(self.strata),
        }
        if self.answers is not None:
            summary["vqa"] = dict(self.answers)
        summary["extractor"] = "petscribe.mining.rules"
        summary["signatures"] = {**SIGNATURES, **CLINICAL, **NUMERIC}
        return summary


def evaluate(
    cases: Sequence[Case],
    settings: Settings,
    *,
    train: Sequence[Line] | None = None,
    say: Say = lambda _: None,
) -> Evaluation:
    """Score the cases, make and score the floors, and put an interval on every score.

    Args:
        cases: predictions with their references, one language.
        settings: the task and how to work.
        train: references of other patients, for the floors that learn.
        say: told what is being done.
    """
    say("floors")
    made = make_floors(cases, train, seed=settings.seed)
    sets = [tuple(cases), *(_answered(cases, floor) for floor in made.made)]
    rows, *floor_rows = _rows(sets, settings, say)
    say("text")
    text = _text(cases)
    items = items_of(cases) if settings.task == "vqa" else None
    answered = {} if items is None else answer_statistics(items)
    statistics = {**_statistics(text, rows), **answered}
    floors: dict[str, Any] = {}
    for floor, said, numbers in zip(made.made, sets[1:], floor_rows, strict=True):
        say(f"floor {floor.name}")
        floors[floor.name] = _floor_scores(said, numbers, settings.task)
    floors |= {name: {"n": 0, "absent": why} for name, why in made.absent.items()}
    say("intervals")
    intervals = bootstrap_all(
        statistics,
        [case.patient for case in cases],
        resamples=settings.resamples,
        seed=settings.seed,
    )
    strata, answers = {}, None
    if items is None:
        strata = stratified(
            cases, rows, statistics, resamples=settings.resamples, seed=settings.seed
        )
    else:
        answers = {**_values(answered), **answer_summary(items)}
    return Evaluation(
        cases=tuple(cases),
        settings=settings,
        rows=rows,
        text=text,
        statistics=statistics,
        intervals=intervals,
        floors=floors,
        strata=strata,
        answers=answers,
    )


def scores_of(text: TextScores, rows: Float[np.ndarray, "n columns"]) -> dict[str, Any]:
    """Return the scores of one set of texts, without intervals."""
    return {
        "text": _values(text.statistics),
        "clinical": _values(clinical_statistics(rows)),
        "critical_errors": error_counts(rows),
        "numeric": _values(numeric_statistics(rows)),
        "normals": normal_counts(rows),
    }


def manifest_of(evaluation: Evaluation, inputs: Mapping[str, Path]) -> dict[str, Any]:
    """Return what made this evaluation: version, code, inputs by hash, settings."""
    settings = evaluation.settings
    return {
        "software": "petscribe",
        "version": petscribe.__version__,
        "code_sha256": code_stamp(),
        "task": settings.task,
        "seed": settings.seed,
        "resamples": settings.resamples,
        "inputs": {
            name: {"file": path.name, "sha256": hashlib.sha256(path.read_bytes()).hexdigest()}
            for name, path in inputs.items()
        },
    }


def _answered(cases: Sequence[Case], floor: Floor) -> tuple[Case, ...]:
    """Return the cases that a floor answers, with its answers as predictions."""
    pairs = zip(floor.cases, floor.texts, strict=True)
    return tuple(replace(cases[i], prediction=text) for i, text in pairs)


def _rows(
    sets: Sequence[Sequence[Case]], settings: Settings, say: Say
) -> list[Float[np.ndarray, "_ columns"]]:
    """Return the rows of every set, made in one go so that the processes start once."""
    texts = [(case.reference, case.prediction, case.lang) for cases in sets for case in cases]
    rows = score_texts(
        texts,
        workers=settings.workers,
        memory=settings.memory,
        step=partial(_count, say, len(texts)),
    )
    edges = np.cumsum([len(cases) for cases in sets])[:-1]
    return np.split(rows, edges)


def _count(say: Say, total: int, done: int) -> None:
    say(f"findings of {done} of {total}")


def _text(cases: Sequence[Case]) -> TextScores:
    return text_scores(
        [case.prediction for case in cases],
        [[case.reference] for case in cases],
        lang=cases[0].lang,
    )


def _statistics(text: TextScores, rows: Float[np.ndarray, "n columns"]) -> dict[str, Statistic]:
    errors = {f"{name}_per_case": x for name, x in error_statistics(rows).items()}
    return {**text.statistics, **clinical_statistics(rows), **errors, **numeric_statistics(rows)}


def _floor_scores(
    said: Sequence[Case], rows: Float[np.ndarray, "n columns"], task: Task
) -> dict[str, Any]:
    found = {"n": len(said), **scores_of(_text(said), rows)}
    if task == "vqa":
        found["vqa"] = _values(answer_statistics(items_of(said)))
    return found


def _values(statistics: Mapping[str, Statistic]) -> dict[str, float | None]:
    """Return the scores; None where one is not defined."""
    values = {name: statistic.value for name, statistic in statistics.items()}
    return {name: value if np.isfinite(value) else None for name, value in values.items()}
