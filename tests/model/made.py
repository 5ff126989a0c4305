"""A tiny model of the whole family and batches of noise."""

from dataclasses import replace

import torch

from petscribe.model.batch import IGNORED, TEXT, Batch
from petscribe.model.inputs.facts import NUM_FACTS
from petscribe.model.language.causal import small_llama
from petscribe.model.vision.encoder import ViTConfig
from petscribe.model.vision.focal import FocalConfig
from petscribe.model.vision.fusion import FusionConfig
from petscribe.model.vision.projector import ProjectorConfig
from petscribe.model.vision.tower import TowerConfig
from petscribe.model.vlm import PetVlm, ViewConfig, VLMConfig

TEXTS = [
    "Node with SUVmax <suv_max> at T12 of size <size>.",
    "Where is the uptake in segment 7, level II?",
    "The left adrenal nodule measures <size> with SUVmax <suv_max>.",
]
WORDS = 6


def config(vocabulary: int = 400) -> VLMConfig:
    """Return a tiny model of the default design."""
    return VLMConfig(
        name="tiny",
        views=ViewConfig(body=(16, 8, 8), focal=(8, 8, 8)),
        tower=TowerConfig(
            encoder=ViTConfig(patch=(4, 4, 4), width=24, depth=2, heads=2, mlp_width=48),
            fusion=FusionConfig(kind="local", heads=2),
        ),
        focal=FocalConfig(kind="gated", heads=2, layers=1),
        projector=ProjectorConfig(kind="pool", hidden=32),
        language=small_llama(vocabulary, width=32, layers=2, heads=2, mlp_width=64),
        facts=NUM_FACTS,
        facts_width=16,
        heads=("side", "region"),
        heads_width=16,
        max_tokens=128,
    )


def tiny(seed: int = 0, made: VLMConfig | None = None) -> PetVlm:
    """Return a model with drawn weights, ready to be used."""
    torch.manual_seed(seed)
    return PetVlm(made or config()).eval()


def opened(model: PetVlm, seed: int = 1) -> PetVlm:
    """Give every weight noise, so that no gate is closed any more."""
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.add_(0.05 * torch.randn(parameter.shape, generator=generator))
    return model


def noise(model: PetVlm, lesions: int = 2, exams: int = 1, seed: int = 0) -> Batch:
    """Return a batch in which each row shows one lesion between its words."""
    generator = torch.Generator().manual_seed(seed)

    def drawn(*shape: int) -> torch.Tensor:
        return torch.rand(shape, generator=generator)

    made = model.config
    per = model.tokens_per_lesion()
    tokens = torch.randint(40, 300, (lesions, per - 1 + WORDS), generator=generator)
    visual = torch.full_like(tokens, TEXT)
    visual[:, 1:per] = torch.arange(lesions)[:, None] * per + torch.arange(per - 1)
    channels = made.tower.channels
    return Batch(
        body=drawn(exams, channels, *made.views.body),
        has_ct=torch.ones(exams, dtype=torch.bool),
        focal=drawn(lesions, channels, *made.views.focal),
        mask=drawn(lesions, 1, *made.views.focal).round(),
        body_mask=drawn(lesions, 1, *made.views.body).round(),
        facts=drawn(lesions, made.facts),
        exam_of=torch.arange(lesions) % exams,
        tokens=tokens,
        present=torch.ones_like(tokens, dtype=torch.bool),
        labels=torch.full_like(tokens, IGNORED),
        visual=visual,
    )


def row_of(batch: Batch, place: int, model: PetVlm) -> Batch:
    """Return the batch of one lesion alone, nothing padded."""
    kept = batch.present[place]
    shown = batch.visual[place][kept]
    per = model.tokens_per_lesion()
    moved = torch.where(shown == TEXT, shown, shown - place * per)
    one = slice(place, place + 1)
    exam = int(batch.exam_of[place])
    return replace(
        batch,
        body=batch.body[exam : exam + 1],
        has_ct=batch.has_ct[exam : exam + 1],
        focal=batch.focal[one],
        mask=batch.mask[one],
        body_mask=batch.body_mask[one],
        facts=batch.facts[one],
        exam_of=torch.zeros(1, dtype=torch.long),
        tokens=batch.tokens[place][kept][None],
        present=torch.ones(1, int(kept.sum()), dtype=torch.bool),
        labels=batch.labels[place][kept][None],
        visual=moved[None],
    )


def padded_left(batch: Batch, place: int, by: int) -> Batch:
    """Return the batch with the first words of a row taken away by padding on the left."""
    present = batch.present.clone()
    present[place, :by] = False
    tokens, visual = batch.tokens.clone(), batch.visual.clone()
    width = tokens.shape[1]
    tokens[place, by:] = batch.tokens[place, : width - by]
    visual[place, by:] = batch.visual[place, : width - by]
    visual[place, :by] = TEXT
    return replace(batch, tokens=tokens, present=present, visual=visual)
