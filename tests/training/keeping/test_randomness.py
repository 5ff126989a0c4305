"""Random states: kept, put back, through JSON."""

import json
import random

import numpy as np
import pytest
import torch

from petscribe.core.errors import InputError
from petscribe.training.keeping.randomness import (
    keep_randomness,
    restore_randomness,
    seed_everything,
)


def _draw() -> tuple:
    return random.random(), float(np.random.rand()), torch.rand(3).tolist()  # noqa: NPY002


def test_a_seed_decides_every_generator():
    seed_everything(4)
    first = _draw()
    seed_everything(4)
    assert _draw() == first
    seed_everything(5)
    assert all(a != b for a, b in zip(_draw(), first, strict=True))


def test_restored_states_draw_the_same_again():
    seed_everything(1)
    random.gauss(0, 1)
    np.random.standard_normal()  # noqa: NPY002
    kept = json.loads(json.dumps(keep_randomness()))
    expected = _draw(), random.gauss(0, 1)
    seed_everything(2)
    restore_randomness(kept)
    assert (_draw(), random.gauss(0, 1)) == expected


@pytest.mark.parametrize("wrong", [{}, {"python": 3}, {"python": [3, [1], None]}])
def test_what_is_no_state_is_refused(wrong):
    with pytest.raises(InputError) as caught:
        restore_randomness(wrong)
    assert caught.value.code == "checkpoint-truncated"
