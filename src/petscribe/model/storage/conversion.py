"""Pickled weights to safetensors, once, so that nothing else ever unpickles.

torch's restricted unpickler reads tensors and plain containers only (`weights_only`); anything else
in the file is refused. Knows files, no models.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import torch
from torch import Tensor

from petscribe.core.errors import InputError
from petscribe.core.files import staged_folder, write_json

_WRAPPERS: Final = ("state_dict", "model_state_dict", "model", "module")
SUFFIXES: Final = (".bin", ".pt", ".pth", ".ckpt")


def convert(source: Path, out: Path) -> dict[str, int]:
    """Write the weights of a pickled file, or of a folder's shards, as safetensors.

    Args:
        source: a file, or a folder of such files.
        out: folder to be written, `model.safetensors` or shards with their index.

    Returns:
        Number of weights and of their bytes.

    Raises:
        InputError: nothing there (code `no-base`), a file that holds more than tensors
            (`unsafe-pickle`), or none (`no-weights`).
        OutputError: the folder cannot be written (code `cannot-write`).
    """
    from safetensors.torch import save_file

    files = _files(source)
    where: dict[str, str] = {}
    size = 0
    with staged_folder(out) as stage:
        stage.mkdir(parents=True, exist_ok=True)
        for number, file in enumerate(files, 1):
            tensors = _apart(_read(file))
            name = "model.safetensors"
            if len(files) > 1:
                name = f"model-{number:05d}-of-{len(files):05d}.safetensors"
            save_file(tensors, stage / name)
            where |= dict.fromkeys(tensors, name)
            size += sum(t.numel() * t.element_size() for t in tensors.values())
        if len(files) > 1:
            index = {"metadata": {"total_size": size}, "weight_map": where}
            write_json(stage / "model.safetensors.index.json", index)
    return {"weights": len(where), "bytes": size}


def _files(source: Path) -> list[Path]:
    if source.is_file():
        return [source]
    files = sorted(f for f in source.glob("*") if f.suffix in SUFFIXES) if source.is_dir() else []
    if not files:
        raise InputError("no-base", f"{source}: no {', '.join(SUFFIXES)} file there")
    return files


def _read(file: Path) -> dict[str, Tensor]:
    import pickle

    try:
        held: Any = torch.load(file, map_location="cpu", weights_only=True, mmap=None)
    except (pickle.UnpicklingError, EOFError, RuntimeError, ValueError) as fault:
        raise InputError(
            "unsafe-pickle", f"{file}: not a file of tensors alone; it is not opened"
        ) from fault
    for name in _WRAPPERS:
        if isinstance(held, Mapping) and isinstance(held.get(name), Mapping):
            held = held[name]
    tensors = (
        {str(k): v for k, v in held.items() if isinstance(v, Tensor)}
        if isinstance(held, Mapping)
        else {}
    )
    if not tensors:
        raise InputError("no-weights", f"{file}: no tensor in it")
    return tensors


def _apart(tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Return tensors that share no memory: safetensors wants each on its own."""
    seen: set[int] = set()
    apart: dict[str, Tensor] = {}
    for name, tensor in tensors.items():
        key = tensor.untyped_storage().data_ptr()
        alone = tensor.is_contiguous() and key not in seen
        whole = tensor.untyped_storage().nbytes() == tensor.numel() * tensor.element_size()
        apart[name] = tensor if alone and whole else tensor.contiguous().clone()
        seen.add(key)
    return apart
