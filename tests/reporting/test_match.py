"""Claims find their lesions: best total, repeats, and never a stranger."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import linear_sum_assignment

from petscribe.core.finding import Finding
from petscribe.reporting.agree import Agreement, Fault
from petscribe.reporting.match import best_assignment, match_claims, speaks_of

NUMBER = Fault(kind="number", message="")
SIDE = Fault(kind="laterality", message="")
CLAIM = Finding(anatomy="x", region="lung")


def _fit(score: float, *faults: Fault, numbers: int = 0) -> Agreement:
    return Agreement(score=score, faults=faults, numbers=numbers)


def _match(measured, table: dict[tuple[int, int], Agreement]) -> list[tuple[int, int]]:
    """Match claims whose index is hidden in their `mtv_ml` by a table of agreements."""
    claims = {i: Finding(anatomy="x", region="lung", mtv_ml=float(i)) for i, _ in table}
    ids = {x for _, x in table}
    matches = match_claims(
        claims,
        [x for x in measured.lesions if x.id in ids],
        lambda claim, lesion: table.get((int(claim.mtv_ml), lesion.id), _fit(-9.0, NUMBER, SIDE)),
    )
    return [(match.claim, match.lesion) for match in matches]


def test_the_best_total_wins_over_the_best_single(measured):
    table = {
        (0, 1): _fit(5.0, NUMBER),
        (0, 2): _fit(4.0, NUMBER),
        (1, 1): _fit(4.5, NUMBER),
        (1, 2): _fit(0.1, NUMBER),
    }
    assert _match(measured, table) == [(0, 2), (1, 1)]


def test_a_flawless_pair_is_never_given_up_for_a_flawed_one(measured):
    table = {(0, 1): _fit(3.0, numbers=1), (0, 2): _fit(9.0, NUMBER), (1, 1): _fit(9.0, NUMBER)}
    assert (0, 1) in _match(measured, table)


def test_two_claims_may_name_one_lesion(measured):
    assert _match(measured, {(0, 1): _fit(6.0, numbers=1), (1, 1): _fit(6.0, numbers=1)}) == [
        (0, 1),
        (1, 1),
    ]


def test_two_contradictions_without_a_shared_number_make_a_stranger(measured):
    assert _match(measured, {(0, 1): _fit(2.0, NUMBER, SIDE)}) == []
    assert _match(measured, {(0, 1): _fit(2.0, NUMBER, SIDE, numbers=1)}) == [(0, 1)]
    assert speaks_of(_fit(1.0, NUMBER))


def test_nothing_in_common_is_no_match(measured):
    assert _match(measured, {(0, 1): _fit(-1.0)}) == []
    assert match_claims({}, measured.lesions, lambda _claim, _lesion: _fit(1.0)) == ()


@given(st.integers(0, 10_000), st.integers(1, 8), st.integers(1, 8))
def test_the_assignment_is_as_good_as_scipys(seed, rows, columns):
    draw = np.random.default_rng(seed)
    gain = np.round(draw.normal(size=(rows, columns)) * 3.0, draw.integers(0, 3))
    pairs = best_assignment(gain)
    assert len(pairs) == min(rows, columns)
    assert len({r for r, _ in pairs}) == len({c for _, c in pairs}) == len(pairs)
    best = gain[linear_sum_assignment(gain, maximize=True)].sum()
    assert sum(gain[r, c] for r, c in pairs) == pytest.approx(best)
