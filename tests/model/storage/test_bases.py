"""Public bases: real names and shapes fill a shrunken model; anything unaccounted for is named."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file
from torch import Tensor

from petscribe.core.errors import InputError
from petscribe.model.language.causal import LanguageConfig
from petscribe.model.storage.bases import fill_from, fill_language, read_base
from petscribe.model.storage.blank import blank_model
from petscribe.model.storage.keymaps import ct_clip, m3d_clip, m3d_lamed_phi3
from petscribe.model.vision.ctvit import CTViTConfig
from petscribe.model.vlm import PetVlm
from petscribe.recipes import petar_4b, vipet_7b

W, LAYERS = 48, 2


def petar() -> PetVlm:
    """Return PETAR, shrunken: two blocks of 48, two layers of 64."""
    made = petar_4b.model()
    encoder = replace(made.tower.encoder, width=W, depth=2, heads=4, mlp_width=96)  # type: ignore[call-arg]
    language = {
        **made.language.architecture,
        "vocab_size": 130,
        "hidden_size": 64,
        "intermediate_size": 96,
        "num_hidden_layers": LAYERS,
        "num_attention_heads": 4,
        "num_key_value_heads": 4,
        "pad_token_id": 0,
        "eos_token_id": 2,
    }
    small = replace(
        made,
        tower=replace(made.tower, encoder=encoder),
        projector=replace(made.projector, hidden=64),
        language=LanguageConfig(architecture=language, lora=made.language.lora),
    )
    torch.manual_seed(0)
    return PetVlm(small)


def clip_weights(prefix: str = "vision_encoder.") -> dict[str, Tensor]:
    """Return M3D-CLIP's names, with the shapes of two blocks of 48."""
    shapes: dict[str, tuple[int, ...]] = {
        "cls_token": (1, 1, W),
        "patch_embedding.position_embeddings": (1, 2048, W),
        "patch_embedding.patch_embeddings.1.weight": (W, 1024),
        "patch_embedding.patch_embeddings.1.bias": (W,),
        "norm.weight": (W,),
        "norm.bias": (W,),
    }
    for i in range(2):
        for name, shape in {
            "mlp.linear1.weight": (96, W),
            "mlp.linear1.bias": (96,),
            "mlp.linear2.weight": (W, 96),
            "mlp.linear2.bias": (W,),
            "norm1.weight": (W,),
            "norm1.bias": (W,),
            "norm2.weight": (W,),
            "norm2.bias": (W,),
            "attn.out_proj.weight": (W, W),
            "attn.out_proj.bias": (W,),
            "attn.qkv.weight": (3 * W, W),
        }.items():
            shapes[f"blocks.{i}.{name}"] = shape
    return {prefix + name: torch.randn(shape) for name, shape in shapes.items()}


def clip_base() -> dict[str, Tensor]:
    others = {
        "language_encoder.embeddings.word_embeddings.weight": torch.zeros(10, 8),
        "mm_vision_proj.weight": torch.zeros(8, 8),
        "mm_language_proj.bias": torch.zeros(8),
        "logit_scale": torch.zeros(()),
    }
    return clip_weights() | others


def test_m3d_clip_fills_both_trunks_with_class_token_and_positions() -> None:
    model, base = petar(), clip_base()
    filled = fill_from(model, base, m3d_clip(2))
    places = dict(model.named_parameters())
    for modality in ("pet", "ct"):
        pairs = {
            f"tower.embed.{modality}.positions": "patch_embedding.position_embeddings",
            f"tower.trunk.{modality}.class_token": "cls_token",
            f"tower.trunk.{modality}.blocks.1.qkv.weight": "blocks.1.attn.qkv.weight",
        }
        for ours, theirs in pairs.items():
            assert torch.equal(places[ours], base["vision_encoder." + theirs])
    trunks = {n for n in places if n.startswith(("tower.embed", "tower.trunk"))}
    assert trunks == filled


