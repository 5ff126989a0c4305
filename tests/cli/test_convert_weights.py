"""`petscribe convert-weights` as a process."""

import json
import subprocess
import sys
from pathlib import Path

import torch
from safetensors.torch import load_file

RUN = "from petscribe.cli.convert_weights import convert_weights; convert_weights()"


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", RUN, *arguments], capture_output=True, text=True, check=False
    )


def test_a_pickled_file_becomes_safetensors(tmp_path: Path) -> None:
    torch.save({"a": torch.ones(2, 3)}, tmp_path / "m.bin")
    done = run(str(tmp_path / "m.bin"), "-o", str(tmp_path / "out"), "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["weights"] == 1
    assert load_file(tmp_path / "out" / "model.safetensors")["a"].shape == (2, 3)
