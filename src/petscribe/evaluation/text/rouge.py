"""ROUGE: shared n-grams and the longest common subsequence.

Two families under two names: `rouge_score`'s F1 (beta 1) on its tokens, and COCO's ROUGE-L
(beta 1.2) on caption tokens, where precision and recall may come from different references.
The subsequence is found with one machine word (or big integer) per token, not with a table.

Sources: Lin 2004; `rouge_score` 0.1.2; coco-caption's ROUGE-L; Hyyro 2004 (bit-parallel LCS).
"""

from collections.abc import Sequence

import numpy as np
from jaxtyping import Float

from petscribe.evaluation.text.grams import (
    Documents,
    SharedGrams,
    best_by_case,
    matches_by_reference,
)

COCO_BETA = 1.2


def rouge_n(docs: Documents, grams: SharedGrams, order: int) -> Float[np.ndarray, " n"]:
    """Return F1 of shared n-grams per case, at the best reference."""
    matches = matches_by_reference(grams, len(docs.owners))
    guesses = np.maximum(docs.hypothesis_lengths - order + 1, 0)[docs.owners]
    targets = np.maximum(docs.reference_lengths - order + 1, 0)
    return best_by_case(_f_score(matches, guesses, targets), docs)


def rouge_l(docs: Documents) -> Float[np.ndarray, " n"]:
    """Return F1 of the longest common subsequence per case, at the best reference."""
    lengths = docs.hypothesis_lengths[docs.owners]
    return best_by_case(_f_score(common_lengths(docs), lengths, docs.reference_lengths), docs)


def coco_rouge_l(docs: Documents) -> Float[np.ndarray, " n"]:
    """Return COCO's ROUGE-L per case: best precision and best recall, weighted with beta 1.2."""
    common = common_lengths(docs)
    precision = best_by_case(_share(common, docs.hypothesis_lengths[docs.owners]), docs)
    recall = best_by_case(_share(common, docs.reference_lengths), docs)
    beta2 = COCO_BETA**2
    return _share((1.0 + beta2) * precision * recall, recall + beta2 * precision)


def common_lengths(docs: Documents) -> Float[np.ndarray, " refs"]:
    """Return the length of the longest common subsequence of every reference with its case."""
    texts = docs.split()
    hypotheses, references = texts[: docs.num_cases], texts[docs.num_cases :]
    return np.array(
        [
            longest_common(hypotheses[case], reference)
            for case, reference in zip(docs.owners.tolist(), references, strict=True)
        ],
        np.float64,
    )


def longest_common(first: Sequence[int], second: Sequence[int]) -> int:
    """Return the length of the longest common subsequence."""
    places: dict[int, int] = {}
    for i, token in enumerate(first):
        places[token] = places.get(token, 0) | (1 << i)
    whole = (1 << len(first)) - 1
    row = whole  # a zero bit marks a step of the subsequence
    for token in second:
        hits = row & places.get(token, 0)
        if hits:
            row = ((row + hits) | (row - hits)) & whole
    return len(first) - row.bit_count()


def _f_score(
    matches: Float[np.ndarray, " r"], guesses: np.ndarray, targets: np.ndarray
) -> Float[np.ndarray, " r"]:
    precision, recall = _share(matches, guesses), _share(matches, targets)
    return _share(2.0 * precision * recall, precision + recall)


def _share(top: Float[np.ndarray, " r"], bottom: np.ndarray) -> Float[np.ndarray, " r"]:
    return np.divide(top, bottom, out=np.zeros(len(top)), where=bottom != 0)
