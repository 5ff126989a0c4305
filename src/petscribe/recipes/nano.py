"""`nano`: about eight million parameters, trained on two CPU cores, shipped with the package.

    petscribe build-dataset --phantom 1200 -o STORE
    petscribe train nano --store STORE -o OUT

Everything learns first (the network is too small to freeze parts of), then the heads alone on every
mask, then the words, which are told what the heads read. Views and tokenizer are made once, beside
the store.
"""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

import torch
from torch import nn

from petscribe.core.errors import InputError
from petscribe.dataset.phantoms.requests import requests_of
from petscribe.io.store import CaseStore
from petscribe.model.checkpoint import save_model
from petscribe.model.inputs.facts import NUM_FACTS
from petscribe.model.language.causal import small_llama
from petscribe.model.language.tokens import Speech, load_speech, small_speech
from petscribe.model.vision.encoder import ViTConfig
from petscribe.model.vision.focal import FocalConfig
from petscribe.model.vision.fusion import FusionConfig
from petscribe.model.vision.heads import CLASSES
from petscribe.model.vision.projector import ProjectorConfig
from petscribe.model.vision.tower import TowerConfig
from petscribe.model.vlm import PetVlm, ViewConfig, VLMConfig
from petscribe.training.feeding.samples import Samples
from petscribe.training.losses.attention import VisualLayout
from petscribe.training.losses.objective import Objective
from petscribe.training.stages import Recipe, Stage
from petscribe.training.views.augment import Augmentation
from petscribe.training.views.prepare import prepare_views
from petscribe.training.views.samples import ONE_MASK_TASKS, Shape, ViewSamples

VOCABULARY: Final = 3072
EXAM_TASKS: Final = ("question", "section", "impression", "report")
END_TOKEN: Final = 2


def model(vocabulary: int = VOCABULARY) -> VLMConfig:
    """Return the model: 64 focal tokens asked of a body of 64, a Llama of four layers."""
    return VLMConfig(
        name="nano",
        views=ViewConfig(body=(96, 24, 48), focal=(48, 48, 48)),
        tower=TowerConfig(
            encoder=ViTConfig(patch=(12, 12, 12), width=192, depth=4, heads=6, mlp_width=768),
            fusion=FusionConfig(kind="local", heads=6, ct_dropout=0.1),
        ),
        focal=FocalConfig(kind="gated", heads=6, layers=1),
        projector=ProjectorConfig(kind="pool", pool=(1, 1, 1), hidden=384),
        language=small_llama(vocabulary, width=256, layers=4, heads=4, mlp_width=704),
        facts=NUM_FACTS,
        facts_width=128,
        heads=tuple(CLASSES),
        heads_width=256,
        told_heads=True,
        max_tokens=1024,
    )


