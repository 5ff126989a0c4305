"""The assembled model: what each part must not change at the start, and what must change it."""

from dataclasses import replace

import pytest
import torch

from model.made import config, noise, opened, tiny
from petscribe.model.batch import Batch
from petscribe.model.language.causal import LoraConfig
from petscribe.model.vision.focal import FocalConfig
from petscribe.model.vision.fusion import FusionConfig
from petscribe.model.vlm import PetVlm


def test_at_the_start_the_mask_changes_no_token() -> None:
    model = tiny()
    batch = noise(model)
    empty = replace(batch, mask=torch.zeros_like(batch.mask))
    seen, blind = model.see(batch), model.see(empty)
    assert torch.equal(seen.visual, blind.visual)


def test_at_the_start_the_ct_and_the_body_change_no_lesion_token() -> None:
    model = tiny()
    batch = noise(model)
    lesions = batch.focal.shape[0] * model.tokens_per_lesion()
    dark = replace(batch, body=torch.zeros_like(batch.body), has_ct=torch.zeros(1).bool())
    assert torch.equal(model.see(batch).visual[:lesions], model.see(dark).visual[:lesions])


def test_at_the_start_facts_say_nothing() -> None:
    model = tiny()
    assert float(model.see(noise(model)).visual[0].detach().abs().max()) == 0.0


def test_a_small_hot_sphere_changes_focal_and_body_tokens() -> None:
    model = opened(tiny())
    batch = noise(model, lesions=1)
    focal, body = batch.focal.clone(), batch.body.clone()
    focal[:, 0, 4, 4, 4] = 5.0
    body[:, 0, 8, 4, 4] += 0.2
    hot = model.see(replace(batch, focal=focal, body=body)).visual
    cold = model.see(batch).visual
    changed = (hot - cold).abs().amax(dim=1) > 1e-6
    per = model.tokens_per_lesion()
    assert changed[1:per].any()
    assert changed[per:].any()


def test_a_mask_of_one_voxel_changes_focal_and_body_tokens() -> None:
    model = opened(tiny())
    batch = noise(model, lesions=1)
    bare = replace(
        batch, mask=torch.zeros_like(batch.mask), body_mask=torch.zeros_like(batch.body_mask)
    )
    mask, body_mask = bare.mask.clone(), bare.body_mask.clone()
    mask[0, 0, 4, 4, 4] = 1.0
    body_mask[0, 0, 8, 4, 4] = 0.05
    told = model.see(replace(bare, mask=mask, body_mask=body_mask)).visual
    changed = (told - model.see(bare).visual).abs().amax(dim=1) > 1e-7
    per = model.tokens_per_lesion()
    assert changed[1:per].any()
    assert changed[per:].any()


def test_pet_alone_equals_a_dropped_ct() -> None:
    model = opened(tiny())
    batch = replace(noise(model, lesions=2, exams=2), has_ct=torch.tensor([False, True]))
    channels = model.config.tower.pet_channels
    body, focal = batch.body.clone(), batch.focal.clone()
    body[0, channels:] = 0.7
    focal[0, channels:] = 0.1
    other = replace(batch, body=body, focal=focal)
    assert torch.equal(model.see(batch).visual, model.see(other).visual)
    alone = replace(batch, has_ct=torch.zeros(2).bool())
    per = model.tokens_per_lesion()
    assert torch.allclose(model.see(alone).visual[:per], model.see(batch).visual[:per], atol=1e-5)


def test_padding_on_the_right_changes_no_score() -> None:
    model = opened(tiny())
    batch = noise(model)
    wider = replace(
        batch,
        tokens=torch.nn.functional.pad(batch.tokens, (0, 3)),
        present=torch.nn.functional.pad(batch.present, (0, 3)),
        labels=torch.nn.functional.pad(batch.labels, (0, 3), value=-100),
        visual=torch.nn.functional.pad(batch.visual, (0, 3), value=-1),
    )
    width = batch.tokens.shape[1]
    assert torch.allclose(model(wider).logits[:, :width], model(batch).logits, atol=1e-5)


