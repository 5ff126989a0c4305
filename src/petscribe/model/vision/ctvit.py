"""CT-ViT: patches in slabs, attention within each slab, then along the slabs.

Spatial layers see the tokens of one slab (one step along z), temporal layers the tokens of one
column. A depthwise convolution that looks only at earlier slabs marks positions in every layer;
the spatial attention adds a learned function of the distance between two places. Attention compares
unit vectors; it may have learned keys and values of "nothing" (the public weights have none).

Two habits of the public code are kept, because its weights were trained with them: keys and values
come from tokens that have passed no norm, and the temporal layers' convolution reads tokens that
lie column by column as if they lay slab by slab.

Knows token grids only. Source: CT-ViT as in CT-CLIP and as ViPET uses it (width 512, patch
10x20x20, 4 + 4 layers, 8 heads of 32).
"""

from dataclasses import dataclass
from typing import Literal

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional

from petscribe.model.vision.encoder import Triple, token_grid


@dataclass(frozen=True, slots=True, kw_only=True)
class CTViTConfig:
    """A CT-ViT without its codebook."""

    kind: Literal["ctvit"] = "ctvit"
    patch: Triple = (10, 20, 20)
    width: int = 512
    spatial_depth: int = 4
    temporal_depth: int = 4
    heads: int = 8
    head_width: int = 32
    feedforward: float = 4.0
    """Perceptron width over token width, before its gate takes two thirds of it."""
    null_keys: int = 0


class CTViTEmbedding(nn.Module):
    """Patches to tokens: norm, projection, norm. Values of a patch lie channel, z, y, x."""

    def __init__(self, config: CTViTConfig, channels: int) -> None:
        """Make the projection."""
        super().__init__()
        self.patch = config.patch
        size = channels * config.patch[0] * config.patch[1] * config.patch[2]
        self.norm_patch = nn.LayerNorm(size)
        self.projection = nn.Linear(size, config.width)
        self.norm_token = nn.LayerNorm(config.width)

    def forward(self, view: Float[Tensor, "B c z y x"]) -> Float[Tensor, "B N D"]:
        """Return the tokens of a view."""
        z, y, x = self.grid(view)
        b, c = view.shape[:2]
        pz, py, px = self.patch
        cut = view.reshape(b, c, z, pz, y, py, x, px).permute(0, 2, 4, 6, 1, 3, 5, 7)
        flat = cut.reshape(b, z * y * x, -1)
        tokens: Tensor = self.norm_token(self.projection(self.norm_patch(flat)))
        return tokens

    def grid(self, view: Float[Tensor, "B c z y x"]) -> Triple:
        """Return the token grid of a view."""
        z, y, x = view.shape[2:]
        return token_grid((z, y, x), self.patch)


class CTViTTrunk(nn.Module):
    """Spatial layers, then temporal layers."""

    def __init__(self, config: CTViTConfig) -> None:
        """Make both transformers and the spatial position bias."""
        super().__init__()
        self.bias = PositionBias(config.width, config.heads)
        self.spatial = _Transformer(config, config.spatial_depth)
        self.temporal = _Transformer(config, config.temporal_depth)

    def forward(self, tokens: Float[Tensor, "B N D"], grid: Triple) -> Float[Tensor, "B N D"]:
        """Return the tokens after every layer."""
        b, _, d = tokens.shape
        z, y, x = grid
        slabs = tokens.reshape(b * z, y * x, d)
        slabs = self.spatial(slabs, (b, *grid), self.bias(y, x))
        columns = slabs.reshape(b, z, y * x, d).transpose(1, 2).reshape(b * y * x, z, d)
        columns = self.temporal(columns, (b, *grid), None)
        return columns.reshape(b, y * x, z, d).transpose(1, 2).reshape(b, z * y * x, d)


class PositionBias(nn.Module):
    """A learned function of the signed logarithmic distance between two places of a slab."""

    def __init__(self, width: int, heads: int) -> None:
        """Make the perceptron: 2 -> width -> width -> heads."""
        super().__init__()
        self.first = nn.Linear(2, width)
        self.second = nn.Linear(width, width)
        self.last = nn.Linear(width, heads)

    def forward(self, rows: int, columns: int) -> Float[Tensor, "H N N"]:
        """Return what to add to the attention between any two places."""
        device, dtype = self.first.weight.device, self.first.weight.dtype
        y = torch.arange(rows, device=device)
        x = torch.arange(columns, device=device)
        places = torch.stack(torch.meshgrid(y, x, indexing="ij")).reshape(2, -1).T
        apart = (places[:, None] - places[None]).to(dtype)
        apart = torch.sign(apart) * torch.log(apart.abs() + 1.0)
        # few distances repeat many times: compute each once
        distinct, where = torch.unique(apart.reshape(-1, 2), dim=0, return_inverse=True)
        hidden = functional.leaky_relu(self.first(distinct), 0.1)
        hidden = functional.leaky_relu(self.second(hidden), 0.1)
        bias: Tensor = self.last(hidden)[where]
        count = places.shape[0]
        return bias.reshape(count, count, -1).permute(2, 0, 1)