def recipe(*, steps: int = 2530, batch: int = 6, seed: int = 1) -> Recipe:
    """Return the run: everything, with the attention loss, the heads alone, the words alone.

    Args:
        steps: of the optimiser, all stages together.
        batch: exams per step, each with up to four requests.
        seed: of weights, order and augmentation.
    """
    learns = {"weight_decay": 0.05, "betas": (0.9, 0.98), "precision": "bf16"}
    sources = {"lesions": 0.8, "exams": 0.2}
    parts = [max(1, round(steps * share)) for share in (0.66, 0.07, 0.17, 0.10)]
    everything, attention, heads, words = parts
    return Recipe(
        name="nano",
        stages=(
            Stage(
                name="everything",
                steps=everything,
                batch_size=batch,
                sources=sources,
                rates={"*": 1.0e-3},
                objective=Objective(answer=1.0, heads=0.5),
                warmup_steps=min(150, everything // 2),
                floor_frac=0.1,
                ema_decay=0.998,
                **learns,  # type: ignore[arg-type]
            ),
            Stage(
                name="attention",
                steps=attention,
                batch_size=batch,
                sources=sources,
                rates={"*": 1.0e-4},
                objective=Objective(answer=1.0, heads=0.5, attention_mass=0.1, layout=_layout()),
                floor_frac=0.1,
                ema_decay=0.99,
                **learns,  # type: ignore[arg-type]
            ),
            Stage(
                name="heads",
                steps=heads,
                batch_size=max(1, batch // 2),
                sources={"masks": 1.0},
                rates={"tower.*": 8e-4, "focal.*": 8e-4, "facts.*": 2e-3, "heads.*": 2e-3},
                objective=Objective(answer=0.0, heads=1.0, focal_gamma=1.0),
                warmup_steps=min(20, heads // 2),
                floor_frac=0.05,
                ema_decay=0.99,
                **learns,  # type: ignore[arg-type]
            ),
            Stage(
                name="words",
                steps=words,
                batch_size=batch,
                sources={"lesions": 0.75, "exams": 0.25},
                rates={"language.*": 6e-4, "projector.*": 6e-4, "facts.token.*": 6e-4},
                objective=Objective(answer=1.0),
                warmup_steps=min(20, words // 2),
                floor_frac=0.05,
                ema_decay=0.98,
                **learns,  # type: ignore[arg-type]
            ),
        ),
        build=_build,
        samples=_samples,
        save=_save,
        seed=seed,
        end_token=END_TOKEN,
        max_tokens=model().max_tokens,
        checkpoint_every=200,
        held_out="held_out",
        held_out_every=250,
        held_out_batches=6,
        threads=1,
    )


def prepare(store: Path, *, workers: int = 1) -> Path:
    """Make the views and the tokenizer of a store, where they are not there; return the views."""
    views = store / "views"
    prepare_views(store, views, model().views, samples=requests_of, workers=workers)
    if not (views / "tokenizer" / "tokenizer.json").is_file():
        reader = CaseStore.open(views)
        texts = (
            text
            for key in reader.keys("train")
            for request in reader.record(key)["samples"]
            for text in (
                request["prompt"],
                request["answer"],
                request.get("about", ""),
                *request.get("context", ()),
            )
        )
        speech = small_speech(texts, VOCABULARY)
        (views / "tokenizer").mkdir(parents=True, exist_ok=True)
        speech.save(views / "tokenizer")
    return views


def _shape() -> Shape:
    with torch.device("meta"):
        return Shape.of(PetVlm(model()))


def _layout() -> VisualLayout:
    shape = _shape()
    return VisualLayout(
        lesion_tokens=shape.per_lesion, body_tokens=shape.per_exam, leading=1, trailing=1
    )


def _build() -> nn.Module:
    return PetVlm(model())


def _samples(store: Path | None) -> Mapping[str, Samples]:
    if store is None:
        raise InputError("no-store", "nano is trained on a case store; name one with --store")
    views = prepare(store)
    speech = _speech(views)
    everything: dict[str, Any] = {"shape": _shape(), "speech": speech}
    lesions = ViewSamples(views, tasks=ONE_MASK_TASKS, augmentation=Augmentation(), **everything)
    masks = ViewSamples(
        views,
        tasks=ONE_MASK_TASKS,
        chunk=64,
        silent=True,
        augmentation=Augmentation(),
        **everything,
    )
    exams = ViewSamples(views, tasks=EXAM_TASKS, chunk=2, augmentation=Augmentation(), **everything)
    held_out = ViewSamples(views, tasks=ONE_MASK_TASKS, splits=("val",), **everything)
    return {"lesions": lesions, "masks": masks, "exams": exams, "held_out": held_out}


def _save(trained: nn.Module, folder: Path) -> None:
    if not isinstance(trained, PetVlm):
        raise TypeError(f"nano is a PetVlm, not a {type(trained).__name__}")
    speech = _last_speech()
    save_model(trained.to(torch.bfloat16), folder, speech=speech, manifest={"recipe": "nano"})


@cache
def _speech(views: Path) -> Speech:
    speech = load_speech(views / "tokenizer")
    _opened.append(speech)
    return speech


_opened: list[Speech] = []


def _last_speech() -> Speech:
    return _opened[-1]
