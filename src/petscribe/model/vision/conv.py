"""A convolutional patch embedding for small budgets: a pyramid of strided 3D convolutions.

It gives the same token grid as patches of the same size, so trunk, mask and fusion do not notice.
Each level halves the axes that are still to be halved; norm and GELU between. A trunk of a few
blocks, or of none, follows.

Knows arrays only. Source: convolutional stems for transformers (Xiao 2021).
"""

from dataclasses import dataclass
from typing import Literal

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional

from petscribe.model.vision.encoder import Triple, ViTConfig, sine_positions, token_grid


@dataclass(frozen=True, slots=True, kw_only=True)
class ConvConfig:
    """A convolutional encoder: `widths` levels, each halving, then a trunk."""

    kind: Literal["conv"] = "conv"
    widths: tuple[int, ...] = (16, 32, 64)
    """Channels of each level; the patch is 2 to the number of levels along every axis."""
    trunk: ViTConfig = ViTConfig(patch=(8, 8, 8))  # noqa: RUF009 - a frozen record

    def __post_init__(self) -> None:
        """Refuse a trunk whose patch is not what the levels make."""
        step = 2 ** len(self.widths)
        if self.trunk.patch != (step, step, step):
            raise ValueError(f"{len(self.widths)} levels make patches of {step}")
        if self.trunk.positions == "learned":
            raise ValueError("a convolutional encoder has no learned positions")


class ConvEmbedding(nn.Module):
    """View to tokens by strided convolutions."""

    def __init__(self, config: ConvConfig, channels: int) -> None:
        """Make the levels."""
        super().__init__()
        self.patch = config.trunk.patch
        self.sines = config.trunk.positions == "sines"
        inputs = (channels, *config.widths[:-1])
        self.levels = nn.ModuleList(
            nn.Conv3d(i, o, kernel_size=3, stride=2, padding=1)
            for i, o in zip(inputs, config.widths, strict=True)
        )
        self.norms = nn.ModuleList(nn.GroupNorm(1, o) for o in config.widths)
        self.projection = nn.Linear(config.widths[-1], config.trunk.width)

    def forward(self, view: Float[Tensor, "B c z y x"]) -> Float[Tensor, "B N D"]:
        """Return the tokens of a view."""
        grid = self.grid(view)
        for level, norm in zip(self.levels, self.norms, strict=True):
            view = functional.gelu(norm(level(view)))
        tokens: Tensor = self.projection(torch.flatten(view, 2).transpose(1, 2))
        return tokens + sine_positions(grid, tokens.shape[-1]).to(tokens) if self.sines else tokens

    def grid(self, view: Float[Tensor, "B c z y x"]) -> Triple:
        """Return the token grid of a view."""
        z, y, x = view.shape[2:]
        return token_grid((z, y, x), self.patch)
