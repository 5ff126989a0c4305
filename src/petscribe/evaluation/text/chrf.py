"""chrF: F-score (beta 2) of character n-grams up to six, spaces left out, as sacreBLEU counts it.

Works in any script without a tokeniser, which makes it the safest of the surface metrics for
Vietnamese. Source: Popovic 2015; sacreBLEU 2 (chrF2, effective order).
"""

from collections.abc import Sequence

import numpy as np
from jaxtyping import Float, Int

from petscribe.evaluation.stats.statistic import Statistic
from petscribe.evaluation.text.grams import (
    Documents,
    matches_by_reference,
    owners_of,
    shared_grams,
)

MAX_ORDER = 6
BETA = 2.0
_BLOCK_CASES = 1000


def chrf(hypotheses: Sequence[str], references: Sequence[Sequence[str]]) -> Statistic:
    """Return chrF (0-100) of cases with their references; each case counts its best reference."""
    tables = [
        _counts(hypotheses[i : i + _BLOCK_CASES], references[i : i + _BLOCK_CASES])
        for i in range(0, len(hypotheses), _BLOCK_CASES)
    ]
    return Statistic(table=np.concatenate(tables), combine=_combine)


def _counts(
    hypotheses: Sequence[str], references: Sequence[Sequence[str]]
) -> Float[np.ndarray, "n 18"]:
    docs = _characters(hypotheses, references)
    columns = []
    for order, grams in enumerate(shared_grams(docs, MAX_ORDER), start=1):
        guesses = np.maximum(docs.hypothesis_lengths - order + 1, 0)[docs.owners]
        targets = np.maximum(docs.reference_lengths - order + 1, 0)
        # as in sacreBLEU, an order that the reference is too short for asks nothing of the text
        guesses = np.where(targets > 0, guesses, 0)
        columns += [guesses, targets, matches_by_reference(grams, len(docs.owners))]
    table = np.stack(columns, axis=1).astype(np.float64)
    if docs.single:
        return table
    best = np.lexsort((np.arange(len(table)), -_combine(table), docs.owners))
    return table[best][np.flatnonzero(np.diff(docs.owners, prepend=-1))]


def _characters(hypotheses: Sequence[str], references: Sequence[Sequence[str]]) -> Documents:
    texts = ["".join(t.split()) for t in (*hypotheses, *(r for refs in references for r in refs))]
    points = np.frombuffer("".join(texts).encode("utf-32-le"), np.uint32)
    ids, num_ids = _ranked_points(points)
    return Documents(
        ids=ids,
        lengths=np.array([len(t) for t in texts], np.int64),
        owners=owners_of(references),
        num_ids=num_ids,
    )


def _ranked_points(points: np.ndarray) -> tuple[Int[np.ndarray, " t"], int]:
    used = np.zeros(int(points.max(initial=0)) + 1, np.int64)
    used[points] = 1
    ranks = np.cumsum(used) - 1
    return ranks[points], int(used.sum())


def _combine(sums: Float[np.ndarray, "r 18"]) -> Float[np.ndarray, " r"]:
    guesses, targets, matches = sums[:, 0::3], sums[:, 1::3], sums[:, 2::3]
    counted = (guesses > 0) & (targets > 0)
    orders = np.maximum(counted.sum(axis=1), 1)
    zeros = np.zeros_like(matches)
    precision = np.divide(matches, guesses, out=zeros.copy(), where=counted).sum(axis=1) / orders
    recall = np.divide(matches, targets, out=zeros, where=counted).sum(axis=1) / orders
    bottom = BETA**2 * precision + recall
    top = (1.0 + BETA**2) * precision * recall
    return 100.0 * np.divide(top, bottom, out=np.zeros(len(top)), where=bottom > 0)
