"""Which weight of a public base is which weight of ours: explicit lists, nothing guessed.

A map names, for every weight of a base, the places in our model that it fills, and, by prefix, the
weights of the base that we do not need, with the reason. A weight of the base that neither list
knows is an error (`bases`). Knows names only.

Sources of the names: M3D (BAAI-DCAI/M3D: `LaMed/src/model/CLIP.py`, `lamed_arch.py`), MONAI's ViT
block, CT-CLIP (`transformer_maskgit/ctvit.py`, `attention.py`), transformers' Phi-3 and Mistral.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

WRAPPER: Final = "language.model."
_LORA: Final = "base_model.model."
_ADAPTED: Final = ".base_layer."


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyMap:
    """How a base fills our model."""

    base: str
    """Name of the base, for messages."""
    places: Mapping[str, tuple[str, ...]]
    """Weight of the base -> weights of ours that it fills."""
    unused: Mapping[str, str] = field(default_factory=dict)
    """Prefix of the base's weights that we leave out -> why."""
    grown: frozenset[str] = frozenset()
    """Weights of the base whose first axis may be shorter than ours: added tokens follow it."""
    optional: frozenset[str] = frozenset()
    """Weights that a base may lack."""


def m3d_clip(
    depth: int = 12, *, modalities: tuple[str, ...] = ("pet", "ct"), prefix: str = "vision_encoder."
) -> KeyMap:
    """Return the map of M3D-CLIP's vision transformer, with its class token and positions.

    Args:
        depth: number of blocks.
        modalities: trunks that start from it.
        prefix: before the vision weights; empty for `pretrained_ViT.bin`.
    """
    places = _vit(prefix, depth, modalities)
    unused = {
        "language_encoder.": "the text side of the alignment",
        "mm_vision_proj.": "the alignment's projection",
        "mm_language_proj.": "the alignment's projection",
        "logit_scale": "the alignment's temperature",
    }
    return KeyMap(base="M3D-CLIP", places=places, unused=unused)


def m3d_lamed_phi3(
    ours: Iterable[str],
    *,
    depth: int = 12,
    layers: int = 32,
    modalities: tuple[str, ...] = ("pet", "ct"),
) -> KeyMap:
    """Return the map of M3D-LaMed-Phi-3-4B: vision, the projector's second layer and Phi-3.

    Args:
        ours: names of our model's weights, which say whether LoRA wraps them.
        depth: blocks of the vision transformer.
        layers: layers of the language model.
        modalities: trunks that start from its vision.
    """
    places = _vit("model.vision_tower.vision_tower.", depth, modalities)
    places |= {
        f"model.mm_projector.projector.2.{end}": (f"projector.second.{end}",)
        for end in ("weight", "bias")
    }
    places |= language(phi3_names(layers), ours).places
    unused = {
        "model.mm_projector.projector.0.": "reads 768 numbers; PET with CT are 1,536",
        "model.seg_module.": "segmentation",
        "model.seg_projector.": "segmentation",
    }
    return KeyMap(base="M3D-LaMed-Phi-3", places=places, unused=unused, grown=_VOCABULARY)


def ct_clip(
    *,
    spatial: int = 4,
    temporal: int = 4,
    modality: str = "ct",
    prefix: str = "visual_transformer.",
) -> KeyMap:
    """Return the map of CT-CLIP's CT-ViT.

    Args:
        spatial: layers within a slab.
        temporal: layers along the slabs.
        modality: trunk that starts from it.
        prefix: before the vision weights; empty for a CT-ViT of its own.
    """
    embed, trunk = f"tower.embed.{modality}.", f"tower.trunk.{modality}."
    places: dict[str, str] = {}
    for number, name in ((1, "norm_patch"), (2, "projection"), (3, "norm_token")):
        places |= _both(f"to_patch_emb.{number}", embed + name)
    for theirs, name in (("net.0.0", "first"), ("net.1.0", "second"), ("net.2", "last")):
        places |= _both(f"spatial_rel_pos_bias.{theirs}", f"{trunk}bias.{name}")
    unused = {
        f"{prefix}to_patch_emb_first_frame.": "the public code does not call it",
        f"{prefix}to_pixels": "reconstruction",
        f"{prefix}vq.": "the codebook",
        "text_transformer.": "the text side of the alignment",
        "to_text_latent": "the alignment's projection",
        "to_visual_latent": "the alignment's projection",
        "temperature": "the alignment's temperature",
    }
    for kind, depth in (("spatial", spatial), ("temporal", temporal)):
        theirs, own = f"enc_{kind}_transformer.", f"{trunk}{kind}."
        places[f"{theirs}norm_out.gamma"] = f"{own}norm.scale"
        unused[f"{prefix}{theirs}norm_out.beta"] = "a buffer of zeros"
        for layer in range(depth):
            start = f"{theirs}layers.{layer}."
            places |= _ctvit_layer(start, f"{own}layers.{layer}.")
            unused[f"{prefix}{start}1.norm.beta"] = "a buffer of zeros"
            unused[f"{prefix}{start}1.context_norm."] = "used by cross-attention alone"
    full = {prefix + name: (place,) for name, place in places.items()}
    return KeyMap(base="CT-CLIP", places=full, unused=unused)


