"""`petscribe train`: carry out a training recipe.

A recipe is a function `recipe()` that returns a `training.stages.Recipe`: either a module of
`petscribe.recipes`, by name, or a Python file of the user's, by path. Only a file that the user
names is run; weights and stores never are.
"""

import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from petscribe.core.errors import InputError

if TYPE_CHECKING:
    from petscribe.training.run import Outcome
    from petscribe.training.stages import Recipe

_PROBLEM = 1


@click.command()
@click.argument("recipe")
@click.option(
    "-o", "--out", type=click.Path(path_type=Path), required=True, help="Folder of the run."
)
@click.option("--store", type=click.Path(path_type=Path), help="Case store to train on.")
@click.option("--device", default="cpu", show_default=True, help="cpu, cuda or cuda:N.")
@click.option("--seed", type=click.IntRange(min=0), help="In place of the recipe's own.")
@click.option("--resume", is_flag=True, help="Go on from OUT's last checkpoint.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON on stdout.")
def train(
    recipe: str,
    out: Path,
    store: Path | None,
    device: str,
    seed: int | None,
    resume: bool,
    as_json: bool,
) -> None:
    """Train a model as RECIPE (a name, or a Python file with `recipe()`) says.

    SIGTERM saves and stops (exit code 1); --resume goes on as if nothing had happened. Start it
    with torchrun for several GPUs or nodes.
    """
    if store is not None and not store.exists():
        raise InputError("not-found", f"there is no store {store}")
    _require_device(device)
    plan = find_recipe(recipe)
    if seed is not None:
        plan = replace(plan, seed=seed)
    from petscribe.training.run import train as carry_out

    with _watching(plan) as watch:
        outcome = carry_out(plan, out, store=store, device=device, resume=resume, watch=watch)
    if outcome.leads:
        _say(outcome, as_json=as_json)
    if not outcome.done:
        sys.exit(_PROBLEM)


def _say(outcome: "Outcome", *, as_json: bool) -> None:
    """Print how the run ended; of several processes only one does."""
    import json

    if as_json:
        model = str(outcome.model) if outcome.model is not None else None
        ended = {"done": outcome.done, "total_step": outcome.total_step, "model": model}
        print(json.dumps(ended, indent=2))
    elif outcome.done:
        print(outcome.model)
    if not outcome.done:
        ended_at = f"stopped at step {outcome.total_step}, all saved"
        print(f"petscribe: warning: {ended_at}; --resume goes on", file=sys.stderr)


def find_recipe(name: str) -> "Recipe":
    """Return the recipe of a name or of a Python file.

    Raises:
        InputError: there is none of that name, or the file holds none (code `no-such-recipe`).
    """
    make = _from_file(Path(name)) if name.endswith(".py") else _from_name(name)
    from petscribe.training.stages import Recipe

    made = make()
    if not isinstance(made, Recipe):
        raise InputError(
            "no-such-recipe", f"recipe() of {name} gives {type(made).__name__}, not a Recipe"
        )
    return made


def _from_name(name: str) -> Callable[[], Any]:
    import importlib.util
    import pkgutil

    spec = importlib.util.find_spec("petscribe.recipes")
    places = list(spec.submodule_search_locations or []) if spec is not None else []
    known = sorted(m.name for m in pkgutil.iter_modules(places))
    if name not in known:
        raise InputError(
            "no-such-recipe", f"no recipe {name!r}; there are {', '.join(known) or 'none'}"
        )
    return _function_of(importlib.import_module(f"petscribe.recipes.{name}"), name)


def _from_file(path: Path) -> Callable[[], Any]:
    import importlib.util

    if not path.is_file():
        raise InputError("not-found", f"there is no recipe file {path}")
    spec = importlib.util.spec_from_file_location(path.stem, path)
    if spec is None or spec.loader is None:
        raise InputError("no-such-recipe", f"{path} is no Python file")
    module = importlib.util.module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
    except (SyntaxError, ImportError) as fault:
        raise InputError("no-such-recipe", f"{path} cannot be imported: {fault}") from fault
    return _function_of(module, str(path))


def _function_of(module: object, name: str) -> Callable[[], Any]:
    make = getattr(module, "recipe", None)
    if not callable(make):
        raise InputError("no-such-recipe", f"{name} has no function recipe()")
    return make


def _require_device(device: str) -> None:
    import torch

    try:
        kind = torch.device(device).type
    except RuntimeError as fault:
        raise InputError("no-such-device", f"{device!r} is no device; use cpu or cuda") from fault
    if kind not in {"cpu", "cuda"} or (kind == "cuda" and not torch.cuda.is_available()):
        raise InputError("no-such-device", f"there is no {device} here; use --device cpu")


@contextmanager
def _watching(plan: "Recipe") -> Iterator[Callable[[Mapping[str, Any]], None]]:
    """Show step, loss and pace on a terminal; elsewhere stay silent."""
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True)) as progress:
        task = progress.add_task(plan.name, total=sum(stage.steps for stage in plan.stages))

        def show(record: Mapping[str, Any]) -> None:
            words = f"{record['stage']}: loss {record['loss']:.4f}, {record['rows_per_s']}/s"
            progress.update(task, completed=record["total_step"], description=words)

        yield show
