"""Tensors in files: back as they were, bit for bit, or a fault that names the file."""

from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from petscribe.core.errors import InputError, OutputError
from petscribe.training.keeping.shards import describe_tensors, read_shards, write_shard


@pytest.fixture
def tensors() -> dict[str, torch.Tensor]:
    generator = torch.Generator().manual_seed(0)
    return {
        "matrix": torch.randn(5, 3, generator=generator).T,
        "half": torch.randn(4, generator=generator).bfloat16(),
        "scalar": torch.tensor(2.5),
        "empty": torch.zeros(0, 3),
        "bits": torch.tensor([True, False]),
    }


def test_tensors_come_back_bit_for_bit(tensors, tmp_path: Path):
    write_shard(tmp_path / "a.safetensors", tensors, rank=0)
    found = {name: torch.zeros_like(t) for name, t in tensors.items()}
    read_shards([tmp_path / "a.safetensors"], found)
    assert all(torch.equal(found[n], tensors[n]) for n in tensors)


def test_only_the_first_process_writes_what_all_hold(tensors, tmp_path: Path):
    paths = [tmp_path / f"{rank}.safetensors" for rank in (0, 1)]
    for rank, path in enumerate(paths):
        write_shard(path, tensors, rank=rank)
    assert paths[1].stat().st_size < 200
    found = {name: torch.zeros_like(t) for name, t in tensors.items()}
    read_shards(paths, found)
    assert torch.equal(found["matrix"], tensors["matrix"])


def test_rows_of_several_files_make_a_whole(tmp_path: Path):
    whole = torch.arange(10.0).reshape(5, 2)
    for number, (first, rows) in enumerate([(0, whole[:3]), (3, whole[3:])]):
        save_file(
            {"w": rows.contiguous()}, tmp_path / f"{number}",
            metadata={"first_rows": f'{{"w": {first}}}'},
        )  # fmt: skip
    found = {"w": torch.zeros(5, 2)}
    read_shards([tmp_path / "0", tmp_path / "1"], found)
    assert torch.equal(found["w"], whole)


def test_missing_rows_are_refused(tmp_path: Path):
    save_file({"w": torch.ones(3, 2)}, tmp_path / "0", metadata={"first_rows": '{"w": 0}'})
    with pytest.raises(InputError, match="rows of w") as caught:
        read_shards([tmp_path / "0"], {"w": torch.zeros(5, 2)})
    assert caught.value.code == "checkpoint-truncated"


@pytest.mark.parametrize(
    "damage", [lambda b: b[:-7], lambda b: b[:4], lambda _: b"", lambda b: b[::-1]]
)
def test_a_damaged_file_is_named(tensors, tmp_path: Path, damage):
    path = tmp_path / "a.safetensors"
    write_shard(path, tensors, rank=0)
    path.write_bytes(damage(path.read_bytes()))
    with pytest.raises(InputError, match=r"a\.safetensors") as caught:
        read_shards([path], {n: torch.zeros_like(t) for n, t in tensors.items()})
    assert caught.value.code == "checkpoint-truncated"


def test_a_foreign_safetensors_file_is_refused(tmp_path: Path):
    save_file({"w": torch.ones(3)}, tmp_path / "a")
    with pytest.raises(InputError):
        read_shards([tmp_path / "a"], {"w": torch.zeros(3)})


def test_a_folder_that_is_not_there_is_cannot_write(tensors, tmp_path: Path):
    with pytest.raises(OutputError) as caught:
        write_shard(tmp_path / "gone" / "a", tensors, rank=0)
    assert caught.value.code == "cannot-write"


def test_descriptions_hold_type_and_shape(tensors):
    assert describe_tensors(tensors)["half"] == ["bfloat16", [4]]
