"""A 3D vision transformer in two halves: patches to tokens, and the trunk of blocks.

The perceptron patch embedding cuts a view into boxes and projects each; positions are learned
(public bases), sines of the grid place (any grid) or rotations inside attention (any grid). The
halves are apart so that a mask or a modality can be added between them. Attention is torch's scaled
dot product everywhere.

Knows token grids, not what the channels mean. Sources: ViT (Dosovitskiy 2021) in 3D as MONAI lays
it out, so that public weights fit (`model.storage.keymaps`); rotary positions (Su 2021) per axis.

Axis words: B batch, N tokens, D width, H heads.
"""

from dataclasses import dataclass
from typing import Literal

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional

Triple = tuple[int, int, int]
Positions = Literal["learned", "sines", "rotary"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ViTConfig:
    """A vision transformer."""

    kind: Literal["vit"] = "vit"
    patch: Triple = (12, 12, 12)
    width: int = 192
    depth: int = 6
    heads: int = 6
    mlp_width: int = 768
    positions: Positions = "sines"
    learned_grid: Triple | None = None
    """Token grid of the learned positions; other grids interpolate them."""
    qkv_bias: bool = False
    class_token: bool = False
    """A leading token that public bases carry; it takes part in attention and is then dropped."""

    def __post_init__(self) -> None:
        """Refuse sizes that do not fit together."""
        if self.width % self.heads:
            raise ValueError(f"width {self.width} is not a multiple of {self.heads} heads")
        if (self.positions == "learned") != (self.learned_grid is not None):
            raise ValueError("learned_grid goes with learned positions, and only with them")
        if self.positions == "rotary" and (self.width // self.heads) % 6:
            raise ValueError("rotary positions need a head width that is a multiple of 6")


def token_grid(shape: Triple, patch: Triple) -> Triple:
    """Return how many patches a view holds per axis.

    Raises:
        ValueError: the patch does not divide the view.
    """
    if any(s % p for s, p in zip(shape, patch, strict=True)):
        raise ValueError(f"view {shape} is not a whole number of patches {patch}")
    return shape[0] // patch[0], shape[1] // patch[1], shape[2] // patch[2]


def patches(view: Float[Tensor, "B c z y x"], patch: Triple) -> Float[Tensor, "B N v"]:
    """Cut a view into its patches, z slowest; values of one patch lie z, y, x, channel."""
    b, c, *shape = view.shape
    grid = token_grid((shape[0], shape[1], shape[2]), patch)
    cut = view.reshape(b, c, grid[0], patch[0], grid[1], patch[1], grid[2], patch[2])
    flat = cut.permute(0, 2, 4, 6, 3, 5, 7, 1)
    return flat.reshape(b, grid[0] * grid[1] * grid[2], -1)


class PatchEmbedding(nn.Module):
    """Patches to tokens, with the place of each."""

    def __init__(self, config: ViTConfig, channels: int) -> None:
        """Make the projection; learned positions start at zero and are drawn by the model."""
        super().__init__()
        self.patch = config.patch
        self.projection = nn.Linear(
            channels * config.patch[0] * config.patch[1] * config.patch[2], config.width
        )
        self.kind = config.positions
        self.learned_grid = config.learned_grid
        self.positions = (
            nn.Parameter(torch.zeros(1, _count(config.learned_grid), config.width))
            if config.learned_grid
            else None
        )

    def forward(self, view: Float[Tensor, "B c z y x"]) -> Float[Tensor, "B N D"]:
        """Return the tokens of a view."""
        tokens: Tensor = self.projection(patches(view, self.patch))
        grid = self.grid(view)
        if self.positions is not None and self.learned_grid is not None:
            return tokens + interpolated(self.positions, self.learned_grid, grid)
        if self.kind == "sines":
            return tokens + sine_positions(grid, tokens.shape[-1]).to(tokens)
        return tokens

    def grid(self, view: Float[Tensor, "B c z y x"]) -> Triple:
        """Return the token grid of a view."""
        z, y, x = view.shape[2:]
        return token_grid((z, y, x), self.patch)


class Trunk(nn.Module):
    """The blocks, and the last norm."""

    def __init__(self, config: ViTConfig) -> None:
        """Make the blocks."""
        super().__init__()
        self.rotary = config.positions == "rotary"
        self.head_width = config.width // config.heads
        self.class_token = (
            nn.Parameter(torch.zeros(1, 1, config.width)) if config.class_token else None
        )
        self.blocks = nn.ModuleList(_Block(config) for _ in range(config.depth))
        self.norm = nn.LayerNorm(config.width)

    def forward(self, tokens: Float[Tensor, "B N D"], grid: Triple) -> Float[Tensor, "B N D"]:
        """Return the tokens after every block."""
        turns = rotations(grid, self.head_width).to(tokens.device) if self.rotary else None
        if self.class_token is not None:
            first = self.class_token.to(tokens.dtype).expand(tokens.shape[0], -1, -1)
            tokens = torch.cat([first, tokens], dim=1)
        for block in self.blocks:
            tokens = block(tokens, turns)
        tokens = self.norm(tokens)
        return tokens[:, 1:] if self.class_token is not None else tokens


class _Block(nn.Module):
    """Attention and perceptron, each behind a norm."""

    def __init__(self, config: ViTConfig) -> None:
        super().__init__()
        self.heads = config.heads
        self.norm1 = nn.LayerNorm(config.width)
        self.qkv = nn.Linear(config.width, 3 * config.width, bias=config.qkv_bias)
        self.out = nn.Linear(config.width, config.width)
        self.norm2 = nn.LayerNorm(config.width)
        self.mlp1 = nn.Linear(config.width, config.mlp_width)
        self.mlp2 = nn.Linear(config.mlp_width, config.width)

    def forward(
        self, tokens: Float[Tensor, "B N D"], turns: Tensor | None
    ) -> Float[Tensor, "B N D"]:
        b, n, d = tokens.shape
        qkv = self.qkv(self.norm1(tokens)).reshape(b, n, 3, self.heads, d // self.heads)
        query, key, value = qkv.permute(2, 0, 3, 1, 4)
        if turns is not None:
            query, key = rotated(query, turns), rotated(key, turns)
        mixed = functional.scaled_dot_product_attention(query, key, value)
        tokens = tokens + self.out(mixed.transpose(1, 2).reshape(b, n, d))
        hidden = functional.gelu(self.mlp1(self.norm2(tokens)))
        return tokens + self.mlp2(hidden)


def sine_positions(grid: Triple, width: int) -> Float[Tensor, "1 N D"]:
    """Return fixed positions of a token grid: sines and cosines of each axis' centred place.

    Places are counted in patches from the middle, so that the centre of every view, which holds the
    lesion, looks the same whatever the grid.
    """
    per_axis = width // 6 * 2
    parts = []
    for axis, n in enumerate(grid):
        place = torch.arange(n, dtype=torch.float32) - (n - 1) / 2.0
        steps = 32.0 ** (-torch.arange(per_axis // 2, dtype=torch.float32) / (per_axis // 2))
        angles = place[:, None] * steps * 1.5
        waves = torch.cat([angles.sin(), angles.cos()], dim=1)
        shape = [1, 1, 1, per_axis]
        shape[axis] = n
        parts.append(waves.reshape(shape).expand(*grid, per_axis))
    joined = torch.cat(parts, dim=-1).reshape(1, _count(grid), 3 * per_axis)
    return functional.pad(joined, (0, width - 3 * per_axis))


def rotations(grid: Triple, head_width: int) -> Float[Tensor, "N half"]:
    """Return the angles by which queries and keys turn at each place of a grid."""
    per_axis = head_width // 6
    steps = 100.0 ** (-torch.arange(per_axis, dtype=torch.float32) / per_axis)
    axes = torch.meshgrid(*(torch.arange(n, dtype=torch.float32) for n in grid), indexing="ij")
    return torch.cat([axis.reshape(-1, 1) * steps for axis in axes], dim=1)


def rotated(
    vectors: Float[Tensor, "B H T w"], turns: Float[Tensor, "N half"]
) -> Float[Tensor, "B H T w"]:
    """Turn the halves of each vector by the angles of its place; leading extra tokens stay."""
    extra = vectors.shape[2] - turns.shape[0]
    angles = functional.pad(turns, (0, 0, extra, 0))
    cos, sin = angles.cos().to(vectors.dtype), angles.sin().to(vectors.dtype)
    first, second = vectors.chunk(2, dim=-1)
    return torch.cat([first * cos - second * sin, first * sin + second * cos], dim=-1)


def interpolated(
    positions: Float[Tensor, "1 n D"], learned: Triple, grid: Triple
) -> Float[Tensor, "1 N D"]:
    """Return learned positions for another grid, trilinearly."""
    if learned == grid:
        return positions
    width = positions.shape[-1]
    volume = positions.reshape(1, *learned, width).permute(0, 4, 1, 2, 3)
    resized = functional.interpolate(
        volume.float(), size=grid, mode="trilinear", align_corners=False
    )
    return resized.permute(0, 2, 3, 4, 1).reshape(1, _count(grid), width).to(positions.dtype)


def _count(grid: Triple) -> int:
    return grid[0] * grid[1] * grid[2]
