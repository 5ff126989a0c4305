"""The main path of training: build, then stage after stage, then the trained model in a folder.

    OUT/run.json        what was run: recipe, data, seed, versions
    OUT/metrics.jsonl   one line per step
    OUT/checkpoints/    the last two states
    OUT/curves.png      the history drawn, when the run ends or is stopped
    OUT/model/          the trained model, when the run is done

The same recipe, data, seed and machine give the same model, also when the run is killed and resumed
any number of times.
"""

import hashlib
import platform
import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import nn

import petscribe
from petscribe.core.codec import encode
from petscribe.core.errors import InputError, OutputError
from petscribe.core.files import write_json
from petscribe.model.batch import Batch
from petscribe.training.feeding.feeder import Feed, Feeder, Share
from petscribe.training.feeding.sampler import Sampler
from petscribe.training.feeding.samples import Samples, check_samples
from petscribe.training.keeping.checkpoint import (
    Progress,
    list_checkpoints,
    load_checkpoint,
    read_progress,
    require_same,
    save_checkpoint,
)
from petscribe.training.keeping.curves import draw_curves
from petscribe.training.keeping.journal import Journal, read_journal
from petscribe.training.keeping.randomness import seed_everything
from petscribe.training.keeping.shards import describe_tensors
from petscribe.training.keeping.stopping import StopRequest, heed_sigterm
from petscribe.training.loop import StageState, measure_held_out, take_step
from petscribe.training.losses.contrast import Aligner
from petscribe.training.parallel import World, gather_state, join_world, recompute_blocks
from petscribe.training.stages import Recipe, Stage

