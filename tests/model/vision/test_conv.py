"""The convolutional embedding: the token grid of patches of the same size."""

import pytest
import torch

from petscribe.model.vision.conv import ConvConfig, ConvEmbedding
from petscribe.model.vision.encoder import ViTConfig


def test_three_levels_make_patches_of_eight() -> None:
    trunk = ViTConfig(patch=(8, 8, 8), width=12, depth=1, heads=2, mlp_width=12)
    embedding = ConvEmbedding(ConvConfig(widths=(4, 4, 4), trunk=trunk), 2)
    assert embedding(torch.randn(1, 2, 16, 8, 8)).shape == (1, 2, 12)


def test_levels_and_patch_must_agree() -> None:
    with pytest.raises(ValueError, match="make patches of 4"):
        ConvConfig(widths=(4, 4))
