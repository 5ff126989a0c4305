"""`petscribe evaluate`: predictions against references, with floors and intervals."""

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from petscribe.cli.exam_options import AS_JSON, PathArgument

if TYPE_CHECKING:
    from petscribe.evaluation.run.cases import Task


@click.command()
@click.argument("predictions", type=PathArgument)
@click.argument("references", type=PathArgument)
@click.option(
    "--task",
    type=click.Choice(["finding", "report", "vqa"]),
    required=True,
    help="What the texts are.",
)
@click.option("-o", "--out", type=PathArgument, help="Folder for table, summary and HTML page.")
@click.option("--train", type=PathArgument, help="References of other patients, for the floors.")
@click.option("--resamples", type=click.IntRange(min=1), default=1000, show_default=True)
@click.option("--seed", type=click.IntRange(min=0), default=0, show_default=True)
@click.option("--workers", type=click.IntRange(min=1), default=1, show_default=True)
@click.option("--cache", type=PathArgument, help="Folder of finished parts; a rerun goes on there.")
@click.option("--allow-empty", is_flag=True, help="Score empty predictions as saying nothing.")
@AS_JSON
def evaluate(
    predictions: Path,
    references: Path,
    task: "Task",
    out: Path | None,
    train: Path | None,
    allow_empty: bool,
    as_json: bool,
    **how: Any,
) -> None:
    """Score PREDICTIONS against REFERENCES (JSON Lines with id, patient, text, lang)."""
    from petscribe.evaluation.run.cases import join, read_lines
    from petscribe.evaluation.run.evaluate import Settings
    from petscribe.evaluation.run.evaluate import evaluate as score

    settings = Settings(
        task=task,
        resamples=how["resamples"],
        seed=how["seed"],
        workers=how["workers"],
        memory=how["cache"],
    )
    cases = join(
        read_lines(predictions), read_lines(references), task=task, allow_empty=allow_empty
    )
    known = None if train is None else read_lines(train)
    with _progress() as say:
        evaluation = score(cases, settings, train=known, say=say)
    summary = evaluation.to_dict()
    inputs = {"predictions": predictions, "references": references}
    if train is not None:
        inputs["train"] = train
    if out is not None:
        from petscribe.evaluation.run.outputs import write_evaluation

        written = write_evaluation(evaluation, out, inputs=inputs)
        if not as_json:
            for path in written:
                print(path)
    if as_json:
        print(json.dumps(summary, ensure_ascii=False, indent=2, allow_nan=False))
    else:
        _print_scores(summary)


def _print_scores(summary: dict[str, Any]) -> None:
    from rich import box
    from rich.console import Console
    from rich.table import Table

    floors = {name: x for name, x in summary["floors"].items() if "absent" not in x}
    table = Table(box=box.SIMPLE_HEAD)
    table.add_column("score", no_wrap=True)
    for name in ("value", "95 % interval", *floors):
        table.add_column(name.replace("_", " "), justify="right", no_wrap=name == "95 % interval")
    for group in ("clinical", "text", "vqa"):
        for name, value in summary.get(group, {}).items():
            if isinstance(value, float):
                table.add_row(*_cells(summary, floors, group, name))
    console = Console()
    console.print(table)
    errors = {k: v for k, v in summary["critical_errors"].items() if v}
    shown = ", ".join(f"{name} {count}" for name, count in errors.items()) or "none"
    console.print(f"{summary['n']} cases, {summary['patients']} patients; critical errors: {shown}")


def _cells(
    summary: dict[str, Any], floors: dict[str, Any], group: str, name: str
) -> tuple[str, ...]:
    interval = summary["intervals"].get(name, {})
    low, high = interval.get("low"), interval.get("high")
    spread = "" if low is None else f"{low:.3f}-{high:.3f}"
    values = [x.get(group, {}).get(name) for x in floors.values()]
    return (
        name,
        f"{summary[group][name]:.3f}",
        spread,
        *("-" if value is None else f"{value:.3f}" for value in values),
    )


@contextmanager
def _progress() -> Iterator[Callable[[str], None]]:
    """Show the steps of a run on a terminal; elsewhere stay silent."""
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    from rich.console import Console

    with Console(stderr=True).status("evaluate") as status:
        yield lambda step: status.update(f"evaluate: {step}")
