"""The small tokenizer, and one thread for tiny tensors."""

from collections.abc import Iterator

import pytest
import torch

from model.made import TEXTS
from petscribe.model.language.tokens import Speech, small_speech


@pytest.fixture(autouse=True, scope="session")
def one_thread() -> Iterator[None]:
    """Compute on one thread: a second only waits for the first."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="session")
def speech() -> Speech:
    """Return a small tokenizer."""
    return small_speech(TEXTS * 4, 400)
