"""ViPET's preset: the published numbers."""

import pytest
import torch

from petscribe.core.errors import InputError
from petscribe.model.vlm import PetVlm
from petscribe.recipes import vipet_7b


def test_8064_tokens_become_448_and_the_weights_are_counted() -> None:
    with torch.device("meta"):
        model = PetVlm(vipet_7b.model())
        body = torch.zeros(1, 2, 140, 480, 480)
        grid = model.tower.grid(body)
        tokens = model.tower.embed["pet"](body[:, :1])
    assert grid == (14, 24, 24)
    assert tokens.shape == (1, 8064, 512)
    assert model.tokens_per_exam() == 448
    assert sum(p.numel() for p in model.parameters()) == 7_496_206_480


def test_by_name_it_asks_for_its_bases() -> None:
    assert [stage.name for stage in vipet_7b.stages(steps=100)] == ["projector", "lora"]
    with pytest.raises(InputError, check=lambda fault: fault.code == "no-base"):
        vipet_7b.recipe()
