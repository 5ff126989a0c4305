"""What the figures of a sentence mean: SUV, size, volume, glycolysis, image, count, score.

Reads marks from left to right and puts a claim in the place of each figure. Figures it has no
meaning for (dates, doses, minutes, percent, levels) disappear. Knows no sites; which lesion a claim
belongs to is decided by `groups`.
"""

from collections.abc import Sequence
from typing import Final

from petscribe.core.finding import Stat, SuvClaim
from petscribe.mining.figures.figures import is_whole, join_dictated, value_of
from petscribe.mining.figures.images import opens_bracket, take_images, take_series, take_slashed
from petscribe.mining.figures.lengths import take_size, take_volume
from petscribe.mining.figures.reading import (
    CLAIMS,
    Mode,
    Reading,
    is_count,
    is_sign,
    mark_after,
    put_claim,
    signs,
    unit_after,
)
from petscribe.mining.figures.times import time_of
from petscribe.mining.vocabulary import Item

_MODES: Final[tuple[Mode, ...]] = (
    "otherimage", "image", "series", "mtv", "tlg", "deauville", "score",
)  # fmt: skip


_REACH: Final = {"suv": 12, "size": 8, "image": 4, "otherimage": 4, "series": 4, "mtv": 6,
                 "tlg": 6, "deauville": 5, "score": 4}  # fmt: skip
"""Tokens between a head word and its figure."""


_LINKS: Final = frozenset(
    [
        "and",
        "or",
        "prior",
        "compared",
        "was",
        "delayed",
        "current",
        "from",
        "to",
        "op",
        "stat",
        "side",
        "site",
        "resp",
        "the",
        "pron",
        "range",
        "changed",
        "change",
        "suv",
        "size",
        "cmp",
        "including",
        "rangeto",
        "with",
        "largest",
        "certainty",
    ]
)


_LINK_SIGNS: Final = frozenset(("comma", "slash", "open", "close", "dash", "colon", "equals"))


def read_numbers(items: Sequence[Item], text: str, lang: str) -> list[Item]:
    """Return the marks with a claim in the place of every figure that has a meaning."""
    items = join_dictated(items)
    state = Reading(items=items, text=text, lang=lang)
    k = 0
    while k < len(items):
        if "num" in items[k].tags:
            k = _figure(state, k)
        else:
            _head(state, k)
            k += 1
    return state.out


def _head(state: Reading, k: int) -> None:
    item = state.items[k]
    tags = item.tags
    state.out.append(item)
    if "suv" in tags:
        _suv_head(state, k)
        return
    if "stat" in tags and state.mode == "suv" and not state.used:
        state.stats[-1:] = [tags["stat"]]
        return
    for mode in _MODES:
        if mode in tags:
            state.mode, state.mode_at, state.used = mode, item.j, False
            state.score = str(tags[mode])
            return
    if "size" in tags and (state.mode != "suv" or state.used):
        state.mode, state.mode_at, state.used = "size", item.j, False


def _suv_head(state: Reading, k: int) -> None:
    item = state.items[k]
    joined = (
        state.mode == "suv"
        and not state.used
        and k >= 2
        and "suv" in state.items[k - 2].tags
        and is_sign(state.items[k - 1], "slash")
    )
    stat = item.tags["suv"]
    state.stats = [*state.stats, stat] if joined else [stat]
    state.mode, state.mode_at, state.used = "suv", item.j, False


def _figure(state: Reading, k: int) -> int:
    """Give the figure at `k` its meaning; return where to read on."""
    for rule in (_calendar, take_slashed, take_size, take_volume, _day_and_month, _not_ours):
        end = rule(state, k)
        if end:
            return end
    item = state.items[k]
    fresh = (
        state.mode is not None and not state.used and (item.i - state.mode_at <= _REACH[state.mode])
    )
    if fresh and not is_count(state, k, close=item.i - state.mode_at <= 2):
        return _by_mode(state, k)
    if _linked(state, k):
        return _by_link(state, k)
    if _suv_follows(state, k):
        put_claim(state, item, "suvval", _suv(state, k, stat=state.items[k + 1].tags["suv"]))
        return k + 2
    if is_count(state, k, close=False):
        put_claim(state, item, "count", int(value_of(item.text) or 0), keep_last=True)
    return k + 1


