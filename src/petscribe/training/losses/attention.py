"""Where the language model looks when it speaks of a lesion.

Two losses on its attention maps. Ours, `sum_attention_mass`: of the attention that lesion words
spend on visual tokens, the share that lands on the lesion,

    loss = -log( sum over lesion keys / sum over visual keys ), both averaged over layers and heads

so it does not press the model to look at the image more than the words need. Physiologic uptake is
never a target: the lesion's own mask marks the keys, not a threshold on the PET, and keys that are
`excluded` (organs, facts) count neither way.

ViPET's, `sum_attention_tversky`: one row of each map (the last token), the heads that spend most on
visual tokens, reshaped to the token grid, enlarged to the mask, and scaled to 0..1 = a; then with
TP = sum a m, FP = sum a (1 - m), FN = sum (1 - a) m,

    loss = (1 - (TP + eps) / (TP + alpha FP + beta FN + eps)) ** exponent

The last token is the last present one, where the published code takes padding as well.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor
from torch.nn.functional import interpolate

from petscribe.model.batch import TEXT, Batch

_ON_LESION = 0.1
"""A token is the lesion's when it holds this share of what the fullest token of the row holds."""
_EPS = 1e-6

Maps = Sequence[Float[Tensor, "b heads t t2"]]


def sum_attention_mass(
    attention: Maps,
    *,
    visual: Int[Tensor, "b t"],
    words: Bool[Tensor, "b t"],
    occupancy: Float[Tensor, " v"],
    excluded: Bool[Tensor, "b t"] | None = None,
) -> Float[Tensor, ""]:
    """Return the summed loss of the lesion words of rows that show a lesion at all.

    A word's attention is that of the position before it, where the word is chosen.
    """
    keys, lesion = _visual_keys(visual, occupancy, excluded)
    scored = (words & lesion.any(dim=1, keepdim=True))[:, 1:]
    on_lesion = _mean_mass(attention, lesion)[:, :-1][scored]
    on_image = _mean_mass(attention, keys)[:, :-1][scored]
    return -torch.log((on_lesion + _EPS) / (on_image + _EPS)).sum()


def _visual_keys(
    visual: Int[Tensor, "b t"],
    occupancy: Float[Tensor, " v"],
    excluded: Bool[Tensor, "b t"] | None,
) -> tuple[Bool[Tensor, "b t"], Bool[Tensor, "b t"]]:
    """Return which positions are visual tokens, and which of them are the lesion's."""
    keys = visual != TEXT
    if excluded is not None:
        keys = keys & ~excluded
    if occupancy.numel() == 0:
        return keys, torch.zeros_like(keys)
    share = torch.where(keys, occupancy[visual.clamp_min(0)].float(), 0.0)
    fullest = share.amax(dim=1, keepdim=True)
    return keys, (share > _ON_LESION * fullest) & (fullest > 0)


def _mean_mass(attention: Maps, keys: Bool[Tensor, "b t"]) -> Float[Tensor, "b t"]:
    """Return the attention each position spends on `keys`, averaged over layers and heads."""
    column = keys[:, :, None].float()
    layers = [(maps.float().mean(dim=1) @ column)[..., 0] for maps in attention]
    return torch.stack(layers).mean(dim=0)


def count_lesion_words(batch: Batch) -> int:
    """Return an upper bound of the words that `sum_attention_mass` scores."""
    if batch.lesion_words is None:
        return 0
    shows = (batch.visual != TEXT).any(dim=1, keepdim=True)
    return int(torch.count_nonzero((batch.lesion_words & shows)[:, 1:]))


@dataclass(frozen=True, slots=True, kw_only=True)
class VisualLayout:
    """How the flat visual tokens lie: lesion after lesion, then body after body."""

    lesion_tokens: int
    """Visual tokens per lesion."""
    body_tokens: int
    """Visual tokens per body."""
    leading: int = 0
    """Tokens of a lesion before those on its grid (facts)."""
    trailing: int = 0
    """Tokens of a lesion after those on its grid (their mean)."""

    def without_place(self, visual: Int[Tensor, "b t"], *, lesions: int) -> Bool[Tensor, "b t"]:
        """Tell which positions hold lesion tokens that lie nowhere: facts and means."""
        of_lesion = (visual != TEXT) & (visual < lesions * self.lesion_tokens)
        place = visual % max(1, self.lesion_tokens)
        last = self.lesion_tokens - self.trailing
        return of_lesion & ((place < self.leading) | (place >= last))


