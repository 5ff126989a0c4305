"""Two of three decide, value by value."""

from dataclasses import replace

from petscribe.core.finding import Finding, SuvClaim
from petscribe.mining.llm.talking.answers import Claimed
from petscribe.mining.llm.weighing.voting import voted


def suv(*values: float) -> tuple[SuvClaim, ...]:
    return tuple(SuvClaim(stat="max", value=value) for value in values)


NODE = Finding(anatomy="right hilar", region="hilum", laterality="right", type="node", suv=suv(4.2))
LIVER = Finding(anatomy="liver", region="liver", type="lesion")


def vote(*answers: list[Finding], asked: int = 3):
    said = {f"m{k}": [Claimed(f, "") for f in one] for k, one in enumerate(answers)}
    return [(v.claim.finding, v.models, v.contested) for v in voted(said, asked)]


def test_two_of_three_are_enough():
    assert vote([NODE], [NODE], []) == [(NODE, ("m0", "m1"), ())]


def test_one_of_three_is_not():
    assert vote([NODE], [LIVER], []) == []


def test_a_field_goes_by_its_own_majority():
    lying = replace(NODE, laterality="left", type="mass")
    assert vote([NODE], [lying], [NODE]) == [(NODE, ("m0", "m1", "m2"), ())]


def test_a_field_without_majority_is_left_open():
    answers = [[replace(NODE, type=kind)] for kind in ("node", "mass", "lesion")]
    assert vote(*answers) == [(replace(NODE, type=None), ("m0", "m1", "m2"), ("type",))]


def test_figures_are_elected_one_by_one():
    answers = [[replace(NODE, suv=suv(*v))] for v in ((4.2, 8.1), (4.2,), (8.1, 9.9))]
    [(finding, _, contested)] = vote(*answers)
    assert finding.suv == suv(4.2, 8.1)
    assert contested == ("suv",)


def test_a_model_cannot_vote_twice_for_a_figure():
    twice = replace(NODE, suv=suv(9.9, 9.9))
    [(finding, _, _)] = vote([twice], [NODE], [NODE])
    assert finding.suv == suv(4.2)


def test_a_failed_model_counts_against():
    assert vote([NODE], [NODE]) == [(NODE, ("m0", "m1"), ())]
    assert vote([NODE]) == []
    assert vote([NODE], asked=2) == []
    assert vote([NODE], asked=1) == [(NODE, ("m0",), ())]


def test_a_region_without_majority_is_no_finding():
    others = [replace(NODE, region=r) for r in ("hilum", "mediastinum", "lung")]
    assert vote(*([f] for f in others)) == []


def test_a_denial_by_majority_carries_no_uptake_and_no_suv():
    denied = replace(NODE, negated=True, suv=(), uptake=None)
    [(finding, _, _)] = vote([replace(NODE, uptake="intense")], [denied], [denied])
    assert (finding.negated, finding.suv, finding.uptake) == (True, (), None)


def test_two_lesions_of_one_site_stay_two():
    small, large = replace(LIVER, suv=suv(2.0)), replace(LIVER, suv=suv(9.0))
    found = vote([small, large], [large, small], [large])
    assert {finding.suv for finding, _, _ in found} == {suv(2.0), suv(9.0)}
