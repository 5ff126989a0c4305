"""Which claim of a text speaks of which lesion: optimal assignment, then repeats, then groups.

A report names a lesion more than once (findings, impression), so claims and lesions are matched in
rounds: flawless pairs first, one to one; then flawless repeats; then what is left, with the
contradictions that the best pairing leaves; then claims about several lesions at once. A claim that
contradicts a lesion in two aspects and shares no number with it does not speak of it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int

from petscribe.core.finding import Finding
from petscribe.core.lesion import Lesion
from petscribe.reporting.agree import Agreement

Compare = Callable[[Finding, Lesion], Agreement]

_MIN_SCORE = 0.0
_REPEAT_SCORE = 1.5
_TINY = 1e-12


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """A claim and the lesion it speaks of, with what it gets wrong."""

    claim: int
    """Index of the claim."""
    lesion: int
    """Id of the lesion."""
    agreement: Agreement


def match_claims(
    claims: Mapping[int, Finding], lesions: Sequence[Lesion], compare: Compare
) -> tuple[Match, ...]:
    """Match claims about single lesions; a claim that speaks of no lesion has no match.

    Args:
        claims: positive claims by index.
        lesions: every lesion they may speak of.
        compare: how well one fits the other.
    """
    fits = {
        (i, lesion.id): compare(claim, lesion) for i, claim in claims.items() for lesion in lesions
    }
    flawless = {pair: fit for pair, fit in fits.items() if not fit.faults and fit.score > 1.0}
    matches = _assigned({pair: fit for pair, fit in flawless.items() if fit.numbers})
    matches += _repeats(flawless, matches, numbered=True)
    matches += _assigned(_left_over(fits, matches))
    matches += _repeats(flawless, matches, numbered=False)
    matches += _flawed_repeats(fits, matches)
    return tuple(sorted(matches, key=lambda match: match.claim))


Pairs = Mapping[tuple[int, int], Agreement]


def _assigned(pairs: Pairs) -> list[Match]:
    """Return the one-to-one pairing with the highest total score, of pairs above the minimum."""
    good = {pair: fit for pair, fit in pairs.items() if fit.score > _MIN_SCORE and speaks_of(fit)}
    if not good:
        return []
    claims = sorted({claim for claim, _ in good})
    lesions = sorted({lesion for _, lesion in good})
    gain = np.array([[_gain(good, (c, x)) for x in lesions] for c in claims])
    return [
        Match(
            claim=claims[row],
            lesion=lesions[column],
            agreement=good[claims[row], lesions[column]],
        )
        for row, column in best_assignment(gain)
        if (claims[row], lesions[column]) in good
    ]


def best_assignment(gain: Float[np.ndarray, "r c"]) -> list[tuple[int, int]]:
    """Return the pairs (row, column), none used twice, whose gains have the highest sum.

    The shortest augmenting path method of Jonker and Volgenant (1987): rows are added one by one,
    each along the path that costs least under the prices u and v, which keep every reduced cost
    gain.max() - gain - u - v at or above zero. Written here because importing SciPy's takes longer
    than a whole check.
    """
    if gain.shape[0] > gain.shape[1]:
        return sorted((row, column) for column, row in best_assignment(gain.T))
    cost = gain.max() - gain
    row_price, column_price = np.zeros(cost.shape[0]), np.zeros(cost.shape[1])
    row_of = np.full(cost.shape[1], -1)
    for row in range(cost.shape[0]):
        _add_row(row, cost, row_price, column_price, row_of=row_of)
    return sorted((int(row_of[c]), int(c)) for c in np.flatnonzero(row_of >= 0))


def _add_row(
    row: int,
    cost: Float[np.ndarray, "r c"],
    row_price: Float[np.ndarray, " r"],
    column_price: Float[np.ndarray, " c"],
    *,
    row_of: Int[np.ndarray, " c"],
) -> None:
    """Give `row` a column, moving earlier rows along the cheapest path; changes the arrays."""
    columns = cost.shape[1]
    distance, before = np.full(columns, np.inf), np.full(columns, -1)
    done = np.zeros(columns, dtype=np.bool_)
    current, reached, last = row, 0.0, -1
    while current >= 0:
        offered = reached + cost[current] - row_price[current] - column_price
        better = ~done & (offered < distance - _TINY)
        distance[better], before[better] = offered[better], last
        last = int(np.argmin(np.where(done, np.inf, distance)))
        reached, done[last] = float(distance[last]), True
        current = int(row_of[last])
    row_price[row] += reached
    for column in np.flatnonzero(done):
        if column != last:
            row_price[row_of[column]] += reached - distance[column]
        column_price[column] -= reached - distance[column]
    while last >= 0:
        previous = int(before[last])
        row_of[last] = row if previous < 0 else row_of[previous]
        last = previous


def _gain(pairs: Pairs, pair: tuple[int, int]) -> float:
    return pairs[pair].score if pair in pairs else 0.0


def _left_over(pairs: Pairs, matches: Sequence[Match]) -> dict[tuple[int, int], Agreement]:
    """Return pairs of claims and lesions that are both still without a partner."""
    claims = {match.claim for match in matches}
    lesions = {match.lesion for match in matches}
    return {
        (claim, lesion): fit
        for (claim, lesion), fit in pairs.items()
        if claim not in claims and lesion not in lesions
    }


def _repeats(flawless: Pairs, matches: Sequence[Match], *, numbered: bool) -> list[Match]:
    """Return claims that fit a lesion flawlessly, which another claim already names."""
    return _best_of({p: fit for p, fit in flawless.items() if fit.numbers or not numbered}, matches)


def _flawed_repeats(pairs: Pairs, matches: Sequence[Match]) -> list[Match]:
    """Return claims that name an already named lesion and contradict it in one aspect."""
    return _best_of({p: fit for p, fit in pairs.items() if _is_flawed_repeat(fit)}, matches)


def _is_flawed_repeat(fit: Agreement) -> bool:
    """Tell whether a claim is about a lesion that is already named: it errs once, or shares much.

    A second contradiction would make it a claim about another lesion.
    """
    if fit.numbers and fit.score >= _REPEAT_SCORE:
        return True
    is_single = len(fit.faults) == 1 and fit.faults[0].kind != "region"
    return is_single and fit.score > _MIN_SCORE


def speaks_of(fit: Agreement) -> bool:
    """Tell whether a pair shares enough that its contradictions are errors, not another lesion."""
    return bool(fit.numbers) or len({fault.kind for fault in fit.faults}) <= 1


def _best_of(pairs: Pairs, matches: Sequence[Match]) -> list[Match]:
    taken = {match.claim for match in matches}
    best: dict[int, Match] = {}
    for (claim, lesion), fit in pairs.items():
        held = best.get(claim)
        if claim not in taken and (held is None or fit.score > held.agreement.score):
            best[claim] = Match(claim=claim, lesion=lesion, agreement=fit)
    return list(best.values())