def _calendar(state: Reading, k: int) -> int | None:
    """Dates, times of day, years, and fractions that are no series/image."""
    items = state.items
    if signs(items, k, ("slash", "slash")) or signs(items, k, ("dash", "dash")):
        return k + 5
    if signs(items, k, ("colon",)) and not opens_bracket(items, k):
        return k + 3
    figure = items[k].text
    if is_whole(figure) and len(figure) == 4 and figure[:2] in {"19", "20"}:
        return k + 1
    return k + 1 if value_of(figure) is None else None


def _day_and_month(state: Reading, k: int) -> int | None:
    """Pass over "on 3/14", a day without its year; "Deauville 4/5" waits for its figure."""
    items = state.items
    if not signs(items, k, ("slash",)) or len(state.stats) > 1:
        return None
    if state.mode is not None and not state.used:
        return None
    first, second = items[k].text, items[k + 2].text
    if not (is_whole(first) and is_whole(second)):
        return None
    low, high = sorted((int(first), int(second)))
    return k + 3 if 1 <= low <= 12 and high <= 31 else None


def _not_ours(state: Reading, k: int) -> int | None:
    after = mark_after(state, k, k + 1)
    if after is None or "notunit" not in after.tags or after.tags.keys() & {"suv", "unit"}:
        return None
    if "calendar" in after.tags and k + 2 < len(state.items):
        following = state.items[k + 2]
        if "num" in following.tags and following.i == after.j:
            return None  # "8,1 ngay 2/1": the word begins a date
    return k + 2


def _by_mode(state: Reading, k: int) -> int:
    item = state.items[k]
    mode = state.mode
    if mode == "suv":
        return _suv_list_start(state, k)
    value = value_of(item.text) or 0.0
    if mode in {"image", "otherimage"}:
        if not is_whole(item.text):
            return k + 1
        return take_images(state, k)
    if mode == "series" and is_whole(item.text):
        take_series(state, k, int(item.text))
        return k + 1
    state.used = True
    if mode in {"mtv", "tlg"}:
        put_claim(state, item, f"{mode}val", value)
    elif mode in {"deauville", "score"}:
        _score(state, k)
    return k + 1


def _score(state: Reading, k: int) -> None:
    item = state.items[k]
    if state.mode == "deauville":
        if item.text in {"1", "2", "3", "4", "5"}:
            put_claim(state, item, "scoreval", ("deauville", item.text))
        return
    letter = state.text[item.end : item.end + 1]
    letter = letter if letter in {"a", "b", "c", "x"} else ""
    put_claim(state, item, "scoreval", (state.score, f"{item.text}{letter}".upper()))


def _suv_list_start(state: Reading, k: int) -> int:
    item = state.items[k]
    state.used = True
    end = _range_end(state, k)
    stat = state.stats.pop(0) if len(state.stats) > 1 else state.stats[0]
    if end is not None:
        claim = SuvClaim(
            stat=stat,
            value=None,
            low=value_of(item.text),
            high=value_of(state.items[end].text),
            op="range",
            time=time_of(state, k, end + 1),
        )
        put_claim(state, item, "suvval", claim, end=state.items[end])
        return end + 1
    put_claim(state, item, "suvval", _suv(state, k, stat=stat))
    if len(state.stats) >= 1 and stat != state.stats[0]:
        state.used = False
        state.mode_at = item.j
    return k + 1


def _suv(state: Reading, k: int, *, stat: Stat) -> SuvClaim:
    return SuvClaim(
        stat=stat,
        value=value_of(state.items[k].text),
        op=_operator(state, k),  # type: ignore[arg-type]
        time=time_of(state, k, k + 1),
    )


