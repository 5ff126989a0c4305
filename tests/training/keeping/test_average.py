"""The moving average of the weights."""

import pytest
import torch

from petscribe.training.keeping.average import WeightAverage


def _following(values: list[float], decay: float) -> float:
    weight = torch.nn.Parameter(torch.tensor([0.0]))
    average = WeightAverage({"w": weight}, decay=decay)
    for step, value in enumerate(values):
        with torch.no_grad():
            weight.fill_(value)
        average.update(step)
    return float(average.tensors["w"])


def test_a_weight_that_stays_is_its_own_average():
    assert _following([2.0] * 200, 0.9) == pytest.approx(2.0, abs=1e-5)


def test_the_average_follows_the_formula():
    expected = 0.0
    values = [1.0, 3.0, -2.0, 4.0]
    for step, value in enumerate(values):
        decay = min(0.5, (1 + step) / (10 + step))
        expected = decay * expected + (1 - decay) * value
    assert _following(values, 0.5) == pytest.approx(expected)


def test_a_greater_decay_follows_more_slowly():
    values = [0.0] * 300 + [1.0] * 5
    assert _following(values, 0.99) < _following(values, 0.5)


def test_lent_averages_are_given_back():
    weight = torch.nn.Parameter(torch.tensor([1.0]))
    average = WeightAverage({"w": weight}, decay=0.9)
    with torch.no_grad():
        weight.fill_(5.0)
    with average.as_weights():
        assert float(weight.detach()) == 1.0
    assert float(weight.detach()) == 5.0
    average.become_weights()
    assert float(weight.detach()) == 1.0


def test_averages_of_half_precision_weights_are_kept_in_single():
    weight = torch.nn.Parameter(torch.ones(1, dtype=torch.bfloat16))
    average = WeightAverage({"w": weight}, decay=0.9999)
    with torch.no_grad():
        weight.fill_(2.0)
    for step in range(100_000, 100_010):
        average.update(step)
    assert float(average.tensors["w"]) == pytest.approx(1.001, abs=1e-4)
    average.become_weights()
    assert weight.dtype == torch.bfloat16
