"""Figures as texts print them: decimal comma, thousands, and "6. 2" of dictation.

Knows digits only; what a figure means is told by `numbers`.
"""

import re
from collections.abc import Sequence

from petscribe.mining.vocabulary import Item

_PLAIN = re.compile(r"\d{1,9}(?:[.,]\d{1,6})?")
_ENGLISH = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d{1,6})?")
_EUROPEAN = re.compile(r"\d{1,3}(?:\.\d{3})+,\d{1,6}")


def value_of(text: str) -> float | None:
    """Return the value of a figure, None when it is none (version numbers, dates in dots)."""
    if _PLAIN.fullmatch(text):
        return float(text.replace(",", "."))
    if _ENGLISH.fullmatch(text):
        return float(text.replace(",", ""))
    if _EUROPEAN.fullmatch(text):
        return float(text.replace(".", "").replace(",", "."))
    return None


def is_whole(text: str) -> bool:
    """Tell whether a figure is printed without decimals."""
    return text.isdigit()


def join_dictated(items: Sequence[Item]) -> list[Item]:
    """Put "6. 2" together where nothing but the end of a figure can stand there."""
    joined: list[Item] = []
    k = 0
    while k < len(items):
        if _is_dictated(items, k):
            first, last = items[k], items[k + 2]
            figure = f"{first.text}.{last.text}"
            joined.append(Item({"num": figure}, first.i, last.j, first.start, last.end, figure))
            k += 3
        else:
            joined.append(items[k])
            k += 1
    return joined


def _is_dictated(items: Sequence[Item], k: int) -> bool:
    if k + 2 >= len(items):
        return False
    whole, dot, part = items[k : k + 3]
    if dot.tags.get("punct") != "dot" or not ("num" in whole.tags and "num" in part.tags):
        return False
    near = dot.start == whole.end and part.start == dot.end + 1
    short = len(whole.text) <= 2 and len(part.text) == 1
    if not (near and short and whole.text.isdigit() and part.text.isdigit()):
        return False
    return _nothing_counted(items, k + 3)


def _nothing_counted(items: Sequence[Item], k: int) -> bool:
    """Whether the figure before `k` ends there: not "SUVmax 5. 2 nodules"."""
    if k == len(items):
        return True
    after = items[k]
    ends = {"punct", "unit", "and", "image", "times", "with", "resp"}
    return after.i == items[k - 1].j and bool(after.tags.keys() & ends)
