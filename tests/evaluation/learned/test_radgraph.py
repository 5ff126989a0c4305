"""RadGraph F1's set arithmetic."""

import pytest

from petscribe.core.errors import InputError
from petscribe.evaluation.learned.radgraph import radgraph_f1, read_entities

ENTITIES = {
    "1": {"tokens": "Nodule", "label": "OBS-DP", "relations": [["located_at", "2"]]},
    "2": {"tokens": "lung", "label": "ANAT-DP", "relations": []},
    "3": {"tokens": "effusion", "label": "OBS-DA", "relations": []},
}


def _changed(name: str, **new: object) -> dict[str, dict[str, object]]:
    return {**ENTITIES, name: {**ENTITIES[name], **new}}


def test_a_graph_equals_itself():
    graph = read_entities(ENTITIES)
    assert radgraph_f1(graph, graph) == radgraph_f1(graph[::-1], graph)
    assert radgraph_f1(graph, graph).complete == 1.0


def test_a_flipped_presence_loses_one_entity():
    flipped = read_entities(_changed("3", label="OBS-DP"))
    assert radgraph_f1(flipped, read_entities(ENTITIES)).simple == pytest.approx(2 / 3)


def test_a_lost_relation_shows_in_the_stricter_grades_only():
    found = radgraph_f1(read_entities(_changed("1", relations=[])), read_entities(ENTITIES))
    assert (found.simple, found.partial) == (1.0, pytest.approx(2 / 3))
    assert found.complete == pytest.approx(2 / 3)


def test_a_relation_to_another_place_shows_in_the_complete_grade_only():
    moved = _changed("1", relations=[["located_at", "3"]])
    found = radgraph_f1(read_entities(moved), read_entities(ENTITIES))
    assert (found.simple, found.partial, found.complete) == (1.0, 1.0, pytest.approx(2 / 3))


def test_an_empty_graph_scores_zero():
    assert radgraph_f1((), read_entities(ENTITIES)).simple == 0.0


@pytest.mark.parametrize(
    "broken",
    [
        {"1": {"label": "x"}},
        {"1": {"tokens": "a", "label": "x", "relations": [["to", "9"]]}},
        {"1": 3},
    ],
)
def test_what_is_no_graph_is_refused(broken):
    with pytest.raises(InputError) as fault:
        read_entities(broken)
    assert fault.value.code == "bad-entities"
