"""The tower: one trunk or two, and which tokens are told the mask."""

from dataclasses import replace

import torch

from model.made import config
from petscribe.model.vision.fusion import FusionConfig
from petscribe.model.vision.tower import Tower


def test_a_shared_trunk_is_one_and_separate_ones_are_two() -> None:
    made = config().tower
    assert len(Tower(made).trunk) == 1
    assert len(Tower(replace(made, shared=False)).trunk) == 2


def test_side_by_side_tokens_are_twice_as_wide() -> None:
    made = replace(config().tower, fusion=FusionConfig(kind="concat"), mask_on=("pet",))
    tower = Tower(made)
    view, mask = torch.rand(1, 4, 8, 8, 8), torch.zeros(1, 1, 8, 8, 8)
    assert tower(view, mask, torch.tensor([True])).shape == (1, 8, 48)
    assert list(tower.mask) == ["pet"]


def test_a_hidden_ct_is_hidden_in_training_alone() -> None:
    made = config().tower
    tower = Tower(replace(made, fusion=replace(made.fusion, ct_dropout=1.0)))
    torch.nn.init.normal_(tower.fusion.join.weight)
    view, mask, known = torch.rand(1, 4, 8, 8, 8), torch.zeros(1, 1, 8, 8, 8), torch.tensor([True])
    hidden = tower.train()(view, mask, known)
    assert torch.equal(hidden, tower.eval()(view, mask, ~known))
    assert not torch.equal(hidden, tower(view, mask, known))
