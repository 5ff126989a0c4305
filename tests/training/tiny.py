"""A model, samples and a recipe small enough to train in a second; also run by other processes."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors.torch import save_file
from torch import nn

from petscribe.model.batch import IGNORED, TEXT, Batch, Output
from petscribe.training.stages import Recipe, Stage

VOCABULARY, END, VISUAL, WIDTH = 16, 1, 4, 16
"""Tokens 2..9 are answers, 10..15 questions; each lesion has 4 visual tokens."""


class TinyBlock(nn.Module):
    """Causal attention and a perceptron, handing out its attention."""

    def __init__(self) -> None:
        """Make the layers."""
        super().__init__()
        self.qkv = nn.Linear(WIDTH, 3 * WIDTH, bias=False)
        self.mlp = nn.Sequential(nn.Linear(WIDTH, 32), nn.GELU(), nn.Linear(32, WIDTH))
        self.norm = nn.LayerNorm(WIDTH)
        self.drop = nn.Dropout(0.1)

    def forward(self, x: torch.Tensor, present: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Return what comes out."""
        q, k, v = self.qkv(self.norm(x)).unflatten(-1, (3, 2, WIDTH // 2)).permute(2, 0, 3, 1, 4)
        causal = torch.ones(x.shape[1], x.shape[1], dtype=torch.bool).tril()
        allowed = causal & present[:, None, None, :]
        scores = (q @ k.mT / 3).masked_fill(~allowed, -1e4)
        attention = scores.softmax(dim=-1)
        x = x + self.drop((attention @ v).transpose(1, 2).flatten(2))
        return x + self.mlp(x), attention


class TinyVlm(nn.Module):
    """The contract of the real model: Batch in, Output out; tied word embeddings."""

    def __init__(self, blocks: int = 2) -> None:
        """Make the parts; the last layer shares the words' weights."""
        super().__init__()
        self.tower = nn.Linear(2, WIDTH)
        self.projector = nn.Linear(WIDTH, WIDTH)
        self.words = nn.Embedding(VOCABULARY, WIDTH)
        nn.init.normal_(self.words.weight, std=0.1)
        self.blocks = nn.ModuleList(TinyBlock() for _ in range(blocks))
        self.scores = nn.Linear(WIDTH, VOCABULARY, bias=False)
        self.scores.weight = self.words.weight
        self.side = nn.Linear(WIDTH, 3)
        self.register_buffer("scale", torch.ones(1))

    def forward(self, batch: Batch, *, want_attention: bool = False) -> Output:
        """Return what comes out."""
        seen = torch.stack([batch.focal[:, 0], batch.mask[:, 0]], dim=-1).flatten(1, 3)
        features = torch.tanh(self.tower(seen * self.scale))
        visual = self.projector(features).flatten(0, 1)
        placed = visual[batch.visual.clamp_min(0)]
        x = torch.where((batch.visual != TEXT)[..., None], placed, self.words(batch.tokens))
        maps = []
        for block in self.blocks:
            x, attention = block(x, batch.present)
            maps.append(attention)
        pooled = features.mean(dim=1)
        return Output(
            logits=self.scores(x),
            heads={"side": self.side(pooled)},
            visual=visual,
            pooled=pooled,
            occupancy=batch.mask.flatten(),
            attention=tuple(maps) if want_attention else None,
        )


class TinySamples:
    """Lesions in one of 4 voxels, hot or cold; the answer names the voxel and the heat, then ends.

    Sample `i` follows from `i` and the seed; `rng` adds noise to the voxels only.
    """

    def __init__(self, count: int = 64, seed: int = 0, noise: float = 0.05) -> None:
        """Draw places and heats."""
        self._count = count
        self._noise = noise
        rng = np.random.default_rng(seed)
        self.places = rng.integers(0, 4, count)
        self.hot = rng.integers(0, 2, count)
        self.repeats = rng.integers(0, 4, count)
        self.digest = f"tiny {count} {seed}"

    def __len__(self) -> int:
        """Return the number of lesions."""
        return self._count

    @property
    def lengths(self) -> np.ndarray:
        """Visual tokens, prompt and answer."""
        return VISUAL + 1 + self.repeats + 3

    def row(self, index: int) -> tuple[list[int], list[int]]:
        """Return prompt and answer."""
        prompt = [10] + [11] * int(self.repeats[index])
        return prompt, [2 + int(self.places[index]), 6 + int(self.hot[index]), END]

    def collate(self, indices: Sequence[int], rng: np.random.Generator) -> Batch:
        """Return a batch; noise is drawn from `rng`."""
        n = len(indices)
        size = max(int(self.lengths[i]) for i in indices)
        tokens = torch.zeros(n, size, dtype=torch.long)
        present = torch.zeros(n, size, dtype=torch.bool)
        labels = torch.full((n, size), IGNORED)
        visual = torch.full((n, size), TEXT)
        words = torch.zeros(n, size, dtype=torch.bool)
        focal = torch.from_numpy(rng.normal(0, self._noise, (n, 1, 1, 2, 2)).astype(np.float32))
        mask = torch.zeros(n, 1, 1, 2, 2)
        for i, index in enumerate(indices):
            prompt, answer = self.row(index)
            start, end = VISUAL + len(prompt), VISUAL + len(prompt) + len(answer)
            tokens[i, VISUAL:end] = torch.tensor(prompt + answer)
            present[i, :end] = True
            labels[i, start:end] = torch.tensor(answer)
            visual[i, :VISUAL] = torch.arange(VISUAL) + VISUAL * i
            words[i, start] = True
            mask[i].view(-1)[self.places[index]] = 1.0
            focal[i].view(-1)[self.places[index]] += 1.0 if self.hot[index] else -1.0
        return Batch(
            body=torch.zeros(n, 1, 2, 2, 2),
            has_ct=torch.ones(n, dtype=torch.bool),
            focal=focal,
            mask=mask,
            body_mask=torch.zeros(n, 1, 2, 2, 2),
            facts=torch.zeros(n, 1),
            exam_of=torch.arange(n),
            tokens=tokens,
            present=present,
            labels=labels,
            visual=visual,
            targets={"side": torch.tensor([int(self.places[i]) % 2 for i in indices])},
            lesion_words=words,
        )


def save_tiny(model: nn.Module, folder: Path) -> None:
    """Write a tiny model's weights."""
    folder.mkdir(parents=True)
    tensors = {n: p.detach().contiguous() for n, p in model.named_parameters()}
    save_file(tensors, folder / "model.safetensors")


def make_stage(**changes: Any) -> Stage:
    """Return a stage that trains the whole tiny model."""
    stage = Stage(
        name="all", steps=12, batch_size=8, sources={"lesions": 1.0}, rates={"*": 1e-2},
        warmup_steps=2,
    )  # fmt: skip
    return replace(stage, **changes)


def make_recipe(*stages: Stage, build: Callable[[], nn.Module] = TinyVlm, **changes: Any) -> Recipe:
    """Return a recipe over 64 lesions and 16 others that are held out or mixed in."""
    recipe = Recipe(
        name="tiny",
        stages=stages or (make_stage(),),
        build=build,
        samples=lambda _: {"lesions": TinySamples(), "others": TinySamples(16, seed=9)},
        save=save_tiny,
        end_token=END,
        max_tokens=16,
        checkpoint_every=5,
    )
    return replace(recipe, **changes)
