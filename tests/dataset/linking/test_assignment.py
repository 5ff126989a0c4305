"""The joint assignment against trying everything, and margins that tell a swap."""

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from petscribe.dataset.linking.assignment import TWICE, Hypothesis, assign


def hypothesis_of(gain, prior=0.0, nobody=1.6) -> Hypothesis:
    table = np.array(gain, np.float64)
    return Hypothesis(name="x", gain=table, nobody=np.full(len(table), nobody), prior=prior)


def best_by_trying(gain: np.ndarray, nobody: float) -> float:
    claims, spots = gain.shape
    choices = np.hstack([gain, gain - TWICE, np.full((claims, claims), nobody)])
    return max(
        sum(choices[k, c] for k, c in enumerate(order))
        for order in permutations(range(2 * spots + claims), claims)
        if all(c < 2 * spots or c == 2 * spots + k for k, c in enumerate(order))
    )


def total_of(gain: np.ndarray, columns, nobody: float) -> float:
    seen: set[int] = set()
    total = 0.0
    for k, column in enumerate(columns):
        if column is None:
            total += nobody
            continue
        total += gain[k, column] - (TWICE if column in seen else 0.0)
        seen.add(column)
    return total


@given(
    st.lists(
        st.lists(st.integers(-8, 8).map(lambda n: n / 2), min_size=2, max_size=2),
        min_size=1,
        max_size=3,
    )
)
def test_the_assignment_is_the_best_there_is(rows):
    gain = np.array(rows)
    found = assign([hypothesis_of(gain)])
    assert total_of(gain, found.columns, 1.6) == pytest.approx(best_by_trying(gain, 1.6))
    assert min(found.margins) >= -1e-9


def test_each_claim_takes_the_spot_that_all_together_prefer():
    found = assign([hypothesis_of([[5.0, 4.5], [5.0, 0.0]])])
    assert found.columns == (1, 0)


def test_two_lesions_that_could_be_swapped_have_no_margin():
    found = assign([hypothesis_of([[6.0, 6.0], [6.0, 6.0]])])
    assert set(found.columns) == {0, 1}
    assert found.margins == pytest.approx((0.0, 0.0))


def test_a_claim_that_fits_nothing_gets_nobody():
    found = assign([hypothesis_of([[6.0, 0.0], [-4.0, 1.0]])])
    assert found.columns == (0, None)


def test_a_report_may_name_a_lesion_twice():
    found = assign([hypothesis_of([[7.0], [7.0]])])
    assert found.columns == (0, 0)


def test_the_hypothesis_that_explains_more_wins_over_the_usual_one():
    usual = hypothesis_of([[1.0, 0.0], [0.0, 1.0]])
    other = hypothesis_of([[6.0, 0.0], [0.0, 6.0]], prior=-1.0)
    assert assign([usual, other]).hypothesis == 1
    assert assign([other, usual]).hypothesis == 0


def test_another_hypothesis_with_another_spot_takes_the_margin():
    one = hypothesis_of([[6.0, 0.0]])
    assert assign([one]).margins[0] == pytest.approx(4.4)
    assert assign([one, hypothesis_of([[0.0, 5.5]])]).margins[0] == pytest.approx(0.5)


def test_no_claims_and_no_spots_are_no_fault():
    assert assign([hypothesis_of(np.zeros((0, 3)))]).columns == ()
    assert assign([hypothesis_of(np.zeros((2, 0)))]).columns == (None, None)
