"""The answer's loss against the plain formula, and what it must not see."""

import math

import pytest
import torch

from petscribe.model.batch import IGNORED
from petscribe.training.losses.answer import count_answer_tokens, sum_answer_nll


def test_uniform_scores_cost_the_log_of_the_vocabulary(batch):
    loss = sum_answer_nll(torch.zeros(2, 8, 10), batch.labels)
    assert float(loss) == pytest.approx(5 * math.log(10), rel=1e-6)
    assert int(count_answer_tokens(batch.labels)) == 5


def test_the_loss_falls_when_the_right_token_is_likelier(batch):
    logits = torch.zeros(2, 8, 10)
    before = float(sum_answer_nll(logits, batch.labels))
    logits[0, 4, 5] = 3.0
    assert float(sum_answer_nll(logits, batch.labels)) < before


def test_position_i_predicts_token_i_plus_one(batch):
    logits = torch.full((2, 8, 10), -30.0)
    for row, place, token in [(0, 4, 5), (0, 5, 6), (0, 6, 1), (1, 4, 7), (1, 5, 1)]:
        logits[row, place, token] = 30.0
    assert float(sum_answer_nll(logits, batch.labels)) == pytest.approx(0.0, abs=1e-6)


def test_prompt_and_padding_are_not_scored(batch):
    torch.manual_seed(0)
    logits = torch.randn(2, 8, 10)
    before = sum_answer_nll(logits, batch.labels)
    logits[:, :4] += torch.randn(2, 4, 10)
    logits[0, 7] += 5.0
    logits[1, 6:] += torch.randn(2, 10)
    assert torch.equal(sum_answer_nll(logits, batch.labels), before)


def test_the_end_token_is_scored(batch):
    logits = torch.zeros(2, 8, 10)
    before = float(sum_answer_nll(logits, batch.labels))
    logits[0, 6, 1] = 5.0
    assert float(sum_answer_nll(logits, batch.labels)) < before


def test_half_precision_scores_are_summed_in_single(batch):
    logits = torch.randn(2, 8, 10, generator=torch.Generator().manual_seed(1))
    single = sum_answer_nll(logits.bfloat16().float(), batch.labels)
    assert torch.equal(sum_answer_nll(logits.bfloat16(), batch.labels), single)


def test_rows_without_an_answer_cost_nothing():
    labels = torch.full((2, 3), IGNORED)
    assert float(sum_answer_nll(torch.randn(2, 3, 4), labels)) == 0.0
    assert int(count_answer_tokens(labels)) == 0
