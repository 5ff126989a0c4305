"""BLEU from summed counts, in three spellings that give three figures for the same texts.

COCO BLEU-n: no smoothing but 1e-15 / 1e-9 against division by zero, closest reference length.
sacreBLEU: exponential smoothing, 0-100, and effective order for a single sentence. Plain BLEU:
Papineni 2002, no smoothing. All are functions of the same ten numbers per case (length, reference
length, four matches, four guesses), so a corpus score is a score of their sums.

Sources: Papineni 2002; coco-caption's BLEU; sacreBLEU 2 (Post 2018).
"""

from collections.abc import Sequence
from functools import partial

import numpy as np
from jaxtyping import Float

from petscribe.evaluation.stats.statistic import Statistic
from petscribe.evaluation.text.grams import (
    Documents,
    SharedGrams,
    closest_lengths,
    matches_by_case,
)

MAX_ORDER = 4
_TINY, _SMALL = 1e-15, 1e-9


def bleu_counts(docs: Documents, grams: Sequence[SharedGrams]) -> Float[np.ndarray, "n 10"]:
    """Return length, reference length, matches 1-4 and guesses 1-4 of every case."""
    length = docs.hypothesis_lengths
    guesses = [np.maximum(length - k, 0) for k in range(MAX_ORDER)]
    matches = [matches_by_case(g, docs) for g in grams[:MAX_ORDER]]
    return np.stack([length, closest_lengths(docs), *matches, *guesses], axis=1).astype(np.float64)


def coco_bleu(counts: Float[np.ndarray, "n 10"], order: int) -> Statistic:
    """Return COCO BLEU of `order` (1 to 4), 0-1."""
    return Statistic(table=counts, combine=partial(_coco, order=order))


def sacre_bleu(counts: Float[np.ndarray, "n 10"]) -> Statistic:
    """Return sacreBLEU (BLEU-4, exponential smoothing), 0-100."""
    return Statistic(table=counts, combine=_sacre)


def sacre_bleu_by_case(counts: Float[np.ndarray, "n 10"]) -> Float[np.ndarray, " n"]:
    """Return sacreBLEU of each case alone: the highest order that has n-grams counts."""
    return np.array([_smoothed(row, effective=True) for row in counts.tolist()])


def plain_bleu(counts: Float[np.ndarray, "n 10"]) -> Statistic:
    """Return BLEU-4 without smoothing, 0-1: 0 when an order has no match."""
    return Statistic(table=counts, combine=_plain)


def _coco(sums: Float[np.ndarray, "r 10"], *, order: int) -> Float[np.ndarray, " r"]:
    matches, guesses = sums[:, 2 : 2 + order], sums[:, 6 : 6 + order]
    product = np.prod((matches + _TINY) / (guesses + _SMALL), axis=1)
    lengths = (sums[:, 0] + _TINY) / (sums[:, 1] + _SMALL)
    return product ** (1.0 / order) * np.exp(np.minimum(0.0, 1.0 - 1.0 / lengths))


def _sacre(sums: Float[np.ndarray, "r 10"]) -> Float[np.ndarray, " r"]:
    return np.array([_smoothed(row, effective=False) for row in sums.tolist()])


def _plain(sums: Float[np.ndarray, "r 10"]) -> Float[np.ndarray, " r"]:
    matches, guesses = sums[:, 2:6], sums[:, 6:]
    shares = np.divide(matches, guesses, out=np.zeros_like(matches), where=guesses > 0)
    return np.prod(shares, axis=1) ** (1.0 / MAX_ORDER) * _brevity(sums[:, 0], sums[:, 1])


def _brevity(
    length: Float[np.ndarray, " r"], reference: Float[np.ndarray, " r"]
) -> Float[np.ndarray, " r"]:
    ratio = np.divide(reference, length, out=np.full_like(length, np.inf), where=length > 0)
    return np.exp(np.minimum(0.0, 1.0 - ratio))


def _smoothed(row: Sequence[float], *, effective: bool) -> float:
    length, reference, matches, guesses = row[0], row[1], row[2:6], row[6:]
    if not any(matches):
        return 0.0
    orders, smooth, logs = MAX_ORDER, 1.0, 0.0
    for order, (match, guess) in enumerate(zip(matches, guesses, strict=True), start=1):
        if guess == 0:
            # sacreBLEU takes the log of a missing order as -9999999999: no score is left
            if not effective:
                return 0.0
            break
        orders = order if effective else MAX_ORDER
        smooth = smooth * 2.0 if match == 0 else smooth
        logs += np.log(100.0 * match / guess if match else 100.0 / (smooth * guess))
    brevity = np.exp(1.0 - reference / length) if length < reference else 1.0
    return float(brevity * np.exp(logs / orders))
