"""When a figure was measured: now, at a second time point of the exam, or at another exam.

Knows the words "previously", "from ... to", "was" in a bracket, arrows, "on delayed images", and
which figure of a sentence each of them belongs to.
"""

from collections.abc import Sequence
from typing import Final

from petscribe.core.finding import SizeClaim, Time
from petscribe.mining.figures.reading import CLAIMS, Reading, is_sign
from petscribe.mining.vocabulary import Item

_TIME_WORDS: Final = frozenset(("prior", "delayed", "unit", "compared", "was", "the"))


def time_of(state: Reading, k: int, end: int) -> Time:
    """Return when the figure at `k`, which ends before `end`, was measured."""
    left = _left_tags(state, k)
    if "delayed" in left:
        return "delayed"
    if "from" in left and (_to_follows(state, end) or left & {"change", "changed"}):
        return "prior"  # "from 15.9 to 11.1", "11.1, decreased from 15.9"
    if "prior" in left or "compared" in left or ("was" in left and _stands_apart(state, k)):
        return "prior"
    marked = _arrow_after(state, end) or _bracketed_after_arrow(state, k, end)
    if marked or _after_prior(state, k) or _in_prior_bracket(state, k):
        return "prior"
    return _time_after(state, end)


def _left_tags(state: Reading, k: int) -> set[str]:
    """Return the kinds of the words between the claim before and the figure at `k`."""
    found: set[str] = set()
    for at in range(k - 1, max(k - 8, -1), -1):
        item = state.items[at]
        if "num" in item.tags or "semicolon" in item.tags.values() or is_sign(item, "close"):
            break
        if item.tags.keys() & {"unit", "type", "diagnosis"} and "prior" not in item.tags:
            break
        now = "to" in item.tags or ("current" in item.tags and "prior" not in item.tags)
        if now and "from" not in found:
            break
        if is_sign(item, "dot") or (is_sign(item, "comma") and _belongs_before(state, at - 1)):
            break
        found |= item.tags.keys()
    return found


def _belongs_before(state: Reading, at: int) -> bool:
    """Whether a time word before a comma closes the claim before it: "0.6 on delayed images,"."""
    items = state.items
    compared = False
    while at >= 0 and items[at].tags.keys() & _TIME_WORDS:
        compared = compared or "compared" in items[at].tags
        at -= 1
    return compared or (at >= 0 and bool(items[at].tags.keys() & {"num", "change", "changed"}))


def _to_follows(state: Reading, end: int) -> bool:
    for at in range(end, min(end + 4, len(state.items))):
        item = state.items[at]
        if "to" in item.tags:
            return True
        if "num" in item.tags:
            return False
    return False


def _arrow_after(state: Reading, end: int) -> bool:
    if end >= len(state.items):
        return False
    return (
        state.items[end].text in {"\u2192", "->"}
        and state.items[end].i - state.items[end - 1].j <= 1
    )


def _stands_apart(state: Reading, k: int) -> bool:
    """Whether "was" opens a bracket or follows a comma: ", was 8.1"."""
    for at in range(k - 1, max(k - 4, -1), -1):
        if "was" in state.items[at].tags:
            return at > 0 and (
                is_sign(state.items[at - 1], "open") or is_sign(state.items[at - 1], "comma")
            )
    return False


def _bracketed_after_arrow(state: Reading, k: int, end: int) -> bool:
    items = state.items
    if k == 0 or end >= len(items):
        return False
    if not (is_sign(items[k - 1], "open") and is_sign(items[end], "close")):
        return False
    return any(c in i.text for i in items[max(0, k - 8) : k] for c in "\u2191\u2193\u2192")


def _after_prior(state: Reading, k: int) -> bool:
    """As in "previously 1.0 cm with SUVmax of 5", "increased since the prior exam (SUVmax 5)"."""
    seen: list[Item] = []
    for before in reversed(state.out):
        size = before.tags.get("sizeval")
        if isinstance(size, SizeClaim):
            return (
                size.time == "prior"
                and any("with" in i.tags for i in seen)
                and not any(is_sign(i, "comma") or is_sign(i, "close") for i in seen)
            )
        if "change" in before.tags and seen and is_sign(seen[-1], "open"):
            return "since" in before.tags
        seen.append(before)
        if before.tags.keys() & CLAIMS or state.items[k].i - before.i > 12:
            return False
    return False


def _in_prior_bracket(state: Reading, k: int) -> bool:
    """Whether the bracket round the figure opens with a time word: "(prior 31 mm, SUVmax 13)"."""
    for at in range(k - 1, max(k - 14, -1), -1):
        item = state.items[at]
        if is_sign(item, "close") or "current" in item.tags:
            return False
        if is_sign(item, "open"):
            return "prior" in state.items[at + 1].tags
    return False


def _time_after(state: Reading, end: int) -> Time:
    """As in "8.1 previously", "5.6 on delayed images": a time word that no figure follows."""
    items = state.items
    for at in range(end, min(end + 3, len(items))):
        item = items[at]
        if item.tags.keys() & {"prior", "delayed"}:
            if item.i - items[end - 1].j > 4 or _figure_follows(items, at):
                return "current"
            return "delayed" if "delayed" in item.tags else "prior"
        if not (item.tags.keys() & {"unit", "vunit", "the", "was"} or is_sign(item, "open")):
            return "current"
    return "current"


def _figure_follows(items: Sequence[Item], at: int) -> bool:
    for item in items[at + 1 : at + 5]:
        if "num" in item.tags:
            return item.i - items[at].j <= 5
        if item.tags.get("punct") in {"close", "dot", "comma", "semicolon"}:
            return False
        if item.tags.keys() & {"site", "type", "and"}:
            return False
    return False
