"""A batch moves whole; only its floats change precision."""

from dataclasses import replace

import torch

from model.made import noise, tiny


def test_floats_change_precision_and_numbers_do_not() -> None:
    batch = replace(noise(tiny()), targets={"side": torch.tensor([0, 1])})
    half = batch.to("cpu", torch.bfloat16)
    assert half.body.dtype == half.facts.dtype == torch.bfloat16
    assert torch.equal(half.tokens, batch.tokens)
    assert half.targets["side"].dtype == torch.long
    assert half.lesion_words is None
