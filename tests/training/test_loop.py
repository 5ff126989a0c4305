"""Single steps of the loop: rates, freezing, clipping, averages, and the state they leave."""

import pytest
import torch

from petscribe.core.errors import InputError
from petscribe.training.feeding.feeder import Feeder, Share
from petscribe.training.feeding.sampler import Sampler
from petscribe.training.loop import StageState, cast_to, measure_held_out, take_step
from petscribe.training.losses.objective import Objective
from petscribe.training.parallel import World
from training.tiny import END, TinySamples, TinyVlm, make_stage

ALONE = World(torch.device("cpu"))


def _steps(stage, count: int) -> tuple[StageState, list[dict]]:
    torch.manual_seed(0)
    state = StageState(TinyVlm(), None, stage)
    samples = {"lesions": TinySamples()}
    sampler = Sampler(
        {"lesions": samples["lesions"].lengths}, stage.sources, batch_size=stage.batch_size, seed=0
    )
    feeder = Feeder(samples, sampler, seed=0, end_token=END, share=Share())
    with feeder.run() as feeds:
        return state, [take_step(state, feeds, ALONE) for _ in range(count)]


def test_the_rate_follows_the_schedule():
    _, records = _steps(make_stage(steps=4, warmup_steps=2), 4)
    assert [r["rate"] for r in records] == pytest.approx([0.005, 0.01, 0.01, 0.005])


def test_groups_keep_their_own_rates():
    state, _ = _steps(make_stage(rates={"tower.*": 1e-3, "*": 1e-2}), 1)
    assert {g["lr"] for g in state.optimizer.param_groups} == {5e-4, 5e-3}


def test_frozen_parameters_get_no_gradient_and_no_moments():
    state, _ = _steps(make_stage(rates={"projector.*": 1e-2}), 2)
    assert not state.model.tower.weight.requires_grad
    assert set(state.optimizer_steps()) == {"model.projector.weight", "model.projector.bias"}


def test_tied_weights_stand_once_in_the_state():
    state, _ = _steps(make_stage(ema_decay=0.9), 1)
    names = [n for n in state.tensors() if n.startswith("model.")]
    assert "model.words.weight" in names
    assert "model.scores.weight" not in names
    assert "model.scale" in names


def test_parameters_without_a_gradient_have_no_moments_yet():
    state, _ = _steps(make_stage(), 1)
    assert "model.side.weight" not in state.optimizer_steps()
    assert "exp_avg.model.tower.weight" in state.tensors()


def test_a_tight_clip_moves_weights_as_a_loose_one_does_under_adam():
    tight, _ = _steps(make_stage(clip_norm=1e-3), 1)
    loose, _ = _steps(make_stage(clip_norm=None), 1)
    # Adam's first step has the rate's size whatever the gradient's: clipping shows in the moments
    name = "exp_avg.model.tower.weight"
    assert tight.tensors()[name].norm() < 1e-4 < loose.tensors()[name].norm()


def test_the_parts_are_written_down_and_weighted():
    _, records = _steps(make_stage(objective=Objective(heads=0.5, attention_mass=0.1)), 1)
    record = records[0]
    expected = record["answer"] + 0.5 * record["heads"] + 0.1 * record["attention_mass"]
    assert record["loss"] == pytest.approx(expected)
    assert record["tokens_per_s"] > record["rows_per_s"] > 0


def test_heads_learn_with_the_answers():
    _, records = _steps(make_stage(steps=60, objective=Objective(heads=1.0)), 60)
    assert records[-1]["heads"] < 0.6 * records[0]["heads"]


def test_supervised_attention_finds_the_lesion():
    _, records = _steps(make_stage(steps=60, objective=Objective(attention_mass=0.3)), 60)
    assert records[-1]["attention_mass"] < 0.5 * records[0]["attention_mass"]


def test_an_average_lags_behind_the_weights():
    state, _ = _steps(make_stage(ema_decay=0.99), 5)
    weight = state.model.tower.weight
    average = state.average.tensors["model.tower.weight"]
    assert not torch.equal(weight, average)


def test_a_loss_that_explodes_is_named():
    with pytest.raises(InputError, match="stage 'all'") as caught:
        _steps(make_stage(rates={"*": 1e30}, clip_norm=None), 5)
    assert caught.value.code == "loss-not-finite"


def test_held_out_loss_is_measured_without_dropout_or_gradient():
    state, _ = _steps(make_stage(), 1)
    samples = TinySamples(8)
    import numpy as np

    batches = [samples.collate(range(8), np.random.default_rng(0))]
    first = measure_held_out(state, iter(batches), ALONE)
    assert measure_held_out(state, iter(batches), ALONE) == first > 0
    assert all(p.grad is None for p in state.model.parameters())


def test_half_precision_is_a_matter_of_the_forward_pass():
    with cast_to("bf16", torch.device("cpu")):
        assert torch.nn.Linear(2, 2)(torch.ones(1, 2)).dtype == torch.bfloat16
    with cast_to("fp32", torch.device("cpu")):
        assert torch.nn.Linear(2, 2)(torch.ones(1, 2)).dtype == torch.float32
