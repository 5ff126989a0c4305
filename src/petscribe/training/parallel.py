"""Several processes, one model: who is here, and how the model is cut between them.

`torchrun` starts the processes and tells torch who they are; one process without it is a world of
one, which touches nothing of torch.distributed. The model is cut with FSDP2: each block of its
module lists by itself, the rest together, so that only one block is whole at a time.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from typing import Any

import torch
import torch.distributed as dist
from torch import Tensor, nn
from torch.distributed.device_mesh import DeviceMesh, init_device_mesh
from torch.distributed.fsdp import fully_shard
from torch.distributed.tensor import DTensor
from torch.utils.checkpoint import checkpoint


class World:
    """The processes of a run, seen from one of them."""

    def __init__(self, device: torch.device, mesh: DeviceMesh | None = None) -> None:
        """Describe this process; without a mesh it is alone."""
        self.device = device
        self.mesh = mesh
        self.rank = mesh.get_rank() if mesh is not None else 0
        self.size = int(mesh.size()) if mesh is not None else 1

    @property
    def leads(self) -> bool:
        """Whether this process writes what only one must write."""
        return self.rank == 0

    def total(self, numbers: Mapping[str, float]) -> dict[str, float]:
        """Return each number summed over the processes; all must name the same."""
        if self.mesh is None or not numbers:
            return dict(numbers)
        packed = torch.tensor(
            [numbers[n] for n in sorted(numbers)], dtype=torch.float64, device=self.device
        )
        dist.all_reduce(packed)
        return dict(zip(sorted(numbers), packed.tolist(), strict=True))

    def wait(self) -> None:
        """Return when every process has come here."""
        if self.mesh is not None:
            dist.barrier()

    def cut(self, model: nn.Module) -> None:
        """Share the model's parameters between the processes."""
        if self.mesh is None:
            return
        for block in find_blocks(model):
            fully_shard(block, mesh=self.mesh)
        fully_shard(model, mesh=self.mesh)


@contextmanager
def join_world(device: str) -> Iterator[World]:
    """Yield the world that `torchrun` started this process in, or one of this process alone."""
    if not dist.is_torchelastic_launched():
        yield World(torch.device(device))
        return
    kind = torch.device(device).type
    dist.init_process_group("nccl" if kind == "cuda" else "gloo")
    try:
        here = torch.device(kind)
        if kind == "cuda":
            here = torch.device(kind, dist.get_node_local_rank())
            torch.cuda.set_device(here)
        yield World(here, init_device_mesh(kind, (dist.get_world_size(),)))
    finally:
        dist.destroy_process_group()


def find_blocks(model: nn.Module) -> list[nn.Module]:
    """Return the outermost members of the model's module lists that hold parameters."""
    blocks: list[nn.Module] = []

    def search(module: nn.Module) -> None:
        for child in module.children():
            if isinstance(module, nn.ModuleList) and next(child.parameters(), None) is not None:
                blocks.append(child)
            else:
                search(child)

    search(model)
    return blocks


def recompute_blocks(model: nn.Module) -> None:
    """Have every block forget its activations and compute them again in the backward pass."""
    for block in find_blocks(model):
        # an attribute of the instance: names of modules and parameters stay as they are
        object.__setattr__(
            block, "forward", partial(checkpoint, block.forward, use_reentrant=False)
        )


def local_of(tensor: Tensor) -> Tensor:
    """Return this process's part of a tensor."""
    return tensor.to_local() if isinstance(tensor, DTensor) else tensor


def whole_of(tensor: Tensor) -> Tensor:
    """Return the whole tensor; every process must ask."""
    return tensor.full_tensor() if isinstance(tensor, DTensor) else tensor


def gather_state(model: nn.Module) -> dict[str, Any]:
    """Return the model's whole state, whoever holds the parts; every process must ask."""
    return {name: whole_of(value).cpu() for name, value in model.state_dict().items()}
