"""Public bases into a model, strictly: every weight of the base has its place or its reason.

    filled = fill_from(model, read_base(folder), m3d_clip())

Bases are safetensors, one file or shards; a pickled base is converted first (`conversion`). Knows
weights and their names; which goes where is `keymaps`' word.
"""

import json
from collections.abc import Mapping
from pathlib import Path

import torch
from torch import Tensor

from petscribe.core.errors import InputError
from petscribe.model.storage.keymaps import KeyMap, language
from petscribe.model.vlm import PetVlm

_INDEX = "model.safetensors.index.json"
_PICKLED = (".bin", ".pt", ".pth", ".ckpt")


def fill_from(model: PetVlm, base: Mapping[str, Tensor], keys: KeyMap) -> frozenset[str]:
    """Put a base's weights into a model; return the names of ours that were filled.

    Raises:
        InputError: the base lacks a weight (code `weights-missing`), has one that neither list
            knows or our model has no place for (`weights-surplus`), or one of another shape
            (`weights-shape`).
    """
    places = dict(model.named_parameters())
    _check_names(base, keys, places)
    filled: set[str] = set()
    with torch.no_grad():
        for name, targets in keys.places.items():
            if name not in base:
                continue
            for target in targets:
                _put(places[target], base[name], f"{keys.base}: {name}", grown=name in keys.grown)
                filled.add(target)
    return frozenset(filled)


def fill_language(model: PetVlm, folder: Path) -> frozenset[str]:
    """Put the weights of a language model's folder into a model; return the names filled.

    Raises:
        InputError: as `read_base` and `fill_from` say.
    """
    base = read_base(folder)
    keys = language(base, (name for name, _ in model.named_parameters()))
    return fill_from(model, base, keys)


def read_base(path: Path) -> dict[str, Tensor]:
    """Read a base: a safetensors file, or a folder with one or with shards and their index.

    Raises:
        InputError: nothing there (code `no-base`), pickled weights (`pickled-weights`), an index
            that does not fit its files (`weights-missing`), or a file that is cut off
            (`weights-truncated`).
    """
    from safetensors import SafetensorError
    from safetensors.torch import load_file

    wanted: dict[str, str] = {}
    if path.is_dir() and (path / _INDEX).is_file():
        wanted = json.loads((path / _INDEX).read_text("utf-8"))["weight_map"]
    tensors: dict[str, Tensor] = {}
    for file in _files(path, wanted):
        try:
            tensors |= load_file(file)
        except SafetensorError as fault:
            raise InputError(
                "weights-truncated", f"{file}: {str(fault).splitlines()[0]}"
            ) from fault
    missing = sorted(set(wanted) - set(tensors))
    if missing:
        raise InputError("weights-missing", f"{path}: the index names {missing[0]}, no file has it")
    return tensors


def _files(path: Path, wanted: Mapping[str, str]) -> list[Path]:
    if path.suffix in _PICKLED or (path.is_dir() and _only_pickled(path)):
        raise InputError(
            "pickled-weights",
            f"{path}: pickled weights are not read; petscribe convert-weights makes safetensors",
        )
    names = sorted(set(wanted.values()))
    files = [path / name for name in names] or (
        sorted(path.glob("*.safetensors")) if path.is_dir() else [path]
    )
    absent = [file for file in files if not file.is_file()]
    if absent or not files:
        raise InputError("no-base", f"{absent[0] if absent else path}: no safetensors there")
    return files


def _only_pickled(folder: Path) -> bool:
    names = [file.suffix for file in folder.iterdir()]
    return ".safetensors" not in names and any(name in _PICKLED for name in names)


def _check_names(base: Mapping[str, Tensor], keys: KeyMap, places: Mapping[str, Tensor]) -> None:
    missing = sorted(set(keys.places) - set(base) - keys.optional)
    if missing:
        raise InputError("weights-missing", f"{keys.base}: no {missing[0]} ({len(missing)} absent)")
    known = tuple(keys.unused)
    surplus = [n for n in base if n not in keys.places and not n.startswith(known or ("\0",))]
    surplus += [t for targets in keys.places.values() for t in targets if t not in places]
    if surplus:
        raise InputError(
            "weights-surplus",
            f"{keys.base}: {sorted(surplus)[0]} has no place ({len(surplus)} left over)",
        )


def _put(place: Tensor, weight: Tensor, name: str, *, grown: bool) -> None:
    """Copy a weight; of a grown one the rows that follow are the mean of those that came."""
    rows = weight.shape[0] if weight.dim() else 0
    short = grown and weight.shape[1:] == place.shape[1:] and rows < place.shape[0]
    if weight.shape != place.shape and not short:
        raise InputError(
            "weights-shape",
            f"{name} is {tuple(weight.shape)}, the model has {tuple(place.shape)}",
        )
    if short:
        place[rows:].copy_(weight.float().mean(dim=0))
        place[:rows].copy_(weight)
    else:
        place.copy_(weight)
