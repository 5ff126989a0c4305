"""Class-balanced focal loss of the slot heads (side, region, organ, level, uptake, type).

    weight of class c = (1 - beta) / (1 - beta ** count_c), scaled to mean 1 over the samples
    loss = weight_c * (1 - p_c) ** gamma * -log p_c

Sources: focal loss, Lin et al. 2017; effective number of samples, Cui et al. 2019.
"""

from collections.abc import Mapping, Sequence

import torch
from jaxtyping import Float, Int
from torch import Tensor
from torch.nn.functional import log_softmax

from petscribe.model.batch import IGNORED


def balance_classes(counts: Sequence[int], *, beta: float = 0.999) -> tuple[float, ...]:
    """Return the weight of each class from how often it occurs; a class never seen weighs 0."""
    if min(counts, default=0) < 0 or sum(counts) == 0:
        raise ValueError(f"class counts {list(counts)} hold a negative, or nothing at all")
    raw = [(1 - beta) / (1 - beta**n) if n else 0.0 for n in counts]
    mean = sum(w * n for w, n in zip(raw, counts, strict=True)) / sum(counts)
    return tuple(w / mean for w in raw)


def sum_focal_loss(
    logits: Float[Tensor, "n classes"],
    targets: Int[Tensor, " n"],
    *,
    weights: Sequence[float] | None = None,
    gamma: float = 2.0,
) -> Float[Tensor, ""]:
    """Return the summed focal loss of the known targets; `IGNORED` ones cost nothing."""
    known = targets != IGNORED
    chosen = targets[known]
    log_p = log_softmax(logits[known].float(), dim=-1).gather(1, chosen[:, None])[:, 0]
    loss = -((1 - log_p.exp()) ** gamma) * log_p
    if weights is not None:
        loss = loss * torch.tensor(weights, device=loss.device)[chosen]
    return loss.sum()


def count_known(targets: Mapping[str, Int[Tensor, " n"]]) -> int:
    """Return how many targets of all heads are known."""
    return sum(int(torch.count_nonzero(target != IGNORED)) for target in targets.values())