def lamed_base() -> dict[str, Tensor]:
    base = clip_weights("model.vision_tower.vision_tower.")
    base |= {
        "model.mm_projector.projector.0.weight": torch.randn(64, W),
        "model.mm_projector.projector.0.bias": torch.randn(64),
        "model.mm_projector.projector.2.weight": torch.randn(64, 64),
        "model.mm_projector.projector.2.bias": torch.randn(64),
        "model.seg_module.image_encoder.weight": torch.zeros(1),
        "model.seg_projector.0.weight": torch.zeros(1),
        "model.embed_tokens.weight": torch.randn(120, 64),
        "model.norm.weight": torch.randn(64),
        "lm_head.weight": torch.randn(120, 64),
    }
    for i in range(LAYERS):
        base |= {
            f"model.layers.{i}.self_attn.qkv_proj.weight": torch.randn(192, 64),
            f"model.layers.{i}.self_attn.o_proj.weight": torch.randn(64, 64),
            f"model.layers.{i}.mlp.gate_up_proj.weight": torch.randn(192, 64),
            f"model.layers.{i}.mlp.down_proj.weight": torch.randn(64, 96),
            f"model.layers.{i}.input_layernorm.weight": torch.randn(64),
            f"model.layers.{i}.post_attention_layernorm.weight": torch.randn(64),
        }
    return base


def test_m3d_lamed_fills_vision_projector_and_phi_under_its_adapters() -> None:
    model, base = petar(), lamed_base()
    names = [name for name, _ in model.named_parameters()]
    filled = fill_from(model, base, m3d_lamed_phi3(names, depth=2, layers=LAYERS))
    places = dict(model.named_parameters())
    inner = "language.model.base_model.model."
    adapted = f"{inner}model.layers.1.mlp.down_proj.base_layer.weight"
    assert torch.equal(places[adapted], base["model.layers.1.mlp.down_proj.weight"])
    table = places[f"{inner}model.embed_tokens.weight"]
    assert torch.equal(table[:120], base["model.embed_tokens.weight"])
    assert torch.allclose(table[125], base["model.embed_tokens.weight"].mean(0), atol=1e-5)
    left = {n for n in places if n not in filled}
    assert all("lora_" in n or n.startswith(("tower.mask", "projector.first")) for n in left)


def vipet() -> PetVlm:
    made = vipet_7b.model()
    encoder = CTViTConfig(width=32, spatial_depth=1, temporal_depth=1, heads=2, head_width=8)
    language = {
        **made.language.architecture,
        "vocab_size": 64,
        "hidden_size": 32,
        "intermediate_size": 32,
        "num_hidden_layers": 1,
        "num_attention_heads": 2,
        "num_key_value_heads": 1,
    }
    small = replace(
        made,
        tower=replace(made.tower, encoder=encoder),
        projector=replace(made.projector, hidden=16),
        language=LanguageConfig(architecture=language),
    )
    return PetVlm(small)


def ct_clip_base() -> dict[str, Tensor]:
    d, patch, inner = 32, 4000, 16
    p = "visual_transformer."
    base = {
        f"{p}to_patch_emb_first_frame.1.weight": torch.zeros(400),
        f"{p}to_patch_emb.1.weight": torch.randn(patch),
        f"{p}to_patch_emb.1.bias": torch.randn(patch),
        f"{p}to_patch_emb.2.weight": torch.randn(d, patch),
        f"{p}to_patch_emb.2.bias": torch.randn(d),
        f"{p}to_patch_emb.3.weight": torch.randn(d),
        f"{p}to_patch_emb.3.bias": torch.randn(d),
        f"{p}spatial_rel_pos_bias.net.0.0.weight": torch.randn(d, 2),
        f"{p}spatial_rel_pos_bias.net.0.0.bias": torch.randn(d),
        f"{p}spatial_rel_pos_bias.net.1.0.weight": torch.randn(d, d),
        f"{p}spatial_rel_pos_bias.net.1.0.bias": torch.randn(d),
        f"{p}spatial_rel_pos_bias.net.2.weight": torch.randn(2, d),
        f"{p}spatial_rel_pos_bias.net.2.bias": torch.randn(2),
        f"{p}vq._codebook.embed": torch.zeros(1, 8, d),
        f"{p}to_pixels.0.weight": torch.zeros(patch, d),
        "text_transformer.embeddings.word_embeddings.weight": torch.zeros(8, 8),
        "to_text_latent.weight": torch.zeros(8, 8),
        "to_visual_latent.weight": torch.zeros(8, 8),
        "temperature": torch.zeros(()),
    }
    for kind in ("spatial", "temporal"):
        start = f"{p}enc_{kind}_transformer."
        layer = f"{start}layers.0."
        base |= {
            f"{layer}0.dsconv.weight": torch.randn(d, 1, 3, 3, 3),
            f"{layer}0.dsconv.bias": torch.randn(d),
            f"{layer}1.norm.gamma": torch.randn(d),
            f"{layer}1.norm.beta": torch.zeros(d),
            f"{layer}1.context_norm.gamma": torch.ones(d),
            f"{layer}1.context_norm.beta": torch.zeros(d),
            f"{layer}1.null_kv": torch.zeros(2, 0, 8),
            f"{layer}1.to_q.weight": torch.randn(inner, d),
            f"{layer}1.to_kv.weight": torch.randn(2 * inner, d),
            f"{layer}1.q_scale": torch.randn(8),
            f"{layer}1.k_scale": torch.randn(8),
            f"{layer}1.to_out.weight": torch.randn(d, inner),
            f"{layer}3.0.weight": torch.randn(d),
            f"{layer}3.0.bias": torch.randn(d),
            f"{layer}3.1.weight": torch.randn(170, d),
            f"{layer}3.4.weight": torch.randn(d, 85),
            f"{start}norm_out.gamma": torch.randn(d),
            f"{start}norm_out.beta": torch.zeros(d),
        }
    return base


