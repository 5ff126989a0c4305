"""Which words of two texts correspond, as METEOR 1.5 decides it.

Of all sets of matches in which no word is used twice, the one that covers most words of both texts;
of those, the one in the fewest chunks; of those, the one with the smallest sum of distances. Found
left to right with a beam; of many places for a word only the likely ones are tried (where a chunk
goes on, where a neighbour matches too, near by), so that a report of 400 words takes milliseconds.
Knows matches of any length; not why two phrases match.

Source: Denkowski and Lavie 2014 (METEOR Universal), section 2; Denkowski and Lavie 2011.
"""

from collections.abc import Sequence
from operator import itemgetter
from typing import NamedTuple

BEAM = 40
"""Partial alignments kept at each word, as METEOR keeps them."""
MOST_STARTS = 5
"""Places tried for a word besides the one where the last chunk goes on."""


class Match(NamedTuple):
    """A phrase of the hypothesis and one of the reference that mean the same."""

    start: int
    length: int
    reference_start: int
    reference_length: int
    weight: float


class Aligned(NamedTuple):
    """The chosen matches, in hypothesis order, and the number of chunks they form."""

    matches: tuple[Match, ...]
    chunks: int


class _Option(NamedTuple):
    """A match and what choosing it changes."""

    match: Match
    mask: int
    """One bit per reference word that it covers."""
    cost: int
    begin: tuple[int, int]
    """Where it starts, in both texts."""
    end: tuple[int, int]
    """Where it ends, in both texts."""


class _State(NamedTuple):
    cost: int
    """Words not covered, chunks, distance: one number whose order is theirs."""
    used: int
    """One bit per reference word."""
    end: tuple[int, int]
    """Where the last match ended, in both texts."""
    last: Match | None
    before: "_State | None"
    """The state that `last` was added to."""


_Grown = dict[tuple[int, tuple[int, int]], _State]
_WORD, _CHUNK = 1 << 64, 1 << 32
_cost = itemgetter(0)


def align(candidates: Sequence[Sequence[Match]], required: Sequence[bool]) -> Aligned:
    """Choose among candidate matches.

    Args:
        candidates: for every hypothesis word, the matches that start at it.
        required: for every hypothesis word, whether leaving it out cannot help (a shortcut).
    """
    starts = {(m.start, m.reference_start) for options in candidates for m in options}
    states = [_State(0, 0, (-1, -1), None, None)]
    for word, options in enumerate(candidates):
        if options:
            likely = [_option(m) for m in sorted(options, key=lambda m: _unlikely(m, starts))]
            grown: _Grown = {}
            for state in states:
                _grow(state, likely, grown, required=required[word])
            states = sorted(grown.values(), key=_cost)[:BEAM]
    return in_order(_chosen(min(states, key=_cost)))


def in_order(matches: Sequence[Match]) -> Aligned:
    """Count the chunks of matches that leave no choice."""
    chunks, end = 0, (-1, -1)
    for match in matches:
        chunks += (match.start, match.reference_start) != end
        end = (match.start + match.length, match.reference_start + match.reference_length)
    return Aligned(tuple(matches), chunks)


def _option(match: Match) -> _Option:
    start, length, reference_start, reference_length, _ = match
    return _Option(
        match=match,
        mask=((1 << reference_length) - 1) << reference_start,
        cost=abs(start - reference_start) - (length + reference_length) * _WORD,
        begin=(start, reference_start),
        end=(start + length, reference_start + reference_length),
    )


def _unlikely(match: Match, starts: set[tuple[int, int]]) -> tuple[int, bool, int]:
    """Rank a match: long ones, then those beside another match, then near ones."""
    here, there = match.start, match.reference_start
    after = (here + match.length, there + match.reference_length)
    joins = after in starts or (here - 1, there - 1) in starts
    return -match.length - match.reference_length, not joins, abs(here - there)


def _grow(state: _State, likely: Sequence[_Option], grown: _Grown, *, required: bool) -> None:
    """Add to `grown` the state with each likely match that fits, and the state without any."""
    cost, used, last_end, _, _ = state
    placed = 0
    if last_end[0] <= likely[0].begin[0]:
        for match, mask, own_cost, begin, end in likely:
            goes_on = begin == last_end
            if used & mask or (placed >= MOST_STARTS and not goes_on):
                continue
            placed += 1
            new = cost + own_cost + (0 if goes_on else _CHUNK)
            known = grown.get((used | mask, end))
            if known is None or new < known[0]:
                grown[used | mask, end] = _State(new, used | mask, end, match, state)
    if not (placed and required):
        known = grown.get((used, last_end))
        if known is None or cost < known[0]:
            grown[used, last_end] = state


def _chosen(state: _State) -> list[Match]:
    found: list[Match] = []
    at: _State | None = state
    while at is not None and at.last is not None:
        found.append(at.last)
        at = at.before
    return found[::-1]
