"""The focal view with the body view: what a lesion's tokens learn from the rest of the body.

`gated` (ours): focal tokens query the body's tokens through gates that start closed, and only they
go on; the body's tokens carry the lesion's own occupancy, so the lesion knows where it is. `sum`
adds tokens that share an index, as PETAR does; `concat` hands on both; `focal` ignores the body;
`body` ignores the focal view (whole-exam models without lesions).

Knows tokens only. Sources: PETAR section 3 (sum); describe-anything (gated cross-attention).
"""

from dataclasses import dataclass
from typing import Literal

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn
from torch.nn import functional


@dataclass(frozen=True, slots=True, kw_only=True)
class FocalConfig:
    """How focal and body tokens meet."""

    kind: Literal["gated", "sum", "concat", "focal", "body"] = "gated"
    heads: int = 6
    layers: int = 1


class GatedFocal(nn.Module):
    """Cross-attention layers from focal to body tokens, each behind two gates."""

    def __init__(self, config: FocalConfig, width: int) -> None:
        """Make the layers."""
        super().__init__()
        self.occupancy = nn.Parameter(torch.zeros(width))
        self.layers = nn.ModuleList(_GatedLayer(width, config.heads) for _ in range(config.layers))

    def start(self) -> None:
        """Close the gates: identity at step 0. What marks the lesion's place starts small."""
        nn.init.normal_(self.occupancy, std=0.02)
        for name, gate in self.named_parameters():
            if name.endswith(("gate_attention", "gate_mlp")):
                nn.init.zeros_(gate)

    def forward(
        self,
        focal: Float[Tensor, "n N D"],
        body: Float[Tensor, "e M D"],
        exam_of: Int[Tensor, " n"],
        occupancy: Float[Tensor, "n M"],
    ) -> Float[Tensor, "n N D"]:
        """Return the focal tokens after asking the body.

        Args:
            focal: tokens of each lesion.
            body: tokens of each exam.
            exam_of: exam of each lesion.
            occupancy: share of each body token that the lesion fills; its root marks the place.
        """
        marked = body[exam_of] + occupancy.to(body.dtype).sqrt()[..., None] * self.occupancy
        for layer in self.layers:
            focal = layer(focal, marked)
        return focal


class _GatedLayer(nn.Module):
    """One gated cross-attention with its gated perceptron."""

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.norm_query = nn.LayerNorm(width)
        self.norm_source = nn.LayerNorm(width)
        self.query = nn.Linear(width, width)
        self.key_value = nn.Linear(width, 2 * width)
        self.out = nn.Linear(width, width)
        self.norm = nn.LayerNorm(width)
        self.mlp1 = nn.Linear(width, 2 * width)
        self.mlp2 = nn.Linear(2 * width, width)
        self.gate_attention = nn.Parameter(torch.zeros(1))
        self.gate_mlp = nn.Parameter(torch.zeros(1))

    def forward(
        self, focal: Float[Tensor, "n N D"], body: Float[Tensor, "n M D"]
    ) -> Float[Tensor, "n N D"]:
        n, tokens, width = focal.shape
        shape = (n, -1, self.heads, width // self.heads)
        query = self.query(self.norm_query(focal)).reshape(shape).transpose(1, 2)
        key, value = self.key_value(self.norm_source(body)).chunk(2, dim=-1)
        mixed = functional.scaled_dot_product_attention(
            query, key.reshape(shape).transpose(1, 2), value.reshape(shape).transpose(1, 2)
        )
        answer = self.out(mixed.transpose(1, 2).reshape(n, tokens, width))
        focal = focal + torch.tanh(self.gate_attention) * answer
        hidden = self.mlp2(functional.gelu(self.mlp1(self.norm(focal))))
        return focal + torch.tanh(self.gate_mlp) * hidden


def merged(
    kind: Literal["sum", "concat", "focal"],
    focal: Float[Tensor, "n N D"],
    body: Float[Tensor, "n M D"],
) -> Float[Tensor, "n T D"]:
    """Return focal and body tokens of each lesion put together without attention.

    Raises:
        ValueError: `sum` of token sets that differ in number.
    """
    if kind == "focal":
        return focal
    if kind == "concat":
        return torch.cat([focal, body], dim=1)
    if focal.shape[1] != body.shape[1]:
        raise ValueError(f"cannot add {focal.shape[1]} focal to {body.shape[1]} body tokens")
    return focal + body
