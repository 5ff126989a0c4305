"""Lesion with text: the alignment stage, before any word is generated.

Every text of the batch that speaks of one lesion is paired with that lesion's vector, and compared
with those of all pairs. Pairs of one lesion, or of texts that are word for word the same, are each
other's right partners too.

    InfoNCE: cross-entropy over lesions and over texts, the right partners sharing the target
    SigLIP: every pair on its own, -log sigmoid(+-(scale * similarity + bias)), right or wrong

The text tower is small, learns with the stage and is dropped after it: the language model meets the
aligned lesion vectors through the projector. Sources: CLIP, Radford et al. 2021; SigLIP, Zhai et
al. 2023.
"""

import math
from dataclasses import dataclass
from typing import Final, Literal

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor, nn
from torch.nn.functional import cross_entropy, logsigmoid, normalize

from petscribe.model.batch import IGNORED, TEXT, Batch

_MAX_SCALE: Final = 100.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ContrastConfig:
    """The text tower and the kind of comparison."""

    pooled_width: int
    """Width of the model's `Output.pooled`."""
    vocabulary: int
    width: int = 128
    heads: int = 4
    kind: Literal["infonce", "siglip"] = "infonce"
    rate: float = 1e-3
    """Learning rate of the tower and of the two projections."""


class Aligner(nn.Module):
    """Projects lesions and texts to one space; holds the scale and bias of the comparison."""

    def __init__(self, config: ContrastConfig) -> None:
        """Build the tower with torch's own random start."""
        super().__init__()
        self._kind = config.kind
        self.image = nn.Linear(config.pooled_width, config.width)
        self.words = nn.Embedding(config.vocabulary, config.width)
        self.mixing = nn.TransformerEncoderLayer(
            config.width, config.heads, 4 * config.width, dropout=0.0, batch_first=True,
            norm_first=True,
        )  # fmt: skip
        start = 1 / 0.07 if config.kind == "infonce" else 10.0
        self.log_scale = nn.Parameter(torch.tensor([math.log(start)]))
        self.bias = nn.Parameter(torch.tensor([0.0 if config.kind == "infonce" else -10.0]))

    def forward(
        self, pooled: Float[Tensor, "n w"], batch: Batch, lesion_tokens: int
    ) -> Float[Tensor, ""]:
        """Return the loss summed over the rows that speak of one lesion."""
        rows, owners = pair_rows(batch, lesion_tokens)
        labels = batch.labels[rows]
        texts = self._read(labels)
        lesions = normalize(self.image(pooled.float()), dim=-1)[owners]
        scale = self.log_scale.exp().clamp_max(_MAX_SCALE)
        similarity = scale * (lesions @ texts.T)
        same = find_same(labels) | (owners[:, None] == owners[None, :])
        if self._kind == "siglip":
            return sum_siglip(similarity + self.bias, same)
        return sum_infonce(similarity, same)

    def _read(self, labels: Int[Tensor, "r t"]) -> Float[Tensor, "r d"]:
        said = labels != IGNORED
        mixed = self.mixing(self.words(labels.clamp_min(0)), src_key_padding_mask=~said)
        total = (mixed.float() * said[..., None]).sum(dim=1)
        return normalize(total / said.sum(dim=1, keepdim=True).clamp_min(1), dim=-1)


def pair_rows(batch: Batch, lesion_tokens: int) -> tuple[Int[Tensor, " r"], Int[Tensor, " r"]]:
    """Return the rows that show one lesion and no other, and which one each shows."""
    of_lesion = (batch.visual != TEXT) & (batch.visual < len(batch.exam_of) * lesion_tokens)
    owner = torch.where(of_lesion, batch.visual // max(1, lesion_tokens), -1)
    last = owner.amax(dim=1)
    first = torch.where(of_lesion, owner, len(batch.exam_of)).amin(dim=1)
    rows = torch.nonzero(first == last)[:, 0]
    return rows, last[rows]


def find_same(labels: Int[Tensor, "r t"]) -> Bool[Tensor, "r r"]:
    """Tell which rows say the same, wherever the answer begins."""
    said = [tuple(x for x in row if x != IGNORED) for row in labels.tolist()]
    first = {words: i for i, words in reversed(list(enumerate(said)))}
    ids = torch.tensor([first[words] for words in said], device=labels.device)
    return ids[:, None] == ids[None, :]


def sum_infonce(similarity: Float[Tensor, "r r"], same: Bool[Tensor, "r r"]) -> Float[Tensor, ""]:
    """Return the symmetric cross-entropy, summed over the pairs."""
    target = same.float() / same.sum(dim=1, keepdim=True)
    to_texts = cross_entropy(similarity, target, reduction="sum")
    to_lesions = cross_entropy(similarity.T, target, reduction="sum")
    return (to_texts + to_lesions) / 2


def sum_siglip(similarity: Float[Tensor, "r r"], same: Bool[Tensor, "r r"]) -> Float[Tensor, ""]:
    """Return the pairwise sigmoid loss, summed over all pairs of pairs."""
    sign = torch.where(same, 1.0, -1.0)
    return -logsigmoid(sign * similarity).sum()
