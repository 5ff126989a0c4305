"""Random states: one seed sets them all, and all of them can be kept and put back."""

import base64
import random
from collections.abc import Mapping
from typing import Any

import numpy as np
import torch

from petscribe.core.errors import InputError


def seed_everything(seed: int) -> None:
    """Seed Python, numpy's global generator, and torch on every device."""
    random.seed(seed)
    np.random.seed(seed % 2**32)  # noqa: NPY002 - other libraries may still draw from it
    torch.manual_seed(seed)


def keep_randomness() -> dict[str, Any]:
    """Return every random state in JSON's terms."""
    version, words, gauss = random.getstate()
    name, keys, place, has_gauss, cached = np.random.get_state()  # noqa: NPY002 - see above
    kept: dict[str, Any] = {
        "python": [version, list(words), gauss],
        "numpy": [name, np.asarray(keys).tolist(), place, has_gauss, cached],
        "torch": _to_text(torch.get_rng_state()),
    }
    if torch.cuda.is_available():
        kept["cuda"] = _to_text(torch.cuda.get_rng_state())
    return kept


def restore_randomness(kept: Mapping[str, Any]) -> None:
    """Put back what `keep_randomness` returned; a device that is not here is left out.

    Raises:
        InputError: it is no such state (code `checkpoint-truncated`).
    """
    try:
        version, words, gauss = kept["python"]
        random.setstate((version, tuple(words), gauss))
        name, keys, place, has_gauss, cached = kept["numpy"]
        state = (name, np.array(keys, dtype=np.uint32), place, has_gauss, cached)
        np.random.set_state(state)  # noqa: NPY002 - see above
        torch.set_rng_state(_from_text(kept["torch"]))
        if "cuda" in kept and torch.cuda.is_available():
            torch.cuda.set_rng_state(_from_text(kept["cuda"]))
    except (KeyError, TypeError, ValueError, RuntimeError) as fault:
        raise InputError(
            "checkpoint-truncated", "the checkpoint's random states cannot be read"
        ) from fault


def _to_text(state: torch.Tensor) -> str:
    return base64.b64encode(state.numpy().tobytes()).decode("ascii")


def _from_text(text: str) -> torch.Tensor:
    return torch.from_numpy(np.frombuffer(base64.b64decode(text), dtype=np.uint8).copy())
