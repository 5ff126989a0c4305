"""What is said of one lesion."""

from petscribe.mining.groups.groups import Folding, attach, open_group, refine, refines


def test_a_group_takes_what_its_phrases_hold(phrases):
    state = Folding(lang="en")
    (chunk,) = phrases("hypermetabolic left hilar mass")
    group = open_group(state, chunk, chunk.places)
    assert group.has_core()
    assert not group.has_claims()
    assert state.current is group


def test_a_noun_closes_the_list_before_it(phrases):
    state = Folding(lang="en")
    (chunk,) = phrases("left hilar mass")
    assert not open_group(state, chunk, chunk.places).open_list
    (open_chunk,) = phrases("mass in the left hilum")
    assert open_group(state, open_chunk, open_chunk.places).open_list


def test_inheritance_takes_noun_and_uptake(phrases):
    state = Folding(lang="en")
    (first,) = phrases("hypermetabolic nodes in the left axilla")
    open_group(state, first, first.places)
    (second,) = phrases("right axilla")
    group = open_group(state, second, second.places, inherit=True)
    assert group.has_core()


def test_a_more_exact_wording_replaces_the_general_one(phrases):
    state = Folding(lang="en")
    general, exact = phrases("right lung, upper lobe")
    group = open_group(state, general, general.places)
    assert refines(group, exact.places)
    refine(group, exact.places)
    attach(state, exact)
    assert (group.places[0].term.key, group.places[0].side) == ("lung_upper_lobe", "right")


def test_what_has_no_place_yet_is_not_refined(phrases):
    state = Folding(lang="en")
    (chunk,) = phrases("hypermetabolic left hilar mass")
    group = open_group(state, chunk, [])
    assert not refines(group, chunk.places)
    assert not refines(open_group(state, chunk, chunk.places), [])
