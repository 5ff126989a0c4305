"""PETAR's preset: the published numbers."""

import pytest
import torch

from petscribe.core.errors import InputError
from petscribe.model.vlm import PetVlm
from petscribe.recipes import petar_4b


def test_views_become_256_tokens_of_width_3072_and_the_weights_are_counted() -> None:
    with torch.device("meta"):
        model = PetVlm(petar_4b.model())
    assert model.tokens_per_lesion() - 1 == 256
    assert model.language.width == 3072
    assert model.projector.second.out_features == 3072
    named = dict(model.named_parameters())
    assert sum(p.numel() for p in named.values()) == 4_035_972_864
    language = [p.numel() for n, p in named.items() if "language" in n and "lora_" not in n]
    assert sum(language) == 3_821_079_552


def test_the_stages_are_projector_mask_and_everything() -> None:
    stages = petar_4b.stages(steps=100)
    assert [stage.name for stage in stages] == ["projector", "mask", "everything"]
    assert stages[2].rates["*lora_*"] == 5e-5


def test_by_name_it_asks_for_its_bases() -> None:
    with pytest.raises(InputError, check=lambda fault: fault.code == "no-base"):
        petar_4b.recipe()
