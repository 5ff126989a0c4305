"""Blank models: same shapes and computed parts, nothing drawn."""

import torch

from model.made import config, noise, opened, tiny
from petscribe.model.checkpoint import fill
from petscribe.model.storage.blank import blank_model, parameter_count


def test_a_filled_blank_model_is_the_model() -> None:
    model = opened(tiny())
    blank = blank_model(config()).eval()
    fill(blank, dict(model.named_parameters()), "memory")
    batch = noise(model)
    assert torch.equal(blank(batch).logits, model(batch).logits)


def test_precision_is_that_asked_for_and_the_default_stays() -> None:
    assert {p.dtype for p in blank_model(config(), torch.bfloat16).parameters()} == {torch.bfloat16}
    assert torch.get_default_dtype() == torch.float32


def test_weights_are_counted_without_making_them() -> None:
    assert parameter_count(config()) == sum(p.numel() for p in tiny().parameters())
