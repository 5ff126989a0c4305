"""CIDEr-D, as COCO's scorer computes it: TF-IDF cosine of clipped n-grams, times 10.

The document frequency comes from the references that are scored, so figures of different sets, or
of subsets, cannot be compared, and a set of one case scores 0. Length is counted in bigrams and a
length gap is punished by a Gaussian of sigma 6.

Source: Vedantam 2015; coco-caption's CIDEr scorer.
"""

from collections.abc import Sequence

import numpy as np
from jaxtyping import Float, Int

from petscribe.evaluation.text.grams import Documents, SharedGrams, distinct_by_case, sum_by

SIGMA = 6.0
MAX_ORDER = 4


def cider_d(docs: Documents, grams: Sequence[SharedGrams]) -> Float[np.ndarray, " n"]:
    """Return CIDEr-D (0-10) of every case, the mean over its references."""
    gap = np.maximum(docs.hypothesis_lengths - 1, 0)[docs.owners] - np.maximum(
        docs.reference_lengths - 1, 0
    )
    penalty = np.exp(-(gap.astype(np.float64) ** 2) / (2.0 * SIGMA**2))
    cosines = sum(_cosine(g, docs) for g in grams[:MAX_ORDER])
    by_reference = 10.0 * penalty * cosines / MAX_ORDER
    sums = sum_by(docs.owners, by_reference, docs.num_cases)
    return sums / np.bincount(docs.owners, minlength=docs.num_cases)


def _cosine(grams: SharedGrams, docs: Documents) -> Float[np.ndarray, " refs"]:
    num_refs = len(docs.owners)
    distinct, frequency = _document_frequency(grams, docs)
    whole = np.log(docs.num_cases)
    reference_idf = whole - np.log(frequency[np.searchsorted(distinct, grams.reference_grams)])
    reference = grams.reference_counts * reference_idf
    hypothesis = grams.hypothesis_counts * reference_idf
    shared = sum_by(grams.references, np.minimum(hypothesis, reference) * reference, num_refs)
    reference_norm = np.sqrt(sum_by(grams.references, reference**2, num_refs))
    own = grams.counts * (
        whole - np.log(_frequency_of(grams.hypothesis_grams, distinct, frequency))
    )
    own_norm = np.sqrt(sum_by(grams.cases, own**2, docs.num_cases))
    norms = own_norm[docs.owners] * reference_norm
    return np.divide(shared, norms, out=shared, where=norms != 0)


def _document_frequency(
    grams: SharedGrams, docs: Documents
) -> tuple[Int[np.ndarray, " g"], Int[np.ndarray, " g"]]:
    if docs.single:
        return np.unique(grams.reference_grams, return_counts=True)
    order, starts = distinct_by_case(grams, docs)
    return np.unique(grams.reference_grams[order[starts]], return_counts=True)


def _frequency_of(
    wanted: Int[np.ndarray, " h"],
    distinct: Int[np.ndarray, " g"],
    frequency: Int[np.ndarray, " g"],
) -> Int[np.ndarray, " h"]:
    if not len(distinct):
        return np.ones(len(wanted), np.int64)
    place = np.minimum(np.searchsorted(distinct, wanted), len(distinct) - 1)
    return np.where(distinct[place] == wanted, frequency[place], 1)