def test_adapters_that_have_learned_nothing_equal_the_base() -> None:
    made = config()
    torch.manual_seed(0)
    model = PetVlm(replace(made, language=replace(made.language, lora=LoraConfig()))).eval()
    batch = noise(model)
    with_adapters = model(batch).logits
    with model.language.model.disable_adapter():
        assert torch.equal(model(batch).logits, with_adapters)
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if "lora_B" in name:
                parameter.normal_()
    assert not torch.equal(model(batch).logits, with_adapters)


@pytest.mark.parametrize("kind", ["sum", "concat", "focal"])
def test_the_other_ways_of_joining_views_work(kind: str) -> None:
    made = replace(config(), focal=FocalConfig(kind=kind))
    made = replace(made, views=replace(made.views, body=(8, 8, 8)))
    model = tiny(made=made)
    batch = noise(model)
    assert model(batch).visual.shape[0] == 2 * model.tokens_per_lesion() + model.tokens_per_exam()


def test_a_model_of_bodies_alone_sees_no_lesion() -> None:
    made = replace(config(), focal=FocalConfig(kind="body"), facts=0, heads=())
    model = tiny(made=made)
    assert model.tokens_per_lesion() == 0
    batch = noise(tiny(made=replace(config(), facts=0)), lesions=1)
    sight = model.see(batch)
    assert sight.visual.shape[0] == model.tokens_per_exam()


@pytest.mark.parametrize("kind", ["cross", "concat", "pet_only"])
def test_the_other_fusions_work(kind: str) -> None:
    made = config()
    fusion = FusionConfig(kind=kind, heads=2)
    model = tiny(made=replace(made, tower=replace(made.tower, fusion=fusion)))
    assert torch.isfinite(model(noise(model)).logits).all()


def test_many_views_are_encoded_in_parts_to_the_same_tokens(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    model = opened(tiny())
    batch = noise(model, lesions=3)
    with torch.inference_mode():
        whole = model.see(batch).visual
        monkeypatch.setattr("petscribe.model.vlm._TOKENS_AT_ONCE", 8)
        assert torch.allclose(model.see(batch).visual, whole, atol=1e-6)


def test_a_view_of_other_channels_or_size_is_refused_by_name() -> None:
    model = tiny()
    batch = noise(model)
    with pytest.raises(ValueError, match="view has 3 channels, the model 4"):
        model(replace(batch, body=batch.body[:, :3], focal=batch.focal[:, :3]))
    with pytest.raises(ValueError, match="not a whole number of patches"):
        model(replace(batch, body=batch.body[..., :7], body_mask=batch.body_mask[..., :7]))


def briefly_trained() -> PetVlm:
    """Train the side head on cubes whose hot spot lies left or right."""
    model = tiny(seed=2).train()
    optimiser = torch.optim.AdamW(model.parameters(), lr=3e-3)
    for step in range(200):
        batch = spots(step)
        loss = torch.nn.functional.cross_entropy(
            model.see(batch).heads["side"], batch.targets["side"]
        )
        loss.backward()  # type: ignore[no-untyped-call]
        optimiser.step()
        optimiser.zero_grad()
    return model.eval()


def spots(seed: int) -> Batch:
    model = tiny()
    batch = noise(model, lesions=8, seed=seed)
    generator = torch.Generator().manual_seed(seed)
    right = torch.rand(8, generator=generator) < 0.5
    focal = 0.1 * batch.focal
    for place, is_right in enumerate(right.tolist()):
        x = 1 if is_right else 6
        focal[place, 0, 3:5, 3:5, x] = 1.0
    zeros = torch.zeros_like(batch.mask)
    return replace(batch, focal=focal, mask=zeros, targets={"side": right.long()})


def test_swapping_left_and_right_swaps_the_side_head() -> None:
    model = briefly_trained()
    batch = spots(999)
    swapped = replace(batch, focal=batch.focal.flip(-1))
    truth = batch.targets["side"]
    assert torch.equal(model.see(batch).heads["side"].argmax(1), truth)
    assert torch.equal(model.see(swapped).heads["side"].argmax(1), 1 - truth)
