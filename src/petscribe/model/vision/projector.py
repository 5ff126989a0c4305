"""From the encoder's tokens to what the language model reads: fewer, and of its width.

`pool` averages boxes of neighbouring tokens and applies a two-layer perceptron (PETAR: 2x2x2,
2,048 -> 256 tokens); `conv` is a strided 3D convolution with a linear layer (ViPET: kernel 3,
stride 2x3x3, 8,064 -> 448 tokens); `perceiver` lets a fixed number of latents ask all tokens.
Pooling is a reshape and a mean: torch's pooling has no bf16 kernel on CPU.

Knows tokens only. Sources: PETAR and ViPET as above; Perceiver resampler (Flamingo 2022).
"""

from dataclasses import dataclass
from typing import Literal

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional

from petscribe.model.vision.encoder import Triple


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectorConfig:
    """How tokens become visual tokens."""

    kind: Literal["pool", "conv", "perceiver"] = "pool"
    pool: Triple = (1, 1, 1)
    """`pool`: tokens averaged along each axis."""
    hidden: int = 512
    """Width between the two layers; channels after the convolution."""
    stride: Triple = (2, 3, 3)
    """`conv`: stride along each axis."""
    latents: int = 128
    heads: int = 8
    """`perceiver`: number of latents, attention heads."""


class PoolProjector(nn.Module):
    """Average boxes, then two linear layers with GELU."""

    def __init__(self, config: ProjectorConfig, width: int, out: int) -> None:
        """Make the perceptron."""
        super().__init__()
        self.pool = config.pool
        self.first = nn.Linear(width, config.hidden)
        self.second = nn.Linear(config.hidden, out)

    def forward(self, tokens: Float[Tensor, "B N D"], grid: Triple) -> Float[Tensor, "B V W"]:
        """Return the visual tokens."""
        pooled = pooled_tokens(tokens, grid, self.pool)
        out: Tensor = self.second(functional.gelu(self.first(pooled)))
        return out

    def grid(self, grid: Triple) -> Triple:
        """Return the grid of the visual tokens."""
        return _divided(grid, self.pool)


class ConvProjector(nn.Module):
    """Strided convolution over the token grid, then a linear layer."""

    def __init__(self, config: ProjectorConfig, width: int, out: int) -> None:
        """Make both layers."""
        super().__init__()
        self.stride = config.stride
        self.conv = nn.Conv3d(width, config.hidden, kernel_size=3, stride=config.stride, padding=1)
        self.linear = nn.Linear(config.hidden, out)

    def forward(self, tokens: Float[Tensor, "B N D"], grid: Triple) -> Float[Tensor, "B V W"]:
        """Return the visual tokens."""
        b, _, d = tokens.shape
        volume = tokens.transpose(1, 2).reshape(b, d, *grid)
        out: Tensor = self.linear(self.conv(volume).flatten(2).transpose(1, 2))
        return out

    def grid(self, grid: Triple) -> Triple:
        """Return the grid of the visual tokens."""
        z, y, x = ((n - 1) // s + 1 for n, s in zip(grid, self.stride, strict=True))
        return z, y, x


class PerceiverProjector(nn.Module):
    """Latents ask all tokens once; a perceptron and a linear layer follow."""

    def __init__(self, config: ProjectorConfig, width: int, out: int) -> None:
        """Make the latents and the block."""
        super().__init__()
        self.heads = config.heads
        self.latents = nn.Parameter(torch.zeros(config.latents, width))
        self.norm_query = nn.LayerNorm(width)
        self.norm_source = nn.LayerNorm(width)
        self.query = nn.Linear(width, width)
        self.key_value = nn.Linear(width, 2 * width)
        self.attended = nn.Linear(width, width)
        self.norm = nn.LayerNorm(width)
        self.first = nn.Linear(width, config.hidden)
        self.second = nn.Linear(config.hidden, width)
        self.linear = nn.Linear(width, out)

    def forward(
        self,
        tokens: Float[Tensor, "B N D"],
        grid: Triple,  # noqa: ARG002 - one signature for all projectors
    ) -> Float[Tensor, "B V W"]:
        """Return one visual token per latent."""
        b, _, d = tokens.shape
        shape = (b, -1, self.heads, d // self.heads)
        latents = self.latents.expand(b, -1, -1)
        query = self.query(self.norm_query(latents)).reshape(shape).transpose(1, 2)
        key, value = self.key_value(self.norm_source(tokens)).chunk(2, dim=-1)
        mixed = functional.scaled_dot_product_attention(
            query, key.reshape(shape).transpose(1, 2), value.reshape(shape).transpose(1, 2)
        )
        latents = latents + self.attended(mixed.transpose(1, 2).reshape(b, -1, d))
        latents = latents + self.second(functional.gelu(self.first(self.norm(latents))))
        out: Tensor = self.linear(latents)
        return out

    def grid(self, grid: Triple) -> Triple:  # noqa: ARG002 - one signature for all projectors
        """Return the latents as a row: they have no place."""
        return 1, 1, self.latents.shape[0]


def pooled_tokens(
    tokens: Float[Tensor, "B N D"], grid: Triple, pool: Triple
) -> Float[Tensor, "B V D"]:
    """Return means over boxes of neighbouring tokens.

    Raises:
        ValueError: the box does not divide the grid.
    """
    if pool == (1, 1, 1):
        return tokens
    z, y, x = _divided(grid, pool)
    b, _, d = tokens.shape
    boxes = tokens.reshape(b, z, pool[0], y, pool[1], x, pool[2], d)
    return boxes.mean(dim=(2, 4, 6)).reshape(b, z * y * x, d)


def _divided(grid: Triple, pool: Triple) -> Triple:
    if any(n % p for n, p in zip(grid, pool, strict=True)):
        raise ValueError(f"token grid {grid} is not a whole number of boxes {pool}")
    return grid[0] // pool[0], grid[1] // pool[1], grid[2] // pool[2]
