"""The alignment stage: right pairs cost less than wrong ones, equal texts are no strangers."""

import math
from dataclasses import replace

import pytest
import torch

from petscribe.model.batch import IGNORED, TEXT
from petscribe.training.losses.contrast import (
    Aligner,
    ContrastConfig,
    find_same,
    pair_rows,
    sum_infonce,
    sum_siglip,
)

EYE = torch.eye(4, dtype=torch.bool)


def test_infonce_of_strangers_is_the_log_of_their_number():
    assert float(sum_infonce(torch.zeros(4, 4), EYE)) == pytest.approx(4 * math.log(4))


@pytest.mark.parametrize("loss", [sum_infonce, sum_siglip])
def test_right_pairs_cost_less_than_wrong_ones(loss):
    right = 6 * torch.eye(4) - 3
    assert loss(right, EYE) < loss(torch.zeros(4, 4), EYE) < loss(right.roll(1, 0), EYE)


@pytest.mark.parametrize("loss", [sum_infonce, sum_siglip])
def test_lesions_and_texts_are_exchangeable(loss):
    scores = torch.randn(4, 4, generator=torch.Generator().manual_seed(0))
    assert torch.allclose(loss(scores, EYE), loss(scores.T, EYE))


@pytest.mark.parametrize("loss", [sum_infonce, sum_siglip])
def test_a_twin_text_is_a_right_partner(loss):
    twins = EYE.clone()
    twins[0, 1] = twins[1, 0] = True
    own, both = 6 * EYE.float() - 3, 6 * twins.float() - 3
    assert loss(both, twins) < loss(own, twins)
    assert loss(own, EYE) < loss(both, EYE)


def test_the_same_words_are_found_wherever_they_stand():
    ignored = IGNORED
    labels = torch.tensor([[ignored, 5, 6], [5, 6, ignored], [5, ignored, 6], [6, 5, ignored]])
    same = find_same(labels)
    assert same.tolist() == [
        [True, True, True, False],
        [True, True, True, False],
        [True, True, True, False],
        [False, False, False, True],
    ]


def test_rows_of_one_lesion_are_paired_with_it(batch):
    rows, owners = pair_rows(batch, 4)
    assert rows.tolist() == [0, 1]
    assert owners.tolist() == [0, 1]


def test_rows_of_several_lesions_or_none_are_left_out(batch):
    visual = batch.visual.clone()
    visual[0, :2] = torch.tensor([0, 7])
    visual[1] = TEXT
    assert pair_rows(replace(batch, visual=visual), 4)[0].tolist() == []


@pytest.mark.parametrize("kind", ["infonce", "siglip"])
def test_the_aligner_learns_two_pairs(batch, kind):
    torch.manual_seed(0)
    config = ContrastConfig(pooled_width=3, vocabulary=10, width=8, heads=2, kind=kind)
    aligner = Aligner(config)
    pooled = torch.tensor([[1.0, 0.0, 0.2], [0.0, 1.0, -0.3]])
    optimizer = torch.optim.Adam(aligner.parameters(), lr=0.02)
    losses = []
    for _ in range(40):
        optimizer.zero_grad()
        loss = aligner(pooled, batch, 4)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    assert losses[-1] < 0.3 * losses[0]


def test_the_aligner_ignores_padding(batch):
    torch.manual_seed(0)
    aligner = Aligner(ContrastConfig(pooled_width=3, vocabulary=10, width=8, heads=2))
    pooled = torch.randn(2, 3)
    longer = replace(
        batch,
        **{
            name: torch.nn.functional.pad(getattr(batch, name), (0, 3), value=fill)
            for name, fill in (
                ("tokens", 0),
                ("present", False),
                ("labels", IGNORED),
                ("visual", TEXT),
                ("lesion_words", False),
            )
        },
    )
    assert torch.allclose(aligner(pooled, longer, 4), aligner(pooled, batch, 4), atol=1e-6)


def test_vectors_of_half_precision_are_compared_in_single(batch):
    torch.manual_seed(0)
    aligner = Aligner(ContrastConfig(pooled_width=3, vocabulary=10, width=8, heads=2))
    assert aligner(torch.randn(2, 3).bfloat16(), batch, 4).dtype == torch.float32
