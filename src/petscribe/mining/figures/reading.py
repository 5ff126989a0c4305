"""How far the figures of one sentence have been read, and the small questions all readers ask.

Knows marks and their order; what a figure means is told by `numbers`, `lengths`, `images`, `times`.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final, Literal

from petscribe.core.finding import ImageRef, SizeClaim, Stat, SuvClaim
from petscribe.mining.figures.figures import is_whole
from petscribe.mining.vocabulary import Item

Mode = Literal["suv", "size", "image", "otherimage", "series", "mtv", "tlg", "deauville", "score"]


CLAIMS: Final = frozenset(("suvval", "sizeval", "imageval", "mtvval", "tlgval", "scoreval", "drop"))


_FOLLOWS_COUNT: Final = frozenset(
    ("type", "avid", "degree", "change", "site", "uptake", "side", "diagnosis")
)


@dataclass(slots=True)
class Reading:
    """How far the reading of one sentence has come."""

    items: Sequence[Item]
    text: str
    lang: str
    out: list[Item] = field(default_factory=list)
    mode: Mode | None = None
    mode_at: int = 0
    """Token after the head word."""
    used: bool = True
    """Whether the head word has got a figure."""
    stats: list[Stat] = field(default_factory=list)
    score: str = ""
    last: str | None = None
    """Kind of the last claim, while figures may still join it."""
    last_unit: float = 1.0
    series: int | None = None


Claim = SuvClaim | SizeClaim | ImageRef | float | int | tuple[str, str]
"""What a figure may mean."""


def put_claim(
    state: Reading,
    item: Item,
    kind: str,
    value: Claim,
    *,
    keep_last: bool = False,
    end: Item | None = None,
) -> None:
    """Put a claim in the place of a figure; the words that led to it are used up."""
    last = end or item
    while (
        state.out
        and state.out[-1].tags.keys() & {"op", "range", "from", "was"}
        and not (state.out[-1].tags.keys() & {"prior", "change"})
    ):
        state.out.pop()
    state.out.append(Item({kind: value}, item.i, last.j, item.start, last.end, item.text))
    if not keep_last:
        state.last = kind


def unit_after(items: Sequence[Item], k: int) -> bool:
    """Tell whether a unit follows the figure at `k`."""
    return k + 1 < len(items) and bool(items[k + 1].tags.keys() & {"unit", "notunit", "vunit"})


def is_count(state: Reading, k: int, *, close: bool) -> bool:
    """Tell whether a whole figure counts the noun that follows: "3 FDG-avid nodules"."""
    item = state.items[k]
    if close or not is_whole(item.text) or len(item.text) > 2 or item.text == "0":
        return False
    edge = item
    for after in state.items[k + 1 : k + 6]:
        if after.i - edge.j > 2 or "punct" in after.tags:
            return False
        edge = after
        if after.tags.keys() & {"type", "area"}:
            return True
        if not after.tags.keys() & _FOLLOWS_COUNT:
            return False
    return False


def mark_after(state: Reading, k: int, at: int) -> Item | None:
    """Return the mark at `at` when it follows the figure at `k` directly."""
    if at < len(state.items) and state.items[at].i == state.items[k].j:
        return state.items[at]
    return None


def is_sign(item: Item, name: str) -> bool:
    """Tell whether a mark is this sign."""
    return item.tags.get("punct") == name


def signs(items: Sequence[Item], k: int, names: tuple[str, ...]) -> bool:
    """Tell whether figures joined by these signs, without words between, start at `k`."""
    for step, name in enumerate(names):
        sign, figure = k + 1 + 2 * step, k + 2 + 2 * step
        if (
            figure >= len(items)
            or not is_sign(items[sign], name)
            or "num" not in items[figure].tags
        ):
            return False
        if items[figure].i != items[k].i + 2 + 2 * step:
            return False
    return True
