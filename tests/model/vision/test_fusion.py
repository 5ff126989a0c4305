"""PET with CT: without a CT nothing of it arrives; local attention stays local."""

import pytest
import torch
from torch import nn

from petscribe.model.vision.fusion import (
    ConcatFusion,
    CrossFusion,
    FusionConfig,
    LocalFusion,
    neighbours,
)

GRID = (2, 2, 2)


def fusions() -> list[nn.Module]:
    torch.manual_seed(0)
    made = [CrossFusion(FusionConfig(heads=2), 8), LocalFusion(FusionConfig(heads=2), 8)]
    for module in made:
        for parameter in module.parameters():
            nn.init.normal_(parameter, std=0.3)
    return [ConcatFusion(), *made]


@pytest.mark.parametrize("kind", range(3))
def test_without_a_ct_its_tokens_do_not_matter(kind: int) -> None:
    fusion = fusions()[kind].eval()
    pet, none = torch.randn(1, 8, 8), torch.tensor([False])
    first, second = (fusion(pet, torch.randn(1, 8, 8), none, GRID) for _ in range(2))
    assert torch.equal(first, second)
    known = fusion(pet, torch.randn(1, 8, 8), torch.tensor([True]), GRID)
    assert not torch.allclose(first, known)


def test_local_fusion_starts_as_pet_alone() -> None:
    pet = torch.randn(2, 8, 8)
    made = LocalFusion(FusionConfig(heads=2), 8)
    assert torch.equal(made(pet, torch.randn(2, 8, 8), torch.tensor([True, True]), GRID), pet)


def test_a_far_ct_token_does_not_reach() -> None:
    fusion = fusions()[2]
    grid = (4, 1, 1)
    pet, ct = torch.randn(1, 4, 8), torch.randn(1, 4, 8)
    moved = ct.clone()
    moved[0, 3] = torch.randn(8)
    known = torch.tensor([True])
    one, other = fusion(pet, ct, known, grid), fusion(pet, moved, known, grid)
    changed = (one - other).abs().amax(dim=-1)[0] > 1e-7
    assert changed.tolist() == [False, False, True, True]


def test_neighbours_are_symmetric_and_include_the_own_place() -> None:
    near = neighbours((3, 2, 2), 1, torch.device("cpu"))
    assert torch.equal(near, near.T)
    assert bool(near.diagonal().all())
    assert not bool(near[0, -1])
