"""The plan of a study: which reader sees which text of which case in which place.

Every reader reads every case in an order of their own. Within a case the texts stand as A, B, ...;
the order of the sources is counterbalanced: over the cases of one reader, and over the readers of
one case, every order occurs equally often (as far as the numbers divide). The plan is the key that
un-blinds the answers, so it never goes to readers.
"""

import json
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import permutations
from pathlib import Path
from typing import Any, Final

import numpy as np

from petscribe.core.errors import InputError
from petscribe.io.texts import read_text
from petscribe.terms.anatomy import LANGUAGES

SCALES: Final[Mapping[str, str]] = {
    "anatomy": "Is the place right?",
    "interpretation": "Is what it says about the lesion right?",
    "utility": "Could it stand in a report?",
}
"""Scales from 1 (no) to 5 (yes, fully), by name."""
POINTS: Final = (1, 2, 3, 4, 5)
ERROR_TAGS: Final[Mapping[str, str]] = {
    "side": "wrong side",
    "place": "wrong place",
    "number": "wrong number",
    "invented": "says what is not there",
    "missed": "leaves out what matters",
    "negation": "denies what is there, or the reverse",
    "interpretation": "wrong interpretation",
    "language": "hard to read",
}
LETTERS: Final = "ABCDEF"
PICTURES: Final = frozenset({".png", ".jpg", ".jpeg", ".webp", ".svg"})
_NUMBER: Final = re.compile(r"\d+(?:[.,]\d+)*")
PLACEHOLDER: Final = "__"


@dataclass(frozen=True, slots=True, kw_only=True)
class StudyCase:
    """One lesion with its pictures and the texts that different sources wrote on it."""

    id: str
    patient: str
    lang: str
    pictures: tuple[str, ...]
    """File names, relative to the file of cases."""
    texts: Mapping[str, str]
    """Text by source."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """A case as one reader meets it: its number on the page and which source is which letter."""

    number: int
    case: str
    sources: tuple[str, ...]
    """Sources in the order of the letters."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The key of a study."""

    study: str
    seed: int
    numbers_hidden: bool
    patients: Mapping[str, str]
    """Patient of each case."""
    readers: tuple[tuple[Placed, ...], ...]


def read_study(path: Path) -> tuple[StudyCase, ...]:
    """Read the cases of a study: JSON Lines of `{"id", "patient", "lang", "images", "texts"}`.

    Raises:
        InputError: a line that is no such object, a case twice, sources that differ between cases,
            or a picture that is not there or no picture (`bad-study-case`).
    """
    cases = tuple(
        _case(path, number, raw)
        for number, raw in enumerate(read_text(path).split("\n"), start=1)
        if raw.strip()
    )
    if not cases:
        raise _bad(path, 1, "no case in the file")
    double = [name for name, count in Counter(x.id for x in cases).items() if count > 1]
    if double:
        raise InputError("duplicate-id", f"{path.name}: id {double[0]!r} occurs more than once")
    for number, case in enumerate(cases, start=1):
        if set(case.texts) != set(cases[0].texts):
            raise _bad(path, number, "other sources than the first case")
        if case.lang != cases[0].lang:
            raise _bad(path, number, "another language than the first case")
    return cases


def make_plan(
    cases: Sequence[StudyCase], *, readers: int, seed: int, numbers_hidden: bool = False
) -> Plan:
    """Return who sees what in which order."""
    rng = np.random.default_rng(seed)
    sources = sorted(cases[0].texts)
    orders = list(permutations(sources)) if len(sources) <= 3 else _rotations(sources)
    first = rng.permutation(len(cases))
    sheets = []
    for reader in range(readers):
        sequence = rng.permutation(len(cases)).tolist()
        sheets.append(
            tuple(
                Placed(
                    number=number,
                    case=cases[i].id,
                    sources=tuple(orders[(int(first[i]) + reader) % len(orders)]),
                )
                for number, i in enumerate(sequence, start=1)
            )
        )
    return Plan(
        study=f"{rng.integers(16**8):08x}",
        seed=seed,
        numbers_hidden=numbers_hidden,
        patients={case.id: case.patient for case in cases},
        readers=tuple(sheets),
    )


def without_numbers(text: str) -> str:
    """Return a text with every number replaced, so that only words are judged."""
    return _NUMBER.sub(PLACEHOLDER, text)


def _rotations(sources: Sequence[str]) -> list[tuple[str, ...]]:
    return [(*sources[i:], *sources[:i]) for i in range(len(sources))]


def _case(path: Path, number: int, raw: str) -> StudyCase:
    try:
        data = json.loads(raw)
    except ValueError as fault:
        raise _bad(path, number, "no JSON") from fault
    texts = data.get("texts") if isinstance(data, dict) else None
    if not isinstance(texts, dict) or not 2 <= len(texts) <= len(LETTERS):
        raise _bad(path, number, f"texts of 2 to {len(LETTERS)} sources are needed")
    if not all(isinstance(text, str) and text.strip() for text in texts.values()):
        raise _bad(path, number, "a text is empty or no text")
    if not {"id", "patient"} <= data.keys() or data.get("lang") not in LANGUAGES:
        raise _bad(path, number, f"needs id, patient and a lang of {', '.join(LANGUAGES)}")
    return StudyCase(
        id=str(data["id"]),
        patient=str(data["patient"]),
        lang=data["lang"],
        pictures=_pictures(path, number, data),
        texts=texts,
    )


def _pictures(path: Path, number: int, data: Mapping[str, Any]) -> tuple[str, ...]:
    names = data.get("images", [])
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise _bad(path, number, "images must be a list of file names")
    for name in names:
        if Path(name).suffix.lower() not in PICTURES or not (path.parent / name).is_file():
            raise _bad(path, number, f"no picture {name!r} beside the file")
    return tuple(names)


def _bad(path: Path, number: int, what: str) -> InputError:
    return InputError("bad-study-case", f"{path.name} line {number}: {what}")
