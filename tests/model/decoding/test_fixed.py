"""A cache of fixed size: the same words as the growing one."""

import pytest
import torch

from model.made import noise, opened, padded_left, tiny
from petscribe.model.decoding.fixed import generate_fixed
from petscribe.model.generate import Decoding, generate


def test_the_fixed_cache_says_what_the_growing_one_says() -> None:
    model = opened(tiny())
    batch = padded_left(noise(model, lesions=3), 1, 2)
    free = generate(model, batch, Decoding(most=10), end=-1)
    end = free.rows[0].tokens[5]
    growing = generate(model, batch, Decoding(most=10), end=end)
    fixed = generate_fixed(model, batch, most=10, end=end)
    for one, other in zip(growing.rows, fixed.rows, strict=True):
        assert (one.tokens, one.ended) == (other.tokens, other.ended)
        assert one.logprobs == pytest.approx(other.logprobs, abs=1e-4)


@pytest.mark.gpu
def test_graphs_say_the_same_on_a_gpu() -> None:
    if not torch.cuda.is_available():
        pytest.skip("no GPU here")
    model = opened(tiny()).cuda()
    batch = noise(model, lesions=3).to("cuda")
    growing = generate(model, batch, Decoding(most=10), end=-1)
    fixed = generate_fixed(model, batch, most=10, end=-1)
    assert [r.tokens for r in fixed.rows] == [r.tokens for r in growing.rows]
