"""Which parameters of a model learn, and how fast at each step.

Parameters are chosen by shell patterns over their names (`projector.*`). A pattern that chooses
nothing is a mistake in the recipe, never passed over; everything that no pattern names is frozen.
"""

import math
from collections.abc import Iterable, Mapping
from fnmatch import fnmatchcase
from typing import Any

from torch import nn

from petscribe.core.errors import InputError


def cosine_share(step: int, *, steps: int, warmup: int, floor: float = 0.0) -> float:
    """Return the share of the full rate at `step`: a line up, then half a cosine down to `floor`.

    share = (step + 1) / warmup                                     while step < warmup
    share = floor + (1 - floor) * (1 + cos(pi * progress)) / 2      after it
    """
    if step < warmup:
        return (step + 1) / warmup
    progress = (step - warmup) / max(1, steps - warmup)
    return floor + (1 - floor) * (1 + math.cos(math.pi * min(1.0, progress))) / 2


def choose_rates(names: Iterable[str], rates: Mapping[str, float]) -> dict[str, float]:
    """Return the learning rate of every parameter that a pattern names; the first pattern counts.

    Raises:
        InputError: a pattern that names no parameter of its own (code `no-such-parameters`).
    """
    chosen: dict[str, float] = {}
    used: set[str] = set()
    for name in names:
        pattern = next((p for p in rates if fnmatchcase(name, p)), None)
        if pattern is not None:
            chosen[name] = rates[pattern]
            used.add(pattern)
    idle = [pattern for pattern in rates if pattern not in used]
    if idle:
        raise InputError(
            "no-such-parameters",
            f"pattern {idle[0]!r} of the stage names no parameter of the model that an earlier "
            "pattern has not taken",
        )
    return chosen


def group_parameters(
    parameters: Mapping[str, nn.Parameter], rates: Mapping[str, float], *, weight_decay: float
) -> list[dict[str, Any]]:
    """Return the optimiser's groups; vectors and scalars (norms, biases, gates) never decay.

    `initial_lr` keeps each group's full rate: `lr` is set at every step.
    """
    groups: dict[tuple[float, float], list[nn.Parameter]] = {}
    for name, rate in rates.items():
        parameter = parameters[name]
        decay = weight_decay if parameter.ndim >= 2 else 0.0
        groups.setdefault((rate, decay), []).append(parameter)
    return [
        {"params": params, "lr": rate, "initial_lr": rate, "weight_decay": decay}
        for (rate, decay), params in groups.items()
    ]
