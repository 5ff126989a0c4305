"""The model, assembled: views to visual tokens, tokens and text to words, and the heads beside.

`forward` is the whole story. Each part is one file and is chosen by its configuration; there is no
other place where parts meet. Visual tokens of a lesion are, in this order: its facts (one), its
projected tokens, and their mean (one, what exam-wide prompts show of each lesion). Those of an exam
are its projected body tokens.

Knows tensors; knows no tokenizer, no file and no device. Weights are drawn by `start`.
"""

from dataclasses import dataclass
from typing import Literal

import torch
from jaxtyping import Float
from torch import Tensor, nn

from petscribe.model.batch import TEXT, Batch, Output
from petscribe.model.language.causal import CausalLanguageModel, LanguageConfig
from petscribe.model.vision.encoder import Triple
from petscribe.model.vision.facts import FactsEncoder
from petscribe.model.vision.focal import FocalConfig, GatedFocal, merged
from petscribe.model.vision.fusion import LocalFusion
from petscribe.model.vision.heads import Heads
from petscribe.model.vision.mask import MaskEmbedding, token_occupancy
from petscribe.model.vision.projector import (
    ConvProjector,
    PerceiverProjector,
    PoolProjector,
    ProjectorConfig,
    pooled_tokens,
)
from petscribe.model.vision.tower import Tower, TowerConfig

