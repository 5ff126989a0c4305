"""Exact tuples, with the faults of the published score repaired."""

import pytest

from petscribe.core.finding import Finding
from petscribe.evaluation.clinical.lesion_f1 import VARIANTS, lesion_tuple, matches, tuple_counts

NODULE = Finding(
    anatomy="right upper lobe", region="lung", laterality="right", type="nodule", uptake="intense"
)


def other(**changes) -> Finding:
    from dataclasses import replace

    return replace(NODULE, **changes)


def hits(reference: list[Finding], predicted: list[Finding]) -> dict[str, float]:
    return dict(zip(VARIANTS, tuple_counts(reference, predicted)[:, 0], strict=True))


def test_a_finding_matches_itself_in_every_variant():
    assert hits([NODULE], [NODULE]) == {"t": 1, "tp": 1, "tf": 1, "tpf": 1}


def test_the_side_counts():
    assert hits([NODULE], [other(laterality="left")]) == {"t": 1, "tp": 0, "tf": 1, "tpf": 0}


def test_unknown_never_equals_unknown():
    silent = other(type=None, uptake=None, laterality=None)
    assert hits([silent], [silent]) == dict.fromkeys(VARIANTS, 0)


def test_a_place_without_sides_needs_none():
    liver = other(region="liver", laterality=None)
    assert hits([liver], [liver])["tp"] == 1


def test_region_other_is_no_place():
    assert lesion_tuple(other(region="other"))[1] is None


def test_bilateral_is_one_on_each_side():
    both = other(laterality="bilateral")
    counts = tuple_counts([both], [NODULE])
    assert counts[VARIANTS.index("tp")].tolist() == [1, 1, 2]


def test_order_does_not_matter_and_each_is_used_once():
    two = [NODULE, other(type="mass")]
    assert hits(two, two[::-1]) == dict.fromkeys(VARIANTS, 2)
    assert hits([NODULE], [NODULE, NODULE])["tpf"] == 1


@pytest.mark.parametrize("variant", VARIANTS)
def test_matching_nothing_gives_nothing(variant: str):
    assert matches([], [lesion_tuple(NODULE)], variant) == 0
