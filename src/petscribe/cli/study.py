"""`petscribe study`: a blinded reader study as pages, and its answers as figures."""

import json
from pathlib import Path
from typing import Any

import click

from petscribe.cli.exam_options import AS_JSON, PathArgument
from petscribe.core.errors import InputError


@click.group()
def study() -> None:
    """Let readers judge texts blindly: make worksheets, collect answers."""


@study.command()
@click.argument("cases", type=PathArgument)
@click.option("-o", "--out", type=PathArgument, required=True, help="Folder for pages and key.")
@click.option("--readers", type=click.IntRange(1, 100), default=2, show_default=True)
@click.option("--seed", type=click.IntRange(min=0), default=0, show_default=True)
@click.option("--hide-numbers", is_flag=True, help="Replace every number, so words are judged.")
def make(cases: Path, out: Path, readers: int, seed: int, hide_numbers: bool) -> None:
    """Make one page per reader from CASES (JSON Lines with id, patient, lang, images, texts)."""
    from petscribe.evaluation.study.design import make_plan, read_study
    from petscribe.evaluation.study.worksheet import write_study

    read = read_study(cases)
    plan = make_plan(read, readers=readers, seed=seed, numbers_hidden=hide_numbers)
    for path in write_study(read, plan, cases.parent, out):
        print(path)


@study.command()
@click.argument("key", type=PathArgument)
@click.argument("answers", type=PathArgument, nargs=-1, required=True)
@click.option(
    "--scores", multiple=True, metavar="SOURCE=CASES.CSV", help="Metrics to hold against readers."
)
@click.option("-o", "--out", type=PathArgument, help="File for the results (JSON).")
@AS_JSON
def collect(
    key: Path, answers: tuple[Path, ...], scores: tuple[str, ...], out: Path | None, as_json: bool
) -> None:
    """Un-blind ANSWERS with KEY: marks, agreement, preferences, errors, metric correlations."""
    from petscribe.evaluation.study.collect import collect as read_answers
    from petscribe.evaluation.study.collect import read_plan
    from petscribe.evaluation.study.results import read_scores, results

    metrics = {source: read_scores(path) for source, path in map(_scores, scores)}
    found = results(read_answers(read_plan(key), answers), scores=metrics)
    if out is not None:
        from petscribe.core.files import write_json

        write_json(out, found)
    if as_json:
        print(json.dumps(found, ensure_ascii=False, indent=2, allow_nan=False))
    else:
        _print_results(found)


def _scores(option: str) -> tuple[str, Path]:
    source, _, path = option.partition("=")
    if not source or not path:
        raise InputError("usage", f"--scores {option!r}: expected SOURCE=CASES.CSV")
    return source, Path(path)


def _print_results(found: dict[str, Any]) -> None:
    from rich import box
    from rich.console import Console
    from rich.table import Table

    console = Console()
    table = Table(box=box.SIMPLE_HEAD)
    scales = list(found["agreement"])
    for name in ("source", *scales, "preferred"):
        table.add_column(name)
    for source, marks in found["marks"].items():
        cells = [_mark(marks[scale]) for scale in scales]
        table.add_row(source, *cells, str(found["preferences"][source]))
    console.print(table)
    for scale, figures in found["agreement"].items():
        value = figures["krippendorff_alpha_ordinal"]["value"]
        console.print(f"agreement on {scale}: alpha {'-' if value is None else f'{value:.2f}'}")
    console.print(f"{found['preferences']['tie']} of {found['preferences']['n']} no preference")


def _mark(mark: dict[str, Any]) -> str:
    if mark["mean"] is None:
        return "-"
    spread = "" if mark["sd"] is None else f" +- {mark['sd']:.1f}"
    return f"{mark['mean']:.2f}{spread} (n {mark['n']})"
