"""n-grams of many documents at once: counted by sorting integers, not by hashing tuples.

Every case has one hypothesis and one or more references. Tokens become numbers, n-grams become
64-bit keys (exactly: packed while they fit, ranked when they do not), and the counts of all
documents fall out of one sort. Knows numbers; not what a token is.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int, Num

_KEY_BITS = 62


@dataclass(frozen=True, slots=True, kw_only=True)
class Documents:
    """Token numbers of many documents, end to end: first all hypotheses, then all references."""

    ids: Int[np.ndarray, " tokens"]
    lengths: Int[np.ndarray, " docs"]
    owners: Int[np.ndarray, " refs"]
    """The case of each reference, ascending."""
    num_ids: int

    @property
    def num_cases(self) -> int:
        """Number of hypotheses."""
        return len(self.lengths) - len(self.owners)

    @property
    def hypothesis_lengths(self) -> Int[np.ndarray, " n"]:
        """Tokens of each hypothesis."""
        return self.lengths[: self.num_cases]

    @property
    def reference_lengths(self) -> Int[np.ndarray, " refs"]:
        """Tokens of each reference."""
        return self.lengths[self.num_cases :]

    @property
    def single(self) -> bool:
        """Whether every case has exactly one reference."""
        return len(self.owners) == self.num_cases

    def split(self) -> list[list[int]]:
        """Return the token numbers of each document."""
        ids, ends = self.ids.tolist(), np.cumsum(self.lengths).tolist()
        return [
            ids[end - length : end] for end, length in zip(ends, self.lengths.tolist(), strict=True)
        ]


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedGrams:
    """The distinct n-grams of one order: one row per (document, n-gram), sorted."""

    cases: Int[np.ndarray, " h"]
    """Hypothesis of each row."""
    counts: Int[np.ndarray, " h"]
    references: Int[np.ndarray, " r"]
    """Reference (not case) of each row."""
    reference_grams: Int[np.ndarray, " r"]
    """Key of the n-gram, the same in every document."""
    reference_counts: Int[np.ndarray, " r"]
    hypothesis_counts: Int[np.ndarray, " r"]
    """How often the hypothesis of the reference's case holds the n-gram of the row."""
    hypothesis_grams: Int[np.ndarray, " h"]


def documents(
    hypotheses: Sequence[Sequence[str]], references: Sequence[Sequence[Sequence[str]]]
) -> Documents:
    """Number the tokens of all hypotheses and of all their references."""
    numbers: dict[str, int] = {}
    docs = [*hypotheses, *(ref for refs in references for ref in refs)]
    ids = [numbers.setdefault(token, len(numbers)) for doc in docs for token in doc]
    return Documents(
        ids=np.array(ids, np.int64),
        lengths=np.array([len(doc) for doc in docs], np.int64),
        owners=owners_of(references),
        num_ids=len(numbers),
    )


def owners_of(references: Sequence[Sequence[object]]) -> Int[np.ndarray, " refs"]:
    """Return the case of each reference."""
    return np.repeat(
        np.arange(len(references)), np.array([len(refs) for refs in references], np.int64)
    )


def shared_grams(docs: Documents, max_order: int) -> Iterator[SharedGrams]:
    """Yield the n-gram counts of every order from 1 to `max_order`."""
    doc_of = np.repeat(np.arange(len(docs.lengths)), docs.lengths)
    left = np.repeat(np.cumsum(docs.lengths), docs.lengths) - np.arange(len(docs.ids))
    doc_bits, token_bits = _bits(len(docs.lengths)), _bits(docs.num_ids)
    starts, keys, key_bits = np.arange(len(docs.ids)), docs.ids, token_bits
    for order in range(1, max_order + 1):
        if order > 1:
            inside = left[starts] >= order
            starts, keys = starts[inside], keys[inside]
            if key_bits + token_bits + doc_bits > _KEY_BITS:
                keys, key_bits = _ranked(keys)
            keys = (keys << token_bits) | docs.ids[starts + order - 1]
            key_bits += token_bits
        yield _count(doc_of[starts], keys, key_bits, docs)


def matches_by_reference(grams: SharedGrams, num_references: int) -> Float[np.ndarray, " refs"]:
    """Return the clipped matches of every reference with the hypothesis of its case."""
    shared = np.minimum(grams.reference_counts, grams.hypothesis_counts)
    return sum_by(grams.references, shared, num_references)


