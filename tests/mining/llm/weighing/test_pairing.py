"""Which findings are one."""

from petscribe.core.finding import Finding, SuvClaim
from petscribe.mining.llm.weighing.pairing import figures_of, likeness, paired


def suv(value: float) -> tuple[SuvClaim, ...]:
    return (SuvClaim(stat="max", value=value),)


LEFT = Finding(anatomy="left hilum", region="hilum", laterality="left", suv=suv(3.0))
RIGHT = Finding(anatomy="right hilum", region="hilum", laterality="right", suv=suv(5.0))
LIVER = Finding(anatomy="liver", region="liver")


def test_findings_pair_by_side_whatever_their_order():
    assert sorted(paired([LEFT, RIGHT], [LIVER, RIGHT, LEFT])) == [(0, 2), (1, 1)]


def test_other_regions_do_not_pair():
    assert paired([LEFT], [LIVER]) == []


def test_figures_tell_lesions_of_one_site_apart():
    small = Finding(anatomy="liver", region="liver", suv=suv(2.0))
    large = Finding(anatomy="liver", region="liver", suv=suv(9.0))
    assert sorted(paired([small, large], [large, small])) == [(0, 1), (1, 0)]


def test_each_finding_pairs_once():
    assert len(paired([LIVER], [LIVER, LIVER])) == 1


def test_the_same_words_and_figures_outweigh_another_region():
    other = Finding(anatomy="left hilum", region="lung", laterality="left", suv=suv(3.0))
    assert likeness(LEFT, other) >= 2.0


def test_a_finding_without_a_site_pairs_by_its_figures():
    bare = Finding(anatomy="", region="other", suv=suv(3.0))
    assert paired([bare], [LIVER, LEFT]) == [(0, 1)]
    assert paired([Finding(anatomy="", region="other")], [LEFT]) == []


def test_figures_have_their_kind():
    assert figures_of(RIGHT) == {("suv", 5.0)}
