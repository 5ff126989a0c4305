"""A whole run: it learns, it repeats itself, and nothing that interrupts it changes the end."""

from dataclasses import replace
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from petscribe.core.errors import InputError
from petscribe.training.keeping.checkpoint import list_checkpoints
from petscribe.training.keeping.journal import read_journal
from petscribe.training.losses.attention import VisualLayout
from petscribe.training.losses.contrast import ContrastConfig
from petscribe.training.losses.objective import Objective
from petscribe.training.run import train
from training.tiny import TinySamples, TinyVlm, make_recipe, make_stage

TIMES = {"seconds", "rows_per_s", "tokens_per_s"}


def _weights(out: Path) -> dict[str, torch.Tensor]:
    return load_file(out / "model" / "model.safetensors")


def _history(out: Path) -> list[dict]:
    return [
        {k: v for k, v in record.items() if k not in TIMES}
        for record in read_journal(out / "metrics.jsonl")
    ]


def _require_equal(one: Path, other: Path) -> None:
    ours, theirs = _weights(one), _weights(other)
    assert ours.keys() == theirs.keys()
    assert [n for n in ours if not torch.equal(ours[n], theirs[n])] == []
    assert _history(one) == _history(other)


GOLDEN_FIRST, GOLDEN_LAST = 2.9946, 0.6692


class _Killed(BaseException):
    """As a kill: no handler of the run may catch it."""


def _kill_at(total_step: int):
    def watch(record) -> None:
        if record["total_step"] == total_step:
            raise _Killed

    return watch


def test_fifty_steps_reach_the_golden_loss(tmp_path: Path):
    stage = make_stage(steps=50)
    train(make_recipe(stage), tmp_path / "a")
    losses = [r["loss"] for r in _history(tmp_path / "a")]
    assert losses[0] == pytest.approx(GOLDEN_FIRST, rel=1e-3)
    assert losses[-1] == pytest.approx(GOLDEN_LAST, rel=0.02)


def test_two_runs_are_identical(tmp_path: Path):
    for name in ("a", "b"):
        train(make_recipe(make_stage(ema_decay=0.9)), tmp_path / name)
    _require_equal(tmp_path / "a", tmp_path / "b")


def test_another_seed_is_another_run(tmp_path: Path):
    train(make_recipe(), tmp_path / "a")
    train(make_recipe(seed=1), tmp_path / "b")
    assert _history(tmp_path / "a") != _history(tmp_path / "b")


TWO_STAGES = (
    make_stage(
        name="alignment",
        steps=7,
        rates={"tower.*": 1e-2},
        objective=Objective(
            answer=0.0,
            contrast=1.0,
            aligner=ContrastConfig(pooled_width=16, vocabulary=16, width=8, heads=2),
            layout=VisualLayout(lesion_tokens=4, body_tokens=0),
        ),
    ),
    make_stage(
        name="all",
        steps=11,
        sources={"lesions": 3.0, "others": 1.0},
        accumulate=2,
        ema_decay=0.9,
        objective=Objective(heads=0.5, attention_mass=0.1),
    ),
)