class _Transformer(nn.Module):
    """Layers of position convolution, attention and gated perceptron; a last norm."""

    def __init__(self, config: CTViTConfig, depth: int) -> None:
        super().__init__()
        self.layers = nn.ModuleList(_Layer(config) for _ in range(depth))
        self.norm = _Norm(config.width)

    def forward(
        self, tokens: Tensor, shape: tuple[int, int, int, int], bias: Tensor | None
    ) -> Tensor:
        for layer in self.layers:
            tokens = layer(tokens, shape, bias)
        normed: Tensor = self.norm(tokens)
        return normed


class _Layer(nn.Module):
    """The three parts of a layer."""

    def __init__(self, config: CTViTConfig) -> None:
        super().__init__()
        self.positions = _PositionConv(config.width)
        self.attention = _CosineAttention(config)
        self.perceptron = _GatedPerceptron(config)

    def forward(
        self, tokens: Tensor, shape: tuple[int, int, int, int], bias: Tensor | None
    ) -> Tensor:
        tokens = tokens + self.positions(tokens, shape)
        tokens = tokens + self.attention(tokens, bias)
        out: Tensor = tokens + self.perceptron(tokens)
        return out


class _PositionConv(nn.Module):
    """A depthwise 3x3x3 convolution that never looks at a later slab."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.conv = nn.Conv3d(width, width, kernel_size=3, groups=width)

    def forward(self, tokens: Tensor, shape: tuple[int, int, int, int]) -> Tensor:
        # whatever the order of the tokens, they are read as (b, z, y, x): see the module's head
        volume = tokens.reshape(*shape, tokens.shape[-1]).permute(0, 4, 1, 2, 3)
        marked = self.conv(functional.pad(volume, (1, 1, 1, 1, 2, 0)))
        return marked.permute(0, 2, 3, 4, 1).reshape(tokens.shape)


class _CosineAttention(nn.Module):
    """Attention between unit vectors, with learned scales and keys of nothing."""

    def __init__(self, config: CTViTConfig) -> None:
        super().__init__()
        self.heads, self.head_width = config.heads, config.head_width
        inner = config.heads * config.head_width
        self.norm = _Norm(config.width)
        self.query = nn.Linear(config.width, inner, bias=False)
        self.key_value = nn.Linear(config.width, 2 * inner, bias=False)
        self.out = nn.Linear(inner, config.width, bias=False)
        self.null = nn.Parameter(torch.zeros(config.heads, 2 * config.null_keys, config.head_width))
        self.scale_query = nn.Parameter(torch.ones(config.head_width))
        self.scale_key = nn.Parameter(torch.ones(config.head_width))

    def forward(self, tokens: Tensor, bias: Tensor | None) -> Tensor:
        b, n, _ = tokens.shape
        shape = (b, n, self.heads, self.head_width)
        query = self.query(self.norm(tokens)).reshape(shape).transpose(1, 2)
        key, value = (
            part.reshape(shape).transpose(1, 2) for part in self.key_value(tokens).chunk(2, dim=-1)
        )
        # keys and values of nothing alternate along the first axis of the parameter
        nothing = self.null.expand(b, -1, -1, -1)
        key = torch.cat([nothing[:, :, 0::2], key], dim=2)
        value = torch.cat([nothing[:, :, 1::2], value], dim=2)
        query = functional.normalize(query, dim=-1) * self.scale_query
        key = functional.normalize(key, dim=-1) * self.scale_key
        added = None
        if bias is not None:
            added = functional.pad(bias, (self.null.shape[1] // 2, 0)).to(query.dtype)[None]
        mixed = functional.scaled_dot_product_attention(
            query, key, value, attn_mask=added, scale=8.0
        )
        out: Tensor = self.out(mixed.transpose(1, 2).reshape(b, n, -1))
        return out


class _GatedPerceptron(nn.Module):
    """Norm, a linear layer whose second half gates its first by GELU, a linear layer."""

    def __init__(self, config: CTViTConfig) -> None:
        super().__init__()
        inner = int(config.feedforward * 2 / 3 * config.width)
        self.norm = nn.LayerNorm(config.width)
        self.expand = nn.Linear(config.width, 2 * inner, bias=False)
        self.contract = nn.Linear(inner, config.width, bias=False)

    def forward(self, tokens: Tensor) -> Tensor:
        value, gate = self.expand(self.norm(tokens)).chunk(2, dim=-1)
        out: Tensor = self.contract(functional.gelu(gate) * value)
        return out


class _Norm(nn.Module):
    """Layer norm with a learned scale and no shift."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.scale = nn.Parameter(torch.ones(width))

    def forward(self, tokens: Tensor) -> Tensor:
        return functional.layer_norm(tokens, tokens.shape[-1:], self.scale, None)
