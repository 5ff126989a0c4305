"""One stage, step by step: the explicit loop.

    batches -> answer -> losses -> gradients -> clip -> AdamW -> moving average -> history

Losses are sums divided by what is scored in the whole step, over micro-batches and processes, so
that neither accumulation nor the number of processes changes the loss. Everything a step needs is
in `StageState`, which is also what a checkpoint holds.
"""

import math
import time
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, nullcontext
from typing import Any, Final

import torch
from torch import Tensor, nn

from petscribe.core.errors import InputError
from petscribe.model.batch import Batch
from petscribe.training.feeding.feeder import Feed
from petscribe.training.keeping.average import WeightAverage
from petscribe.training.losses.answer import count_answer_tokens, sum_answer_nll
from petscribe.training.losses.contrast import Aligner
from petscribe.training.losses.objective import count_scored, sum_losses
from petscribe.training.parallel import World, whole_of
from petscribe.training.rates import choose_rates, cosine_share, group_parameters
from petscribe.training.stages import Stage

_MOMENTS: Final = ("exp_avg", "exp_avg_sq")


class StageState:
    """What changes while a stage runs: weights, moments, average, step, sampler position."""

    def __init__(self, model: nn.Module, aligner: Aligner | None, stage: Stage) -> None:
        """Freeze and free parameters as the stage says, and make its optimiser."""
        self.model = model
        self.aligner = aligner
        self.stage = stage
        self.step = 0
        self.position: Mapping[str, int] = {}
        named = dict(model.named_parameters())
        rates = choose_rates(named, stage.rates)
        for name, parameter in named.items():
            parameter.requires_grad_(name in rates)
        self.trained = {f"model.{name}": named[name] for name in rates}
        all_rates = {f"model.{name}": rate for name, rate in rates.items()}
        if aligner is not None and stage.objective.aligner is not None:
            for name, parameter in aligner.named_parameters():
                self.trained[f"aligner.{name}"] = parameter
                all_rates[f"aligner.{name}"] = stage.objective.aligner.rate
        groups = group_parameters(self.trained, all_rates, weight_decay=stage.weight_decay)
        self.optimizer = torch.optim.AdamW(groups, betas=stage.betas, fused=True)
        self.average = (
            WeightAverage(self.trained, decay=stage.ema_decay)
            if stage.ema_decay is not None
            else None
        )

    def tensors(self) -> dict[str, Tensor]:
        """Return every tensor of the state by name, each once, however many names it has."""
        found: dict[str, Tensor] = {}
        seen: set[int] = set()
        for part, module in (("model", self.model), ("aligner", self.aligner)):
            for name, tensor in _own_state(module).items():
                if id(tensor) not in seen:
                    seen.add(id(tensor))
                    found[f"{part}.{name}"] = tensor
        if self.average is not None:
            found |= {f"average.{name}": t for name, t in self.average.tensors.items()}
        for name, parameter in self.trained.items():
            moments = self.optimizer.state.get(parameter, {})
            found |= {f"{key}.{name}": moments[key] for key in _MOMENTS if key in moments}
        return found

    def optimizer_steps(self) -> dict[str, int]:
        """Return how often the optimiser has moved each parameter that it has moved at all."""
        state = self.optimizer.state
        return {
            name: int(state[parameter]["step"])
            for name, parameter in self.trained.items()
            if parameter in state
        }

    def make_moments(self, steps: Mapping[str, int]) -> None:
        """Make room for the optimiser's state of a checkpoint, for `tensors` to name."""
        for name, count in steps.items():
            parameter = self.trained.get(name)
            if parameter is None:
                raise InputError(
                    "checkpoint-foreign", f"the checkpoint trains {name}, this stage does not"
                )
            self.optimizer.state[parameter] = {
                "step": torch.tensor(float(count), device=parameter.device),
                **{key: torch.zeros_like(parameter, requires_grad=False) for key in _MOMENTS},
            }


def _own_state(module: nn.Module | None) -> dict[str, Tensor]:
    return {} if module is None else module.state_dict(keep_vars=True)


