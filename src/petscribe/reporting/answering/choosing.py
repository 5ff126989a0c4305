"""Which lesions a question means: by number, by place, by limit, by being the hottest or largest.

Knows the exam's table and the places' logic, no words.
"""

from collections.abc import Callable, Sequence
from typing import Final, NamedTuple

from petscribe.core.lesion import Lesion
from petscribe.core.report import Measured
from petscribe.reporting.answering.asked.question import (
    AskedPlace,
    Extreme,
    Limit,
    Quantity,
    Question,
)
from petscribe.reporting.answering.inside import lies_beside, lies_in
from petscribe.reporting.answering.saying import Scene, value_of
from petscribe.terms.claims import finding_of

_NODES: Final = frozenset({"node", "nodal_mass"})
_BY_SIZE: Final = frozenset({"volume", "long_axis", "tlg"})
_BY_HEAT: Final = frozenset({"suv_max", "suv_mean", "suv_peak"})


class There(NamedTuple):
    """The lesions of a place: surely in it, perhaps in it, in a region that touches it."""

    inside: tuple[Lesion, ...]
    perhaps: tuple[Lesion, ...]
    beside: tuple[Lesion, ...]


def there(lesions: Sequence[Lesion], places: Sequence[AskedPlace]) -> There:
    """Sort lesions by whether they lie in any of the places; without places all do."""
    found: dict[str, list[Lesion]] = {"in": [], "perhaps": [], "out": []}
    for lesion in lesions:
        ways = [lies_in(lesion.location, place) for place in places] or ["in"]
        found[min(ways, key=("in", "perhaps", "out").index)].append(lesion)
    beside = [x for x in found["out"] if any(lies_beside(x.location, place) for place in places)]
    return There(tuple(found["in"]), tuple(found["perhaps"]), tuple(beside))


def numbered(measured: Measured, ids: Sequence[int]) -> tuple[tuple[Lesion, ...], tuple[int, ...]]:
    """Return the lesions and set-aside uptake of these numbers, and the numbers nobody has."""
    known = {x.id: x for x in (*measured.lesions, *measured.physiologic)}
    return tuple(known[i] for i in ids if i in known), tuple(i for i in ids if i not in known)


def wanted(question: Question, scene: Scene) -> There:
    """Return the lesions of a question without numbers: of its places, kind and limit."""
    lesions = scene.measured.lesions
    if question.nodes and not question.places:
        lesions = tuple(x for x in lesions if is_node(x, scene))
    if question.limit is not None:
        lesions = tuple(x for x in lesions if passes(x, question.limit))
    return there(lesions, question.places)


def chosen(question: Question, scene: Scene) -> tuple[Lesion, ...]:
    """Return the lesions that a question is about, the most fitting kind first.

    Those of its numbers; else lesions of its places; else those perhaps there; else uptake there
    that was set aside.
    """
    if question.lesions:
        found = numbered(scene.measured, question.lesions)[0]
    else:
        here = wanted(question, scene)
        found = here.inside or here.perhaps
        if not found and question.places:
            found = there(scene.measured.physiologic, question.places).inside
    return extreme(found, question.pick, question.quantity) if question.pick else found


def extreme(
    lesions: Sequence[Lesion], pick: Extreme, quantity: Quantity | None
) -> tuple[Lesion, ...]:
    """Return the hottest, largest, ... lesion; several where they are equal as printed."""
    measure = measure_of(pick, quantity)
    values = [(measure(lesion), lesion) for lesion in lesions]
    known = [(value, lesion) for value, lesion in values if value is not None]
    if not known:
        return ()
    best = (max if pick in {"hottest", "largest"} else min)(value for value, _ in known)
    return tuple(lesion for value, lesion in known if value == best)


def measure_of(pick: Extreme, quantity: Quantity | None) -> Callable[[Lesion], float | None]:
    """Return what lesions are ranked by: the quantity asked for where it fits, else the usual."""
    if pick in {"largest", "smallest"}:
        by: Quantity = quantity if quantity in _BY_SIZE else "volume"
        return lambda lesion: value_of(lesion, by)
    of_heat: Quantity = quantity if quantity in _BY_HEAT else "suv_max"

    def heat(lesion: Lesion) -> float | None:
        value = value_of(lesion, of_heat)
        return lesion.measurement.relative_max if value is None else value

    return heat


def passes(lesion: Lesion, limit: Limit) -> bool:
    """Tell whether a lesion's printed value is beyond a limit; what was not measured never is."""
    value = value_of(lesion, limit.quantity)
    if value is None:
        return False
    return value > limit.value if limit.above else value < limit.value


def is_node(lesion: Lesion, scene: Scene) -> bool:
    """Tell whether the report calls a lesion a lymph node."""
    return finding_of(lesion, lang=scene.lang, tracer=scene.tracer).type in _NODES
