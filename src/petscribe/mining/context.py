"""What a sentence does not say of this exam: advice, history, technique; and what it compares with.

Works on the marks of one sentence before it is cut in phrases. Knows the reach of each cue, not the
cues (`cues.<lang>.tsv`).
"""

from collections.abc import Sequence
from typing import Final

from petscribe.core.finding import ReferenceValue, SuvClaim, UptakeRelation
from petscribe.mining.groups.chunks import Chunk
from petscribe.mining.vocabulary import Item

_ORGANS: Final = {
    "liver": "liver",
    "spleen": "spleen",
    "brain": "brain",
    "bone_marrow": "bone_marrow",
    "parotid_gland": "parotid",
    "muscle": "muscle",
    "kidney": "kidney",
    "aorta": "blood_pool",
    "heart": "blood_pool",
    "mediastinum": "blood_pool",
}
"""Site -> the reference organ it is when a value or a comparison makes it one."""
_COMPARED_ALONE: Final = frozenset(
    ("liver", "spleen", "brain", "bone_marrow", "parotid_gland", "muscle", "kidney")
)
SILENCERS: Final = frozenset(("mutestart", "muteto", "muteall", "history"))
"""Cues without which `spoken_now` changes nothing."""
_ENDS_HISTORY: Final = frozenset(["without", "stop", "neg", "with"])


def spoken_now(items: list[Item], *, lang: str) -> list[Item]:
    """Return the marks that speak of this exam's findings."""
    measured = any(i.tags.keys() & {"suvval", "sizeval"} for i in items)
    if any("mutestart" in i.tags for i in items) and not measured:
        return []
    kept: list[Item] = []
    muted = historic = False
    for item in items:
        tags = item.tags
        if tags.keys() & {"muteto"}:
            muted = True
        elif "stop" in tags or tags.get("punct") in {"semicolon", "dot"}:
            muted = historic = False
        if "history" in tags:
            historic = True
            continue
        if historic and _history_ends(item, lang):
            historic = False
        if muted or historic:
            continue
        if "muteall" in tags:
            kept = _without_last_clause(kept) if measured else []
            continue
        kept.append(item)
    return kept


def _history_ends(item: Item, lang: str) -> bool:
    if item.tags.keys() & _ENDS_HISTORY or item.tags.get("punct") in {"comma", "colon"}:
        return True
    return lang == "vi" and bool(item.tags.keys() & {"avid", "uptake", "suvval", "sizeval"})


def _without_last_clause(items: list[Item]) -> list[Item]:
    for at in range(len(items) - 1, -1, -1):
        if items[at].tags.get("punct") in {"comma", "semicolon", "dot"}:
            return items[:at]
    return items


def with_comparisons(items: Sequence[Item]) -> list[Item]:
    """Put "above mediastinal blood pool" into one mark that holds the relation."""
    made: list[Item] = []
    k = 0
    while k < len(items):
        end = _comparison_end(items, k)
        if end is None:
            made.append(items[k])
            k += 1
            continue
        relation = items[k].tags["cmp"]
        while end is not None:
            organ = _reference_organ(items[end])
            first, last = items[k], items[end]
            vs = UptakeRelation(organ=organ or "", relation=relation)
            made.append(Item({"vs": vs}, first.i, last.j, first.start, last.end, last.text))
            k = end + 1
            if k < len(items) and items[k].tags.get("type") == "uptake" and items[k].i == last.j:
                k += 1  # "above liver uptake"
            end = _also(items, k)
    return made


def _comparison_end(items: Sequence[Item], k: int) -> int | None:
    item = items[k]
    if "cmp" not in item.tags or _followed_by_figure(items, k):
        return None
    for at in range(k + 1, min(k + 5, len(items))):
        other = items[at]
        if other.i - items[at - 1].j > 3 or "punct" in other.tags:
            return None
        if "ref" in other.tags:
            return at
        if "site" in other.tags:
            alone = other.tags["site"].key in _COMPARED_ALONE
            spatial = "spatial" in item.tags and not _speaks_of_uptake(items, k)
            return at if alone and not spatial else None
    return None


def _followed_by_figure(items: Sequence[Item], k: int) -> bool:
    return k + 1 < len(items) and bool(items[k + 1].tags.keys() & {"suvval", "sizeval", "num"})


def _also(items: Sequence[Item], k: int) -> int | None:
    """As in "above blood pool and liver": a second organ of the same relation."""
    if k + 1 >= len(items) or not items[k].tags.keys() & {"and", "or"}:
        return None
    other = items[k + 1]
    if other.i - items[k].j > 2:
        return None
    if "ref" in other.tags:
        return k + 1
    return k + 1 if "site" in other.tags and other.tags["site"].key in _COMPARED_ALONE else None


def _speaks_of_uptake(items: Sequence[Item], k: int) -> bool:
    says = k > 0 and items[k].i > items[k - 1].j  # a verb stands before: "is above liver"
    for before in reversed(items[max(0, k - 6) : k]):
        if (
            before.tags.keys() & {"avid", "uptake", "suvval", "degree", "intensity"}
            or before.tags.get("type") == "uptake"
        ):
            return True
        if ("site" in before.tags and not says) or before.tags.get("punct") in {"semicolon", "dot"}:
            return False
    return False


def _reference_organ(item: Item) -> str | None:
    if "ref" in item.tags:
        return str(item.tags["ref"])
    if "site" in item.tags:
        return _ORGANS.get(item.tags["site"].key)
    return None


def take_references(chunks: Sequence[Chunk]) -> tuple[list[Chunk], list[ReferenceValue]]:
    """Take the reference values ("liver background SUVmean 2.1") out of a sentence's phrases."""
    kept: list[Chunk] = []
    found: list[ReferenceValue] = []
    organ: str | None = None
    cue = any(chunk.has("ref", "refcue") for chunk in chunks)
    for chunk in chunks:
        own = _organ_of(chunk)
        claims = [i.tags["suvval"] for i in chunk.items if "suvval" in i.tags]
        if claims and own and _is_reference(chunk, claims, cue=cue, first=not kept):
            found.extend(_values(own, claims))
            organ = own
        elif claims and organ and not chunk.places and not chunk.types:
            found.extend(_values(organ, claims))
        elif (
            own
            and not claims
            and chunk.has("ref")
            and not chunk.core_types
            and not chunk.has("vs", "avid")
        ):
            organ = own
        else:
            organ = None
            kept.append(chunk)
    return kept, found


def _organ_of(chunk: Chunk) -> str | None:
    for item in chunk.items:
        if "ref" in item.tags and item.tags["ref"] != "background":
            return str(item.tags["ref"])
    for item in chunk.items:
        organ = _reference_organ(item)
        if organ:
            return organ
    return None


def _is_reference(chunk: Chunk, claims: Sequence[SuvClaim], *, cue: bool, first: bool) -> bool:
    if chunk.core_types or chunk.has("change", "degree", "sizeval", "ref_image"):
        return False
    if chunk.has("ref"):
        return True
    if chunk.has("avid", "uptake"):
        return False
    plain = all(c.time == "current" for c in claims) or chunk.bracket
    means = all(c.stat == "mean" for c in claims)
    return plain and (cue or chunk.bracket or (means and first))


def _values(organ: str, claims: Sequence[SuvClaim]) -> list[ReferenceValue]:
    return [
        ReferenceValue(organ=organ, stat=claim.stat, value=claim.value)
        for claim in claims
        if claim.value is not None
    ]
