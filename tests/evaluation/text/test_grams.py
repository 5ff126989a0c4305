"""n-gram counts by sorting, against counting one by one."""

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from petscribe.evaluation.text import grams as grams_module
from petscribe.evaluation.text.grams import (
    best_by_case,
    closest_lengths,
    documents,
    matches_by_case,
    matches_by_reference,
    shared_grams,
)

TEXT = st.lists(st.sampled_from("abc"), max_size=8)
CASES = st.lists(st.tuples(TEXT, st.lists(TEXT, min_size=1, max_size=3)), min_size=1, max_size=6)


def _counter(text: list[str], order: int) -> Counter[tuple[str, ...]]:
    return Counter(tuple(text[i : i + order]) for i in range(len(text) - order + 1))


def _check(cases: list[tuple[list[str], list[list[str]]]]) -> None:
    hypotheses, references = [c[0] for c in cases], [c[1] for c in cases]
    docs = documents(hypotheses, references)
    for order, grams in enumerate(shared_grams(docs, 3), start=1):
        by_case, by_reference = [], []
        for hypothesis, refs in cases:
            mine = _counter(hypothesis, order)
            largest: Counter[tuple[str, ...]] = Counter()
            for ref in refs:
                theirs = _counter(ref, order)
                by_reference.append(sum((mine & theirs).values()))
                largest |= theirs
            by_case.append(sum((mine & largest).values()))
        assert matches_by_case(grams, docs).tolist() == by_case
        assert matches_by_reference(grams, len(docs.owners)).tolist() == by_reference


@given(CASES)
def test_matches_are_those_of_counting_one_by_one(cases):
    _check(cases)


def test_ranked_keys_count_the_same_as_packed_ones(monkeypatch: pytest.MonkeyPatch):
    cases = [(list("abcabcab"), [list("bcabca"), list("aaa")]), (list("ca"), [list("cab")])]
    monkeypatch.setattr(grams_module, "_KEY_BITS", 8)
    _check(cases)


def test_an_empty_hypothesis_matches_nothing():
    docs = documents([[]], [[["a"]]])
    unigrams = next(shared_grams(docs, 1))
    assert matches_by_case(unigrams, docs).tolist() == [0.0]


def test_the_closest_length_of_two_equally_close_is_the_shorter():
    docs = documents([list("aaaa")], [[list("aaaaaa"), list("aa"), list("a" * 9)]])
    assert closest_lengths(docs).tolist() == [2]


def test_the_best_reference_counts():
    docs = documents([["a"], ["a"]], [[["a"], ["b"]], [["c"]]])
    assert best_by_case(np.array([0.5, 0.7, 0.1]), docs).tolist() == [0.7, 0.1]


def test_documents_come_apart_again():
    docs = documents([["a", "b"], []], [[["b"]], [["c", "a"]]])
    assert docs.split() == [[0, 1], [], [1], [2, 0]]
