"""One process or two: the same loss, and checkpoints that either can go on from."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from petscribe.training.keeping.journal import read_journal
from petscribe.training.parallel import World, find_blocks, recompute_blocks
from training.tiny import TinyBlock, TinySamples, TinyVlm

TESTS = Path(__file__).resolve().parents[1]

RUN = """
import json, sys
import torch
sys.path.insert(0, {tests!r})
torch.set_num_threads(1)
from pathlib import Path
from training.tiny import TinySamples, TinyVlm, make_recipe, make_stage
from petscribe.training.losses.objective import Objective
from petscribe.training.run import train

class Still(TinyVlm):
    def __init__(self):
        super().__init__()
        for block in self.blocks:
            block.drop.p = 0.0

stage = make_stage(
    steps=6, batch_size=9, warmup_steps=0, ema_decay=0.9, accumulate=2,
    objective=Objective(heads=0.5, attention_mass=0.1), rates={{"tower.*": 1e-3, "*": 1e-2}},
)
out, options = Path(sys.argv[1]), json.loads(sys.argv[2])
recipe = make_recipe(
    stage, build=Still, checkpoint_every=3, recompute=options.get("recompute", False),
    held_out="others", held_out_every=3, held_out_batches=1,
    samples=lambda _: {{"lesions": TinySamples(noise=0.0), "others": TinySamples(16, 9, 0.0)}},
)
train(recipe, out, resume=options.get("resume", False))
"""


def _train(out: Path, *, processes: int, **options) -> None:
    script = out.parent / "run_tiny.py"
    script.write_text(RUN.format(tests=str(TESTS)))
    start = [sys.executable, str(script)]
    if processes > 1:
        launcher = ["-m", "torch.distributed.run", "--standalone", "--nproc-per-node"]
        start = [sys.executable, *launcher, str(processes), str(script)]
    process = subprocess.run(
        [*start, str(out), json.dumps(options)],
        capture_output=True, text=True, timeout=300, check=False,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
    )  # fmt: skip
    assert process.returncode == 0, process.stderr[-2000:]


def _require_close(one: Path, other: Path) -> None:
    for ours, theirs in zip(
        read_journal(one / "metrics.jsonl"), read_journal(other / "metrics.jsonl"), strict=True
    ):
        for name in ("loss", "answer", "heads", "attention_mass", "gradient_norm", "held_out"):
            if name in ours or name in theirs:
                assert ours[name] == pytest.approx(theirs[name], rel=2e-4), (name, ours["step"])
    weights = [load_file(out / "model" / "model.safetensors") for out in (one, other)]
    assert weights[0].keys() == weights[1].keys()
    for name in weights[0]:
        assert torch.allclose(weights[0][name], weights[1][name], atol=2e-4), name


def test_alone_sums_are_ones_own():
    world = World(torch.device("cpu"))
    assert world.leads
    assert world.size == 1
    assert world.total({"a": 2.0}) == {"a": 2.0}
    world.wait()


def test_blocks_are_the_outermost_members_of_lists():
    model = TinyVlm()
    model.outer = torch.nn.ModuleList([torch.nn.ModuleList([TinyBlock()]), torch.nn.GELU()])
    blocks = find_blocks(model)
    assert blocks[:2] == list(model.blocks)
    assert blocks[2:] == [model.outer[0]]


def test_recomputed_blocks_give_the_same_gradients_and_names():
    batch = TinySamples().collate(range(4), np.random.default_rng(0))
    torch.manual_seed(0)
    model = TinyVlm()
    names = list(dict(model.named_parameters()))

    def gradients() -> list[torch.Tensor]:
        torch.manual_seed(1)
        model.zero_grad()
        model(batch).logits.square().sum().backward()
        return [p.grad.clone() for p in model.parameters() if p.grad is not None]

    before = gradients()
    recompute_blocks(model)
    assert all(torch.equal(a, b) for a, b in zip(before, gradients(), strict=True))
    assert list(dict(model.named_parameters())) == names


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a run in one process."""
    out = tmp_path_factory.mktemp("alone") / "run"
    _train(out, processes=1)
    return out


@pytest.mark.slow
def test_two_processes_give_the_loss_of_one(alone: Path, tmp_path: Path):
    _train(tmp_path / "two", processes=2, recompute=True)
    _require_close(alone, tmp_path / "two")


@pytest.mark.slow
@pytest.mark.parametrize(("before", "after"), [(2, 1), (1, 2), (2, 3)])
def test_a_checkpoint_reloads_in_another_world(
    alone: Path, tmp_path: Path, before: int, after: int
):
    moved = tmp_path / "moved"
    _train(moved, processes=before)
    _go_back_to(moved, "step-00000003")
    _train(moved, processes=after, resume=True)
    _require_close(alone, moved)


def _go_back_to(out: Path, checkpoint: str) -> None:
    """Leave what a kill after that checkpoint would have left."""
    shutil.rmtree(out / "model")
    for path in (out / "checkpoints").iterdir():
        if path.name != checkpoint:
            shutil.rmtree(path)
    assert (out / "checkpoints" / checkpoint).is_dir()
