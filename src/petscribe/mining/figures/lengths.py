"""Lengths and volumes: "2.3 x 1.8 cm", "12 and 8 mm", "MTV 12 ml".

Knows units, and a distance ("3 cm from the carina") from a size. Sizes become millimetres.
"""

from collections.abc import Sequence

from petscribe.core.finding import SizeClaim
from petscribe.mining.figures.figures import is_whole, value_of
from petscribe.mining.figures.reading import Reading, mark_after, put_claim
from petscribe.mining.figures.times import time_of
from petscribe.mining.vocabulary import Item


def take_size(state: Reading, k: int) -> int | None:
    """A figure, or figures joined by "x", with a unit of length."""
    figures, units, end = _dims(state.items, k)
    whole = all(is_whole(f) for f in figures)
    if any(units):
        factor = next(u for u in reversed(units) if u)
    elif len(figures) > 1 and state.last == "sizeval":
        factor = state.last_unit
    elif len(figures) > 1:
        # no unit is printed: radiologists give millimetres whole and centimetres with a decimal
        factor = 1.0 if whole else 10.0
    else:
        return _borrowed_unit(state, k)
    if _is_distance(state, k, end):
        return end
    values = [(value_of(f) or 0.0) * (u or factor) for f, u in zip(figures, units, strict=True)]
    _size(state, k, end, values)
    state.last_unit = factor
    return end


def _size(state: Reading, k: int, end: int, values: Sequence[float]) -> None:
    time = time_of(state, k, end)
    dims = tuple(round(v, 4) for v in values)
    claim = SizeClaim(dims=dims, time="prior" if time == "prior" else "current")
    item = state.items[k]
    if state.mode == "size":
        state.used = True
    put_claim(state, item, "sizeval", claim, end=state.items[end - 1])


def _dims(items: Sequence[Item], k: int) -> tuple[list[str], list[float], int]:
    figures, units = [items[k].text], [0.0]
    at = k + 1
    while at < len(items):
        tags = items[at].tags
        if "unit" in tags and not units[-1] and items[at].i == items[at - 1].j:
            units[-1] = float(tags["unit"])
            at += 1
        elif (
            "times" in tags
            and at + 1 < len(items)
            and "num" in items[at + 1].tags
            and len(figures) < 4
        ):
            figures.append(items[at + 1].text)
            units.append(0.0)
            at += 2
        else:
            break
    return figures, units, at


def _borrowed_unit(state: Reading, k: int) -> int | None:
    """As in "12 and 8 mm", "9 to 12 mm", "3-5 mm": the first figure has the unit of the second."""
    if state.mode not in {None, "size"} and not state.used:
        return None
    items = state.items
    at = k + 1
    while at < min(len(items), k + 4) and _joins(items[at]):
        at += 1
    if at == k + 1 or at >= len(items) or "num" not in items[at].tags:
        return None
    if items[at].i - items[k].j > 4:
        return None
    _figures, units, _end = _dims(items, at)
    if not any(units):
        return None
    value = value_of(items[k].text)
    unit = next((u for u in units if u), state.last_unit)
    _size(state, k, k + 1, [(value or 0.0) * unit])
    return k + 1


def _joins(item: Item) -> bool:
    words = item.tags.keys() & {"and", "or", "to", "prior", "current"}
    return bool(words) or item.tags.get("punct") in {
        "comma", "dash", "slash", "open", "close",
    }  # fmt: skip


def _is_distance(state: Reading, k: int, end: int) -> bool:
    """As in "3 cm from the carina" places something, it does not measure it."""
    items = state.items
    if any("distance" in i.tags for i in items[max(0, k - 3) : k]):
        return True
    if end >= len(items) or items[end].i != items[end - 1].j:
        return False
    after = items[end]
    if "from" in after.tags and not any("num" in i.tags for i in items[end + 1 : end + 3]):
        return True
    return "rel" in after.tags and "site" in (items[end + 1].tags if end + 1 < len(items) else {})


def take_volume(state: Reading, k: int) -> int | None:
    """Read a figure with a unit of volume; "g/ml" after an SUV is skipped."""
    after = mark_after(state, k, k + 1)
    value = value_of(state.items[k].text)
    if after is None or value is None:
        return None
    if "vunit" in after.tags:
        if state.mode == "mtv" and not state.used:
            state.used = True
            put_claim(state, state.items[k], "mtvval", value, end=after)
        return k + 2
    if "gunit" in after.tags and state.mode == "suv" and not state.used:
        state.items = [*state.items[: k + 1], *state.items[k + 2 :]]
        return None
    return None
