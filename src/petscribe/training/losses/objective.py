"""Which losses a stage minimises, and their sum.

Every loss comes as a sum and what it is divided by, which is counted beforehand over all parts of a
step: a step cut in micro-batches, or shared by several processes, has the same loss as whole.
(Contrastive losses compare within a micro-batch, so cutting changes them.)
"""

from collections.abc import Mapping, Set
from dataclasses import dataclass, field

from jaxtyping import Float
from torch import Tensor

from petscribe.model.batch import Batch, Output
from petscribe.training.losses.answer import count_answer_tokens, sum_answer_nll
from petscribe.training.losses.attention import (
    TverskyView,
    VisualLayout,
    count_lesion_words,
    count_rows_with_view,
    sum_attention_mass,
    sum_attention_tversky,
)
from petscribe.training.losses.contrast import Aligner, ContrastConfig, pair_rows
from petscribe.training.losses.heads import balance_classes, count_known, sum_focal_loss


@dataclass(frozen=True, slots=True, kw_only=True)
class Objective:
    """The weight of each loss; a loss of weight 0 is not computed."""

    answer: float = 1.0
    heads: float = 0.0
    attention_mass: float = 0.0
    attention_tversky: float = 0.0
    contrast: float = 0.0
    head_counts: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    """How often each class of a head occurs in the data; a head left out is not balanced."""
    focal_gamma: float = 2.0
    tversky: TverskyView | None = None
    """The view that ViPET's loss looks at; needed when it has a weight."""
    layout: VisualLayout | None = None
    """How visual tokens lie; with it our attention loss leaves facts and means out of the count."""
    aligner: ContrastConfig | None = None
    """The text tower; needed when `contrast` has a weight."""

    def __post_init__(self) -> None:
        """Refuse weights that cannot be meant."""
        weights = self.weights
        if not weights:
            raise ValueError("an objective needs at least one loss with a weight above 0")
        if min(weights.values()) < 0:
            raise ValueError(f"negative weight in {weights}")
        if (self.tversky is None) != (self.attention_tversky == 0):
            raise ValueError("attention_tversky and its view `tversky` go together")
        if (self.aligner is None) != (self.contrast == 0):
            raise ValueError("contrast and its text tower `aligner` go together")
        if (self.tversky or self.aligner) is not None and self.layout is None:
            raise ValueError("attention_tversky and contrast need the `layout` of visual tokens")

    @property
    def weights(self) -> dict[str, float]:
        """The losses that count, with their weights."""
        names = ("answer", "heads", "attention_mass", "attention_tversky", "contrast")
        return {name: getattr(self, name) for name in names if getattr(self, name) != 0}

    @property
    def wants_attention(self) -> bool:
        """Whether the model must hand out its attention maps."""
        return bool(self.attention_mass or self.attention_tversky)


def count_scored(batch: Batch, objective: Objective) -> dict[str, int]:
    """Return, for each loss that counts, what its sum over this batch is divided by."""
    counts = dict.fromkeys(objective.weights, 0)
    if objective.answer:
        counts["answer"] = int(count_answer_tokens(batch.labels))
    if objective.heads:
        counts["heads"] = count_known(batch.targets)
    if objective.attention_mass:
        counts["attention_mass"] = count_lesion_words(batch)
    if objective.tversky is not None and objective.layout is not None:
        counts["attention_tversky"] = count_rows_with_view(
            batch, objective.tversky, objective.layout
        )
    if objective.contrast and objective.layout is not None:
        counts["contrast"] = len(pair_rows(batch, objective.layout.lesion_tokens)[0])
    return counts


def sum_losses(
    output: Output,
    batch: Batch,
    objective: Objective,
    *,
    scored: Set[str],
    aligner: Aligner | None = None,
) -> dict[str, Float[Tensor, ""]]:
    """Return the losses named in `scored`, each as a sum; the batch must have what they score."""
    sums: dict[str, Tensor] = {}
    if "answer" in scored:
        sums["answer"] = sum_answer_nll(output.logits, batch.labels)
    if "heads" in scored:
        sums["heads"] = _sum_heads(output, batch, objective)
    sums |= _sum_attention(output, batch, objective, scored)
    if "contrast" in scored and aligner is not None and objective.layout is not None:
        sums["contrast"] = aligner(output.pooled, batch, objective.layout.lesion_tokens)
    return sums


def _sum_attention(
    output: Output, batch: Batch, objective: Objective, scored: Set[str]
) -> dict[str, Tensor]:
    sums: dict[str, Tensor] = {}
    attention, layout = output.attention or (), objective.layout
    if "attention_mass" in scored and batch.lesion_words is not None:
        sums["attention_mass"] = sum_attention_mass(
            attention,
            visual=batch.visual,
            words=batch.lesion_words,
            occupancy=output.occupancy,
            excluded=layout.without_place(batch.visual, lesions=len(batch.exam_of))
            if layout is not None
            else None,
        )
    if "attention_tversky" in scored and objective.tversky is not None and layout is not None:
        sums["attention_tversky"] = sum_attention_tversky(
            attention, batch, objective.tversky, layout
        )
    return sums


def _sum_heads(output: Output, batch: Batch, objective: Objective) -> Tensor:
    missing = sorted(set(batch.targets) - set(output.heads))
    if missing:
        raise ValueError(f"the model has no head {missing[0]!r}")
    losses = [
        sum_focal_loss(
            output.heads[name],
            target,
            weights=_class_weights(objective, name),
            gamma=objective.focal_gamma,
        )
        for name, target in sorted(batch.targets.items())
    ]
    return sum(losses[1:], start=losses[0])


def _class_weights(objective: Objective, head: str) -> tuple[float, ...] | None:
    counts = objective.head_counts.get(head)
    return None if counts is None else balance_classes(counts)
