"""Rules and models in one record."""

from dataclasses import replace

from petscribe.core.finding import Diagnosis, Finding, SuvClaim
from petscribe.mining.llm.talking.answers import Claimed
from petscribe.mining.llm.weighing.agreement import FIELDS, is_new, reconciled
from petscribe.mining.llm.weighing.voting import Voted

NODE = Finding(
    anatomy="right hilar", region="hilum", laterality="right", type="node",
    suv=(SuvClaim(stat="max", value=4.2, site="right hilar"),),
)  # fmt: skip


def said(finding: Finding, *contested: str) -> Voted:
    return Voted(claim=Claimed(finding, ""), models=("a", "b"), contested=contested)


def test_agreement_is_said():
    theirs = replace(NODE, anatomy="hilar", suv=(SuvClaim(stat="max", value=4.2),))
    [(finding, agreement)], alone = reconciled([NODE], [said(theirs)])
    assert finding == NODE
    assert (agreement.standing, agreement.models, agreement.agreed) == (
        "agreed",
        ("a", "b"),
        FIELDS,
    )
    assert alone == []


def test_rules_win_figures_sides_and_denial():
    theirs = replace(
        NODE, laterality="left", negated=True, suv=(SuvClaim(stat="max", value=9.9),), count=3
    )
    [(finding, agreement)], _ = reconciled([NODE], [said(theirs)])
    assert finding == NODE
    assert agreement.standing == "differs"
    assert {(d.field, d.kept) for d in agreement.differences} == {
        ("laterality", "rules"), ("negated", "rules"), ("suv", "rules"), ("count", "rules"),
    }  # fmt: skip


def test_models_fill_what_rules_left_unsaid_but_never_a_figure():
    dx = (Diagnosis(label="metastasis", certainty="probable"),)
    bare = Finding(anatomy="right hilar", region="hilum")
    theirs = replace(NODE, dx=dx, uptake="intense", mtv_ml=7.0)
    [(finding, agreement)], _ = reconciled([bare], [said(theirs)])
    assert finding == replace(bare, laterality="right", type="node", dx=dx, uptake="intense")
    kept = {d.field: d.kept for d in agreement.differences}
    assert kept == {
        "suv": "rules", "mtv_ml": "rules", "laterality": "models", "type": "models",
        "uptake": "models", "dx": "models",
    }  # fmt: skip


def test_a_denied_finding_is_given_no_uptake():
    denied = Finding(anatomy="liver", region="liver", negated=True)
    [(finding, _)], _ = reconciled([denied], [said(replace(denied, uptake="low"))])
    assert finding == denied


def test_what_the_models_contest_is_no_difference():
    [(_, agreement)], _ = reconciled([NODE], [said(replace(NODE, type=None), "type")])
    assert (agreement.standing, agreement.differences) == ("agreed", ())
    assert agreement.contested == ("type",)


def test_findings_of_one_side_only_are_called_so():
    liver = Finding(anatomy="liver", region="liver")
    [(_, agreement)], alone = reconciled([NODE], [said(liver)])
    assert agreement.standing == "rules_only"
    assert [one.claim.finding for one in alone] == [liver]


def test_a_figure_has_one_owner():
    thief = Finding(anatomy="liver", region="liver", suv=(SuvClaim(stat="max", value=4.2),))
    assert not is_new(thief, beside=[NODE], known=[NODE])
    assert is_new(thief, beside=[], known=[NODE])


def test_a_repetition_is_not_new_and_another_lesion_is():
    again = replace(NODE, suv=(), type=None)
    other = replace(NODE, suv=(SuvClaim(stat="max", value=7.0),))
    assert not is_new(again, beside=[], known=[NODE])
    assert is_new(other, beside=[], known=[NODE])
    assert is_new(replace(again, laterality="left"), beside=[], known=[NODE])
