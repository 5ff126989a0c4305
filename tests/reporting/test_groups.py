"""Who is meant by a claim about several lesions."""

from dataclasses import replace

import pytest

from petscribe.core.finding import Finding, SuvClaim
from petscribe.reporting.draft import Draft, scale_of
from petscribe.reporting.groups import group_faults, members_of, mentioned_by

NODES = Finding(
    anatomy="right axilla", region="axilla", laterality="right", type="node", count="multiple"
)


@pytest.fixture
def nodes(make_lesion):
    places = [
        ("axilla", "right", 5.0),
        ("axilla", "right", 9.0),
        ("axilla", "left", 3.0),
        ("liver", None, 7.0),
    ]
    return [make_lesion(i, r, suv, side=side) for i, (r, side, suv) in enumerate(places, 1)]


def test_the_members_share_region_and_side_hottest_first(nodes):
    assert [x.id for x in members_of(NODES, nodes)] == [2, 1]
    both = replace(NODES, laterality="bilateral", anatomy="both axillae")
    assert [x.id for x in members_of(both, nodes)] == [2, 1, 3]


def test_an_approximate_neighbour_is_meant_only_when_the_count_needs_it(nodes, make_lesion):
    neighbour = make_lesion(9, "lung", 20.0, side="right", approximate=True)
    hilar = make_lesion(8, "hilum", 4.0, side="right")
    claim = replace(NODES, region="hilum", anatomy="right hilum", count="multiple")
    assert [x.id for x in members_of(claim, [hilar, neighbour])] == [8]
    assert [x.id for x in members_of(replace(claim, count=2), [hilar, neighbour])] == [9, 8]


def test_nodes_without_a_place_are_all_nodes(nodes):
    anywhere = Finding(anatomy="lymph nodes", region="other", type="node", count="multiple")
    assert [x.id for x in members_of(anywhere, nodes)] == [2, 1, 3]


def test_a_count_covers_unnamed_lesions_first(nodes):
    one = replace(NODES, count=2)
    members = members_of(replace(one, laterality=None), nodes)
    assert mentioned_by(one, members, {2}) == {1, 3}
    assert mentioned_by(NODES, members, set()) == {1, 2, 3}


@pytest.mark.parametrize(
    ("changed", "kinds"),
    [
        ({}, []),
        ({"count": 4}, ["number"]),
        ({"laterality": "bilateral"}, ["laterality"]),
        ({"suv": (SuvClaim(stat="max", value=9.0, op="<="),)}, []),
        ({"suv": (SuvClaim(stat="max", value=5.0, op="<="),)}, ["number"]),
        ({"suv": (SuvClaim(stat="max", value=5.0),)}, []),
        ({"suv": (SuvClaim(stat="max", value=None, low=5.0, high=9.0, op="range"),)}, []),
        ({"suv": (SuvClaim(stat="max", value=None, low=5.0, high=8.0, op="range"),)}, ["number"]),
        ({"suv": (SuvClaim(stat="max", value=1.0, time="prior"),)}, []),
    ],
)
def test_what_a_claim_about_several_gets_wrong(nodes, make_measured, changed, kinds):
    claim = replace(NODES, **changed)
    measured = make_measured(tuple(nodes))
    draft = Draft(claims=(claim,), text="", measured=measured, scale=scale_of(measured))
    faults = list(group_faults(claim, members_of(NODES, nodes), draft))
    assert [fault.kind for fault in faults] == kinds
