"""Which parameters learn and how fast."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn

from petscribe.core.errors import InputError
from petscribe.training.rates import choose_rates, cosine_share, group_parameters

NAMES = ["tower.weight", "tower.bias", "projector.weight", "language.lora_a", "language.base"]


def test_the_rate_climbs_then_falls_to_its_floor():
    shares = [cosine_share(s, steps=110, warmup=10, floor=0.1) for s in range(111)]
    assert shares[0] == pytest.approx(0.1)
    assert shares[9] == shares[10] == 1.0
    assert shares[60] == pytest.approx(0.55)
    assert shares[110] == pytest.approx(0.1)


@given(st.integers(1, 200), st.data())
def test_the_rate_never_leaves_its_bounds(steps: int, data):
    warmup = data.draw(st.integers(0, steps))
    shares = [cosine_share(s, steps=steps, warmup=warmup) for s in range(steps)]
    assert all(0 < share <= 1 for share in shares)
    assert shares[warmup:] == sorted(shares[warmup:], reverse=True)


def test_the_first_pattern_that_fits_counts():
    rates = choose_rates(NAMES, {"tower.*": 1e-4, "projector.*": 2e-3, "*lora*": 2e-5})
    assert rates == {
        "tower.weight": 1e-4, "tower.bias": 1e-4, "projector.weight": 2e-3, "language.lora_a": 2e-5,
    }  # fmt: skip


@pytest.mark.parametrize("rates", [{"mask.*": 1.0}, {"*": 1.0, "tower.*": 2.0}])
def test_a_pattern_that_chooses_nothing_is_refused(rates):
    with pytest.raises(InputError) as caught:
        choose_rates(NAMES, rates)
    assert caught.value.code == "no-such-parameters"
    assert repr(list(rates)[-1]) in caught.value.message


def test_vectors_never_decay():
    parameters = {"w": nn.Parameter(torch.ones(2, 2)), "b": nn.Parameter(torch.ones(2))}
    groups = group_parameters(parameters, {"w": 1e-3, "b": 1e-3}, weight_decay=0.1)
    decays = {id(p): g["weight_decay"] for g in groups for p in g["params"]}
    assert decays == {id(parameters["w"]): 0.1, id(parameters["b"]): 0.0}


def test_parameters_of_one_rate_share_a_group():
    parameters = {n: nn.Parameter(torch.ones(2, 2)) for n in "abc"}
    groups = group_parameters(parameters, {"a": 1e-3, "b": 1e-4, "c": 1e-3}, weight_decay=0.0)
    assert sorted(len(g["params"]) for g in groups) == [1, 2]
    assert {g["initial_lr"] for g in groups} == {1e-3, 1e-4}
