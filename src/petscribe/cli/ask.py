"""`petscribe ask EXAM QUESTION`: one question about an exam, answered from what was measured.

Knows options and printing; the main path is `petscribe.asking`.
"""

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from petscribe.cli.exam_options import (
    AS_JSON,
    EXAM_OPTIONS,
    MASK_OPTIONS,
    ExamInput,
    PathArgument,
    with_exam,
)
from petscribe.cli.model_option import MODEL, load_model
from petscribe.core.errors import InputError

if TYPE_CHECKING:
    from petscribe.core.answer import Answer


@click.command()
@EXAM_OPTIONS
@click.argument("question", required=False)
@MASK_OPTIONS
@click.option("--measured", type=PathArgument, help="A file of `measure --json`, not an exam.")
@click.option("--lang", type=click.Choice(["en", "vi"]), help="Language; the question's if not.")
@MODEL
@AS_JSON
@with_exam
def ask(
    where: ExamInput,
    question: str | None,
    measured: Path | None,
    lang: str | None,
    model: str,
    as_json: bool,
) -> None:
    """Answer QUESTION about EXAM from its measurements, in English or Vietnamese."""
    where, question = _question(where, question, without_exam=measured is not None)
    if measured is not None:
        answer = _from_table(where, measured, question, lang)
    else:
        answer = _from_exam(where, question, lang, model)
    if as_json:
        print(json.dumps(answer.to_dict(), ensure_ascii=False, indent=2, allow_nan=False))
    else:
        print(answer.answer)


def _question(
    where: ExamInput, question: str | None, *, without_exam: bool
) -> tuple[ExamInput, str]:
    """Return the exam and the question; with --pet or --measured the one argument is the latter."""
    from dataclasses import replace

    if question is None and where.exam is not None and (without_exam or where.pet is not None):
        where, question = replace(where, exam=None), str(where.exam)
    if question is None or not question.strip():
        raise InputError("no-question", "give the question after the exam, in quotation marks")
    return where, question


def _from_table(where: ExamInput, measured: Path, question: str, lang: str | None) -> "Answer":
    from petscribe.asking import ask_table
    from petscribe.pipeline import read_measured

    if where.exam is not None or where.pet is not None:
        raise InputError("option-mismatch", "give --measured or an exam, not both")
    return ask_table(read_measured(measured), question, lang)


def _from_exam(where: ExamInput, question: str, lang: str | None, model: str) -> "Answer":
    from petscribe.asking import ask_exam
    from petscribe.pipeline import measure_exam

    describer = load_model(model)
    exam, mask = where.read()
    reading = measure_exam(exam, mask, organs=where.read_organs(exam))
    for warning in reading.measured.warnings:
        print(f"petscribe: warning: {warning}", file=sys.stderr)
    return ask_exam(reading, question, lang, describer=describer, outlined=mask is not None)
