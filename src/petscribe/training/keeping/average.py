"""A moving average of the weights: smoother than the last step's, and what a stage hands on.

    average <- decay_t average + (1 - decay_t) weight,   decay_t = min(decay, (1 + t) / (10 + t))

The early decay is small, so that the random start is soon forgotten. Averages are kept in single
precision, also of weights that are not: a small share of a difference would be rounded away.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import torch
from torch import Tensor


class WeightAverage:
    """Follows some parameters by name; works on whole tensors and on shards alike."""

    def __init__(self, parameters: Mapping[str, Tensor], *, decay: float) -> None:
        """Start at the parameters as they are."""
        self._parameters = parameters
        self._decay = decay
        self.tensors = {name: p.detach().float().clone() for name, p in parameters.items()}

    @torch.no_grad()
    def update(self, step: int) -> None:
        """Move towards the parameters after step `step` (0, 1, ...)."""
        share = 1 - min(self._decay, (1 + step) / (10 + step))
        for name, parameter in self._parameters.items():
            self.tensors[name].lerp_(parameter.detach().float(), share)

    @torch.no_grad()
    def become_weights(self) -> None:
        """Set the parameters to their averages."""
        for name, parameter in self._parameters.items():
            parameter.copy_(self.tensors[name])

    @contextmanager
    def as_weights(self) -> Iterator[None]:
        """Lend the averages to the model for as long as the block lasts."""
        kept = {name: p.detach().clone() for name, p in self._parameters.items()}
        self.become_weights()
        try:
            yield
        finally:
            with torch.no_grad():
                for name, parameter in self._parameters.items():
                    parameter.copy_(kept[name])
