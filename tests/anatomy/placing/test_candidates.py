"""Candidates: order and competition."""

from petscribe.anatomy.placing.candidates import candidates
from petscribe.anatomy.placing.evidence import look_around
from petscribe.core.volume import bounding_box


def of(person, anatomy, mask):
    around = look_around(mask, (1, bounding_box(mask.where(1))), anatomy.organs, anatomy.frame)
    return candidates(around, anatomy.frame, frozenset(anatomy.organs.names.values()))


def test_candidates_come_best_first_and_once_each(person, anatomy):
    found = of(person, anatomy, person.lesion(-80.0, -10.0, 18.5))
    assert [g.chance for g in found] == sorted((g.chance for g in found), reverse=True)
    assert len({(g.organ, g.region) for g in found}) == len(found)
    assert found[0].organ == "liver"


def test_there_is_always_a_candidate(person, anatomy):
    assert of(person, anatomy, person.lesion(215.0, -145.0, 34.0))


def test_a_rough_label_yields_to_the_adrenal_gland_beside_it(person, anatomy):
    found = of(person, anatomy, person.lesion(-38.0, 38.0, 19.0))
    assert found[0].organ == "adrenal_gland_right"
