"""Alignment: most words, then fewest chunks, then smallest distance; against trying everything."""

from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from petscribe.evaluation.text.alignment import Match, align, in_order

TEXT = st.lists(st.sampled_from("abc"), min_size=1, max_size=6)


def _candidates(first: list[str], second: list[str]) -> list[list[Match]]:
    return [
        [Match(i, 1, j, 1, 1.0) for j, other in enumerate(second) if word == other]
        for i, word in enumerate(first)
    ]


def _by_trying_all(first: list[str], second: list[str]) -> tuple[int, int]:
    best = (0, 0, 0)
    for picks in product(*[[None, *options] for options in _candidates(first, second)]):
        chosen = [m for m in picks if m is not None]
        if len({m.reference_start for m in chosen}) < len(chosen):
            continue
        distance = sum(abs(m.start - m.reference_start) for m in chosen)
        best = min(best, (-2 * len(chosen), in_order(chosen).chunks, distance))
    return best[0], best[1]


@given(TEXT, TEXT)
def test_the_alignment_is_the_best_of_all(first: list[str], second: list[str]):
    found = align(_candidates(first, second), [False] * len(first))
    assert (-2 * len(found.matches), found.chunks) == _by_trying_all(first, second)


def test_words_in_order_are_one_chunk():
    found = align(_candidates(list("abca"), list("abca")), [True] * 4)
    assert (len(found.matches), found.chunks) == (4, 1)


def test_a_longer_phrase_beats_a_word_within_it():
    candidates = [[Match(0, 1, 0, 1, 1.0), Match(0, 2, 0, 3, 0.6)], []]
    assert align(candidates, [False, False]).matches == (Match(0, 2, 0, 3, 0.6),)


def test_no_word_is_used_twice():
    candidates = [[Match(0, 2, 0, 1, 0.6)], [Match(1, 1, 1, 1, 1.0)]]
    found = align(candidates, [False, False])
    assert len(found.matches) == 1


def test_nothing_to_match_is_no_chunk():
    assert align([[], []], [False, False]) == ((), 0)


def test_a_long_report_is_aligned_in_time():
    words = [f"w{i % 40}" for i in range(400)]
    other = [f"w{(7 * i) % 40}" for i in range(400)]
    found = align(_candidates(words, other), [True] * 400)
    assert len(found.matches) == 400


def test_where_a_chunk_goes_on_is_tried_among_many_places():
    # a word with twenty places: the one that continues the phrase is far off
    second = [*["x", "b"] * 20, "a", "b"]
    found = align(_candidates(["a", "b"], second), [True, True])
    assert found.chunks == 1