@pytest.fixture(scope="module")
def whole_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a run of two stages that nothing interrupted."""
    out = tmp_path_factory.mktemp("whole")
    train(make_recipe(*TWO_STAGES), out)
    return out


@pytest.mark.parametrize("killed_at", [1, 5, 7, 8, 18])
def test_a_killed_run_goes_on_as_if_nothing_had_happened(
    tmp_path: Path, whole_run: Path, killed_at: int
):
    recipe = make_recipe(*TWO_STAGES)
    with pytest.raises(_Killed):
        train(recipe, tmp_path / "killed", watch=_kill_at(killed_at))
    outcome = train(recipe, tmp_path / "killed", resume=True)
    assert outcome.done
    assert outcome.total_step == 18
    _require_equal(whole_run, tmp_path / "killed")


def test_a_finished_run_resumed_stays_as_it_is(tmp_path: Path):
    train(make_recipe(), tmp_path)
    before = _weights(tmp_path), _history(tmp_path)
    assert train(make_recipe(), tmp_path, resume=True).done
    assert all(torch.equal(before[0][n], w) for n, w in _weights(tmp_path).items())
    assert _history(tmp_path) == before[1]


def test_what_no_pattern_names_stays_frozen(tmp_path: Path):
    stage = make_stage(rates={"projector.*": 1e-2})
    train(make_recipe(stage), tmp_path / "a")
    torch.manual_seed(0)
    start = dict(TinyVlm().named_parameters())
    moved = {n for n, w in _weights(tmp_path / "a").items() if not torch.equal(w, start[n])}
    assert moved == {"projector.weight", "projector.bias"}


def test_bf16_trains_as_well(tmp_path: Path):
    train(make_recipe(make_stage(steps=40, precision="bf16")), tmp_path)
    losses = [r["loss"] for r in _history(tmp_path)]
    assert losses[-1] < losses[0] / 2


def test_accumulated_micro_batches_are_one_large_batch(tmp_path: Path):
    class Still(TinyVlm):
        def __init__(self) -> None:
            super().__init__()
            for block in self.blocks:
                block.drop.p = 0.0

    whole = TinySamples(8)
    ordered = make_recipe(
        make_stage(steps=1, batch_size=8, warmup_steps=0),
        build=Still,
        samples=lambda _: {"lesions": whole},
    )
    halves = replace(
        ordered, stages=(make_stage(steps=1, batch_size=4, accumulate=2, warmup_steps=0),)
    )
    train(ordered, tmp_path / "whole")
    train(halves, tmp_path / "halves")
    one, two = _history(tmp_path / "whole")[0], _history(tmp_path / "halves")[0]
    assert one["loss"] == pytest.approx(two["loss"], rel=0.01)
    assert one["gradient_norm"] == pytest.approx(two["gradient_norm"], rel=0.1)


def test_the_held_out_loss_is_followed(tmp_path: Path):
    recipe = make_recipe(make_stage(steps=40), held_out="others", held_out_every=20)
    train(recipe, tmp_path)
    followed = [r["held_out"] for r in _history(tmp_path) if "held_out" in r]
    assert len(followed) == 2
    assert followed[1] < followed[0]


def test_following_a_held_out_loss_changes_nothing(tmp_path: Path):
    train(make_recipe(), tmp_path / "a")
    train(make_recipe(held_out="others", held_out_every=3), tmp_path / "b")
    ours, theirs = _weights(tmp_path / "a"), _weights(tmp_path / "b")
    assert all(torch.equal(ours[n], theirs[n]) for n in ours)


def test_the_last_two_checkpoints_are_kept(tmp_path: Path):
    train(make_recipe(), tmp_path)
    names = [p.name for p in list_checkpoints(tmp_path / "checkpoints")]
    assert names == ["step-00000010", "step-00000012"]


def test_the_curves_are_drawn(tmp_path: Path):
    train(make_recipe(), tmp_path)
    assert (tmp_path / "curves.png").read_bytes().startswith(b"\x89PNG")


def _refused(code: str, *arguments, **options) -> InputError:
    with pytest.raises(InputError) as caught:
        train(*arguments, **options)
    assert caught.value.code == code
    return caught.value


def test_a_folder_that_holds_a_run_is_not_written_over(tmp_path: Path):
    train(make_recipe(), tmp_path)
    _refused("run-exists", make_recipe(), tmp_path)


def test_a_checkpoint_of_another_recipe_is_refused(tmp_path: Path):
    with pytest.raises(_Killed):
        train(make_recipe(), tmp_path, watch=_kill_at(7))
    for other in (
        make_recipe(seed=5),
        make_recipe(make_stage(batch_size=4)),
        make_recipe(samples=lambda _: {"lesions": TinySamples(65)}),
        make_recipe(build=lambda: TinyVlm(blocks=3)),
    ):
        _refused("checkpoint-foreign", other, tmp_path, resume=True)


def test_a_pattern_that_names_nothing_is_refused(tmp_path: Path):
    stage = make_stage(rates={"tower.*": 1e-3, "lora.*": 1e-3})
    fault = _refused("no-such-parameters", make_recipe(stage), tmp_path)
    assert "lora" in fault.message


def test_a_sample_longer_than_the_budget_is_refused(tmp_path: Path):
    _refused("text-too-long", make_recipe(max_tokens=10), tmp_path)


def test_an_answer_without_its_end_is_refused(tmp_path: Path):
    _refused("bad-targets", make_recipe(end_token=2), tmp_path)


def test_a_source_that_is_not_there_is_refused(tmp_path: Path):
    stage = make_stage(sources={"reports": 1.0})
    _refused("no-such-source", make_recipe(stage), tmp_path)


def test_a_loss_that_is_not_finite_stops_the_run(tmp_path: Path):
    class Broken(TinySamples):
        def collate(self, indices, rng):
            batch = super().collate(indices, rng)
            batch.focal[:] = float("nan")
            return batch

    recipe = make_recipe(samples=lambda _: {"lesions": Broken()})
    fault = _refused("loss-not-finite", recipe, tmp_path)
    assert "lesions" in fault.message
