"""Checkpoints: whole or not at all, strict when read."""

import json
import resource
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from petscribe.core.errors import InputError, OutputError
from petscribe.training.keeping.checkpoint import (
    Progress,
    list_checkpoints,
    load_checkpoint,
    read_progress,
    require_same,
    save_checkpoint,
)
from petscribe.training.keeping.shards import describe_tensors
from petscribe.training.parallel import World

ALONE = World(torch.device("cpu"))
TENSORS = {"model.w": torch.arange(6.0).reshape(2, 3), "model.b": torch.ones(3)}


def _progress(total_step: int = 5) -> Progress:
    return Progress(
        run={"recipe": "tiny", "seed": 0, "stage all": {"steps": 12, "rates": {"*": 0.01}}},
        stage=0,
        step=total_step,
        total_step=total_step,
        position={"lesions": 10},
        optimizer_steps={"model.w": 5},
        processes=1,
        tensors=describe_tensors(TENSORS),
    )


def _empty() -> dict[str, torch.Tensor]:
    return {name: torch.zeros_like(t) for name, t in TENSORS.items()}


def test_a_checkpoint_comes_back(tmp_path: Path):
    path = save_checkpoint(tmp_path, _progress(), TENSORS, ALONE)
    expected = torch.rand(3)
    progress = read_progress(path)
    assert progress == _progress()
    found = _empty()
    load_checkpoint(path, progress, found, ALONE)
    assert all(torch.equal(found[n], TENSORS[n]) for n in TENSORS)
    assert torch.equal(torch.rand(3), expected)


def test_the_last_two_are_kept_and_nothing_else(tmp_path: Path):
    for step in (5, 10, 15, 20):
        save_checkpoint(tmp_path, _progress(step), TENSORS, ALONE)
    assert [p.name for p in tmp_path.iterdir() if p.name.startswith(".")] == []
    assert [p.name for p in list_checkpoints(tmp_path)] == ["step-00000015", "step-00000020"]


def test_a_checkpoint_can_be_written_again(tmp_path: Path):
    for _ in range(2):
        save_checkpoint(tmp_path, _progress(), TENSORS, ALONE)
    assert len(list_checkpoints(tmp_path)) == 1


def test_unfinished_checkpoints_are_not_listed(tmp_path: Path):
    (tmp_path / ".part-step-00000007").mkdir()
    assert list_checkpoints(tmp_path) == []
    assert list_checkpoints(tmp_path / "none") == []


@pytest.mark.parametrize(
    ("name", "damage"),
    [
        ("state.json", lambda b: b[: len(b) // 2]),
        ("state.json", lambda _: b"[]"),
        ("process-00000.json", lambda b: b[:-20]),
        ("process-00000.json", lambda _: b"{}"),
        ("shard-00000.safetensors", lambda b: b[:-1]),
        ("shard-00000.safetensors", lambda b: b[:-1] + b"\x01"),
    ],
)
def test_a_damaged_file_is_refused_by_name(tmp_path: Path, name: str, damage):
    path = save_checkpoint(tmp_path, _progress(), TENSORS, ALONE)
    (path / name).write_bytes(damage((path / name).read_bytes()))
    with pytest.raises(InputError, match=r"step-00000005") as caught:
        load_checkpoint(path, read_progress(path), _empty(), ALONE)
    assert caught.value.code == "checkpoint-truncated"


@pytest.mark.parametrize("name", ["state.json", "process-00000.json", "shard-00000.safetensors"])
def test_a_missing_file_is_refused(tmp_path: Path, name: str):
    path = save_checkpoint(tmp_path, _progress(), TENSORS, ALONE)
    (path / name).unlink()
    with pytest.raises(InputError) as caught:
        load_checkpoint(path, read_progress(path), _empty(), ALONE)
    assert caught.value.code == "checkpoint-truncated"


def test_state_that_is_of_no_progress_is_refused(tmp_path: Path):
    path = save_checkpoint(tmp_path, _progress(), TENSORS, ALONE)
    state = json.loads((path / "state.json").read_text())
    (path / "state.json").write_text(json.dumps({**state, "extra": 1}))
    with pytest.raises(InputError, match="extra"):
        read_progress(path)


@pytest.mark.parametrize(
    "other",
    [
        {"model.w": torch.zeros(3, 3), "model.b": torch.zeros(3)},
        {"model.w": torch.zeros(2, 3)},
        {**TENSORS, "model.new": torch.zeros(1)},
        {"model.w": torch.zeros(2, 3).bfloat16(), "model.b": torch.zeros(3)},
    ],
)
def test_another_models_checkpoint_is_refused(tmp_path: Path, other):
    path = save_checkpoint(tmp_path, _progress(), TENSORS, ALONE)
    with pytest.raises(InputError) as caught:
        load_checkpoint(path, read_progress(path), other, ALONE)
    assert caught.value.code == "checkpoint-foreign"


def test_the_first_difference_is_named():
    with pytest.raises(InputError, match=r"seed is 1 in the checkpoint, 2 in this run"):
        require_same({"seed": 1, "a": 1}, {"seed": 2, "a": 1}, where="here")
    with pytest.raises(InputError, match=r"old is 1 in the checkpoint, absent"):
        require_same({"seed": 1, "old": 1}, {"seed": 1}, where="here")


def test_a_full_disk_leaves_the_checkpoints_before(tmp_path: Path):
    save_checkpoint(tmp_path, _progress(), TENSORS, ALONE)
    large = {"model.w": torch.zeros(200_000)}
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, limits[1]))
    try:
        with pytest.raises(OutputError) as caught:
            save_checkpoint(
                tmp_path, replace(_progress(10), tensors=describe_tensors(large)), large, ALONE
            )
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert caught.value.code == "cannot-write"
    assert [p.name for p in tmp_path.iterdir()] == ["step-00000005"]
    load_checkpoint(tmp_path / "step-00000005", _progress(), _empty(), ALONE)


def test_a_file_in_the_way_is_cannot_write(tmp_path: Path):
    (tmp_path / "checkpoints").write_text("in the way")
    with pytest.raises(OutputError) as caught:
        save_checkpoint(tmp_path / "checkpoints", _progress(), TENSORS, ALONE)
    assert caught.value.code == "cannot-write"