def language(theirs: Iterable[str], ours: Iterable[str]) -> KeyMap:
    """Return the map of a language model's folder: the same names, inside our wrappers.

    Args:
        theirs: names of the folder's weights.
        ours: names of our model's weights.
    """
    plain = {_plain(name): name for name in ours if name.startswith(WRAPPER)}
    kept = [name for name in theirs if not name.startswith(tuple(_SIGHT))]
    places = {name: (plain.get(name, WRAPPER + name),) for name in kept}
    places |= {name: (place,) for name, place in plain.items() if "lora_" not in name}
    tied = frozenset({"lm_head.weight"}) if "lm_head.weight" not in plain else frozenset()
    if tied:
        places.pop("lm_head.weight", None)
    unused = {**_SIGHT, **dict.fromkeys(tied, "tied to the embeddings")}
    return KeyMap(base="language model", places=places, unused=unused, grown=_VOCABULARY)


def phi3_names(layers: int) -> list[str]:
    """Return the names of Phi-3's weights."""
    ends = ("self_attn.qkv_proj", "self_attn.o_proj", "mlp.gate_up_proj", "mlp.down_proj")
    norms = ("input_layernorm", "post_attention_layernorm")
    inner = [f"model.layers.{i}.{end}.weight" for i in range(layers) for end in ends + norms]
    return ["model.embed_tokens.weight", *inner, "model.norm.weight", "lm_head.weight"]


_SIGHT: Final[Mapping[str, str]] = {
    "model.vision_tower.": "another model's vision",
    "model.mm_projector.": "another model's projector",
}
_VOCABULARY: Final = frozenset({"model.embed_tokens.weight", "lm_head.weight"})


def _plain(name: str) -> str:
    """Return a weight's name without our wrapper and LoRA's."""
    inner = name.removeprefix(WRAPPER).removeprefix(_LORA)
    return inner.replace(_ADAPTED, ".")


def _both(theirs: str, ours: str) -> dict[str, str]:
    return {f"{theirs}.{end}": f"{ours}.{end}" for end in ("weight", "bias")}


def _vit(prefix: str, depth: int, modalities: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    embed, trunk = "tower.embed.{}.", "tower.trunk.{}."
    names = {
        "patch_embedding.patch_embeddings.1.weight": embed + "projection.weight",
        "patch_embedding.patch_embeddings.1.bias": embed + "projection.bias",
        "patch_embedding.position_embeddings": embed + "positions",
        "cls_token": trunk + "class_token",
        "norm.weight": trunk + "norm.weight",
        "norm.bias": trunk + "norm.bias",
    }
    for i in range(depth):
        block, own = f"blocks.{i}.", f"{trunk}blocks.{i}."
        names[f"{block}attn.qkv.weight"] = f"{own}qkv.weight"
        pairs = {"attn.out_proj": "out", "mlp.linear1": "mlp1", "mlp.linear2": "mlp2"}
        for theirs, name in (pairs | {"norm1": "norm1", "norm2": "norm2"}).items():
            names |= _both(block + theirs, own + name)
    return {
        prefix + theirs: tuple(place.format(m) for m in modalities)
        for theirs, place in names.items()
    }


def _ctvit_layer(theirs: str, ours: str) -> dict[str, str]:
    names = _both(f"{theirs}0.dsconv", f"{ours}positions.conv")
    names |= _both(f"{theirs}3.0", f"{ours}perceptron.norm")
    attention = {
        "norm.gamma": "norm.scale",
        "null_kv": "null",
        "to_q.weight": "query.weight",
        "to_kv.weight": "key_value.weight",
        "q_scale": "scale_query",
        "k_scale": "scale_key",
        "to_out.weight": "out.weight",
    }
    names |= {f"{theirs}1.{k}": f"{ours}attention.{v}" for k, v in attention.items()}
    names[f"{theirs}3.1.weight"] = f"{ours}perceptron.expand.weight"
    names[f"{theirs}3.4.weight"] = f"{ours}perceptron.contract.weight"
    return names
