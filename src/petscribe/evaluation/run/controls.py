"""The floors of a run: what systems without eyes would have predicted for the same cases.

Constant template and random other are chosen from training references when there are any, else
crosswise: the patients are halved, and each half is answered from the other half's references, so
that no floor ever learns from the patient it answers for. Image-shuffled needs two patients;
nearest neighbour needs `features` on every reference and training line, previous report `previous`.
A floor that cannot be made is named with the reason. Large sets are floored on a fixed sample.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from jaxtyping import Float

from petscribe.core.errors import InputError
from petscribe.evaluation.floors import (
    TestCases,
    TrainTexts,
    constant_template,
    image_shuffled,
    nearest_neighbour,
    previous_report,
    random_other,
)
from petscribe.evaluation.run.cases import Case, Line

MAX_CASES: Final = 1000
"""Floors are estimated on at most so many cases."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Floor:
    """What one floor predicts, for the cases it can answer."""

    name: str
    cases: tuple[int, ...]
    """Positions of the cases."""
    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Floors:
    """Every floor that could be made, and why the others could not."""

    made: tuple[Floor, ...]
    absent: Mapping[str, str]


Pool = tuple[TrainTexts, Float[np.ndarray, "train features"] | None, tuple[int, ...]]
"""Training texts, their features if all have them, and the cases they may answer."""


def make_floors(cases: Sequence[Case], train: Sequence[Line] | None, *, seed: int) -> Floors:
    """Return the floors' texts for at most `MAX_CASES` of the cases."""
    at = _sample(len(cases), seed)
    absent: dict[str, str] = {}
    made: list[Floor] = []
    pools = _pools(cases, at, train, seed)
    makers: dict[str, Callable[[], dict[int, str]]] = {
        "constant_template": lambda: _learned(cases, pools, _template, seed),
        "random_other": lambda: _learned(cases, pools, _random, seed),
        "nearest_neighbour": lambda: _learned(cases, pools, _nearest, seed),
        "image_shuffled": lambda: _shuffled(cases, at, seed),
        "previous_report": lambda: _previous(cases, at),
    }
    for name, make in makers.items():
        try:
            texts = make()
        except InputError as fault:
            absent[name] = fault.message
            continue
        made.append(Floor(name=name, cases=tuple(texts), texts=tuple(texts.values())))
    return Floors(made=tuple(made), absent=absent)


def _sample(count: int, seed: int) -> tuple[int, ...]:
    if count <= MAX_CASES:
        return tuple(range(count))
    chosen = np.random.default_rng(seed).permutation(count)[:MAX_CASES]
    return tuple(sorted(chosen.tolist()))


def _pools(
    cases: Sequence[Case], at: Sequence[int], train: Sequence[Line] | None, seed: int
) -> tuple[Pool, ...]:
    if train is not None:
        texts = TrainTexts(
            patients=tuple(x.patient for x in train), texts=tuple(x.text for x in train)
        )
        return ((texts, _features([x.more for x in train]), tuple(at)),)
    patients = sorted({case.patient for case in cases})
    if len(patients) < 2:
        return ()
    drawn = np.random.default_rng(seed).permutation(len(patients)).tolist()
    first = frozenset(patients[i] for i in drawn[: len(patients) // 2])
    return tuple(_half(cases, at, half) for half in (first, frozenset(patients) - first))


def _half(cases: Sequence[Case], at: Sequence[int], answered: frozenset[str]) -> Pool:
    """Return the references of everyone else, to answer for some patients' cases."""
    known = [case for case in cases if case.patient not in answered]
    texts = TrainTexts(
        patients=tuple(x.patient for x in known), texts=tuple(x.reference for x in known)
    )
    mine = tuple(i for i in at if cases[i].patient in answered)
    return texts, _features([x.more for x in known]), mine


def _learned(
    cases: Sequence[Case],
    pools: Sequence[Pool],
    choose: Callable[[Sequence[Case], Pool, int], dict[str, str]],
    seed: int,
) -> dict[int, str]:
    if not pools:
        raise InputError(
            "no-train-texts", "all cases are of one patient; give training references (--train)"
        )
    found: dict[int, str] = {}
    for pool in pools:
        texts = choose(cases, pool, seed)
        found |= {i: texts[cases[i].id] for i in pool[2]}
    return dict(sorted(found.items()))


def _template(cases: Sequence[Case], pool: Pool, seed: int) -> dict[str, str]:
    return constant_template(pool[0], _asked(cases, pool[2]), seed=seed)


def _random(cases: Sequence[Case], pool: Pool, seed: int) -> dict[str, str]:
    return random_other(pool[0], _asked(cases, pool[2]), seed=seed)


def _nearest(cases: Sequence[Case], pool: Pool, _: int) -> dict[str, str]:
    features = _features([cases[i].more for i in pool[2]])
    if pool[1] is None or features is None or features.shape[1] != pool[1].shape[1]:
        raise InputError(
            "no-features", 'nearest neighbour needs "features" (numbers) on every reference line'
        )
    return nearest_neighbour(pool[0], pool[1], _asked(cases, pool[2]), features)


def _shuffled(cases: Sequence[Case], at: Sequence[int], seed: int) -> dict[int, str]:
    said = {cases[i].id: cases[i].prediction for i in at}
    texts = image_shuffled(said, _asked(cases, at), seed=seed)
    return {i: texts[cases[i].id] for i in at}


def _previous(cases: Sequence[Case], at: Sequence[int]) -> dict[int, str]:
    known = {cases[i].id: str(cases[i].more.get("previous") or "") for i in at}
    texts = previous_report(known, _asked(cases, at))
    if not texts:
        raise InputError("no-previous", 'no reference line has a "previous" report')
    return {i: texts[cases[i].id] for i in at if cases[i].id in texts}


def _asked(cases: Sequence[Case], at: Sequence[int]) -> TestCases:
    return TestCases(
        ids=tuple(cases[i].id for i in at), patients=tuple(cases[i].patient for i in at)
    )


def _features(lines: Sequence[Mapping[str, object]]) -> Float[np.ndarray, "n features"] | None:
    rows = [line.get("features") for line in lines]
    if not rows or not all(isinstance(row, list) and row for row in rows):
        return None
    try:
        table = np.array(rows, np.float64)
    except (ValueError, TypeError):
        return None
    return table if table.ndim == 2 else None
