"""All of a run's state on disk, whole or not at all, so that a kill at any moment costs steps only.

    CHECKPOINTS/step-00000500/state.json                 where the run stands, and of which run
                              shard-00000.safetensors    tensors, by process
                              process-00000.json         random states and its shard's digest

A checkpoint is written under a hidden name and renamed when every byte is on the disk; the last two
are kept. Reading is strict: another run's, a damaged or an incomplete checkpoint is refused by
name, never passed over. No pickle.
"""

import hashlib
import json
import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from torch import Tensor

from petscribe.core.codec import decode, encode
from petscribe.core.errors import InputError, OutputError
from petscribe.core.files import write_json
from petscribe.training.keeping.randomness import keep_randomness, restore_randomness
from petscribe.training.keeping.shards import describe_tensors, read_shards, write_shard
from petscribe.training.parallel import World

_KEPT: Final = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """Where a run stands."""

    run: Mapping[str, object]
    """What the run is: it must be the same to go on."""
    stage: int
    step: int
    """Steps done in this stage."""
    total_step: int
    position: Mapping[str, int]
    """Of the sampler: batches that each source has given."""
    optimizer_steps: Mapping[str, int]
    """Parameter -> updates so far; parameters without a gradient yet are left out."""
    processes: int
    tensors: Mapping[str, object]
    """Type and shape of each tensor."""


def save_checkpoint(
    folder: Path, progress: Progress, tensors: Mapping[str, Tensor], world: World
) -> Path:
    """Write a checkpoint and drop all but the last two; every process must take part.

    Raises:
        OutputError: the disk is full or cannot be written (code `cannot-write`); the checkpoints
            written before stay.
    """
    name = f"step-{progress.total_step:08d}"
    stage, target = folder / f".part-{name}", folder / name
    try:
        if world.leads:
            shutil.rmtree(stage, ignore_errors=True)
            stage.mkdir(parents=True)
        world.wait()
        shard = stage / f"shard-{world.rank:05d}.safetensors"
        write_shard(shard, tensors, rank=world.rank)
        _sync(shard)
        mine = {"random": keep_randomness(), "sha256": _digest(shard)}
        write_json(stage / f"process-{world.rank:05d}.json", mine)
        world.wait()
        if world.leads:
            write_json(stage / "state.json", encode(progress))
            if target.exists():
                _drop(target)
            stage.replace(target)
            _sync(folder)
            for old in list_checkpoints(folder)[:-_KEPT]:
                _drop(old)
        world.wait()
    except OSError as fault:
        _forget(stage)
        reason = os.strerror(fault.errno) if fault.errno else type(fault).__name__
        raise OutputError("cannot-write", f"cannot write {target}: {reason}") from fault
    except OutputError:
        _forget(stage)
        raise
    return target


def list_checkpoints(folder: Path) -> list[Path]:
    """Return the checkpoints of a folder, oldest first; unfinished ones have hidden names."""
    return sorted(p for p in folder.glob("step-*") if p.is_dir()) if folder.is_dir() else []


def read_progress(path: Path) -> Progress:
    """Read where a checkpoint stands.

    Raises:
        InputError: it cannot be read (code `checkpoint-truncated`).
    """
    return decode(Progress, _read_json(path / "state.json"))


def load_checkpoint(
    path: Path, progress: Progress, tensors: Mapping[str, Tensor], world: World
) -> None:
    """Fill `tensors` in place and restore the random states.

    A process that was not there when the checkpoint was written keeps its own random states.

    Raises:
        InputError: the tensors are another run's (code `checkpoint-foreign`), or files are damaged
            or missing (code `checkpoint-truncated`).
    """
    require_same(progress.tensors, describe_tensors(tensors), where=f"{path}: tensors")
    shards = [path / f"shard-{i:05d}.safetensors" for i in range(progress.processes)]
    processes = [_read_json(path / f"process-{i:05d}.json") for i in range(progress.processes)]
    for i in range(world.rank, progress.processes, world.size):
        if not shards[i].is_file() or _digest(shards[i]) != processes[i].get("sha256"):
            raise InputError(
                "checkpoint-truncated",
                f"{shards[i]} is damaged; remove its folder to go on from the checkpoint before",
            )
    world.wait()
    read_shards(shards, tensors)
    if world.rank < progress.processes:
        restore_randomness(processes[world.rank].get("random", {}))


def require_same(kept: Mapping[str, object], now: Mapping[str, object], *, where: str) -> None:
    """Refuse to go on when a checkpoint's description differs from the run's.

    Raises:
        InputError: code `checkpoint-foreign`, naming the first difference.
    """
    for name in [*now, *(k for k in kept if k not in now)]:
        old, new = kept.get(name), now.get(name)
        if old != new:
            raise InputError(
                "checkpoint-foreign",
                f"{where}: {name} is {_short(old)} in the checkpoint, {_short(new)} in this run; "
                "resume with the recipe, data and seed it was begun with, or choose another folder",
            )


def _short(value: object) -> str:
    return "absent" if value is None else json.dumps(value)[:80]


def _read_json(path: Path) -> dict[str, Any]:
    try:
        data = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as fault:
        raise InputError(
            "checkpoint-truncated", f"{path} cannot be read; remove its folder to go on before it"
        ) from fault
    if not isinstance(data, dict):
        raise InputError("checkpoint-truncated", f"{path} is no object; remove its folder")
    return data


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _drop(path: Path) -> None:
    """Remove a checkpoint: first its name, so that half of it never looks like one."""
    hidden = path.with_name(f".part-old-{path.name}")
    shutil.rmtree(hidden, ignore_errors=True)
    path.replace(hidden)
    shutil.rmtree(hidden, ignore_errors=True)


def _forget(stage: Path) -> None:
    shutil.rmtree(stage, ignore_errors=True)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
