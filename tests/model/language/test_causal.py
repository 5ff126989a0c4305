"""The language model: cached steps equal whole ones, and growth keeps what was there."""

import json
from pathlib import Path

import pytest
import torch
from transformers import DynamicCache

from petscribe.core.errors import InputError
from petscribe.model.language.causal import (
    CausalLanguageModel,
    LanguageConfig,
    architecture_of,
    small_llama,
)


def small() -> CausalLanguageModel:
    torch.manual_seed(0)
    return CausalLanguageModel(small_llama(50, width=16, layers=2, heads=2, mlp_width=32)).eval()


def test_a_cached_step_equals_the_whole() -> None:
    model, tokens = small(), torch.randint(0, 50, (2, 6))
    here = torch.ones(2, 6, dtype=torch.bool)
    whole = model(model.embed(tokens), here).logits
    cache = DynamicCache()
    first = model(model.embed(tokens[:, :4]), here[:, :4], cache=cache, last_only=True)
    rest = model(model.embed(tokens[:, 4:]), here, cache=cache)
    assert torch.allclose(first.logits[:, 0], whole[:, 3], atol=1e-5)
    assert torch.allclose(rest.logits, whole[:, 4:], atol=1e-5)


def test_visible_attention_is_the_same_attention() -> None:
    model, tokens = small(), torch.randint(0, 50, (1, 5))
    here = torch.ones(1, 5, dtype=torch.bool)
    hidden = model(model.embed(tokens), here)
    shown = model(model.embed(tokens), here, want_attention=True)
    assert torch.allclose(hidden.logits, shown.logits, atol=1e-5)
    assert shown.attention is not None
    assert torch.allclose(shown.attention[0].sum(-1), torch.ones(1, 2, 5), atol=1e-5)


def test_new_tokens_start_as_the_mean_and_old_ones_stay() -> None:
    model = small()
    before = model.embed(torch.arange(50)[None]).detach().clone()
    model.grow(53)
    assert model.vocabulary == 53
    assert torch.equal(model.embed(torch.arange(50)[None]), before)


def test_a_folder_that_is_no_language_model_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, check=lambda fault: fault.code == "not-a-language-model"):
        architecture_of(tmp_path)
    (tmp_path / "config.json").write_text(json.dumps({"model_type": "unheard-of"}))
    with pytest.raises(InputError, check=lambda fault: fault.code == "not-a-language-model"):
        architecture_of(tmp_path)
    with pytest.raises(InputError, check=lambda fault: fault.code == "not-a-language-model"):
        CausalLanguageModel(LanguageConfig())
