"""Exams, lesions and rows to one batch of tensors.

The arrays of a view are raw (SUV, HU); here they become channels. Exams without CT get an empty CT
and say so. Rows are padded on the right for training, on the left for writing.

Knows views, facts and rows; device and precision are the caller's.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from petscribe.model.batch import IGNORED, TEXT, Batch
from petscribe.model.inputs.channels import Style, channels
from petscribe.model.inputs.prompts import EncodedRow, Row, VisualCounts, encoded
from petscribe.model.inputs.views import AIR_HU, ExamViews
from petscribe.model.language.tokens import Speech
from petscribe.model.vlm import PetVlm, VLMConfig


@dataclass(frozen=True, slots=True, kw_only=True)
class RawViews:
    """Views of a batch before they are grey values; CT is air where there is none."""

    body_pet: Float[Tensor, "e z y x"]
    body_ct: Float[Tensor, "e z y x"]
    focal_pet: Float[Tensor, "n fz fy fx"]
    focal_ct: Float[Tensor, "n fz fy fx"]
    mask: Float[Tensor, "n fz fy fx"]
    body_mask: Float[Tensor, "n z y x"]
    has_ct: tuple[bool, ...]
    exam_of: tuple[int, ...]


def raw_views(exams: Sequence[ExamViews], config: VLMConfig) -> RawViews:
    """Return the views of exams as tensors, lesions in the exams' order and their own."""
    body, focal = config.views.body, config.views.focal
    views = [lesion for exam in exams for lesion in exam.lesions.values()]
    return RawViews(
        body_pet=_stack([exam.pet for exam in exams], body),
        body_ct=_stack([_or_air(exam.ct, body) for exam in exams], body),
        focal_pet=_stack([view.pet for view in views], focal),
        focal_ct=_stack([_or_air(view.ct, focal) for view in views], focal),
        mask=_stack([view.mask for view in views], focal),
        body_mask=_stack([view.body_mask for view in views], body),
        has_ct=tuple(exam.ct is not None for exam in exams),
        exam_of=tuple(i for i, exam in enumerate(exams) for _ in exam.lesions),
    )


def visual_counts(model: PetVlm, *, exams: int, lesions: int) -> VisualCounts:
    """Return how the visual tokens of a batch lie."""
    return VisualCounts(
        lesions=lesions,
        per_lesion=model.tokens_per_lesion(),
        exams=exams,
        per_exam=model.tokens_per_exam(),
        has_facts=model.facts is not None,
    )


def batch_of(  # noqa: PLR0913 - what a batch is made of
    raw: RawViews,
    facts: Sequence[Float[np.ndarray, " f"]],
    rows: Sequence[EncodedRow],
    *,
    padding: int,
    style: Style = "petscribe",
    targets: Mapping[str, Sequence[int]] | None = None,
    side: Literal["left", "right"] = "right",
) -> Batch:
    """Return the batch of views, facts and rows.

    Args:
        raw: the views.
        facts: one vector per lesion; empty when the model takes none.
        rows: encoded rows.
        padding: token that fills up a row.
        style: grey values.
        targets: classes of each lesion by head.
        side: where rows are filled up.
    """
    lesions = raw.focal_pet.shape[0]
    told = np.stack(facts) if facts else np.zeros((lesions, 0), np.float32)
    return Batch(
        body=channels(raw.body_pet, raw.body_ct, style),
        has_ct=torch.tensor(raw.has_ct, dtype=torch.bool),
        focal=channels(raw.focal_pet, raw.focal_ct, style),
        mask=raw.mask[:, None],
        body_mask=raw.body_mask[:, None],
        facts=torch.from_numpy(np.asarray(told, np.float32)),
        exam_of=torch.tensor(raw.exam_of, dtype=torch.long),
        tokens=_padded([r.tokens for r in rows], padding, side),
        present=_padded([[1] * len(r.tokens) for r in rows], 0, side).bool(),
        labels=_padded([r.labels for r in rows], IGNORED, side),
        visual=_padded([r.visual for r in rows], TEXT, side),
        targets={k: torch.tensor(v, dtype=torch.long) for k, v in (targets or {}).items()},
        lesion_words=_padded([[int(a) for a in r.about_lesion] for r in rows], 0, side).bool(),
    )


def encoded_rows(
    rows: Sequence[Row], model: PetVlm, speech: Speech, *, exams: int, lesions: int
) -> list[EncodedRow]:
    """Return rows as numbers for a batch of so many exams and lesions."""
    counts = visual_counts(model, exams=exams, lesions=lesions)
    return [encoded(row, speech, counts, most=model.config.max_tokens) for row in rows]


def _stack(
    arrays: Sequence[Float[np.ndarray, "z y x"]], shape: tuple[int, int, int]
) -> Float[Tensor, "n z y x"]:
    if not arrays:
        return torch.zeros(0, *shape)
    return torch.from_numpy(np.stack(arrays).astype(np.float32, copy=False))


def _or_air(
    ct: Float[np.ndarray, "z y x"] | None, shape: tuple[int, int, int]
) -> Float[np.ndarray, "z y x"]:
    return ct if ct is not None else np.full(shape, AIR_HU, np.float32)


def _padded(lists: Sequence[Sequence[int]], fill: int, side: str) -> Tensor:
    width = max((len(row) for row in lists), default=0)
    out = torch.full((len(lists), width), fill, dtype=torch.long)
    for i, row in enumerate(lists):
        values = torch.tensor(list(row), dtype=torch.long)
        if side == "right":
            out[i, : len(row)] = values
        else:
            out[i, width - len(row) :] = values
    return out