def _operator(state: Reading, k: int) -> str:
    for at in range(k - 1, max(k - 4, -1), -1):
        item = state.items[at]
        if "op" in item.tags:
            return str(item.tags["op"])
        if not (
            item.tags.keys() & {"the", "current", "was", "to", "stat", "cmp", "size", "prior"}
            or "punct" in item.tags
        ):
            break
        if is_sign(item, "comma") or is_sign(item, "dot"):
            break
    return "="


def _range_end(state: Reading, k: int) -> int | None:
    """Return where the upper end of a range stands, when `k` is its lower end."""
    items = state.items
    if k + 2 >= len(items) or "num" not in items[k + 2].tags:
        return None
    between, upper = items[k + 1], items[k + 2]
    if upper.i - items[k].j > 2 or unit_after(items, k + 2):
        return None
    low, high = value_of(items[k].text), value_of(upper.text)
    if low is None or high is None or high <= low:
        return None
    if is_sign(between, "dash"):
        return k + 2
    left = items[max(0, k - 4) : k]
    ranged = any("range" in i.tags for i in left)
    since = any("from" in i.tags for i in left)
    changed = any(
        i.tags.get(kind) in {"increased", "decreased"}
        for i in items[max(0, k - 14) : k]
        for kind in ("changed", "change")
    )
    through = (
        "to" in between.tags
        and not changed
        and (between.text in {"to"} or "rangeto" in between.tags)
    )
    if (ranged and (through or "and" in between.tags or "to" in between.tags)) or (
        through and (since or not ranged)
    ):
        return k + 2
    return None


def _linked(state: Reading, k: int) -> bool:
    """Whether the figure continues the claim before: a list, a prior value, the other side."""
    if state.last not in {"suvval", "imageval"} or not state.out:
        return False
    item = state.items[k]
    between: list[Item] = []
    for before in reversed(state.out):
        if before.tags.keys() & CLAIMS:
            break
        between.append(before)
    else:
        return False
    if item.i - before.j > 10 or not between:
        return False
    if not all(_is_link(link) for link in between):
        return False
    kinds = {kind for link in between for kind in link.tags}
    timed = bool(kinds & {"prior", "compared", "was", "delayed", "from", "to", "current"})
    if state.last == "imageval":
        return is_whole(item.text) and not kinds & {"site", "side"} and item.i - before.j <= 3
    return timed or not is_whole(item.text) or _ends_after(state, k)


def _is_link(item: Item) -> bool:
    if item.tags.get("punct") in _LINK_SIGNS:
        return True
    return bool(item.tags.keys() & _LINKS) and "type" not in item.tags


def _ends_after(state: Reading, k: int) -> bool:
    """Whether nothing that a count could count follows."""
    if is_count(state, k, close=False):
        return False
    after = mark_after(state, k, k + 1)
    if after is None:
        return k + 1 == len(state.items)
    return bool(after.tags.keys() & {"punct", "resp", "prior", "and"})


def _by_link(state: Reading, k: int) -> int:
    if state.last == "imageval":
        state.mode = "image"
        return take_images(state, k)
    stat = _stat_between(state)
    put_claim(state, state.items[k], "suvval", _suv(state, k, stat=stat))
    linked = state.out[-1]
    state.out[-1] = linked._replace(tags={**linked.tags, "linked": True})
    return k + 1


def _stat_between(state: Reading) -> Stat:
    for before in reversed(state.out):
        if "stat" in before.tags:
            stat: Stat = before.tags["stat"]
            return stat
        claim = before.tags.get("suvval")
        if isinstance(claim, SuvClaim):
            return claim.stat
    return "unspecified"


def _suv_follows(state: Reading, k: int) -> bool:
    """As in "5.6 SUV": the head word after its figure, with no figure of its own."""
    after = mark_after(state, k, k + 1)
    if after is None or "suv" not in after.tags:
        return False
    own = state.items[k + 2] if k + 2 < len(state.items) else None
    return not (own is not None and "num" in own.tags and own.i - after.j <= 2)
