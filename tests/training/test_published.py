"""The published schedules on the real model, shrunken: every pattern names something, all learn."""

from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from petscribe.model.vlm import PetVlm
from petscribe.training.keeping.journal import read_journal
from petscribe.training.losses.attention import TverskyView
from petscribe.training.losses.contrast import ContrastConfig
from petscribe.training.losses.objective import Objective
from petscribe.training.published import Pace, default_stages, petar_stages, vipet_stages
from petscribe.training.rates import choose_rates
from petscribe.training.run import train
from petscribe.training.stages import Stage
from training.real_model import RealSamples, layout_of, real_config
from training.tiny import make_recipe, save_tiny

pytestmark = pytest.mark.filterwarnings(
    "ignore:`is_gradient_checkpointing` is deprecated:FutureWarning"  # peft asks transformers
)
PACE = Pace(steps=3, batch_size=4, precision="fp32")


def _train(out: Path, *stages: Stage, lora: bool = False, **changes) -> list[dict]:
    model = PetVlm(real_config(lora=lora))
    samples = RealSamples(model)
    recipe = make_recipe(
        *stages,
        build=lambda: PetVlm(real_config(lora=lora)),
        samples=lambda _: {"lesions": samples, "anatomy": samples},
        save=save_tiny,
        max_tokens=64,
        **changes,
    )
    train(recipe, out)
    return read_journal(out / "metrics.jsonl")


def test_petars_schedule_trains_three_parts_twice(tmp_path: Path):
    records = _train(tmp_path, *petar_stages(PACE), lora=True)
    stages = list(dict.fromkeys(r["stage"] for r in records))
    assert stages == [
        f"{source} {part}"
        for source in ("anatomy", "lesions")
        for part in ("projector", "mask", "everything")
    ]
    assert len(records) == 18


def test_petars_rates_are_the_published_ones():
    stages = petar_stages(Pace(steps=100, batch_size=8), lora=False)
    assert {rate for s in stages for rate in s.rates.values()} == {1e-4, 5e-5}
    assert {s.warmup_steps for s in stages} == {3}
    assert {s.weight_decay for s in stages} == {0.0}


def test_vipets_schedule_aligns_projects_and_watches_attention(tmp_path: Path):
    model = PetVlm(real_config(lora=True))
    stages = vipet_stages(
        PACE,
        sources={"lesions": 1.0},
        aligner=ContrastConfig(pooled_width=16, vocabulary=16, width=8, heads=2),
        layout=layout_of(model),
        view=TverskyView(view="focal", grid=(2, 2, 2)),
    )
    records = _train(tmp_path, *stages, lora=True)
    assert [r["stage"] for r in records[::3]] == ["alignment", "projector", "instruction"]
    assert all("contrast" in r for r in records[:3])
    assert all("answer" in r and "attention_tversky" not in r for r in records[3:6])
    assert all(r["attention_tversky"] > 0 for r in records[6:])


@pytest.mark.parametrize("lora", [True, False])
def test_our_stages_name_parts_of_the_model_and_leave_the_base_frozen(lora: bool):
    model = PetVlm(real_config(lora=lora))
    stages = default_stages(
        PACE,
        sources={"lesions": 1.0},
        aligner=ContrastConfig(pooled_width=16, vocabulary=16),
        layout=layout_of(model),
        lora=lora,
    )
    names = [name for name, _ in model.named_parameters()]
    trained = {s.name: set(choose_rates(names, s.rates)) for s in stages}
    assert list(trained) == ["alignment", "projector", "mask", "all"]
    assert trained["mask"] < trained["alignment"] < trained["all"]
    frozen = {n for n in names if n not in trained["all"]}
    assert all("language" in n and "lora_" not in n for n in frozen)
    assert bool(frozen) == lora


def _everything(**changes) -> Stage:
    return Stage(
        name="all", steps=50, batch_size=8, sources={"lesions": 1.0}, rates={"*": 1e-2}, **changes
    )


def test_the_real_model_learns(tmp_path: Path):
    layout = layout_of(PetVlm(real_config()))
    objective = Objective(heads=0.5, attention_mass=0.1, layout=layout)
    records = _train(tmp_path, _everything(objective=objective))
    assert records[-1]["answer"] < 0.5 * records[0]["answer"]
    assert records[-1]["heads"] < records[0]["heads"]


@pytest.mark.slow
def test_the_real_model_repeats_itself_after_a_resume(tmp_path: Path):
    for name in ("a", "b"):
        _train(tmp_path / name, _everything(ema_decay=0.9))
    one, two = (load_file(tmp_path / n / "model" / "model.safetensors") for n in ("a", "b"))
    assert all(torch.equal(one[n], two[n]) for n in one)
