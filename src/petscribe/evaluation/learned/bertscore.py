"""BERTScore from token vectors: every token looks for its most similar one on the other side.

The vectors come from any encoder, handed in as a function; special tokens must be left out already.
With `idf`, rare tokens count more; with a baseline, scores are rescaled so that unrelated texts
stand near 0. Source: Zhang 2020 (BERTScore).
"""

import math
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from petscribe.core.errors import InputError


@dataclass(frozen=True, slots=True, kw_only=True)
class Encoded:
    """One text's tokens and their vectors."""

    tokens: tuple[str, ...]
    vectors: Float[np.ndarray, "tokens d"]


Encoder = Callable[[Sequence[str]], Sequence[Encoded]]
"""Returns the tokens of each text and their vectors (a local model's chosen layer)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BertScores:
    """Precision, recall and F1 of every case, at the reference with the best F1."""

    precision: Float[np.ndarray, " n"]
    recall: Float[np.ndarray, " n"]
    f1: Float[np.ndarray, " n"]


def bert_scores(
    predictions: Sequence[str],
    references: Sequence[Sequence[str]],
    encoder: Encoder,
    *,
    idf: bool = False,
    baseline: tuple[float, float, float] | None = None,
) -> BertScores:
    """Score texts by their token vectors.

    Args:
        predictions: one text per case.
        references: one or more texts per case.
        encoder: gives the vectors; each distinct text is encoded once.
        idf: weigh tokens by their rarity among the references.
        baseline: precision, recall and F1 of unrelated texts, to rescale with.

    Raises:
        InputError: the encoder did not return one entry per text (code `encoder-mismatch`).
    """
    distinct = list(dict.fromkeys([*predictions, *(r for refs in references for r in refs)]))
    encoded = encoder(distinct)
    if len(encoded) != len(distinct):
        raise InputError(
            "encoder-mismatch", f"the encoder returned {len(encoded)} of {len(distinct)} texts"
        )
    known = dict(zip(distinct, encoded, strict=True))
    weights = inverse_frequency([known[r] for refs in references for r in refs]) if idf else None
    rows = [
        max(
            (_score(known[text], known[ref], weights) for ref in refs),
            key=lambda row: row[2],
        )
        for text, refs in zip(predictions, references, strict=True)
    ]
    table = np.array(rows, np.float64).reshape(len(rows), 3)
    if baseline is not None:
        zero = np.asarray(baseline)
        table = (table - zero) / (1.0 - zero)
    return BertScores(precision=table[:, 0], recall=table[:, 1], f1=table[:, 2])


def inverse_frequency(references: Sequence[Encoded]) -> Mapping[str, float]:
    """Return log((n + 1) / (df + 1)) of every token of the references; "" stands for all others."""
    frequency = Counter(token for text in references for token in set(text.tokens))
    whole = len(references) + 1
    weights = {token: math.log(whole / (count + 1)) for token, count in frequency.items()}
    return {"": math.log(whole), **weights}


def _score(
    text: Encoded, reference: Encoded, weights: Mapping[str, float] | None
) -> tuple[float, float, float]:
    if not text.tokens or not reference.tokens:
        return 0.0, 0.0, 0.0
    cosines = _unit(text.vectors) @ _unit(reference.vectors).T
    precision = _weighted(cosines.max(axis=1), text.tokens, weights)
    recall = _weighted(cosines.max(axis=0), reference.tokens, weights)
    whole = precision + recall
    return precision, recall, 2.0 * precision * recall / whole if whole else 0.0


def _unit(vectors: Float[np.ndarray, "tokens d"]) -> Float[np.ndarray, "tokens d"]:
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return vectors / np.where(lengths > 0, lengths, 1.0)


def _weighted(
    values: Float[np.ndarray, " tokens"],
    tokens: Sequence[str],
    weights: Mapping[str, float] | None,
) -> float:
    if weights is None:
        return float(values.mean())
    known = np.array([weights.get(token, weights[""]) for token in tokens])
    return float(known @ values / known.sum()) if known.sum() > 0 else 0.0
