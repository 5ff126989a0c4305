"""A model on disk: `config.json`, `model.safetensors` (or shards), tokenizer, `manifest.json`.

Loading is strict: every weight of the file has its place and every place its weight, by name and
shape, or an error names the first that has not. The manifest holds the SHA-256 of every file; a
file that was changed or cut off is refused. Never pickle.

Knows weights and configurations; where a model came from is the manifest's word.
"""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from petscribe.core.codec import decode, encode
from petscribe.core.errors import InputError
from petscribe.core.files import staged_folder, write_json
from petscribe.model.language.tokens import Speech, load_speech
from petscribe.model.storage.blank import blank_model
from petscribe.model.vlm import PetVlm, VLMConfig

CONFIG = "config.json"
MANIFEST = "manifest.json"
WEIGHTS = "model.safetensors"
INDEX = "model.safetensors.index.json"
SHARD_BYTES = 4_000_000_000


def save_model(
    model: PetVlm,
    folder: Path,
    *,
    speech: Speech | None = None,
    manifest: Mapping[str, Any] | None = None,
    shard_bytes: int = SHARD_BYTES,
) -> None:
    """Write a model and its tokenizer; nothing half-written stays.

    Args:
        model: to be saved in its own precision.
        folder: files of a model that lies there are replaced.
        speech: the tokenizer.
        manifest: what made the model; hashes of the files are added.
        shard_bytes: largest size of one weights file.

    Raises:
        OutputError: the folder cannot be written (code `cannot-write`).
    """
    from safetensors.torch import save_file

    tensors = _own_tensors(model)
    shards = _shards(tensors, shard_bytes)
    with staged_folder(folder) as stage:
        stage.mkdir(parents=True, exist_ok=True)
        write_json(stage / CONFIG, encode(model.config))
        where: dict[str, str] = {}
        for number, names in enumerate(shards, 1):
            name = WEIGHTS
            if len(shards) > 1:
                name = f"model-{number:05d}-of-{len(shards):05d}.safetensors"
            save_file({n: tensors[n] for n in names}, stage / name)
            where |= dict.fromkeys(names, name)
        if len(shards) > 1:
            write_json(stage / INDEX, {"metadata": {}, "weight_map": where})
        if speech is not None:
            speech.save(stage)
        files = {p.name: sha256_of(p) for p in sorted(stage.iterdir()) if p.name != MANIFEST}
        write_json(stage / MANIFEST, {**(manifest or {}), "sha256": files})


def load_model(
    folder: Path, *, dtype: torch.dtype | None = None, check_hashes: bool = True
) -> PetVlm:
    """Read a model, ready to be used (`eval`).

    Raises:
        InputError: no model there (code `not-a-model`), a file that the manifest does not know as
            it is (`model-changed`), or weights that do not fit (`weights-missing`,
            `weights-surplus`, `weights-shape`).
    """
    config = read_config(folder)
    if check_hashes:
        _check_hashes(folder)
    model = blank_model(config, dtype or torch.float32)
    fill(model, read_weights(folder), folder.name)
    return model.eval()


def load_tokenizer(folder: Path, *, chat: bool = True) -> Speech:
    """Read the tokenizer that was saved beside a model."""
    return load_speech(folder, chat=chat)


def read_config(folder: Path) -> VLMConfig:
    """Read a model's configuration."""
    path = folder / CONFIG
    if not path.is_file():
        raise InputError("not-a-model", f"{folder}: no {CONFIG}; name the folder of a saved model")
    try:
        return decode(VLMConfig, json.loads(path.read_text("utf-8")))
    except json.JSONDecodeError as fault:
        raise InputError("not-a-model", f"{path}: not JSON ({fault.msg})") from fault


def read_weights(folder: Path) -> dict[str, Tensor]:
    """Read every weight of a folder, one file or shards.

    Raises:
        InputError: a file is absent or cut off (codes `not-a-model`, `weights-truncated`).
    """
    from safetensors import SafetensorError
    from safetensors.torch import load_file

    index = folder / INDEX
    names = [WEIGHTS]
    if index.is_file():
        names = sorted(set(json.loads(index.read_text("utf-8"))["weight_map"].values()))
    tensors: dict[str, Tensor] = {}
    for name in names:
        path = folder / name
        if not path.is_file():
            raise InputError("not-a-model", f"{folder}: {name} is absent")
        try:
            tensors |= load_file(path)
        except SafetensorError as fault:
            line = str(fault).splitlines()[0]
            raise InputError("weights-truncated", f"{path}: {line}") from fault
    return tensors


def fill(model: PetVlm, tensors: Mapping[str, Tensor], source: str) -> None:
    """Put weights into a model, every one accounted for.

    Raises:
        InputError: a weight of the model is absent (code `weights-missing`), one is left over
            (`weights-surplus`) or has another shape (`weights-shape`).
    """
    places = _own_tensors(model)
    missing = sorted(set(places) - set(tensors))
    surplus = sorted(set(tensors) - set(places))
    if missing:
        raise InputError("weights-missing", f"{source}: no {missing[0]} ({len(missing)} absent)")
    if surplus:
        raise InputError(
            "weights-surplus", f"{source}: {surplus[0]} has no place ({len(surplus)} left over)"
        )
    with torch.no_grad():
        for name, place in places.items():
            if place.shape != tensors[name].shape:
                raise InputError(
                    "weights-shape",
                    f"{source}: {name} is {tuple(tensors[name].shape)}, the model has "
                    f"{tuple(place.shape)}",
                )
            place.copy_(tensors[name])


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _own_tensors(model: PetVlm) -> dict[str, Tensor]:
    """Return every weight once: tied ones under their first name."""
    seen: set[int] = set()
    tensors: dict[str, Tensor] = {}
    for name, tensor in model.state_dict(keep_vars=True).items():
        if tensor.data_ptr() in seen and tensor.numel():
            continue
        seen.add(tensor.data_ptr())
        tensors[name] = tensor.detach()
    return tensors


def _shards(tensors: Mapping[str, Tensor], most: int) -> list[list[str]]:
    shards: list[list[str]] = [[]]
    size = 0
    for name, tensor in tensors.items():
        weight = tensor.numel() * tensor.element_size()
        if shards[-1] and size + weight > most:
            shards.append([])
            size = 0
        shards[-1].append(name)
        size += weight
    return shards


def _check_hashes(folder: Path) -> None:
    path = folder / MANIFEST
    if not path.is_file():
        raise InputError("not-a-model", f"{folder}: no {MANIFEST}")
    known = json.loads(path.read_text("utf-8")).get("sha256", {})
    for name, digest in known.items():
        file = folder / name
        if not file.is_file() or sha256_of(file) != digest:
            raise InputError("model-changed", f"{file}: not the file that its manifest names")
