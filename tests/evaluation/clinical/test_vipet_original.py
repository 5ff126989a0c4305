"""The published arithmetic with its faults: each stays as it was found."""

from dataclasses import replace

from petscribe.core.finding import Finding
from petscribe.evaluation.clinical.lesion_f1 import VARIANTS, tuple_counts
from petscribe.evaluation.clinical.vipet_original import original_counts

NODULE = Finding(
    anatomy="right upper lobe", region="lung", laterality="right", type="nodule", uptake="intense"
)


def hits(reference: Finding, predicted: Finding) -> dict[str, float]:
    return dict(zip(VARIANTS, original_counts([reference], [predicted])[:, 0], strict=True))


def test_the_other_side_is_a_hit():
    left = replace(NODULE, laterality="left")
    assert hits(NODULE, left)["tpf"] == 1
    assert tuple_counts([NODULE], [left])[VARIANTS.index("tpf"), 0] == 0


def test_bilateral_never_matches_its_place():
    both = replace(NODULE, laterality="bilateral")
    assert hits(both, both) == {"t": 1, "tp": 0, "tf": 1, "tpf": 0}


def test_unknown_equals_unknown():
    silent = replace(NODULE, type=None, region="muscle")
    assert hits(silent, silent)["tp"] == 1


def test_unstated_uptake_is_not_raised():
    assert hits(replace(NODULE, uptake=None), replace(NODULE, uptake="none"))["tf"] == 1


def test_lung_and_pleura_are_one_site():
    assert hits(NODULE, replace(NODULE, region="pleura"))["tp"] == 1


def test_denied_findings_are_no_lesions():
    denied = replace(NODULE, negated=True)
    assert original_counts([denied], [denied]).sum() == 0
