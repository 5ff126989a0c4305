"""Projectors: how many tokens come out, and pooling is a mean."""

import pytest
import torch

from petscribe.model.vision.projector import (
    ConvProjector,
    PerceiverProjector,
    PoolProjector,
    ProjectorConfig,
    pooled_tokens,
)


def test_pooling_is_the_mean_of_boxes_in_sixteen_bits_too() -> None:
    tokens = torch.randn(1, 64, 3)
    pooled = pooled_tokens(tokens, (4, 4, 4), (2, 2, 2))
    volume = tokens.transpose(1, 2).reshape(1, 3, 4, 4, 4)
    expected = torch.nn.functional.avg_pool3d(volume, 2).flatten(2).transpose(1, 2)
    assert torch.allclose(pooled, expected, atol=1e-6)
    assert pooled_tokens(tokens.bfloat16(), (4, 4, 4), (2, 2, 2)).dtype == torch.bfloat16


@pytest.mark.parametrize("kind", [PoolProjector, ConvProjector, PerceiverProjector])
def test_the_grid_is_what_comes_out(kind: type) -> None:
    made = kind(
        ProjectorConfig(pool=(2, 2, 2), stride=(2, 3, 3), latents=5, heads=2, hidden=6), 8, 7
    )
    z, y, x = made.grid((4, 6, 6))
    assert made(torch.randn(2, 144, 8), (4, 6, 6)).shape == (2, z * y * x, 7)


def test_a_box_that_does_not_divide_the_grid_is_refused() -> None:
    with pytest.raises(ValueError, match="not a whole number of boxes"):
        pooled_tokens(torch.zeros(1, 27, 2), (3, 3, 3), (2, 2, 2))
