"""Files of predictions and references, read strictly and joined by id.

One JSON object per line: `{"id", "patient", "text", "lang"}`. References may also hold `previous`
(the patient's last report), `features` (numbers for the nearest-neighbour floor) and, for
questions, `type`, `options`, `tolerance`, `tolerance_frac`, `same_as`, `region`. Messages name ids
and lines, never a text or a patient.
"""

import json
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Literal

from petscribe.core.errors import InputError
from petscribe.io.texts import read_text
from petscribe.mining.normalise import language_of
from petscribe.terms.anatomy import LANGUAGES

Task = Literal["finding", "report", "vqa"]
TASKS: Final[tuple[Task, ...]] = ("finding", "report", "vqa")
_WORD: Final = re.compile(r"[^\W\d_]{2,}")
_ENOUGH_WORDS: Final = 6
"""A text of fewer words may be in any language."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of a file."""

    id: str
    patient: str
    text: str
    lang: str
    more: Mapping[str, Any] = field(default_factory=dict)
    """Every other key."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A prediction with its reference."""

    id: str
    patient: str
    lang: str
    prediction: str
    reference: str
    more: Mapping[str, Any] = field(default_factory=dict)
    """Every other key of the reference."""


def read_lines(path: Path) -> tuple[Line, ...]:
    """Read a file of texts.

    Raises:
        InputError: a line that is no such object (`bad-evaluation-line`), an id that occurs twice
            (`duplicate-id`), no line at all (`nothing-to-score`), bytes that are no UTF-8
            (`not-utf8`), no such file (`not-found`).
    """
    lines = tuple(
        _line(path.name, number, raw)
        for number, raw in enumerate(read_text(path).split("\n"), start=1)
        if raw.strip()
    )
    if not lines:
        raise InputError("nothing-to-score", f"{path.name}: no line in it")
    double = [name for name, count in Counter(x.id for x in lines).items() if count > 1]
    if double:
        raise InputError("duplicate-id", f"{path.name}: id {double[0]!r} occurs more than once")
    return lines


def join(
    predictions: Sequence[Line],
    references: Sequence[Line],
    *,
    task: Task,
    allow_empty: bool = False,
) -> tuple[Case, ...]:
    """Return one case per reference, in the order of the references.

    Args:
        predictions: what is scored.
        references: what it should say.
        task: what the texts are; answers may be too short to tell their language.
        allow_empty: score empty predictions (as saying nothing) instead of refusing them.

    Raises:
        InputError: other numbers of lines (`mismatched-counts`), an id without its counterpart
            (`missing-id`), patients that differ (`patient-mismatch`), a language that differs or
            that the text is not in (`language-mismatch`), several languages (`mixed-languages`),
            an empty text (`empty-text`, `empty-reference`).
    """
    said = {line.id: line for line in predictions}
    wanted = {line.id: line for line in references}
    missing = [name for name in wanted if name not in said]
    extra = [name for name in said if name not in wanted]
    if len(said) != len(wanted):
        name = repr((missing or extra)[0])
        raise InputError(
            "mismatched-counts",
            f"{len(said)} predictions for {len(wanted)} references; first without partner: {name}",
        )
    if missing:
        raise InputError(
            "missing-id", f"no prediction for {len(missing)} ids, first {missing[0]!r}"
        )
    languages = sorted({line.lang for line in references})
    if len(languages) > 1:
        raise InputError(
            "mixed-languages",
            f"references are in {' and '.join(languages)}; score one language at a time",
        )
    for line in references:
        _check_pair(line, said[line.id], allow_empty=allow_empty)
        for side in (line, said[line.id]):
            _check_language(side, answers=task == "vqa")
    return tuple(
        Case(
            id=line.id,
            patient=line.patient,
            lang=line.lang,
            prediction=said[line.id].text,
            reference=line.text,
            more=line.more,
        )
        for line in references
    )


def _line(file: str, number: int, raw: str) -> Line:
    try:
        data = json.loads(raw)
    except ValueError as fault:
        raise _bad_line(file, number, "is no JSON") from fault
    if not isinstance(data, dict):
        raise _bad_line(file, number, "is no JSON object")
    for key in ("id", "patient", "text", "lang"):
        if key not in data:
            raise _bad_line(file, number, f"has no {key!r}")
    if not isinstance(data["text"], str) or data["lang"] not in LANGUAGES:
        raise _bad_line(file, number, f"needs a text and a lang of {', '.join(LANGUAGES)}")
    if not all(isinstance(data[key], str | int) for key in ("id", "patient")):
        raise _bad_line(file, number, "needs an id and a patient that are words or numbers")
    known = {"id", "patient", "text", "lang"}
    return Line(
        id=str(data["id"]),
        patient=str(data["patient"]),
        text=data["text"],
        lang=data["lang"],
        more={key: value for key, value in data.items() if key not in known},
    )


def _bad_line(file: str, number: int, what: str) -> InputError:
    shape = '{"id", "patient", "text", "lang"}'
    return InputError("bad-evaluation-line", f"{file} line {number} {what}; expected {shape}")


def _check_pair(reference: Line, prediction: Line, *, allow_empty: bool) -> None:
    if not reference.text.strip():
        raise InputError("empty-reference", f"the reference of id {reference.id!r} is empty")
    if not prediction.text.strip() and not allow_empty:
        raise InputError(
            "empty-text",
            f"the prediction of id {reference.id!r} is empty; --allow-empty scores it as silence",
        )
    if reference.patient != prediction.patient:
        raise InputError(
            "patient-mismatch", f"id {reference.id!r} belongs to different patients in both files"
        )
    if reference.lang != prediction.lang:
        raise InputError(
            "language-mismatch",
            f"id {reference.id!r}: prediction in {prediction.lang}, reference in {reference.lang}",
        )


def _check_language(line: Line, *, answers: bool) -> None:
    """Refuse a text whose letters are another language's than it says."""
    letters = language_of(line.text)
    if letters == line.lang:
        return
    if line.lang == "vi" and (answers or len(_WORD.findall(line.text)) < _ENOUGH_WORDS):
        return
    raise InputError(
        "language-mismatch", f"id {line.id!r} says {line.lang}, but its text reads as {letters}"
    )
