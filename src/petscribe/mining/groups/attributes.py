"""What the marks of one group say: degree of uptake, change, count, type, diagnoses, comparisons.

Reads the marks in order; knows which word may modify which, not which group a word belongs to.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from petscribe.core.finding import Certainty, Change, Diagnosis, FindingType, Uptake, UptakeRelation
from petscribe.mining.groups.chunks import NO_THING, Chunk
from petscribe.mining.groups.groups import Group
from petscribe.mining.vocabulary import Item

_SPECIFIC: Final = frozenset(("intense", "moderate", "mild", "low"))
_BREAKS: Final = frozenset(("site", "suvval", "sizeval", "imageval", "diagnosis"))


def uptake_of(group: Group, items: Sequence[Item]) -> Uptake | None:
    """Return the degree of uptake, None when none is stated."""
    stated = [i.tags["uptake"] for i in items if "uptake" in i.tags]
    if group.no_uptake or "none" in stated:
        return "none"
    degrees = [d for k, d in _degrees(items) if _modifies_uptake(items, k)]
    if stated and not (stated[0] == "decreased" and _SPECIFIC.intersection(degrees)):
        first: Uptake = stated[0]
        return first
    for degree in degrees:
        if degree in _SPECIFIC:
            return degree
    if degrees or any("avid" in i.tags for i in items):
        return "increased"
    return None


def _degrees(items: Sequence[Item]) -> list[tuple[int, Uptake]]:
    return [
        (k, i.tags["degree"])
        for k, i in enumerate(items)
        if "degree" in i.tags and not ("count" in i.tags and _counts(items, k))
    ]


def _modifies_uptake(items: Sequence[Item], k: int) -> bool:
    """Whether a word for uptake stands close by, on either side, with nothing in between."""
    for step in (1, -1):
        at, edge = k + step, items[k]
        while 0 <= at < len(items):
            other = items[at]
            gap = other.i - edge.j if step > 0 else edge.i - other.j
            if gap > 4:
                break
            if "avid" in other.tags or other.tags.get("type") == "uptake":
                return True
            if other.tags.keys() & _BREAKS:
                break
            if other.tags.get("punct") in {"semicolon", "dot", "colon"}:
                break
            if "type" in other.tags and step < 0:
                break
            at, edge = at + step, other
    return False


def type_of(group: Group, lang: str) -> FindingType | None:
    """Return what the text calls the thing; a mere uptake only when nothing else is named."""
    nouns = [i for i in (*group.nouns, *group.inherited) if "type" in i.tags]
    named = [i.tags["type"] for i in nouns if not _is_adjective(group, i, lang)]
    core = [name for name in named if name not in NO_THING]
    if core:
        return _joint_type([name for name in core if name != "thing"] or core)
    if named[:1] == ["abnormality"]:
        return None
    if "uptake" in named or (
        lang == "vi" and (group.negated or _avid_first(group)) and group.has("avid")
    ):
        return "uptake"
    return None


def _is_adjective(group: Group, noun: Item, lang: str) -> bool:
    """Whether "abnormal" only colours the uptake before it, as in Vietnamese."""
    if lang == "en" or noun.tags["type"] != "abnormality":
        return False
    items = group.items()
    return any("avid" in i.tags and 0 <= noun.i - i.j <= 1 for i in items)


def _joint_type(core: Sequence[Any]) -> FindingType | None:
    kinds: list[FindingType] = list(core)
    if core[0] == "thing":
        return None
    if kinds[0] == "focus" and len(kinds) > 1 and kinds[1] in {"nodule", "mass", "node", "lesion"}:
        return kinds[1]
    if "node" in kinds and "mass" in kinds and kinds[0] == "node" and len(kinds) == 2:
        return "nodal_mass"
    if kinds[0] == "node" and len(kinds) > 1 and kinds[1] in {"nodal_mass"}:
        return kinds[1]
    return kinds[0]


def _avid_first(group: Group) -> bool:
    first = next((i for i in group.items() if "avid" in i.tags), None)
    return first is not None and all(first.start < place.start for place in group.places)


def change_of(items: Sequence[Item]) -> Change | None:
    """Return the change that the words state; a prior value alone states none."""
    found: list[Change] = [
        i.tags["change"]
        for k, i in enumerate(items)
        if "change" in i.tags and not _delays(items, k)
    ]
    for k, item in enumerate(items):
        if "changed" in item.tags and k + 1 < len(items):
            after = items[k + 1]
            near = after.i - item.j <= 2
            if near and after.tags.keys() & {
                "to",
                "from",
                "suvval",
                "sizeval",
                "prior",
                "compared",
            }:
                found.append(item.tags["changed"])
    if "resolved" in found:
        return "resolved"
    return found[0] if found else None


def _delays(items: Sequence[Item], k: int) -> bool:
    """Whether a value of a second time point follows: no change since another exam."""
    claims = [i.tags["suvval"] for i in items[k + 1 : k + 3] if "suvval" in i.tags]
    return bool(claims) and claims[0].time == "delayed"


def count_of(group: Group, items: Sequence[Item]) -> int | Literal["multiple"]:
    """Return how many: a number word, `multiple` for a plural without one, else 1."""
    if group.largest:
        return "multiple"
    for k, item in enumerate(items):
        if "spread" in item.tags:
            return "multiple"
        if "count" not in item.tags or not ("type" in item.tags or _counts(items, k)):
            continue
        said = item.tags["count"]
        return "multiple" if said == "multiple" else int(said)
    nouns = [*group.nouns, *(i for i in group.inherited if "type" in i.tags)]
    core = [i for i in nouns if i.tags["type"] not in {"uptake", "abnormality", "thickening"}]
    named = core or [i for i in items if "diagnosis" in i.tags and "metast" in i.text][:1]
    return "multiple" if any(_is_plural(i.text) for i in named[:1]) else 1


def _counts(items: Sequence[Item], k: int) -> bool:
    if "side" in items[k].tags and items[k].tags["side"] == "bilateral":
        for after in items[k + 1 : k + 4]:
            if "type" in after.tags:
                return True
            if "site" in after.tags:
                return False
    edge = items[k]
    for after in items[k + 1 : k + 6]:
        if after.i - edge.j > 3 or after.tags.keys() & {"suvval", "imageval", "size"}:
            return False
        if after.tags.keys() & {"type", "site", "diagnosis", "uptake", "area"}:
            return True
        edge = after
    return False


def _is_plural(text: str) -> bool:
    last = text.split()[-1]
    if last in {"foci", "metastases", "adenopathies", "lymphadenopathies", "mets"}:
        return True
    return last.endswith("s") and not last.endswith(("ss", "us", "is"))


def comparisons_of(items: Sequence[Item]) -> tuple[UptakeRelation, ...]:
    """Return the comparisons with reference organs, in text order."""
    found: list[UptakeRelation] = []
    for item in items:
        if "vs" in item.tags and item.tags["vs"] not in found:
            found.append(item.tags["vs"])
    return tuple(found)


@dataclass(slots=True)
class _Reading:
    """How far the diagnoses of a group have been read."""

    found: dict[str, Certainty] = field(default_factory=dict)
    certainty: Certainty | None = None
    versus: bool = False
    here: list[str] = field(default_factory=list)
    """Labels of this phrase."""


def diagnoses_of(group: Group) -> tuple[Diagnosis, ...]:
    """Return the diagnoses with how sure the text is of each, in text order."""
    state = _Reading()
    for chunk in group.chunks:
        if chunk.has("neg") or chunk.sep == "without":
            continue
        if chunk.sep in {"stop", "semicolon", "dot"}:
            state.certainty = None
        state.here = []
        for k, item in enumerate(chunk.items):
            if "certafter" in item.tags:
                _closing_certainty(state, chunk.items, k)
            elif "versus" in item.tags:
                state.versus = True
            elif "certainty" in item.tags:
                _certainty(state, chunk.items, k)
            elif "diagnosis" in item.tags or (state.certainty and item.tags.get("type") == "cyst"):
                _diagnosis(state, chunk, k)
    return tuple(Diagnosis(label=label, certainty=sure) for label, sure in state.found.items())


def _closing_certainty(state: _Reading, items: Sequence[Item], k: int) -> None:
    """As in "Metastasis cannot be excluded"; but "is likely degenerative" looks ahead."""
    if any("diagnosis" in i.tags for i in items[k + 1 :]):
        state.certainty = items[k].tags["certafter"]
        return
    for label in state.here or list(state.found)[-1:]:
        state.found[label] = items[k].tags["certafter"]


def _certainty(state: _Reading, items: Sequence[Item], k: int) -> None:
    """Apply a certainty to the diagnosis before it when none follows, else keep it for the next."""
    said: Certainty = items[k].tags["certainty"]
    follows = any("diagnosis" in i.tags for i in items[k + 1 :])
    if state.here and not follows and items[k].i - _last_diagnosis(items, k) <= 4:
        state.found[state.here[-1]] = said
    else:
        state.certainty = said


def _diagnosis(state: _Reading, chunk: Chunk, k: int) -> None:
    item = chunk.items[k]
    label = str(item.tags.get("diagnosis", "cyst"))
    sure = state.certainty or "definite"
    joined = chunk.link is not None and "or" in chunk.link.tags
    if state.versus or (joined and state.certainty is None and state.found):
        sure = _doubt_all(state.found)
    if _queried(chunk.items, k):
        sure = "possible"
    if label not in state.found:
        state.found[label] = sure
        state.here.append(label)


def _last_diagnosis(items: Sequence[Item], k: int) -> int:
    return next((i.j for i in reversed(items[:k]) if "diagnosis" in i.tags), -99)


def _doubt_all(found: dict[str, Certainty]) -> Certainty:
    for label, sure in found.items():
        if sure != "unlikely":
            found[label] = "possible"
    return "possible"


def _queried(items: Sequence[Item], k: int) -> bool:
    return (
        k > 0 and items[k - 1].tags.get("punct") == "query" and items[k - 1].end == items[k].start
    )
