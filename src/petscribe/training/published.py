"""The two published schedules as stages, and ours, by the parameter names of the model family.

PETAR: projector, mask embedding, everything; all of it first on anatomy questions, then on lesions.
AdamW without decay, cosine, warm-up 3 %; adapters 1e-4, fine-tuning 5e-5 with LoRA on the language
model and the rest trained in full. ViPET: lesion (there: region) with text by contrast, projector
2e-3, then LoRA 2e-5 with the attention loss of weight 0.5. Ours: alignment as ViPET, then PETAR's
three, with heads and attention on the lesion. Numbers that no source gives (step counts, batch) are
the caller's.

Knows names and numbers; sizes of the model are in `petscribe.recipes`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from petscribe.training.losses.attention import TverskyView, VisualLayout
from petscribe.training.losses.contrast import ContrastConfig
from petscribe.training.losses.objective import Objective
from petscribe.training.stages import Stage

_WARMUP_FRAC: Final = 0.03

PROJECTOR: Final = "projector.*"
MASK: Final = "tower.mask.*"
VISION: Final = "tower.*"
ADAPTERS: Final = "language.*lora_*"
LANGUAGE: Final = "language.*"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How long each stage lasts and how much it sees at once."""

    steps: int
    batch_size: int
    accumulate: int = 1
    precision: Literal["fp32", "bf16"] = "bf16"


def petar_stages(
    pace: Pace, *, anatomy: str = "anatomy", lesions: str = "lesions", lora: bool = True
) -> tuple[Stage, ...]:
    """Return PETAR's six stages: three on anatomy, the same three on lesions.

    Args:
        pace: the same for every stage (the paper: 10 epochs each).
        anatomy: source of questions about which structure is masked.
        lesions: source of findings.
        lora: adapters on the language model, as the code has it; else all of it is trained.
    """
    language = ADAPTERS if lora else LANGUAGE
    parts: dict[str, dict[str, float]] = {
        "projector": {PROJECTOR: 1e-4},
        "mask": {MASK: 1e-4},
        "everything": dict.fromkeys((VISION, PROJECTOR, language), 5e-5),
    }
    return tuple(
        _stage(f"{source} {part}", pace, {source: 1.0}, rates)
        for source in (anatomy, lesions)
        for part, rates in parts.items()
    )


def vipet_stages(
    pace: Pace,
    *,
    sources: Mapping[str, float],
    aligner: ContrastConfig,
    layout: VisualLayout,
    view: TverskyView,
) -> tuple[Stage, ...]:
    """Return ViPET's three stages.

    Args:
        pace: the same for every stage.
        sources: reports and questions, by weight.
        aligner: text tower of the first stage.
        layout: how the visual tokens lie.
        view: whose tokens are compared with the mask in the last stage.
    """
    contrast = Objective(answer=0.0, contrast=1.0, aligner=aligner, layout=layout)
    attention = Objective(attention_tversky=0.5, tversky=view, layout=layout)
    return (
        _stage("alignment", pace, sources, {VISION: 1.25e-6}, objective=contrast),
        _stage("projector", pace, sources, {PROJECTOR: 2e-3}),
        _stage(
            "instruction", pace, sources, {PROJECTOR: 2e-5, ADAPTERS: 2e-5}, objective=attention
        ),
    )


def default_stages(
    pace: Pace,
    *,
    sources: Mapping[str, float],
    aligner: ContrastConfig,
    layout: VisualLayout,
    lora: bool = True,
) -> tuple[Stage, ...]:
    """Return our four stages: alignment, projector, mask embedding, all (the language by LoRA).

    Args:
        pace: the same for every stage.
        sources: by weight; each must hold rows of one lesion for the first stage.
        aligner: text tower of the first stage.
        layout: how the visual tokens lie.
        lora: adapters on the language model; else all of it is trained in the last stage.
    """
    contrast = Objective(answer=0.0, contrast=1.0, aligner=aligner, layout=layout)
    whole = Objective(heads=0.5, attention_mass=0.1, layout=layout)
    seeing = (VISION, "focal.*", "facts.*", "heads.*", PROJECTOR)
    language = ADAPTERS if lora else LANGUAGE
    return (
        _stage("alignment", pace, sources, {VISION: 1e-4, "heads.*": 1e-4}, objective=contrast),
        _stage("projector", pace, sources, {PROJECTOR: 1e-4, "facts.*": 1e-4}),
        _stage("mask", pace, sources, {MASK: 1e-4}),
        _stage("all", pace, sources, dict.fromkeys((*seeing, language), 5e-5), objective=whole),
    )


def _stage(
    name: str,
    pace: Pace,
    sources: Mapping[str, float],
    rates: Mapping[str, float],
    *,
    objective: Objective = Objective(),  # noqa: B008 - a frozen record
) -> Stage:
    return Stage(
        name=name,
        steps=pace.steps,
        batch_size=pace.batch_size,
        accumulate=pace.accumulate,
        precision=pace.precision,
        sources=sources,
        rates=rates,
        objective=objective,
        warmup_steps=round(_WARMUP_FRAC * pace.steps),
    )