@pytest.mark.parametrize("modality", ["pet", "ct"])
def test_ct_clip_fills_one_whole_trunk(modality: str) -> None:
    model = vipet()
    filled = fill_from(model, ct_clip_base(), ct_clip(spatial=1, temporal=1, modality=modality))
    start = (f"tower.embed.{modality}.", f"tower.trunk.{modality}.")
    assert filled == {n for n, _ in model.named_parameters() if n.startswith(start)}


@pytest.mark.parametrize(
    ("name", "weight", "code"),
    [
        ("vision_encoder.cls_token", None, "weights-missing"),
        ("vision_encoder.blocks.2.norm1.weight", torch.zeros(W), "weights-surplus"),
        ("vision_encoder.norm.bias", torch.zeros(7), "weights-shape"),
    ],
)
def test_a_base_that_does_not_fit_is_named(name: str, weight: Tensor | None, code: str) -> None:
    base = clip_base()
    if weight is None:
        del base[name]
    else:
        base[name] = weight
    with pytest.raises(InputError, check=lambda fault: fault.code == code) as caught:
        fill_from(petar(), base, m3d_clip(2))
    assert name in str(caught.value)


def test_a_language_folder_in_shards_fills_the_language_model(tmp_path: Path) -> None:
    model = vipet()
    prefix = "language.model."
    own = {n.removeprefix(prefix) for n, _ in model.named_parameters() if n.startswith(prefix)}
    places = dict(model.named_parameters())
    base = {name: torch.randn(places[prefix + name].shape) for name in sorted(own)}
    half = sorted(base)[: len(base) // 2]
    files = {"a.safetensors": half, "b.safetensors": sorted(set(base) - set(half))}
    for name, kept in files.items():
        save_file({k: base[k] for k in kept}, tmp_path / name)
    index = {k: name for name, kept in files.items() for k in kept}
    (tmp_path / "model.safetensors.index.json").write_text(json.dumps({"weight_map": index}))
    filled = fill_language(model, tmp_path)
    assert filled == {prefix + name for name in own}
    assert torch.equal(places[prefix + "lm_head.weight"], base["lm_head.weight"])
    (tmp_path / "b.safetensors").unlink()
    with pytest.raises(InputError, check=lambda fault: fault.code == "no-base"):
        read_base(tmp_path)


def test_pickled_and_absent_bases_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, check=lambda fault: fault.code == "no-base"):
        read_base(tmp_path)
    (tmp_path / "pytorch_model.bin").write_bytes(b"x")
    with pytest.raises(InputError, check=lambda fault: fault.code == "pickled-weights"):
        read_base(tmp_path)
    (tmp_path / "m.safetensors").write_bytes(b"x")
    with pytest.raises(InputError, check=lambda fault: fault.code == "weights-truncated"):
        read_base(tmp_path / "m.safetensors")


def test_a_blank_model_takes_a_base_too() -> None:
    model = blank_model(petar().config)
    assert fill_from(model, clip_base(), m3d_clip(2))
