"""Exact lesion tuples: F1 of type, place and uptake, and of each without the other two.

After the clinical F1 of ViMed-PET (T type, P place, F uptake), repaired: the place is region and
side, what is not stated never equals what is not stated, a bilateral finding is one on each side,
every lesion is counted, and pairing is the best possible. Tuples are compared exactly, so the best
pairing is the intersection of two multisets. The published arithmetic is `vipet_original`.
"""

from collections import Counter
from collections.abc import Sequence
from typing import Final

import numpy as np
from jaxtyping import Float

from petscribe.core.finding import Finding
from petscribe.evaluation.clinical.score import positives
from petscribe.terms.anatomy import said_side

VARIANTS: Final = ("t", "tp", "tf", "tpf")
_RAISED: Final = frozenset({"intense", "increased", "moderate", "mild", "low"})

Tuple3 = tuple[str | None, tuple[str, str | None] | None, bool | None]


def tuple_counts(
    reference: Sequence[Finding], predicted: Sequence[Finding]
) -> Float[np.ndarray, "variants 3"]:
    """Return right, predicted and reference counts for each of `VARIANTS`."""
    wanted = [lesion_tuple(finding) for finding in positives(reference)]
    said = [lesion_tuple(finding) for finding in positives(predicted)]
    return np.array(
        [[matches(wanted, said, variant), len(said), len(wanted)] for variant in VARIANTS],
        dtype=float,
    )


def lesion_tuple(finding: Finding) -> Tuple3:
    """Return type, place and whether uptake is raised; None for what is not stated."""
    return finding.type, _place(finding), _raised(finding)


def matches(wanted: Sequence[Tuple3], said: Sequence[Tuple3], variant: str) -> int:
    """Return how many of the tuples, cut down to a variant's fields, pair up one to one."""
    one, other = (Counter(_cut(item, variant) for item in side) for side in (wanted, said))
    shared = one & other
    return sum(num for fields, num in shared.items() if None not in fields)


def _cut(item: Tuple3, variant: str) -> tuple[object, ...]:
    kind, place, raised = item
    fields: dict[str, object] = {"t": kind, "p": place, "f": raised}
    return tuple(fields[letter] for letter in variant)


def _place(finding: Finding) -> tuple[str, str | None] | None:
    """Return region and side; None where the side matters and is not stated."""
    if finding.region == "other":
        return None
    has_sides = said_side(finding.region, "left") is not None
    if finding.laterality is None and has_sides:
        return None
    return finding.region, finding.laterality


def _raised(finding: Finding) -> bool | None:
    return None if finding.uptake is None else finding.uptake in _RAISED
