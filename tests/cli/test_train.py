"""`petscribe train` as a user runs it: done, refused, terminated, killed, resumed."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from safetensors.numpy import load_file

TESTS = Path(__file__).resolve().parents[1]
RECIPE = """
import sys
sys.path.insert(0, {tests!r})
from training.tiny import make_recipe, make_stage

def recipe():
    return make_recipe(make_stage(steps={steps}), checkpoint_every=5)
"""


@pytest.fixture
def recipe(tmp_path: Path) -> Path:
    """Return a recipe file of a few steps."""
    return _write_recipe(tmp_path, 12)


def _write_recipe(folder: Path, steps: int) -> Path:
    path = folder / f"tiny_{steps}.py"
    path.write_text(RECIPE.format(tests=str(TESTS), steps=steps))
    return path


def _steps(out: Path) -> int:
    path = out / "metrics.jsonl"
    return path.read_text().count("\n") if path.exists() else 0


def _interrupt(recipe: Path, out: Path, number: int, after_steps: int) -> tuple[int, str]:
    """Start a run, send it a signal after some steps; return its exit code and stderr."""
    process = subprocess.Popen(
        [sys.executable, "-m", "petscribe", "train", str(recipe), "-o", str(out)],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
    )  # fmt: skip
    while _steps(out) < after_steps and process.poll() is None:
        time.sleep(0.02)
    process.send_signal(number)
    _, said = process.communicate(timeout=120)
    return process.returncode, said


def test_a_recipe_file_is_carried_out(petscribe, recipe: Path, tmp_path: Path):
    outcome = petscribe("train", recipe, "-o", tmp_path / "out", "--seed", 4, "--json")
    assert outcome.code == 0, outcome.err
    assert outcome.json["done"]
    assert outcome.json["total_step"] == 12
    assert load_file(Path(outcome.json["model"]) / "model.safetensors")
    manifest = json.loads((tmp_path / "out" / "run.json").read_text())
    assert manifest["seed"] == 4
    assert manifest["recipe"] == "tiny"
    assert (tmp_path / "out" / "curves.png").exists()


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_an_interrupted_run_ends_as_an_uninterrupted_one(petscribe, tmp_path: Path, number: int):
    recipe = _write_recipe(tmp_path, 60)
    code, said = _interrupt(recipe, tmp_path / "broken", number, after_steps=17)
    assert _steps(tmp_path / "broken") < 60
    if number == signal.SIGTERM:
        assert code == 1
        assert "--resume" in said
    for out, flags in (("broken", ["--resume"]), ("whole", [])):
        outcome = petscribe("train", recipe, "-o", tmp_path / out, *flags, OMP_NUM_THREADS="1")
        assert outcome.code == 0, outcome.err
    weights = [load_file(tmp_path / o / "model" / "model.safetensors") for o in ("broken", "whole")]
    assert all((weights[0][n] == weights[1][n]).all() for n in weights[1])
    assert _steps(tmp_path / "broken") == _steps(tmp_path / "whole") == 60


def test_a_recipe_that_is_not_there_is_refused(refuses, tmp_path: Path):
    refuses("no-such-recipe", "train", "gigantic", "-o", tmp_path / "out")
    refuses("not-found", "train", tmp_path / "none.py", "-o", tmp_path / "out")
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    "text",
    ["x = 1", "def recipe():\n    return 3", "import no_such_library", "def recipe(:"],
)
def test_a_file_without_a_recipe_is_refused(refuses, tmp_path: Path, text: str):
    (tmp_path / "mine.py").write_text(text)
    refuses("no-such-recipe", "train", tmp_path / "mine.py", "-o", tmp_path / "out")


def test_a_store_or_device_that_is_not_there_is_refused(refuses, recipe: Path, tmp_path: Path):
    out = tmp_path / "out"
    refuses("not-found", "train", recipe, "-o", out, "--store", tmp_path / "none")
    refuses("no-such-device", "train", recipe, "-o", out, "--device", "abacus")


def test_help_needs_no_torch(petscribe):
    outcome = petscribe("train", "--help")
    assert outcome.code == 0
    assert "--resume" in outcome.out
