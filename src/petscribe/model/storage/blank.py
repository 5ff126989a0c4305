"""A model in memory whose weights are not drawn, because they will be filled in.

Drawing four billion numbers takes minutes and, in 32 bits, twice the memory. Here what would be
drawn is zero and tensors are made in the wanted precision; what is computed rather than drawn
(rotary frequencies, norms of one, gates of zero) is as always.

Knows no files. Fill every weight (`model.checkpoint.fill`): a model of zeros says nothing.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import torch
from torch.overrides import TorchFunctionMode

from petscribe.model.vlm import PetVlm, VLMConfig

_DRAWS = frozenset({torch.Tensor.normal_, torch.Tensor.uniform_})


class _Undrawn(TorchFunctionMode):
    """Random numbers are zeros, so that an initialiser that redraws what is too far ends."""

    def __torch_function__(
        self,
        func: Callable[..., Any],
        types: Any,  # noqa: ANN401 - torch's signature
        args: tuple[Any, ...] = (),
        kwargs: Mapping[str, Any] | None = None,
    ) -> Any:  # noqa: ANN401 - whatever torch returns
        if func in _DRAWS:
            return args[0].detach().zero_()
        return func(*args, **(kwargs or {}))


def blank_model(config: VLMConfig, dtype: torch.dtype = torch.float32) -> PetVlm:
    """Return a model whose weights are to be filled."""
    with _precision(dtype), _Undrawn():
        return PetVlm(config)


def parameter_count(config: VLMConfig) -> int:
    """Return how many weights a configuration has, without making any."""
    with torch.device("meta"):
        return sum(parameter.numel() for parameter in PetVlm(config).parameters())


@contextmanager
def _precision(dtype: torch.dtype) -> Iterator[None]:
    before = torch.get_default_dtype()
    torch.set_default_dtype(dtype)
    try:
        yield
    finally:
        torch.set_default_dtype(before)