def take_step(state: StageState, feeds: Iterator[Feed], world: World) -> dict[str, Any]:
    """Do one step of the optimiser and return its record for the history.

    Raises:
        InputError: a loss or gradient is not finite (code `loss-not-finite`).
    """
    began = time.perf_counter()
    stage = state.stage
    rate = _set_rate(state)
    micro = [next(feeds) for _ in range(stage.accumulate)]
    here = [count_scored(feed.batch, stage.objective) for feed in micro]
    counts = world.total(_add_up(here))
    sums = dict.fromkeys(counts, 0.0)
    state.model.train()
    for feed, own in zip(micro, here, strict=True):
        divisors = {name: counts[name] for name, count in own.items() if count}
        for name, value in _learn(state, feed.batch, divisors, world).items():
            sums[name] += value
    totals = world.total(sums)
    losses = {name: totals[name] / n for name, n in counts.items() if n}
    norm = _clip(state)
    _require_finite({**losses, "gradient": norm}, state, micro)
    state.optimizer.step()
    state.optimizer.zero_grad(set_to_none=True)
    if state.average is not None:
        state.average.update(state.step)
    state.step += 1
    state.position = micro[-1].position
    weights = stage.objective.weights
    return {
        "stage": stage.name,
        "step": state.step,
        "loss": sum(weights[name] * value for name, value in losses.items()),
        **losses,
        "rate": rate,
        "gradient_norm": norm,
        **_measure_pace(micro, world, time.perf_counter() - began),
    }


def _learn(
    state: StageState, batch: Batch, divisors: Mapping[str, float], world: World
) -> dict[str, float]:
    """Add this micro-batch's gradients; return its part of each sum.

    `divisors` names the losses that this micro-batch has something to score for.
    """
    objective = state.stage.objective
    batch = batch.to(world.device)
    with cast_to(state.stage.precision, world.device):
        output = state.model(batch, want_attention=objective.wants_attention)
    parts = sum_losses(output, batch, objective, scored=divisors.keys(), aligner=state.aligner)
    # gradients are averaged over the processes, the divisors are of all of them
    shares = [
        objective.weights[name] * world.size / divisors[name] * part for name, part in parts.items()
    ]
    # every process must go backward, also one that has nothing to score
    loss = sum(shares[1:], start=shares[0]) if shares else output.visual.float().sum() * 0.0
    if loss.requires_grad:
        loss.backward()
    return {name: float(part.detach()) for name, part in parts.items()}


def cast_to(precision: str, device: torch.device) -> AbstractContextManager[Any]:
    """Return the context in which the model computes."""
    if precision == "fp32":
        return nullcontext()
    return torch.autocast(device.type, dtype=torch.bfloat16)


@torch.no_grad()
def measure_held_out(state: StageState, batches: Iterator[Batch], world: World) -> float:
    """Return the answer loss per token over some batches, with the average as weights."""
    state.model.eval()
    sums = {"answer": 0.0, "tokens": 0.0}
    with state.average.as_weights() if state.average is not None else nullcontext():
        for batch in batches:
            here = batch.to(world.device)
            with cast_to(state.stage.precision, world.device):
                output = state.model(here, want_attention=False)
            sums["answer"] += float(sum_answer_nll(output.logits, here.labels))
            sums["tokens"] += float(count_answer_tokens(here.labels))
    totals = world.total(sums)
    return totals["answer"] / max(1.0, totals["tokens"])


def _set_rate(state: StageState) -> float:
    """Set every group's rate for this step; return the first group's."""
    share = cosine_share(
        state.step,
        steps=state.stage.steps,
        warmup=state.stage.warmup_steps,
        floor=state.stage.floor_frac,
    )
    groups = state.optimizer.param_groups
    for group in groups:
        group["lr"] = group["initial_lr"] * share
    return float(groups[0]["lr"])


def _add_up(counts: list[dict[str, int]]) -> dict[str, float]:
    return {name: float(sum(c[name] for c in counts)) for name in counts[0]}


def _clip(state: StageState) -> float:
    limit = state.stage.clip_norm
    norm = nn.utils.clip_grad_norm_(state.trained.values(), math.inf if limit is None else limit)
    return float(whole_of(norm))


def _require_finite(values: Mapping[str, float], state: StageState, micro: list[Feed]) -> None:
    bad = [name for name, value in values.items() if not math.isfinite(value)]
    if bad:
        drawn = "; ".join(f"{f.draw.source} {list(f.draw.indices)[:8]}" for f in micro)
        raise InputError(
            "loss-not-finite",
            f"{bad[0]} is {values[bad[0]]} at step {state.step} of stage {state.stage.name!r}; "
            f"samples {drawn[:200]}; lower the rate or look at these samples",
        )


def _measure_pace(micro: list[Feed], world: World, seconds: float) -> dict[str, float]:
    rows = sum(len(f.batch.tokens) for f in micro) * world.size
    tokens = sum(int(f.batch.present.sum()) for f in micro) * world.size
    return {
        "seconds": round(seconds, 4),
        "rows_per_s": round(rows / seconds, 2),
        "tokens_per_s": round(tokens / seconds, 1),
    }
