"""CT-ViT: within slabs, then along them, never looking at a later slab's neighbourhood."""

import torch
from torch import nn

from petscribe.model.vision.ctvit import CTViTConfig, CTViTEmbedding, CTViTTrunk, PositionBias

SMALL = CTViTConfig(
    patch=(2, 2, 2), width=16, spatial_depth=1, temporal_depth=1, heads=2, head_width=4
)


def test_tokens_keep_their_number_and_patches_lie_channel_first() -> None:
    embedding, trunk = CTViTEmbedding(SMALL, 1), CTViTTrunk(SMALL)
    view = torch.randn(1, 1, 6, 4, 4)
    assert trunk(embedding(view), embedding.grid(view)).shape == (1, 12, 16)


def test_the_bias_depends_on_the_distance_alone() -> None:
    torch.manual_seed(0)
    bias = PositionBias(8, 2)(3, 3)
    assert torch.allclose(bias[:, 0, 1], bias[:, 4, 5], atol=1e-6)
    assert not torch.allclose(bias[:, 0, 1], bias[:, 1, 0])


def test_keys_and_values_pass_no_norm() -> None:
    torch.manual_seed(0)
    attention = CTViTTrunk(SMALL).spatial.layers[0].attention
    tokens = torch.randn(1, 5, 16)
    out = attention(tokens, None)
    doubled = attention(2 * tokens, None)
    assert torch.allclose(doubled, 2 * out, atol=1e-4)


def test_the_convolution_never_looks_at_a_later_slab() -> None:
    torch.manual_seed(0)
    conv = CTViTTrunk(SMALL).spatial.layers[0].positions
    nn.init.normal_(conv.conv.weight)
    tokens = torch.randn(1, 12, 16)
    later = tokens.clone()
    later[:, 8:] += 1.0
    one, other = conv(tokens, (1, 3, 2, 2)), conv(later, (1, 3, 2, 2))
    assert torch.equal(one[:, :8], other[:, :8])
    assert not torch.equal(one[:, 8:], other[:, 8:])
