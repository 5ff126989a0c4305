"""Pickled weights become safetensors; anything but tensors is never opened."""

import pickle
from pathlib import Path

import pytest
import torch

from petscribe.core.errors import InputError
from petscribe.model.storage.bases import read_base
from petscribe.model.storage.conversion import convert


class Trap:
    """Runs something when it is unpickled."""

    def __reduce__(self) -> tuple[object, tuple[str]]:
        """Name what is run."""
        return (Path("/nonexistent").joinpath, ("x",))


def test_a_file_becomes_safetensors(tmp_path: Path) -> None:
    weight = torch.randn(3, 4)
    torch.save(
        {"state_dict": {"a": weight, "tied": weight, "part": weight[:1]}}, tmp_path / "m.bin"
    )
    counted = convert(tmp_path / "m.bin", tmp_path / "out")
    read = read_base(tmp_path / "out")
    assert counted["weights"] == 3
    assert torch.equal(read["tied"], weight)
    assert torch.equal(read["part"], weight[:1])


def test_shards_get_an_index(tmp_path: Path) -> None:
    for name in ("a", "b"):
        torch.save({name: torch.ones(2)}, tmp_path / f"{name}.pt")
    convert(tmp_path, tmp_path / "out")
    assert set(read_base(tmp_path / "out")) == {"a", "b"}


def test_a_file_that_would_run_code_is_refused_and_nothing_is_written(tmp_path: Path) -> None:
    (tmp_path / "m.bin").write_bytes(pickle.dumps({"a": Trap()}, protocol=2))
    with pytest.raises(InputError, check=lambda fault: fault.code == "unsafe-pickle"):
        convert(tmp_path / "m.bin", tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_files_without_tensors_and_empty_folders_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, check=lambda fault: fault.code == "no-base"):
        convert(tmp_path, tmp_path / "out")
    torch.save({"a": 1}, tmp_path / "m.pt")
    with pytest.raises(InputError, check=lambda fault: fault.code == "no-weights"):
        convert(tmp_path, tmp_path / "out")
