"""`vipet_7b`: the published ViPET-VLM, in the form that its journal article describes.

Two CT-ViT (512 wide, patch 10x20x20, 4 + 4 layers) over a region of 140x480x480, PET tokens asking
CT tokens, a strided convolution from 8,064 to 448 visual tokens, Mistral-7B, LoRA of rank 64.
No lesion is shown: the region is. 7.50 billion weights, adapters included.

What differs from the release: no codebook between encoder and fusion. Source: ViPET-VLM's articles
and released code.
"""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from torch import nn

from petscribe.model.language.causal import LanguageConfig, LoraConfig
from petscribe.model.vision.ctvit import CTViTConfig
from petscribe.model.vision.focal import FocalConfig
from petscribe.model.vision.fusion import FusionConfig
from petscribe.model.vision.projector import ProjectorConfig
from petscribe.model.vision.tower import TowerConfig
from petscribe.model.vlm import ViewConfig, VLMConfig
from petscribe.recipes.published import Published, published_recipe
from petscribe.training.feeding.samples import Samples
from petscribe.training.losses.objective import Objective
from petscribe.training.stages import Recipe, Stage

MISTRAL_7B: Final[Mapping[str, object]] = {
    "model_type": "mistral",
    "vocab_size": 32000,
    "hidden_size": 4096,
    "intermediate_size": 14336,
    "num_hidden_layers": 32,
    "num_attention_heads": 32,
    "num_key_value_heads": 8,
    "max_position_embeddings": 32768,
    "rms_norm_eps": 1e-5,
    "rope_parameters": {"rope_type": "default", "rope_theta": 1000000.0},
    "sliding_window": None,
    "tie_word_embeddings": False,
    "bos_token_id": 1,
    "eos_token_id": 2,
}
"""Mistral-7B-Instruct-v0.2, which LLaVA-Med v1.5 is."""


def model() -> VLMConfig:
    """Return the model."""
    return VLMConfig(
        name="vipet_7b",
        views=ViewConfig(style="vipet", body=(140, 480, 480), focal=(10, 20, 20)),
        tower=TowerConfig(
            pet_channels=1,
            ct_channels=1,
            encoder=CTViTConfig(),
            shared=False,
            mask_on=(),
            fusion=FusionConfig(kind="cross", heads=8, dropout=0.1),
        ),
        focal=FocalConfig(kind="body"),
        projector=ProjectorConfig(kind="conv", stride=(2, 3, 3), hidden=2048),
        language=LanguageConfig(
            architecture=dict(MISTRAL_7B), lora=LoraConfig(rank=64, alpha=16, dropout=0.05)
        ),
        max_tokens=2048,
    )


def stages(*, steps: int, batch: int = 2, tversky: Objective | None = None) -> tuple[Stage, ...]:
    """Return the published stages: projector, then LoRA.

    Args:
        steps: of each stage.
        batch: regions per step.
        tversky: objective of the last stage with ViPET's attention loss; None: the answer alone.
    """
    plan = (
        ("projector", {"projector.*": 2e-3}, Objective(answer=1.0)),
        ("lora", {"*lora_*": 2e-5}, tversky or Objective(answer=1.0)),
    )
    return tuple(
        Stage(
            name=name,
            steps=steps,
            batch_size=batch,
            sources={"regions": 1.0},
            rates=rates,
            objective=objective,
            warmup_steps=steps * 3 // 100,
            precision="bf16",
        )
        for name, rates, objective in plan
    )


def recipe(
    *,
    build: Callable[[], nn.Module] | None = None,
    samples: Callable[[Path | None], Mapping[str, Samples]] | None = None,
    save: Callable[[nn.Module, Path], None] | None = None,
    steps: int = 5000,
    seed: int = 0,
) -> Recipe:
    """Return the run; a recipe file of the user's says where its bases and samples are.

    Raises:
        InputError: called by name, without them (code `no-base`).
    """
    return published_recipe(
        "vipet_7b",
        stages(steps=steps),
        Published(build=build, samples=samples, save=save, max_tokens=2048),
        seed=seed,
    )
