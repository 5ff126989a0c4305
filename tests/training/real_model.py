"""The real model, shrunken, and lesions for it: as `tiny`, with every part of the family."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import torch

from petscribe.model.batch import TEXT, Batch
from petscribe.model.language.causal import LoraConfig, small_llama
from petscribe.model.vision.encoder import ViTConfig
from petscribe.model.vision.focal import FocalConfig
from petscribe.model.vision.fusion import FusionConfig
from petscribe.model.vision.projector import ProjectorConfig
from petscribe.model.vision.tower import TowerConfig
from petscribe.model.vlm import PetVlm, ViewConfig, VLMConfig
from petscribe.training.losses.attention import VisualLayout
from training.tiny import VOCABULARY, TinySamples

SIDE = 8
FACTS = 3


def real_config(*, lora: bool = False) -> VLMConfig:
    """Return a model of 2 x 2 x 2 focal tokens, facts and mean, with the side head."""
    language = small_llama(VOCABULARY, width=16, layers=2, heads=2, mlp_width=32, positions=64)
    if lora:
        language = replace(language, lora=LoraConfig(rank=2, alpha=4, dropout=0.0))
    return VLMConfig(
        name="shrunken",
        views=ViewConfig(body=(SIDE,) * 3, focal=(SIDE,) * 3),
        tower=TowerConfig(
            encoder=ViTConfig(patch=(4, 4, 4), width=16, depth=1, heads=2, mlp_width=32),
            fusion=FusionConfig(kind="local", heads=2, ct_dropout=0.0),
        ),
        focal=FocalConfig(kind="gated", heads=2, layers=1),
        projector=ProjectorConfig(kind="pool", pool=(1, 1, 1), hidden=16),
        language=language,
        facts=FACTS,
        facts_width=8,
        heads=("side",),
        heads_width=16,
        max_tokens=64,
    )


def layout_of(model: PetVlm) -> VisualLayout:
    """Return how the model's visual tokens lie."""
    return VisualLayout(
        lesion_tokens=model.tokens_per_lesion(),
        body_tokens=model.tokens_per_exam(),
        leading=1,
        trailing=1,
    )


class RealSamples(TinySamples):
    """The tiny lesions as volumes: a hot or cold cube in one of four corners of a focal view."""

    def __init__(self, model: PetVlm, count: int = 16) -> None:
        """Draw places and heats; the model says how many visual tokens it has."""
        super().__init__(count, noise=0.0)
        self._channels = model.config.tower.channels
        self._shown = model.tokens_per_lesion() - 1

    @property
    def lengths(self) -> np.ndarray:
        """Visual tokens, prompt and answer."""
        return super().lengths + self._shown - 4

    def collate(self, indices: Sequence[int], rng: np.random.Generator) -> Batch:
        """Return a batch; one exam per lesion."""
        flat = super().collate(indices, rng)
        n, shown = len(indices), self._shown
        views = torch.zeros(n, self._channels, SIDE, SIDE, SIDE)
        mask = torch.zeros(n, 1, SIDE, SIDE, SIDE)
        for i, index in enumerate(indices):
            y, x = divmod(int(self.places[index]), 2)
            cube = (slice(2, 6), slice(4 * y, 4 * y + 4), slice(4 * x, 4 * x + 4))
            views[i][(slice(None), *cube)] = 1.0 if self.hot[index] else -1.0
            mask[i, 0][cube] = 1.0
        lesion = torch.arange(n)[:, None] * (shown + 1) + torch.arange(shown)
        return replace(
            flat,
            body=views,
            focal=views,
            mask=mask,
            body_mask=mask,
            facts=torch.zeros(n, FACTS),
            tokens=_shifted(flat.tokens, torch.zeros_like(lesion)),
            present=_shifted(flat.present, torch.ones_like(lesion).bool()),
            labels=_shifted(flat.labels, torch.full_like(lesion, -100)),
            visual=_shifted(torch.full_like(flat.visual, TEXT), lesion),
            lesion_words=_shifted(flat.lesion_words, torch.zeros_like(lesion).bool()),
        )


def _shifted(rows: torch.Tensor, start: torch.Tensor) -> torch.Tensor:
    """Put other visual positions in place of the tiny model's four."""
    return torch.cat([start.to(rows.dtype), rows[:, 4:]], dim=1)