Watch = Callable[[Mapping[str, Any]], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How a run ended."""

    done: bool
    """False when it was asked to stop: everything is saved, and it can be resumed."""
    total_step: int
    model: Path | None
    """Folder of the trained model, when done."""
    leads: bool = True
    """Whether this process is the one that speaks for all."""


def train(
    recipe: Recipe,
    out: Path,
    *,
    store: Path | None = None,
    device: str = "cpu",
    resume: bool = False,
    watch: Watch | None = None,
) -> Outcome:
    """Carry out a recipe, from the start or from the last checkpoint.

    Args:
        recipe: what to run; its `seed` decides every random choice.
        out: folder of the run.
        store: handed to the recipe's `samples`.
        device: `cpu`, `cuda` or `cuda:1`; under torchrun each process takes its own.
        resume: go on from the last checkpoint of `out`; from the start when there is none.
        watch: is shown every record of the history, in the first process.

    Raises:
        InputError: samples, recipe and model do not fit (codes `no-samples`, `text-too-long`,
            `bad-targets`, `no-such-parameters`, `no-such-source`), `out` holds a run already
            (`run-exists`), or its checkpoint is not of this run (`checkpoint-foreign`,
            `checkpoint-truncated`).
        OutputError: the disk is full (code `cannot-write`).
    """
    with join_world(device) as world, heed_sigterm() as request:
        run = _Run(recipe, out, store, world, request, watch)
        return run.carry_out(resume=resume)


class _Run:
    """A run in one process: what stays the same from stage to stage."""

    def __init__(  # noqa: PLR0917 - made in one place, from one call's arguments
        self,
        recipe: Recipe,
        out: Path,
        store: Path | None,
        world: World,
        request: StopRequest,
        watch: Watch | None,
    ) -> None:
        self._recipe = recipe
        self._out = out
        self._world = world
        self._request = request
        self._watch = watch
        self._checkpoints = out / "checkpoints"
        self._journal = Journal(out / "metrics.jsonl")
        self._samples = recipe.samples(store)
        _check(recipe, self._samples, world)
        self._description = _describe(recipe, self._samples)

    def carry_out(self, *, resume: bool) -> Outcome:
        """Train stage after stage."""
        resumed = self._open_folder(resume=resume)
        seed_everything(self._recipe.seed)
        model = self._recipe.build().to(self._world.device)
        if self._recipe.recompute:
            recompute_blocks(model)
        self._world.cut(model)
        done_steps = 0
        for place, stage in enumerate(self._recipe.stages):
            if resumed is None or place >= resumed[1].stage:
                state = self._start_stage(model, stage)
                if resumed is not None and place == resumed[1].stage:
                    self._restore(state, *resumed)
                if not self._run_stage(state, place, done_steps):
                    return self._end(done_steps + state.step, model=None)
                if state.average is not None:
                    state.average.become_weights()
            done_steps += stage.steps
        return self._end(done_steps, model=self._save(model))

    def _end(self, total_step: int, *, model: Path | None) -> Outcome:
        """Draw the history and say how the run ended."""
        records = read_journal(self._journal.path) if self._world.leads else []
        if records:
            draw_curves(records, self._out / "curves.png")
        return Outcome(
            done=model is not None, total_step=total_step, model=model, leads=self._world.leads
        )

    def _open_folder(self, *, resume: bool) -> tuple[Path, Progress] | None:
        """Make the run's folder, or find the checkpoint to go on from."""
        kept = list_checkpoints(self._checkpoints)
        if not resume and (kept or self._journal.path.exists()):
            raise InputError("run-exists", f"{self._out} holds a run; --resume it, or name another")
        found = (kept[-1], read_progress(kept[-1])) if kept else None
        if found is not None:
            require_same(found[1].run, self._description, where=str(found[0]))
        self._world.wait()  # until all have looked at the folder as it was
        if self._world.leads:
            try:
                self._checkpoints.mkdir(parents=True, exist_ok=True)
            except OSError as fault:
                raise OutputError("cannot-write", f"cannot write {self._out}") from fault
            for part in self._checkpoints.glob(".part-*"):
                shutil.rmtree(part, ignore_errors=True)
            write_json(self._out / "run.json", self._manifest())
            self._journal.cut(found[1].total_step if found is not None else 0)
        self._world.wait()
        return found

    def _start_stage(self, model: nn.Module, stage: Stage) -> StageState:
        """Make a stage's state; what it draws is the same in every process."""
        seed_everything(_stage_seed(self._recipe, stage))
        aligner = None
        if stage.objective.aligner is not None:
            aligner = Aligner(stage.objective.aligner).to(self._world.device)
            self._world.cut(aligner)
        state = StageState(model, aligner, stage)
        seed_everything(_stage_seed(self._recipe, stage) + self._world.rank + 1)
        return state

    def _restore(self, state: StageState, path: Path, progress: Progress) -> None:
        state.make_moments(progress.optimizer_steps)
        load_checkpoint(path, progress, state.tensors(), self._world)
        state.step = progress.step
        state.position = progress.position

    def _run_stage(self, state: StageState, place: int, done_steps: int) -> bool:
        """Run a stage to its end, or until asked to stop; tell which."""
        stage = state.stage
        sampler = self._sampler(stage.sources, stage)
        if state.position:
            sampler.go_to(state.position)
        feeder = self._feeder(sampler, stage)
        with feeder.run(self._recipe.threads) as feeds:
            while state.step < stage.steps:
                self._step(state, feeds, done_steps)
                stopping = self._world.total({"stop": float(self._request.made)})["stop"] > 0
                last = state.step == stage.steps
                if stopping or last or state.step % self._recipe.checkpoint_every == 0:
                    self._keep(state, place, done_steps)
                if stopping and not last:
                    return False
        return True

    def _step(self, state: StageState, feeds: Iterator[Feed], done_steps: int) -> None:
        """Take a step and write it down, with the held-out loss when it is due."""
        record = take_step(state, feeds, self._world)
        record = {"total_step": done_steps + state.step, **record}
        due = state.step % self._recipe.held_out_every == 0 or state.step == state.stage.steps
        if self._recipe.held_out is not None and due:
            batches = self._held_out(self._recipe.held_out, state.stage)
            record["held_out"] = measure_held_out(state, batches, self._world)
        if self._world.leads:
            self._journal.add(record)
            if self._watch is not None:
                self._watch(record)

    def _held_out(self, source: str, stage: Stage) -> Iterator[Batch]:
        """Make the same few batches each time."""
        sampler = self._sampler({source: 1.0}, stage)
        feeder = self._feeder(sampler, stage)
        for _ in range(self._recipe.held_out_batches):
            yield feeder.make(sampler.draw())

    def _sampler(self, sources: Mapping[str, float], stage: Stage) -> Sampler:
        return Sampler(
            {name: self._samples[name].lengths for name in sources},
            sources,
            batch_size=stage.batch_size,
            seed=_stage_seed(self._recipe, stage),
        )

    def _feeder(self, sampler: Sampler, stage: Stage) -> Feeder:
        return Feeder(
            self._samples,
            sampler,
            seed=_stage_seed(self._recipe, stage),
            end_token=self._recipe.end_token,
            share=Share(rank=self._world.rank, size=self._world.size),
        )

    def _keep(self, state: StageState, place: int, done_steps: int) -> None:
        tensors = state.tensors()
        progress = Progress(
            run=self._description,
            stage=place,
            step=state.step,
            total_step=done_steps + state.step,
            position=state.position,
            optimizer_steps=state.optimizer_steps(),
            processes=self._world.size,
            tensors=describe_tensors(tensors),
        )
        save_checkpoint(self._checkpoints, progress, tensors, self._world)

    def _save(self, model: nn.Module) -> Path:
        """Write the trained model: the folder appears whole, in place of an older one."""
        target, part = self._out / "model", self._out / ".part-model"
        if self._world.size > 1:
            whole = gather_state(model)
            if self._world.leads:
                model = self._recipe.build()
                model.load_state_dict(whole)
        if self._world.leads:
            shutil.rmtree(part, ignore_errors=True)
            self._recipe.save(model, part)
            shutil.rmtree(target, ignore_errors=True)
            part.replace(target)
        self._world.wait()
        return target

    def _manifest(self) -> dict[str, Any]:
        return {
            "petscribe": petscribe.__version__,
            "torch": torch.__version__,
            "python": platform.python_version(),
            "device": str(self._world.device),
            "processes": self._world.size,
            **self._description,
        }


def _check(recipe: Recipe, samples: Mapping[str, Samples], world: World) -> None:
    """Refuse sources that are missing or hold what the model cannot read."""
    names = dict.fromkeys(name for stage in recipe.stages for name in stage.sources)
    if recipe.held_out is not None:
        names[recipe.held_out] = None
    for name in names:
        if name not in samples:
            raise InputError(
                "no-such-source", f"the recipe has no source {name!r}; it has {sorted(samples)}"
            )
        check_samples(name, samples[name], max_tokens=recipe.max_tokens)
    small = min(stage.batch_size for stage in recipe.stages)
    if small < world.size:
        raise InputError("batch-too-small", f"{world.size} processes share a batch of {small}")


def _describe(recipe: Recipe, samples: Mapping[str, Samples]) -> dict[str, Any]:
    """Say what the run is; a checkpoint of another description is not gone on from."""
    used = {name for stage in recipe.stages for name in stage.sources}
    return {
        "recipe": recipe.name,
        "seed": recipe.seed,
        **{f"stage {stage.name}": encode(stage) for stage in recipe.stages},
        **{f"data {name}": samples[name].digest for name in sorted(used)},
    }


def _stage_seed(recipe: Recipe, stage: Stage) -> int:
    digest = hashlib.sha256(f"{recipe.seed}\0{stage.name}".encode()).digest()
    return int.from_bytes(digest[:4], "big")
