"""A grammar of wordings: symbols with alternatives, expanded at random, some kept for tests only.

A symbol is a list of alternatives; `{name}` in one is expanded in turn. A name with qualifiers is
the more special symbol: for `noun` and the qualifiers `nodule`, `lung` the first of
`noun.nodule.lung`, `noun.nodule`, `noun.lung`, `noun` that exists is meant. An alternative that
begins with `~` is for the test part only: a model trained on the train part has never seen it.
Knows no medicine. Source: JSON files beside this module.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final, Literal

import numpy as np

Part = Literal["train", "test"]
HELD_OUT: Final = "~"

_HOLE: Final = re.compile(r"\{(\w+)\}")
_ARTICLE: Final = re.compile(r"\b([Aa]) (?=[aeiou]|FDG\b|FLT\b)")
_DEEPEST: Final = 12

Rules = Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Voice:
    """In which language and with which wordings somebody speaks."""

    lang: str
    part: Part = "train"


@cache
def grammar(lang: str, *names: str) -> Rules:
    """Return the symbols of `<name>.<lang>.json`, of several files together."""
    rules: dict[str, list[str]] = {}
    for name in names:
        path = Path(__file__).parent / f"{name}.{lang}.json"
        rules |= json.loads(path.read_text("utf-8"))
    return rules


def alternatives(rules: Rules, name: str, part: Part) -> tuple[str, ...]:
    """Return the wordings of one symbol in one part.

    The test part has its own wordings alone where there are any, so that its texts are new.
    """
    return _of_part(tuple(rules[name]), part)


@cache
def _of_part(found: tuple[str, ...], part: Part) -> tuple[str, ...]:
    known = tuple(text for text in found if not text.startswith(HELD_OUT))
    new = tuple(text.removeprefix(HELD_OUT) for text in found if text.startswith(HELD_OUT))
    return new if part == "test" and new else known


@dataclass(frozen=True, slots=True, kw_only=True)
class Speaker:
    """Expands symbols at random for one thing that is spoken of."""

    rules: Rules
    part: Part
    qualifiers: tuple[str, ...]
    words: Mapping[str, Sequence[str]]
    """Symbols of this thing alone, such as its place."""
    rng: np.random.Generator

    def say(self, name: str) -> str:
        """Return one wording of a symbol, with `a` and `an` as they should be."""
        return _ARTICLE.sub(r"\1n ", self._expand(name, 0))

    def _expand(self, name: str, depth: int) -> str:
        assert depth < _DEEPEST, name
        found = self._alternatives(name)
        chosen = found[int(self.rng.integers(len(found)))]
        return _HOLE.sub(lambda hole: self._expand(hole[1], depth + 1), chosen)

    def _alternatives(self, name: str) -> Sequence[str]:
        if name in self.words:
            return self.words[name]
        return alternatives(self.rules, symbol(self.rules, name, self.qualifiers), self.part)


def symbol(rules: Rules, name: str, qualifiers: Sequence[str]) -> str:
    """Return the most special symbol of a name under these qualifiers.

    Raises:
        ValueError: the grammar has none.
    """
    for more in (f"{name}.{a}.{b}" for a in qualifiers for b in qualifiers if a != b):
        if more in rules:
            return more
    for more in (*(f"{name}.{a}" for a in qualifiers), name):
        if more in rules:
            return more
    raise ValueError(f"the grammar has no symbol {name!r}")
