"""Tensors by name in safetensors files, one per process; read back by any number of processes.

A process writes the rows it holds. The header of its file says, for each tensor, at which row they
begin, so that another world reads exactly the rows it needs, from whichever files hold them.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor
from torch.distributed.tensor import DTensor, Shard

from petscribe.core.errors import InputError, OutputError


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rows:
    """The rows of a tensor that one process holds; a scalar is one row without an axis."""

    tensor: Tensor
    first: int
    shape: tuple[int, ...]
    """Of the whole tensor."""


def describe_tensors(tensors: Mapping[str, Tensor]) -> dict[str, list[Any]]:
    """Return type and whole shape of each tensor, in JSON's terms."""
    return {
        name: [str(t.dtype).removeprefix("torch."), list(t.shape)] for name, t in tensors.items()
    }


def write_shard(path: Path, tensors: Mapping[str, Tensor], *, rank: int) -> None:
    """Write this process's rows; tensors that every process holds whole are written by the first.

    Raises:
        OutputError: the disk is full or cannot be written (code `cannot-write`).
    """
    held = {name: _rows_of(tensor) for name, tensor in tensors.items()}
    mine = {
        name: rows for name, rows in held.items() if isinstance(tensors[name], DTensor) or rank == 0
    }
    firsts = {name: rows.first for name, rows in mine.items()}
    try:
        save_file(
            {name: rows.tensor.detach().cpu().contiguous() for name, rows in mine.items()},
            path,
            metadata={"first_rows": json.dumps(firsts)},
        )
    except (OSError, SafetensorError) as fault:
        reason = str(fault).splitlines()[0][:120]
        raise OutputError("cannot-write", f"cannot write {path}: {reason}") from fault


def read_shards(paths: list[Path], tensors: Mapping[str, Tensor]) -> None:
    """Fill `tensors` in place with their rows from the files, whoever wrote them.

    Raises:
        InputError: a file is damaged, or rows are missing (code `checkpoint-truncated`).
    """
    wanted = {name: _rows_of(tensor) for name, tensor in tensors.items()}
    filled = dict.fromkeys(wanted, 0)
    for path in paths:
        try:
            with safe_open(path, framework="pt") as file:
                firsts = json.loads((file.metadata() or {})["first_rows"])
                for name in firsts.keys() & wanted.keys():
                    filled[name] += _copy_rows(file, name, firsts[name], wanted[name])
        except (OSError, SafetensorError, KeyError, ValueError, RuntimeError) as fault:
            raise InputError(
                "checkpoint-truncated", f"{path} is damaged; remove its folder to go on before it"
            ) from fault
    for name, rows in wanted.items():
        if filled[name] != _row_count(rows.tensor):
            raise InputError(
                "checkpoint-truncated",
                f"{paths[0].parent if paths else 'no files'}: rows of {name} are missing",
            )


@torch.no_grad()
def _copy_rows(file: safe_open, name: str, stored_first: int, wanted: _Rows) -> int:
    """Copy what a file holds of the wanted rows; return how many rows that was."""
    if not wanted.shape:
        wanted.tensor.copy_(file.get_tensor(name))  # type: ignore[no-untyped-call]
        return 1
    stored = file.get_slice(name)  # type: ignore[no-untyped-call]
    stored_end = stored_first + stored.get_shape()[0]
    first = max(stored_first, wanted.first)
    end = min(stored_end, wanted.first + len(wanted.tensor))
    if first >= end:
        return 0
    rows = stored[first - stored_first : end - stored_first]
    wanted.tensor[first - wanted.first : end - wanted.first].copy_(rows)
    return end - first


def _rows_of(tensor: Tensor) -> _Rows:
    """Return the rows held here; FSDP cuts the first axis into equal chunks, the last shorter."""
    shape = tuple(tensor.shape)
    if not isinstance(tensor, DTensor):
        return _Rows(tensor=tensor.detach(), first=0, shape=shape)
    if tuple(tensor.placements) != (Shard(0),):
        raise ValueError(f"a tensor is cut as {tensor.placements}, not along its first axis")
    chunk = -(-shape[0] // tensor.device_mesh.size())
    first = min(tensor.device_mesh.get_local_rank() * chunk, shape[0])
    return _Rows(tensor=tensor.to_local().detach(), first=first, shape=shape)


def _row_count(tensor: Tensor) -> int:
    return len(tensor) if tensor.ndim else 1
