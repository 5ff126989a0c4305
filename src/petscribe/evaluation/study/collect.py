"""Answers back to their sources: files of readers plus the key give one row per judged text.

Strict: answers of another study, of a worksheet that does not exist, or twice of the same one are
refused; a question left open stays open (NaN), it is never a zero.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from petscribe.core.codec import decode
from petscribe.core.errors import InputError
from petscribe.evaluation.study.design import ERROR_TAGS, LETTERS, POINTS, SCALES, Placed, Plan
from petscribe.io.texts import read_text

TIE = "tie"


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What one reader thinks of one text."""

    reader: int
    case: str
    source: str
    marks: Mapping[str, int | None]
    """By scale."""
    errors: tuple[str, ...]
    edit: str | None
    """The reader's own wording; None when the text was left as it is."""
    place: int
    """0 for A, 1 for B, ..."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Preference:
    """Which source one reader prefers for one case."""

    reader: int
    case: str
    source: str | None
    """None for no preference."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Collected:
    """All that came back."""

    plan: Plan
    judgements: tuple[Judgement, ...]
    preferences: tuple[Preference, ...]
    readers: tuple[int, ...]
    """Worksheets that came back."""


def read_plan(path: Path) -> Plan:
    """Read the key of a study.

    Raises:
        InputError: not a key (`bad-record` or `bad-study-answers`).
    """
    return decode(Plan, _json(path))


def collect(plan: Plan, paths: Sequence[Path]) -> Collected:
    """Read answers and say of which source each is.

    Raises:
        InputError: a file that does not fit the study (`bad-study-answers`).
    """
    sheets: dict[int, list[dict[str, Any]]] = {}
    for path in paths:
        number, answers = _sheet(plan, path)
        if number in sheets:
            raise _bad(path, f"worksheet {number} came back twice")
        sheets[number] = answers
    judged: list[Judgement] = []
    preferred: list[Preference] = []
    for number, answers in sorted(sheets.items()):
        for placed, answer in zip(plan.readers[number - 1], answers, strict=True):
            judged += _judgements(number, placed, answer)
            preferred += _preferences(number, placed, answer)
    return Collected(
        plan=plan,
        judgements=tuple(judged),
        preferences=tuple(preferred),
        readers=tuple(sorted(sheets)),
    )


def _sheet(plan: Plan, path: Path) -> tuple[int, list[dict[str, Any]]]:
    data = _json(path)
    if not isinstance(data, dict) or data.get("study") != plan.study:
        raise _bad(path, f"not of study {plan.study}")
    number, answers = data.get("worksheet"), data.get("answers")
    if not isinstance(number, int) or not 1 <= number <= len(plan.readers):
        raise _bad(path, f"worksheet must be 1 to {len(plan.readers)}")
    wanted = plan.readers[number - 1]
    if not isinstance(answers, list) or len(answers) != len(wanted):
        raise _bad(path, f"{len(wanted)} answers are needed")
    for placed, answer in zip(wanted, answers, strict=True):
        _check(path, placed, answer)
    return number, answers


def _check(path: Path, placed: Placed, answer: Any) -> None:  # noqa: ANN401 - JSON is untyped
    letters = list(LETTERS[: len(placed.sources)])
    where = f"case {placed.number}"
    if not isinstance(answer, dict) or answer.get("case") != placed.number:
        raise _bad(path, f"{where} is not in its place")
    texts = answer.get("texts")
    if not isinstance(texts, list) or [_letter(x) for x in texts] != letters:
        raise _bad(path, f"{where}: texts {', '.join(letters)} are needed")
    if answer.get("preference") not in {None, TIE, *letters}:
        raise _bad(path, f"{where}: no such preference")
    for text in texts:
        marks = [text.get(scale) for scale in SCALES]
        if not all(mark is None or (type(mark) is int and mark in POINTS) for mark in marks):
            raise _bad(path, f"{where}: marks are {POINTS[0]} to {POINTS[-1]}")
        tags = text.get("errors", [])
        if not isinstance(tags, list) or not set(map(str, tags)) <= set(ERROR_TAGS):
            raise _bad(path, f"{where}: an error tag that is not known")
        if not isinstance(text.get("edit"), str | None):
            raise _bad(path, f"{where}: an edit that is no text")


def _letter(text: Any) -> str | None:  # noqa: ANN401 - JSON is untyped
    return text.get("letter") if isinstance(text, dict) else None


def _judgements(reader: int, placed: Placed, answer: Mapping[str, Any]) -> Iterable[Judgement]:
    for place, (source, text) in enumerate(zip(placed.sources, answer["texts"], strict=True)):
        yield Judgement(
            reader=reader,
            case=placed.case,
            source=source,
            marks={scale: text.get(scale) for scale in SCALES},
            errors=tuple(text.get("errors", ())),
            edit=text.get("edit"),
            place=place,
        )


def _preferences(reader: int, placed: Placed, answer: Mapping[str, Any]) -> Iterable[Preference]:
    said = answer.get("preference")
    if said is not None:
        source = None if said == TIE else placed.sources[LETTERS.index(said)]
        yield Preference(reader=reader, case=placed.case, source=source)


def _json(path: Path) -> Any:  # noqa: ANN401 - JSON is untyped
    try:
        return json.loads(read_text(path))
    except ValueError as fault:
        raise _bad(path, "no JSON") from fault


def _bad(path: Path, what: str) -> InputError:
    return InputError("bad-study-answers", f"{path.name}: {what}")