_TOKENS_AT_ONCE = 2048
"""Tokens that a processor encodes together; more at once only wait for memory."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ViewConfig:
    """What the model sees; `model.inputs.views` makes it."""

    style: Literal["petscribe", "petar", "vipet"] = "petscribe"
    body: Triple = (72, 36, 36)
    """Voxels of the body view."""
    focal: Triple = (48, 48, 48)
    """Voxels of the focal view."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VLMConfig:
    """A whole model."""

    name: str
    views: ViewConfig = ViewConfig()
    tower: TowerConfig = TowerConfig()  # noqa: RUF009 - a frozen record
    focal: FocalConfig = FocalConfig()  # noqa: RUF009 - a frozen record
    projector: ProjectorConfig = ProjectorConfig()  # noqa: RUF009 - a frozen record
    language: LanguageConfig
    facts: int = 0
    """Scalar facts that the model is told of each lesion; 0: none."""
    facts_width: int = 128
    heads: tuple[str, ...] = ()
    """Names of the heads (`vision.heads.CLASSES`)."""
    heads_width: int = 256
    told_heads: bool = False
    """Whether a request about a lesion begins with what the heads read, in words."""
    max_tokens: int = 512
    """Longest row, visual tokens included."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """What was seen of a batch, before any word: kept while words are generated."""

    visual: Float[Tensor, "v d"]
    heads: dict[str, Float[Tensor, "n classes"]]
    pooled: Float[Tensor, "n w"]
    occupancy: Float[Tensor, " v"]


class PetVlm(nn.Module):
    """The vision-language model of the whole family."""

    def __init__(self, config: VLMConfig) -> None:
        """Make every part, with fresh weights (`start`)."""
        super().__init__()
        self.config = config
        width = config.tower.width
        self.tower = Tower(config.tower)
        self.focal = GatedFocal(config.focal, width) if config.focal.kind == "gated" else None
        self.language = CausalLanguageModel(config.language)
        self.projector: PoolProjector | ConvProjector | PerceiverProjector = _projector(
            config.projector, width, self.language.width
        )
        self.facts = (
            FactsEncoder(config.facts, config.facts_width, self.language.width)
            if config.facts
            else None
        )
        told = config.facts_width if config.facts else 0
        self.heads = Heads(width, told, config.heads_width, config.heads) if config.heads else None
        self.start()

    def forward(self, batch: Batch, *, want_attention: bool = False) -> Output:
        """Return scores of the next tokens, head scores and visual tokens."""
        sight = self.see(batch)
        if batch.tokens.shape[0] == 0:
            return self._silent(batch, sight)
        vectors = self.spliced(batch, sight.visual)
        step = self.language(vectors, batch.present, want_attention=want_attention)
        return Output(
            logits=step.logits,
            heads=sight.heads,
            visual=sight.visual,
            pooled=sight.pooled,
            occupancy=sight.occupancy,
            attention=step.attention,
        )

    def _silent(self, batch: Batch, sight: Sight) -> Output:
        """Return what was seen of a batch without words."""
        return Output(
            logits=sight.visual.new_zeros(0, batch.tokens.shape[1], self.language.vocabulary),
            heads=sight.heads,
            visual=sight.visual,
            pooled=sight.pooled,
            occupancy=sight.occupancy,
        )

    def see(self, batch: Batch) -> Sight:
        """Return the visual tokens: the body of each exam once, each lesion's focal view."""
        body = self._encoded(batch.body, self._all_lesions(batch), batch.has_ct)
        body_grid = self.tower.grid(batch.body)
        body_visual = self.projector(body, body_grid)
        if self.config.focal.kind == "body" or batch.focal.shape[0] == 0:
            return self._only_body(batch, body_visual)
        focal = self._encoded(batch.focal, batch.mask, batch.has_ct[batch.exam_of])
        patch = self.config.tower.patch
        inside = token_occupancy(batch.mask, patch)
        if self.focal is not None:
            near = token_occupancy(batch.body_mask, patch)
            focal = self.focal(focal, body, batch.exam_of, near)
            visual = self.projector(focal, self.tower.grid(batch.focal))
        else:
            visual = self._merged(batch, focal, body)
        return self._sight(batch, focal, inside, visual, body_visual)

    def spliced(self, batch: Batch, visual: Float[Tensor, "v d"]) -> Float[Tensor, "b t d"]:
        """Return the vectors of each row, visual tokens in their places.

        Raises:
            ValueError: a row names a visual token that does not exist.
        """
        if int(batch.visual.max()) >= visual.shape[0] or int(batch.visual.min()) < TEXT:
            raise ValueError(
                f"a row shows visual token {int(batch.visual.max())}, there are {visual.shape[0]}"
            )
        words = self.language.embed(batch.tokens)
        places = batch.visual != TEXT
        shown = visual.to(words.dtype)[batch.visual.clamp(min=0)]
        return torch.where(places[..., None], shown, words)

    def tokens_per_lesion(self) -> int:
        """Return how many visual tokens each lesion has, facts and mean included."""
        if self.config.focal.kind == "body":
            return 0
        grid = self._grid(self.config.views.focal)
        count = _count(self.projector.grid(grid))
        if self.config.focal.kind == "concat":
            count += self.tokens_per_exam()
        return count + 1 + (1 if self.facts is not None else 0)

    def tokens_per_exam(self) -> int:
        """Return how many visual tokens each exam's body has."""
        return _count(self.projector.grid(self._grid(self.config.views.body)))

    def start(self) -> None:
        """Draw fresh weights for everything but the language model; close every new path."""
        language = set(self.language.modules())
        own = [module for module in self.modules() if module not in language]
        for module in own:
            _draw(module)
        for module in own:
            if isinstance(module, MaskEmbedding | LocalFusion | GatedFocal):
                module.start()
        if self.facts is not None:
            nn.init.zeros_(self.facts.token.weight)
            nn.init.zeros_(self.facts.token.bias)

    def _encoded(self, view: Tensor, mask: Tensor, has_ct: Tensor) -> Float[Tensor, "B N D"]:
        """Return the tokens of views; without gradients so many views at once as a cache likes."""
        at_once = max(1, _TOKENS_AT_ONCE // _count(self.tower.grid(view)))
        if torch.is_grad_enabled() or view.is_cuda or view.shape[0] <= at_once:
            tokens: Tensor = self.tower(view, mask, has_ct)
            return tokens
        starts = range(0, view.shape[0], at_once)
        parts = [slice(start, start + at_once) for start in starts]
        return torch.cat([self.tower(view[p], mask[p], has_ct[p]) for p in parts])

    def _all_lesions(self, batch: Batch) -> Float[Tensor, "e 1 z y x"]:
        """Return every lesion of each exam in one body mask."""
        shape = (batch.body.shape[0], 1, *batch.body.shape[2:])
        together = torch.zeros(shape, dtype=batch.body_mask.dtype, device=batch.body.device)
        if batch.body_mask.shape[0] == 0:
            return together
        index = batch.exam_of.reshape(-1, 1, 1, 1, 1).expand_as(batch.body_mask)
        return together.scatter_reduce(0, index, batch.body_mask, "amax", include_self=True)

    def _merged(self, batch: Batch, focal: Tensor, body: Tensor) -> Tensor:
        kind = self.config.focal.kind
        grid = self.tower.grid(batch.focal)
        own = body[batch.exam_of]
        if kind == "concat":
            projected = self.projector(focal, grid)
            around = self.projector(own, self.tower.grid(batch.body))
            return torch.cat([projected, around], dim=1)
        both = merged("sum" if kind == "sum" else "focal", focal, own)
        visual: Tensor = self.projector(both, grid)
        return visual

    def _sight(  # noqa: PLR0917 - the parts of one assembly
        self, batch: Batch, focal: Tensor, inside: Tensor, visual: Tensor, body: Tensor
    ) -> Sight:
        parts = [visual, visual.mean(dim=1, keepdim=True)]
        told = focal.new_zeros(focal.shape[0], 0)
        if self.facts is not None:
            told, token = self.facts(batch.facts)
            parts.insert(0, token[:, None])
        if self.heads is not None:
            pooled, scores = self.heads(focal, inside, told)
        else:
            pooled, scores = focal.mean(dim=1), {}
        lesions = torch.cat(parts, dim=1)
        return Sight(
            visual=torch.cat([lesions.flatten(0, 1), body.flatten(0, 1)]),
            heads=scores,
            pooled=pooled,
            occupancy=self._occupancy(inside, lesions, body),
        )

    def _occupancy(self, inside: Tensor, lesions: Tensor, body: Tensor) -> Tensor:
        """Return the lesion's share of each visual token's place."""
        shares = inside.new_zeros(lesions.shape[:2])
        config = self.config.projector
        if config.kind == "pool":
            grid = self._grid(self.config.views.focal)
            pooled = pooled_tokens(inside[..., None], grid, config.pool)[..., 0]
            first = 1 if self.facts is not None else 0
            shares[:, first : first + pooled.shape[1]] = pooled
        return torch.cat([shares.flatten(), inside.new_zeros(body.shape[0] * body.shape[1])])

    def _only_body(self, batch: Batch, body: Tensor) -> Sight:
        lesions = batch.focal.shape[0]
        flat = body.flatten(0, 1)
        width = self.config.heads_width if self.heads is not None else self.config.tower.width
        return Sight(
            visual=flat,
            heads={},
            pooled=body.new_zeros(lesions, width),
            occupancy=body.new_zeros(flat.shape[0]),
        )

    def _grid(self, view: Triple) -> Triple:
        patch = self.config.tower.patch
        return view[0] // patch[0], view[1] // patch[1], view[2] // patch[2]


def _draw(module: nn.Module) -> None:
    """Draw a module's own parameters; norms keep the ones and zeros they are made with."""
    if isinstance(module, nn.Linear | nn.Conv3d):
        nn.init.trunc_normal_(module.weight, std=0.02)
        if module.bias is not None:
            nn.init.zeros_(module.bias)
    elif isinstance(module, nn.ParameterDict):
        for parameter in module.values():
            nn.init.normal_(parameter, std=0.02)
    for name, parameter in module.named_parameters(recurse=False):
        if name in {"positions", "latents", "null"}:
            nn.init.trunc_normal_(parameter, std=0.02)


def _projector(
    config: ProjectorConfig, width: int, out: int
) -> PoolProjector | ConvProjector | PerceiverProjector:
    if config.kind == "conv":
        return ConvProjector(config, width, out)
    if config.kind == "perceiver":
        return PerceiverProjector(config, width, out)
    return PoolProjector(config, width, out)


def _count(grid: Triple) -> int:
    return grid[0] * grid[1] * grid[2]
