"""Truths of choosing: by number, by place, by rank - and equal is equal as printed."""

from petscribe.reporting.answering.asked.question import AskedPlace, Limit, Question
from petscribe.reporting.answering.choosing import (
    chosen,
    extreme,
    is_node,
    numbered,
    passes,
    there,
    wanted,
)
from petscribe.reporting.answering.saying import Scene

LIVER = AskedPlace(key="liver", region="liver")
BLADDER = AskedPlace(key="urinary_bladder", region="bladder")


def ids(lesions):
    return tuple(x.id for x in lesions)


def scene(measured):
    return Scene(measured=measured, lang="en")


def test_lesions_are_sorted_by_place(measured):
    here = there(measured.lesions, [LIVER])
    assert (ids(here.inside), ids(here.perhaps), ids(here.beside)) == ((5,), (), (2,))


def test_without_a_place_every_lesion_is_meant(measured):
    assert ids(there(measured.lesions, ()).inside) == (1, 2, 3, 4, 5)


def test_numbers_reach_what_was_set_aside(measured):
    found, missing = numbered(measured, (6, 9))
    assert (ids(found), missing) == ((6,), (9,))


def test_a_place_without_a_lesion_gives_its_set_aside_uptake(measured):
    question = Question(kind="measure", places=(BLADDER,), quantity="suv_max")
    assert ids(chosen(question, scene(measured))) == (6,)


def test_the_hottest_and_the_smallest(measured):
    assert ids(extreme(measured.lesions, "hottest", None)) == (1,)
    assert ids(extreme(measured.lesions, "smallest", None)) == (4,)
    assert ids(extreme(measured.lesions, "coolest", None)) == (4,)
    assert ids(extreme((), "largest", None)) == ()


def test_equal_as_printed_is_equal(make_lesion):
    pair = (make_lesion(1, "lung", 4.04), make_lesion(2, "lung", 3.96))
    assert ids(extreme(pair, "hottest", "suv_max")) == (1, 2)


def test_without_suv_relative_values_rank(make_lesion):
    assert ids(extreme((make_lesion(1, "lung", None),), "hottest", None)) == (1,)


def test_a_limit_is_passed_not_met(make_lesion):
    lesion = make_lesion(1, "lung", 4.0)
    assert not passes(lesion, Limit(quantity="suv_max", above=True, value=4.0))
    assert passes(lesion, Limit(quantity="suv_max", above=True, value=3.9))
    assert not passes(make_lesion(1, "lung", None), Limit(quantity="tlg", above=False, value=9.0))


def test_nodes_are_what_the_report_calls_nodes(make_lesion, make_measured):
    lesion = make_lesion(1, "axilla", 5.0, side="left", organ="lymph_node_axillary_left")
    table = make_measured((lesion, make_lesion(2, "liver", 5.0)))
    assert is_node(lesion, scene(table))
    assert ids(wanted(Question(kind="count", nodes=True), scene(table)).inside) == (1,)
