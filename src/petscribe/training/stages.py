"""A training run as data: a model, samples, and the stages that one after another shape it.

Knows what a run is made of; `run` carries it out. The usual order of stages is alignment (lesion
with text), projector, mask embedding, then everything or LoRA (PETAR's three, with ViPET's first).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from torch import nn

from petscribe.training.feeding.samples import Samples
from petscribe.training.losses.objective import Objective


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """So many steps on some sources, with some parameters learning towards one objective."""

    name: str
    steps: int
    """Steps of the optimiser."""
    batch_size: int
    """Samples per micro-batch, over all processes."""
    sources: Mapping[str, float]
    """Source name -> weight with which its batches are drawn."""
    rates: Mapping[str, float]
    """Pattern of parameter names -> full learning rate; the rest of the model is frozen."""
    objective: Objective = field(default_factory=Objective)
    accumulate: int = 1
    """Micro-batches per step."""
    warmup_steps: int = 0
    floor_frac: float = 0.0
    """Share of the full rate at the last step."""
    weight_decay: float = 0.0
    betas: tuple[float, float] = (0.9, 0.999)
    clip_norm: float | None = 1.0
    ema_decay: float | None = None
    """Decay of the moving average that becomes the model at the stage's end; None: no average."""
    precision: Literal["fp32", "bf16"] = "fp32"

    def __post_init__(self) -> None:
        """Refuse a stage that cannot be run."""
        if not self.name or min(self.steps, self.batch_size, self.accumulate) < 1:
            raise ValueError(f"stage {self.name!r}: steps, batch_size and accumulate start at 1")
        if not 0 <= self.warmup_steps <= self.steps:
            raise ValueError(f"stage {self.name!r}: warm-up is longer than the stage")
        if not self.rates or min(self.rates.values()) <= 0:
            raise ValueError(f"stage {self.name!r}: rates name what learns, each above 0")
        if self.ema_decay is not None and not 0 < self.ema_decay < 1:
            raise ValueError(f"stage {self.name!r}: ema_decay {self.ema_decay} is not in (0, 1)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """A whole run. Functions are called late: reading a recipe builds and reads nothing."""

    name: str
    stages: tuple[Stage, ...]
    build: Callable[[], nn.Module]
    """Makes the model; torch's random state is seeded before the call."""
    samples: Callable[[Path | None], Mapping[str, Samples]]
    """Opens the sources by name; is given the folder of `--store`."""
    save: Callable[[nn.Module, Path], None]
    """Writes the trained model to a folder (`model.checkpoint`)."""
    seed: int = 0
    end_token: int | None = None
    """Token that ends every answer; checked to be supervised. None: not checked."""
    max_tokens: int | None = None
    """Longest row that the model reads."""
    checkpoint_every: int = 500
    """Steps between checkpoints."""
    held_out: str | None = None
    """Name of a source that is never trained on, whose answer loss is followed."""
    held_out_every: int = 500
    held_out_batches: int = 8
    threads: int = 1
    """Batches that are made ahead of time."""
    recompute: bool = False
    """Recompute activations in the backward pass instead of keeping them."""

    def __post_init__(self) -> None:
        """Refuse a recipe that cannot be run."""
        names = [stage.name for stage in self.stages]
        if not names or len(set(names)) != len(names):
            raise ValueError(f"recipe {self.name!r}: stages {names} must be some, each named once")
        if min(self.checkpoint_every, self.held_out_every, self.held_out_batches) < 1:
            raise ValueError(f"recipe {self.name!r}: intervals and held_out_batches start at 1")
        if self.threads < 1:
            raise ValueError(f"recipe {self.name!r}: threads start at 1")
        if any(self.held_out in stage.sources for stage in self.stages):
            raise ValueError(f"recipe {self.name!r}: {self.held_out!r} is held out and trained on")
