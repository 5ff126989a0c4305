"""What the model reads: one batch of exams, lesions and text rows as tensors; and what it answers.

A batch holds `e` exams, `n` lesions of those exams and `b` rows of `t` tokens. Each row may show
visual tokens of any lesion and any exam of the batch: `visual` says, position by position, which.
Knows no files, no tokenizer and no anatomy; `model.inputs` fills it.

Axis words: `e` exams, `n` lesions, `b` text rows, `t` tokens, `c` channels, `f` facts, `d` width.
"""

from dataclasses import dataclass, field, fields, replace

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

IGNORED = -100
"""Label of a token, or of a head's target, that is not scored."""
TEXT = -1
"""In `Batch.visual`: an ordinary token."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Exams, their lesions, and the rows of text that speak of them."""

    body: Float[Tensor, "e c z y x"]
    """Body view of each exam: PET channels first, then CT channels, 0 to 1."""
    has_ct: Bool[Tensor, " e"]
    focal: Float[Tensor, "n c fz fy fx"]
    """Focal view of each lesion, same channels."""
    mask: Float[Tensor, "n 1 fz fy fx"]
    """Share of each focal voxel that the lesion fills."""
    body_mask: Float[Tensor, "n 1 z y x"]
    """Share of each body voxel that the lesion fills."""
    facts: Float[Tensor, "n f"]
    """Scalar facts of each lesion (`model.inputs.facts`)."""
    exam_of: Int[Tensor, " n"]
    """Row of `body` that each lesion belongs to."""
    tokens: Int[Tensor, "b t"]
    present: Bool[Tensor, "b t"]
    """False where a row is padded."""
    labels: Int[Tensor, "b t"]
    """The tokens to be said, `IGNORED` elsewhere; same positions as `tokens`."""
    visual: Int[Tensor, "b t"]
    """Index into the flat visual tokens (lesion after lesion, then exam after exam); `TEXT` else.
    """
    targets: dict[str, Int[Tensor, " n"]] = field(default_factory=dict)
    """Head name -> class of each lesion, `IGNORED` where unknown."""
    lesion_words: Bool[Tensor, "b t"] | None = None
    """Answer positions that speak of the lesion; None: no attention is supervised."""

    def to(self, device: torch.device | str, dtype: torch.dtype | None = None) -> "Batch":
        """Return the batch elsewhere; `dtype` changes the floating tensors only."""

        def move(tensor: Tensor) -> Tensor:
            return tensor.to(device, dtype if tensor.is_floating_point() else None)

        moved: dict[str, object] = {}
        for item in fields(self):
            value = getattr(self, item.name)
            if isinstance(value, Tensor):
                moved[item.name] = move(value)
        moved["targets"] = {name: move(target) for name, target in self.targets.items()}
        return replace(self, **moved)  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True, kw_only=True)
class Output:
    """The model's answer to a batch."""

    logits: Float[Tensor, "b t vocabulary"]
    """Score of every next token; position `i` predicts token `i + 1`."""
    heads: dict[str, Float[Tensor, "n classes"]]
    """The second opinion on each lesion, by head name."""
    visual: Float[Tensor, "v d"]
    """Every visual token, in the order that `Batch.visual` counts."""
    pooled: Float[Tensor, "n w"]
    """One vector per lesion, before the language model: what contrastive losses compare."""
    occupancy: Float[Tensor, " v"]
    """Share of each visual token's place that the lesion fills; zero for facts and body tokens."""
    attention: tuple[Float[Tensor, "b heads t t2"], ...] | None = None
    """Attention of every layer of the language model, when asked for."""
