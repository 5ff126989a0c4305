"""RadGraph F1 from entities and relations: how much of the reference's graph a text repeats.

Three grades: `simple` compares (words, label); `partial` also whether an entity has a relation;
`complete` also which relations to which entities. The entities come from any tagger, handed in by
entity dictionaries in RadGraph's own form. Source: Jain 2021; the F1 of the radgraph package.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from petscribe.core.errors import InputError

Key = tuple[object, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RadGraphScore:
    """F1 of the sets of one pair; 0 when a side holds no entity."""

    simple: float
    partial: float
    complete: float


@dataclass(frozen=True, slots=True, kw_only=True)
class GraphEntity:
    """A tagged phrase and what it points at, as (relation, words, label)."""

    words: str
    label: str
    relations: tuple[tuple[str, str, str], ...] = ()


def radgraph_f1(
    hypothesis: Sequence[GraphEntity], reference: Sequence[GraphEntity]
) -> RadGraphScore:
    """Compare two graphs."""
    return RadGraphScore(
        simple=_set_f1({_simple(e) for e in hypothesis}, {_simple(e) for e in reference}),
        partial=_set_f1({_partial(e) for e in hypothesis}, {_partial(e) for e in reference}),
        complete=_set_f1(_complete(hypothesis), _complete(reference)),
    )


def read_entities(entities: Mapping[str, Any]) -> tuple[GraphEntity, ...]:
    """Read RadGraph's dictionary: id -> `{"tokens", "label", "relations": [[name, id], ...]}`.

    Raises:
        InputError: a key is missing or a relation points nowhere (code `bad-entities`).
    """
    try:
        return tuple(
            GraphEntity(
                words=str(entity["tokens"]).lower(),
                label=str(entity["label"]),
                relations=tuple(
                    (str(name), str(entities[to]["tokens"]).lower(), str(entities[to]["label"]))
                    for name, to in entity.get("relations", ())
                ),
            )
            for entity in entities.values()
        )
    except (KeyError, TypeError, ValueError) as fault:
        raise InputError(
            "bad-entities", f"entities are not in RadGraph's form: {type(fault).__name__} {fault}"
        ) from fault


def _simple(entity: GraphEntity) -> Key:
    return entity.words, entity.label


def _partial(entity: GraphEntity) -> Key:
    return entity.words, entity.label, bool(entity.relations)


def _complete(entities: Sequence[GraphEntity]) -> set[Key]:
    """Return one key per relation, and one per entity that has none."""
    keys: set[Key] = set()
    for entity in entities:
        keys |= {(*_simple(entity), relation) for relation in entity.relations}
        if not entity.relations:
            keys.add(_simple(entity))
    return keys


def _set_f1(first: set[Key], second: set[Key]) -> float:
    shared = len(first & second)
    return 2.0 * shared / (len(first) + len(second)) if shared else 0.0
