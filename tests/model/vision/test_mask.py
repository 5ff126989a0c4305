"""The mask embedding: nothing at the start, and one voxel counts."""

import torch

from petscribe.model.vision.mask import MaskEmbedding, token_occupancy


def test_it_starts_as_nothing() -> None:
    added = MaskEmbedding((2, 2, 2), 8)(torch.rand(1, 1, 4, 4, 4))
    assert float(added.detach().abs().max()) == 0.0


def test_occupancy_is_the_share_of_each_patch() -> None:
    mask = torch.zeros(1, 1, 4, 4, 4)
    mask[0, 0, 0, 0, 0] = 1.0
    share = token_occupancy(mask, (2, 2, 2))
    assert share.shape == (1, 8)
    assert share[0].tolist() == [0.125] + [0.0] * 7
