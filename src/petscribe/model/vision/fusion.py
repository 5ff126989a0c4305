"""PET with CT: channel concatenation, PET asking CT, or a local gated exchange.

Every module takes the tokens of both modalities on one grid and returns one set of tokens. Without
a CT (per exam) the result is that of PET alone, exactly as if the CT had been dropped in training;
`ConcatFusion` fills the CT half with zeros.

Knows tokens only. Sources: concatenation as in PETAR; cross-attention block as in ViPET's fusion
module (PET queries, CT keys and values, residual, perceptron x4); the local exchange is ours.
"""

from dataclasses import dataclass
from typing import Literal

import torch
from jaxtyping import Bool, Float
from torch import Tensor, nn
from torch.nn import functional

from petscribe.model.vision.encoder import Triple


@dataclass(frozen=True, slots=True, kw_only=True)
class FusionConfig:
    """How PET and CT tokens become one set."""

    kind: Literal["concat", "cross", "local", "pet_only"] = "local"
    heads: int = 8
    dropout: float = 0.0
    """Inside cross-attention, in training."""
    reach: int = 1
    """`local`: neighbours on each side that a token looks at in the other modality."""
    ct_dropout: float = 0.0
    """Share of exams whose CT is hidden in training."""


class ConcatFusion(nn.Module):
    """Channel concatenation: twice the width."""

    def forward(
        self,
        pet: Float[Tensor, "B N D"],
        ct: Float[Tensor, "B N D"],
        has_ct: Bool[Tensor, " B"],
        grid: Triple,  # noqa: ARG002 - one signature for all fusions
    ) -> Float[Tensor, "B N D2"]:
        """Return PET tokens with the CT tokens of the same place behind them."""
        return torch.cat([pet, ct * has_ct.to(ct.dtype)[:, None, None]], dim=-1)


class CrossFusion(nn.Module):
    """PET tokens query all CT tokens of the view; residual and perceptron follow."""

    def __init__(self, config: FusionConfig, width: int) -> None:
        """Make the block."""
        super().__init__()
        self.heads = config.heads
        self.dropout = config.dropout
        self.norm = nn.LayerNorm(width)
        self.query = nn.Linear(width, width)
        self.key = nn.Linear(width, width)
        self.value = nn.Linear(width, width)
        self.out = nn.Linear(width, width)
        self.norm2 = nn.LayerNorm(width)
        self.mlp1 = nn.Linear(width, 4 * width)
        self.mlp2 = nn.Linear(4 * width, width)

    def forward(
        self,
        pet: Float[Tensor, "B N D"],
        ct: Float[Tensor, "B N D"],
        has_ct: Bool[Tensor, " B"],
        grid: Triple,  # noqa: ARG002 - one signature for all fusions
    ) -> Float[Tensor, "B N D"]:
        """Return PET tokens that have asked the CT; untouched by it where there is none."""
        asked, source = self.norm(pet), self.norm(ct)
        query, key, value = (
            _split(layer(x), self.heads)
            for layer, x in ((self.query, asked), (self.key, source), (self.value, source))
        )
        drop = self.dropout if self.training else 0.0
        mixed = functional.scaled_dot_product_attention(query, key, value, dropout_p=drop)
        answer = self.out(_join(mixed)) * has_ct.to(pet.dtype)[:, None, None]
        fused = pet + answer
        return fused + self.mlp2(functional.gelu(self.mlp1(self.norm2(fused))))


class LocalFusion(nn.Module):
    """Both modalities ask each other about the places around their own, through gates.

    Each token attends to the `(2 reach + 1)^3` tokens of the other modality around its own place:
    the two grids are aligned, so nothing further away is needed for registration errors. The gates
    start at zero: at step 0 the result is the PET tokens alone. Then CT's own tokens join by a
    projection, zero at the start as well.
    """

    def __init__(self, config: FusionConfig, width: int) -> None:
        """Make both directions."""
        super().__init__()
        self.heads = config.heads
        self.reach = config.reach
        self.to_pet = _LocalAttention(width, config.heads)
        self.to_ct = _LocalAttention(width, config.heads)
        self.gate_pet = nn.Parameter(torch.zeros(1))
        self.gate_ct = nn.Parameter(torch.zeros(1))
        self.join = nn.Linear(width, width)
        self.start()

    def start(self) -> None:
        """Close the gates: identity at step 0."""
        for parameter in (self.gate_pet, self.gate_ct, self.join.weight, self.join.bias):
            nn.init.zeros_(parameter)

    def forward(
        self,
        pet: Float[Tensor, "B N D"],
        ct: Float[Tensor, "B N D"],
        has_ct: Bool[Tensor, " B"],
        grid: Triple,
    ) -> Float[Tensor, "B N D"]:
        """Return PET tokens enriched by the CT around each place."""
        near = neighbours(grid, self.reach, pet.device)
        known = has_ct.to(pet.dtype)[:, None, None]
        pet_asks = self.to_pet(pet, ct, near)
        ct_asks = self.to_ct(ct, pet, near)
        ct = ct + torch.tanh(self.gate_ct) * ct_asks
        return pet + known * (torch.tanh(self.gate_pet) * pet_asks + self.join(ct))


class _LocalAttention(nn.Module):
    """Multi-head attention from each token to the neighbours of its place."""

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.norm_query = nn.LayerNorm(width)
        self.norm_source = nn.LayerNorm(width)
        self.query = nn.Linear(width, width)
        self.key_value = nn.Linear(width, 2 * width)
        self.out = nn.Linear(width, width)

    def forward(self, asking: Tensor, asked: Tensor, near: Tensor) -> Float[Tensor, "B N D"]:
        query = _split(self.query(self.norm_query(asking)), self.heads)
        key, value = self.key_value(self.norm_source(asked)).chunk(2, dim=-1)
        mixed = functional.scaled_dot_product_attention(
            query, _split(key, self.heads), _split(value, self.heads), attn_mask=near
        )
        out: Tensor = self.out(_join(mixed))
        return out


def neighbours(grid: Triple, reach: int, device: torch.device) -> Bool[Tensor, "N N"]:
    """Return which places of a grid lie within `reach` of each other along every axis."""
    axes = torch.meshgrid(*(torch.arange(n, device=device) for n in grid), indexing="ij")
    places = torch.stack([a.reshape(-1) for a in axes], dim=1)
    return ((places[:, None] - places[None]).abs() <= reach).all(dim=-1)


def _split(tokens: Float[Tensor, "B N D"], heads: int) -> Float[Tensor, "B H N w"]:
    b, n, d = tokens.shape
    return tokens.reshape(b, n, heads, d // heads).transpose(1, 2)


def _join(mixed: Float[Tensor, "B H N w"]) -> Float[Tensor, "B N D"]:
    return mixed.transpose(1, 2).flatten(2)
