"""The second opinion: classes read directly from a lesion's tokens.

Side, region, organ, level, uptake and type are predicted without a word being written, so that they
can be held against the localiser and against the text. The lists of classes are the closed lists of
the finding schema and of `terms`.

Knows vectors and class names.
"""

from collections.abc import Mapping
from functools import cache
from typing import Final, get_args

import torch
from jaxtyping import Bool, Float
from torch import Tensor, nn
from torch.nn import functional

from petscribe.core.finding import FindingType, Uptake
from petscribe.terms.anatomy import ORGANS, REGIONS

VERTEBRAE: Final[tuple[str, ...]] = (
    *(f"C{n}" for n in range(1, 8)),
    *(f"T{n}" for n in range(1, 13)),
    *(f"L{n}" for n in range(1, 6)),
    "S1",
)
CLASSES: Final[Mapping[str, tuple[str, ...]]] = {
    "side": ("left", "right", "midline"),
    "region": REGIONS,
    "organ": tuple(dict.fromkeys(organ.base for organ in ORGANS.values())),
    "level": VERTEBRAE,
    "uptake": get_args(Uptake),
    "type": get_args(FindingType),
}
"""Classes of each head, in the order of its outputs."""


NOT_OF_LESIONS: Final[Mapping[str, tuple[str, ...]]] = {
    "uptake": ("physiologic", "none", "decreased"),
    "type": ("uptake",),
}
"""Classes that are not said of what is known to be a lesion with uptake."""


def likeliest(
    scores: Mapping[str, Float[Tensor, "n classes"]], *, lesions: bool = False
) -> list[dict[str, str]]:
    """Return the class of every head for each mask; organ and region are chosen together.

    Args:
        scores: of every head.
        lesions: the masks are known to be lesions: what is never said of one is left out.

    An organ lies in one region: the pair with the highest product of probabilities is taken, so
    that the two never contradict each other.
    """
    if lesions:
        scores = {name: _of_lesions(name, values) for name, values in scores.items()}
    chosen = {
        name: [CLASSES[name][place] for place in values.argmax(dim=1).tolist()]
        for name, values in scores.items()
    }
    if "region" in scores and "organ" in scores:
        logs = [scores[name].float().log_softmax(dim=1) for name in ("region", "organ")]
        fits = _organs_of_regions().to(logs[0].device)
        joint = logs[0][:, :, None] + logs[1][:, None, :]
        best = joint.masked_fill(~fits, -torch.inf).flatten(1).argmax(dim=1)
        organs = len(CLASSES["organ"])
        chosen["region"] = [CLASSES["region"][k // organs] for k in best.tolist()]
        chosen["organ"] = [CLASSES["organ"][k % organs] for k in best.tolist()]
    count = len(next(iter(chosen.values()), []))
    return [{name: values[k] for name, values in chosen.items()} for k in range(count)]


def _of_lesions(name: str, scores: Float[Tensor, "n classes"]) -> Float[Tensor, "n classes"]:
    barred = [CLASSES[name].index(value) for value in NOT_OF_LESIONS.get(name, ())]
    if not barred:
        return scores
    left = scores.clone()
    left[:, barred] = -torch.inf
    return left


@cache
def _organs_of_regions() -> Bool[Tensor, "regions organs"]:
    fits = torch.zeros(len(CLASSES["region"]), len(CLASSES["organ"]), dtype=torch.bool)
    for organ in ORGANS.values():
        fits[CLASSES["region"].index(organ.region), CLASSES["organ"].index(organ.base)] = True
    return fits


class Heads(nn.Module):
    """Lesion tokens and facts to class scores."""

    def __init__(self, width: int, facts: int, hidden: int, names: tuple[str, ...]) -> None:
        """Make the shared layer and one linear layer per head.

        Raises:
            ValueError: a head that has no list of classes.
        """
        super().__init__()
        unknown = sorted(set(names) - set(CLASSES))
        if unknown:
            raise ValueError(f"no classes are known for the head {unknown[0]!r}")
        self.facts = facts
        self.shared = nn.Linear(2 * width + facts, hidden)
        self.names = names
        self.outputs = nn.ModuleList(nn.Linear(hidden, len(CLASSES[n])) for n in names)

    def forward(
        self,
        tokens: Float[Tensor, "n N D"],
        occupancy: Float[Tensor, "n N"],
        facts: Float[Tensor, "n f"],
    ) -> tuple[Tensor, dict[str, Tensor]]:
        """Return the pooled vector of each lesion and the scores of each head.

        The tokens are averaged twice: over the lesion's own places and over the whole view.
        """
        share = occupancy / occupancy.sum(dim=1, keepdim=True).clamp(min=1e-6)
        inside = torch.einsum("nkd,nk->nd", tokens, share.to(tokens.dtype))
        pooled = torch.cat([inside, tokens.mean(dim=1), facts[:, : self.facts]], dim=1)
        hidden = functional.gelu(self.shared(pooled))
        scores = zip(self.names, self.outputs, strict=True)
        return hidden, {name: output(hidden) for name, output in scores}