def sum_by(
    places: Int[np.ndarray, " k"], values: Num[np.ndarray, " k"], count: int
) -> Float[np.ndarray, " places"]:
    """Return the sum of the values of every place from 0 to `count` - 1."""
    return np.bincount(places, weights=values, minlength=count).astype(np.float64)


def matches_by_case(grams: SharedGrams, docs: Documents) -> Float[np.ndarray, " n"]:
    """Return the matches of every hypothesis, each n-gram clipped at its largest reference."""
    if docs.single:
        return matches_by_reference(grams, len(docs.owners))
    order, starts = distinct_by_case(grams, docs)
    if not len(order):
        return np.zeros(docs.num_cases)
    shared = np.minimum(grams.reference_counts, grams.hypothesis_counts)[order]
    largest = np.maximum.reduceat(shared, starts)
    return sum_by(docs.owners[grams.references[order[starts]]], largest, docs.num_cases)


def distinct_by_case(
    grams: SharedGrams, docs: Documents
) -> tuple[Int[np.ndarray, " r"], Int[np.ndarray, " distinct"]]:
    """Return the reference rows sorted by case and n-gram, and where each new pair starts."""
    case = docs.owners[grams.references]
    order = np.lexsort((grams.reference_grams, case))
    case, gram = case[order], grams.reference_grams[order]
    new = np.ones(len(order), bool)
    new[1:] = (case[1:] != case[:-1]) | (gram[1:] != gram[:-1])
    return order, np.flatnonzero(new)


def best_by_case(values: Float[np.ndarray, " refs"], docs: Documents) -> Float[np.ndarray, " n"]:
    """Return the largest value over the references of each case (each has at least one)."""
    if docs.single:
        return values
    starts = np.flatnonzero(np.diff(docs.owners, prepend=-1))
    return np.maximum.reduceat(values, starts)


def closest_lengths(docs: Documents) -> Int[np.ndarray, " n"]:
    """Return, per case, the reference length closest to the hypothesis; of two, the shorter."""
    gap = np.abs(docs.reference_lengths - docs.hypothesis_lengths[docs.owners])
    order = np.lexsort((docs.reference_lengths, gap, docs.owners))
    starts = np.flatnonzero(np.diff(docs.owners, prepend=-1))
    return docs.reference_lengths[order][starts]


def _count(
    doc_of: Int[np.ndarray, " t"], keys: Int[np.ndarray, " t"], key_bits: int, docs: Documents
) -> SharedGrams:
    rows = np.sort((doc_of << key_bits) | keys)
    new = np.concatenate([[True], rows[1:] != rows[:-1]]) if len(rows) else np.zeros(0, bool)
    starts = np.flatnonzero(new)
    counts = np.diff(starts, append=len(rows))
    rows = rows[starts]
    doc, gram = rows >> key_bits, rows & ((1 << key_bits) - 1)
    cut = int(np.searchsorted(doc, docs.num_cases))
    references = doc[cut:] - docs.num_cases
    wanted = (docs.owners[references] << key_bits) | gram[cut:]
    return SharedGrams(
        cases=doc[:cut],
        counts=counts[:cut],
        references=references,
        reference_grams=gram[cut:],
        reference_counts=counts[cut:],
        hypothesis_counts=_look_up(rows[:cut], counts[:cut], wanted),
        hypothesis_grams=gram[:cut],
    )


def _look_up(
    rows: Int[np.ndarray, " h"], counts: Int[np.ndarray, " h"], wanted: Int[np.ndarray, " r"]
) -> Int[np.ndarray, " r"]:
    if not len(rows):
        return np.zeros(len(wanted), np.int64)
    place = np.minimum(np.searchsorted(rows, wanted), len(rows) - 1)
    return np.where(rows[place] == wanted, counts[place], 0)


def _ranked(keys: Int[np.ndarray, " t"]) -> tuple[Int[np.ndarray, " t"], int]:
    distinct, ranks = np.unique(keys, return_inverse=True)
    return ranks.astype(np.int64), _bits(len(distinct))


def _bits(count: int) -> int:
    return max(1, int(count - 1).bit_length())
