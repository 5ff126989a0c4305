"""`petar_4b`: the published PETAR-4B, as its released code builds it.

Two ViT-B (12 x 768, patch 4x16x16, class token dropped) over views of 32x256x256, the mask added to
PET tokens, PET and CT side by side, focal and body tokens summed, boxes of 2x2x2 averaged to 256
visual tokens, Phi-3-mini without a chat template, LoRA of rank 16. 4.04 billion weights, adapters
included.

What differs from the release: the mask embedding has no second position embedding (ours is exact
identity at the start), and the CT trunk has a class token like the PET trunk, because both start
from M3D-CLIP. Source: arXiv 2510.27680 and its released code.
"""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from torch import nn

from petscribe.model.language.causal import LanguageConfig, LoraConfig
from petscribe.model.vision.encoder import ViTConfig
from petscribe.model.vision.focal import FocalConfig
from petscribe.model.vision.fusion import FusionConfig
from petscribe.model.vision.projector import ProjectorConfig
from petscribe.model.vision.tower import TowerConfig
from petscribe.model.vlm import ViewConfig, VLMConfig
from petscribe.recipes.published import Published, published_recipe
from petscribe.training.feeding.samples import Samples
from petscribe.training.losses.objective import Objective
from petscribe.training.stages import Recipe, Stage

PHI_3_MINI: Final[Mapping[str, object]] = {
    "model_type": "phi3",
    "vocab_size": 32064,
    "hidden_size": 3072,
    "intermediate_size": 8192,
    "num_hidden_layers": 32,
    "num_attention_heads": 32,
    "num_key_value_heads": 32,
    "max_position_embeddings": 4096,
    "original_max_position_embeddings": 4096,
    "rms_norm_eps": 1e-5,
    "tie_word_embeddings": False,
    "bos_token_id": 1,
    "eos_token_id": 32000,
    "pad_token_id": 32000,
}
"""Phi-3-mini-4k."""
CHAT: Final = False
"""The published model reads bare text."""


def model() -> VLMConfig:
    """Return the model."""
    return VLMConfig(
        name="petar_4b",
        views=ViewConfig(style="petar", body=(32, 256, 256), focal=(32, 256, 256)),
        tower=TowerConfig(
            pet_channels=1,
            ct_channels=1,
            encoder=ViTConfig(
                patch=(4, 16, 16),
                width=768,
                depth=12,
                heads=12,
                mlp_width=3072,
                positions="learned",
                learned_grid=(8, 16, 16),
                class_token=True,
            ),
            shared=False,
            mask_on=("pet",),
            fusion=FusionConfig(kind="concat"),
        ),
        focal=FocalConfig(kind="sum"),
        projector=ProjectorConfig(kind="pool", pool=(2, 2, 2), hidden=3072),
        language=LanguageConfig(
            architecture=dict(PHI_3_MINI), lora=LoraConfig(rank=16, alpha=32, dropout=0.05)
        ),
        max_tokens=768,
    )


def stages(*, steps: int, batch: int = 2) -> tuple[Stage, ...]:
    """Return the published stages: projector, mask embedding, everything with LoRA.

    Args:
        steps: of each stage; the paper has ten epochs.
        batch: lesions per step.
    """
    embeddings = "*embed_tokens*"
    plan = (
        ("projector", {"projector.*": 1e-4, embeddings: 1e-4}),
        ("mask", {"tower.mask.*": 1e-4}),
        (
            "everything",
            {"tower.*": 5e-5, "projector.*": 5e-5, "*lora_*": 5e-5}
            | {embeddings: 5e-5, "*lm_head*": 5e-5},
        ),
    )
    return tuple(
        Stage(
            name=name,
            steps=steps,
            batch_size=batch,
            sources={"lesions": 1.0},
            rates=rates,
            objective=Objective(answer=1.0),
            warmup_steps=steps * 3 // 100,
            weight_decay=0.0,
            precision="bf16",
        )
        for name, rates in plan
    )


def recipe(
    *,
    build: Callable[[], nn.Module] | None = None,
    samples: Callable[[Path | None], Mapping[str, Samples]] | None = None,
    save: Callable[[nn.Module, Path], None] | None = None,
    steps: int = 5000,
    seed: int = 42,
) -> Recipe:
    """Return the run; a recipe file of the user's says where its bases and samples are.

    Raises:
        InputError: called by name, without them (code `no-base`).
    """
    return published_recipe(
        "petar_4b",
        stages(steps=steps),
        Published(build=build, samples=samples, save=save, max_tokens=512),
        seed=seed,
    )