@dataclass(frozen=True, slots=True, kw_only=True)
class TverskyView:
    """Which visual tokens are compared with the mask, and the constants of the loss."""

    view: Literal["body", "focal"] = "body"
    grid: tuple[int, int, int] = (7, 8, 8)
    """The view's tokens lie on this grid, z slowest."""
    heads: int = 64
    alpha: float = 0.3
    beta: float = 0.7
    exponent: float = 2.0


def sum_attention_tversky(
    attention: Maps, batch: Batch, settings: TverskyView, layout: VisualLayout
) -> Float[Tensor, ""]:
    """Return the loss summed over the rows that show the view whole."""
    losses = []
    for row, owner in _rows_with_view(batch, settings, layout):
        weights = _grid_weights(attention, batch, row, settings=settings, layout=layout)
        losses.append(_tversky(weights, _owner_mask(batch, owner, settings), settings))
    return torch.stack(losses).sum() if losses else attention[0].sum() * 0.0


def count_rows_with_view(batch: Batch, settings: TverskyView, layout: VisualLayout) -> int:
    """Return how many rows `sum_attention_tversky` scores."""
    return len(_rows_with_view(batch, settings, layout))


def _rows_with_view(
    batch: Batch, settings: TverskyView, layout: VisualLayout
) -> list[tuple[int, int]]:
    """Return the rows that show one view from its first token on, and whose view it is."""
    on_body = settings.view == "body"
    start = len(batch.exam_of) * layout.lesion_tokens if on_body else 0
    per_owner = layout.body_tokens if on_body else layout.lesion_tokens
    shown = _of_view(batch, batch.visual, settings, layout)
    rows = []
    for row in torch.nonzero(shown.any(dim=1))[:, 0].tolist():
        owner, first = divmod(int(batch.visual[row][shown[row]][0]) - start, per_owner)
        if first == 0:
            rows.append((row, owner))
    return rows


def _of_view(
    batch: Batch, visual: Int[Tensor, "*b t"], settings: TverskyView, layout: VisualLayout
) -> Bool[Tensor, "*b t"]:
    of_body = visual >= len(batch.exam_of) * layout.lesion_tokens
    return (visual != TEXT) & (of_body if settings.view == "body" else ~of_body)


def _grid_weights(
    attention: Maps, batch: Batch, row: int, *, settings: TverskyView, layout: VisualLayout
) -> Float[Tensor, "z y x"]:
    """Return the last token's attention on the view, from the heads that look at images most."""
    last = int(torch.nonzero(batch.present[row])[-1])
    maps = torch.cat([layer[row, :, last] for layer in attention]).float()
    shown = batch.visual[row]
    share = maps[:, shown != TEXT].sum(dim=1)
    chosen = maps[share.topk(min(settings.heads, len(share))).indices].mean(dim=0)
    z, y, x = settings.grid
    first = 0 if settings.view == "body" else layout.leading
    on_grid = chosen[_of_view(batch, shown, settings, layout)][first : first + z * y * x]
    return on_grid.reshape(z, y, x)


def _owner_mask(batch: Batch, owner: int, settings: TverskyView) -> Float[Tensor, "z y x"]:
    """Return the lesion's mask, or that of all lesions of the exam."""
    if settings.view == "focal":
        return batch.mask[owner, 0].float()
    lesions = batch.body_mask[batch.exam_of == owner, 0].float()
    empty = torch.zeros_like(batch.body[owner, :1], dtype=torch.float32)
    return torch.cat([lesions, empty]).amax(dim=0)


def _tversky(
    weights: Float[Tensor, "gz gy gx"], mask: Float[Tensor, "z y x"], settings: TverskyView
) -> Float[Tensor, ""]:
    large = interpolate(weights[None, None], size=mask.shape, mode="trilinear")[0, 0]
    low, high = large.amin(), large.amax()
    a = (large - low) / (high - low + _EPS)
    hit, wrong, missed = (a * mask).sum(), (a * (1 - mask)).sum(), ((1 - a) * mask).sum()
    index = (hit + _EPS) / (hit + settings.alpha * wrong + settings.beta * missed + _EPS)
    return (1 - index) ** settings.exponent
