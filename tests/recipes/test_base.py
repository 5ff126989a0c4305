"""The preset for one GPU: its size."""

import pytest
import torch

from petscribe.core.errors import InputError
from petscribe.model.vlm import PetVlm
from petscribe.recipes import base


def test_weights_and_visual_tokens_are_counted() -> None:
    with torch.device("meta"):
        model = PetVlm(base.model())
    assert sum(p.numel() for p in model.parameters()) == 1_763_374_168
    assert (model.tokens_per_lesion(), model.tokens_per_exam()) == (66, 64)


def test_by_name_it_asks_for_its_language_model() -> None:
    assert sum(stage.steps for stage in base.stages(steps=100)) == 100
    with pytest.raises(InputError, check=lambda fault: fault.code == "no-base"):
        base.recipe()
