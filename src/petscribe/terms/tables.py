"""Reads the tab-separated tables of `lexicon/` and unfolds the rows that stand for many.

Knows nothing of anatomy. A row whose `key` holds a pattern stands for one row per value:

    {side}      left, right (fills the `side` column; `{side}` in other cells stays for later)
    {RL}        R, L        (the same with the side as a letter)
    {1-12}      a range: other cells use {n}, {nth} (6th), {word} (sixth), {roman} (VI)
    {level}     the paired neck levels I, IA, IB, II, ... VB: other cells use {level} and {arabic}
                (2A)

`base` is the key without its side: `rib_left_6` and `rib_right_6` have the base `rib_6`.
"""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

LEXICON = Path(__file__).parent / "lexicon"

NECK_LEVELS = ("I", "IA", "IB", "II", "IIA", "IIB", "III", "IV", "V", "VA", "VB")
ROMAN = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII")
ORDINAL_WORDS = (
    *("first", "second", "third", "fourth", "fifth", "sixth"),
    *("seventh", "eighth", "ninth", "tenth", "eleventh", "twelfth"),
)
_RANGE = re.compile(r"\{(\d+)-(\d+)\}")

Row = dict[str, str]


@cache
def read_table(name: str) -> tuple[Mapping[str, str], ...]:
    """Return the rows of `lexicon/<name>` as mappings from column to cell, patterns unfolded."""
    lines = (LEXICON / name).read_text("utf-8").splitlines()
    header = lines[0].split("\t")
    rows: list[Mapping[str, str]] = []
    for line in lines[1:]:
        if not line or line.startswith("#"):
            continue
        cells = line.split("\t")
        row = dict(zip(header, cells + [""] * (len(header) - len(cells)), strict=True))
        rows.extend(unfold(row) if "{" in row.get("key", "") else [_with_base(row)])
    return tuple(rows)


def unfold(row: Row) -> Iterator[Row]:
    """Yield the rows that a row with patterns in its `key` stands for."""
    key = row["key"]
    base = key.replace("_{side}", "").replace("{RL}", "")
    for number in _numbers(key):
        for side, letter in _sides(key):
            fill = {**number, **({"{RL}": letter} if letter else {})}
            made = {name: _fill(cell, fill) for name, cell in row.items() if name != "key"}
            made["key"] = _fill(key, {**fill, "{side}": side})
            made["base"] = _fill(base, number)
            made["side"] = side or row.get("side", "")
            yield made


def ordinal(number: int) -> str:
    """Return `1st`, `2nd`, ... `12th`."""
    ending = {1: "st", 2: "nd", 3: "rd"}.get(number, "th")
    return f"{number}{ending}"


def _with_base(row: Row) -> Row:
    side = row.get("side", "")
    base = row.get("key", "")
    if side in {"left", "right"} and base.endswith(f"_{side}"):
        base = base.removesuffix(f"_{side}")
    return {**row, "base": base}


def _sides(key: str) -> tuple[tuple[str, str], ...]:
    if "{RL}" in key:
        return ("right", "R"), ("left", "L")
    if "{side}" in key:
        return ("left", ""), ("right", "")
    return (("", ""),)


def _numbers(key: str) -> Iterator[dict[str, str]]:
    found = _RANGE.search(key)
    if found:
        for number in range(int(found[1]), int(found[2]) + 1):
            yield {
                found[0]: str(number),
                "{n}": str(number),
                "{nth}": ordinal(number),
                "{word}": ORDINAL_WORDS[number - 1],
                "{roman}": ROMAN[number - 1],
            }
    elif "{level}" in key:
        for level in NECK_LEVELS:
            yield {"{level}": level, "{arabic}": _arabic(level)}
    else:
        yield {}


def _arabic(level: str) -> str:
    letter = level[-1] if level[-1] in "AB" else ""
    return f"{ROMAN.index(level.removesuffix(letter)) + 1}{letter}"


def _fill(cell: str, values: Mapping[str, str]) -> str:
    for pattern, value in values.items():
        cell = cell.replace(pattern, value)
    return cell
