"""Eight-bit weights: smaller, nearly the same scores, adapters merged exactly."""

from dataclasses import replace

import pytest
import torch

from model.made import config, noise, opened, tiny
from petscribe.model.decoding.quantise import merge_adapters, quantised
from petscribe.model.generate import Decoding, generate
from petscribe.model.language.causal import LoraConfig


def test_eight_bits_change_scores_little_and_leave_the_model_alone() -> None:
    model = opened(tiny())
    batch = noise(model)
    before = model(batch).logits.detach()
    small = quantised(model)
    after = small(batch).logits.detach()
    assert 0 < float((after - before).abs().max()) < 0.1 * float(before.abs().max())
    assert torch.equal(model(batch).logits.detach(), before)
    assert len(generate(small, batch, Decoding(most=4), end=-1).rows[0].tokens) == 4


def test_merged_adapters_give_the_same_scores() -> None:
    made = config()
    model = opened(tiny(made=replace(made, language=replace(made.language, lora=LoraConfig()))))
    batch = noise(model)
    before = model(batch).logits.detach()
    merge_adapters(model.language)
    assert not any("lora_" in name for name, _ in model.named_parameters())
    assert torch.allclose(model(batch).logits, before, atol=1e-4)


def test_a_model_elsewhere_is_refused() -> None:
    with torch.device("meta"), pytest.raises(ValueError, match="processor"):
        quantised(tiny())
