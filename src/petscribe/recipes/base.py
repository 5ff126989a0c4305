"""`base`: the default design with a language model of 1.7 billion weights, for one GPU of 24 GB.

The body on 128x32x64 voxels, focal cubes of 64, patches of 8, a shared ViT of 384 x 8 with rotary
positions, PET and CT exchanged locally, focal tokens asking the body, 64 visual tokens, Qwen3-1.7B
with LoRA of rank 16. 1.76 billion weights, of which 43 million learn in the last stage: in
bf16 3.5 GB of weights, 0.6 GB of optimiser state, the rest for activations.

A recipe file of the user's names the folder of the language model:

    from pathlib import Path
    from petscribe.recipes import base
    def recipe():
        return base.recipe(language=Path("/models/Qwen3-1.7B"))
"""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import torch
from torch import nn

from petscribe.core.errors import InputError
from petscribe.dataset.phantoms.requests import requests_of
from petscribe.model.checkpoint import save_model
from petscribe.model.inputs.facts import NUM_FACTS
from petscribe.model.language.causal import LanguageConfig, LoraConfig, architecture_of
from petscribe.model.language.tokens import load_speech
from petscribe.model.storage.bases import fill_language
from petscribe.model.vision.encoder import ViTConfig
from petscribe.model.vision.focal import FocalConfig
from petscribe.model.vision.fusion import FusionConfig
from petscribe.model.vision.heads import CLASSES
from petscribe.model.vision.projector import ProjectorConfig
from petscribe.model.vision.tower import TowerConfig
from petscribe.model.vlm import PetVlm, ViewConfig, VLMConfig
from petscribe.training.feeding.samples import Samples
from petscribe.training.losses.objective import Objective
from petscribe.training.stages import Recipe, Stage
from petscribe.training.views.augment import Augmentation
from petscribe.training.views.prepare import prepare_views
from petscribe.training.views.samples import ONE_MASK_TASKS, Shape, ViewSamples

QWEN3_1_7B: Final[Mapping[str, Any]] = {
    "model_type": "qwen3",
    "vocab_size": 151936,
    "hidden_size": 2048,
    "intermediate_size": 6144,
    "num_hidden_layers": 28,
    "num_attention_heads": 16,
    "num_key_value_heads": 8,
    "head_dim": 128,
    "max_position_embeddings": 40960,
    "rms_norm_eps": 1e-6,
    "rope_parameters": {"rope_type": "default", "rope_theta": 1000000.0},
    "tie_word_embeddings": True,
    "bos_token_id": 151643,
    "eos_token_id": 151645,
}


def model(architecture: Mapping[str, Any] = QWEN3_1_7B) -> VLMConfig:
    """Return the model over a language model's architecture."""
    return VLMConfig(
        name="base",
        views=ViewConfig(body=(128, 32, 64), focal=(64, 64, 64)),
        tower=TowerConfig(
            encoder=ViTConfig(
                patch=(8, 8, 8),
                width=384,
                depth=8,
                heads=8,
                mlp_width=1536,
                positions="rotary",
            ),
            fusion=FusionConfig(kind="local", heads=8, ct_dropout=0.1),
        ),
        focal=FocalConfig(kind="gated", heads=8, layers=2),
        projector=ProjectorConfig(kind="pool", pool=(2, 2, 2), hidden=2048),
        language=LanguageConfig(
            architecture=dict(architecture), lora=LoraConfig(rank=16, alpha=32, dropout=0.05)
        ),
        facts=NUM_FACTS,
        facts_width=256,
        heads=tuple(CLASSES),
        heads_width=512,
        max_tokens=2048,
    )


def stages(*, steps: int, batch: int = 8) -> tuple[Stage, ...]:
    """Return the stages: everything but the language model, then LoRA as well.

    Args:
        steps: of both stages together.
        batch: exams per step.
    """
    seeing = ("tower.*", "focal.*", "projector.*", "facts.*", "heads.*")
    sight = dict.fromkeys(seeing, 3e-4)
    later = dict.fromkeys((*seeing, "*lora_*"), 1e-4)
    first = max(1, steps // 3)
    plan = (("sight", first, sight, 0.0), ("lora", max(1, steps - first), later, 0.1))
    return tuple(
        Stage(
            name=name,
            steps=count,
            batch_size=batch,
            sources={"lesions": 1.0},
            rates=rates,
            objective=Objective(answer=1.0, heads=0.5, attention_mass=mass),
            warmup_steps=count * 3 // 100,
            weight_decay=0.05,
            precision="bf16",
        )
        for name, count, rates, mass in plan
    )


def recipe(*, language: Path | None = None, steps: int = 20000, seed: int = 1) -> Recipe:
    """Return the run.

    Args:
        language: folder of a causal language model with its tokenizer.
        steps: of the optimiser.
        seed: of weights, order and augmentation.

    Raises:
        InputError: called by name, without a folder (code `no-base`).
    """
    if language is None:
        raise InputError(
            "no-base",
            "base starts from a language model; write a recipe file that calls "
            "base.recipe(language=FOLDER)",
        )
    run = _Run(language)
    return Recipe(
        name="base",
        stages=stages(steps=steps),
        build=run.build,
        samples=run.samples,
        save=run.save,
        seed=seed,
        end_token=run.speech.end,
        max_tokens=model().max_tokens,
        held_out="held_out",
    )


class _Run:
    """What the three functions of a run share: a language model's folder and its tokenizer."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.speech = load_speech(folder)
        own = architecture_of(folder)
        self.config = model(own)
        rows = max(int(own["vocab_size"]), len(self.speech))
        self.grown = replace(
            self.config,
            language=replace(self.config.language, architecture={**own, "vocab_size": rows}),
        )

    def build(self) -> nn.Module:
        built = PetVlm(self.grown)
        fill_language(built, self.folder)
        return built

    def samples(self, store: Path | None) -> Mapping[str, Samples]:
        if store is None:
            raise InputError("no-store", "base is trained on a case store; name one with --store")
        views = store / "views-base"
        prepare_views(store, views, self.grown.views, samples=requests_of)
        with torch.device("meta"):
            shape = Shape.of(PetVlm(self.grown))
        known: dict[str, Any] = {
            "shape": shape,
            "speech": self.speech,
            "tasks": ONE_MASK_TASKS,
        }
        return {
            "lesions": ViewSamples(views, augmentation=Augmentation(), **known),
            "held_out": ViewSamples(views, splits=("val",), **known),
        }

    def save(self, trained: nn.Module, folder: Path) -> None:
        if not isinstance(trained, PetVlm):
            raise TypeError(f"base is a PetVlm, not a {type(trained).__name__}")
        save_model(
            trained.to(torch.bfloat16), folder, speech=self.speech, manifest={"recipe": "base"}
        )
