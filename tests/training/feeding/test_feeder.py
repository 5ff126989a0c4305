"""Batches ahead of time: the same ones, in order, whatever the threads."""

from itertools import islice

import numpy as np
import pytest
import torch

from petscribe.core.errors import InputError
from petscribe.training.feeding.feeder import Feeder, Share
from petscribe.training.feeding.sampler import Sampler
from training.tiny import END, TinySamples


def _feeder(samples=None, share: Share | None = None, end_token: int | None = END) -> Feeder:
    samples = {"lesions": samples if samples is not None else TinySamples()}
    lengths = {"lesions": samples["lesions"].lengths}
    sampler = Sampler(lengths, {"lesions": 1.0}, batch_size=8, seed=0)
    return Feeder(samples, sampler, seed=0, end_token=end_token, share=share or Share())


def _first(feeder: Feeder, count: int, threads: int = 1) -> list:
    with feeder.run(threads) as feeds:
        return list(islice(feeds, count))


def test_threads_change_nothing():
    for one, other in zip(_first(_feeder(), 6), _first(_feeder(), 6, threads=3), strict=True):
        assert one.draw == other.draw
        assert torch.equal(one.batch.focal, other.batch.focal)


def test_a_feed_tells_where_the_sampler_stood_after_it_not_ahead():
    assert [f.position for f in _first(_feeder(), 3)] == [{"lesions": n} for n in (1, 2, 3)]


def test_shares_of_a_batch_are_the_batch():
    whole = _first(_feeder(), 1)[0].batch
    parts = [_first(_feeder(share=Share(rank=r, size=3)), 1)[0].batch for r in range(3)]
    assert [len(p.tokens) for p in parts] == [3, 3, 2]
    order = [0, 3, 6, 1, 4, 7, 2, 5]
    together = torch.cat([p.mask for p in parts])
    assert torch.equal(together, whole.mask[order])


def test_noise_differs_between_batches_and_processes():
    one, two = (f.batch.focal for f in _first(_feeder(), 2))
    other = _first(_feeder(share=Share(rank=1, size=2)), 1)[0].batch.focal
    assert not torch.equal(one[0], two[0])
    assert not torch.equal(one[1], other[0])


def test_a_fault_in_a_sample_reaches_the_loop():
    class Faulty(TinySamples):
        def collate(self, indices, rng: np.random.Generator):  # noqa: ARG002 - the contract's names
            raise InputError("nan-volume", "voxels are missing")

    with pytest.raises(InputError, match="voxels"):
        _first(_feeder(Faulty()), 1)


def test_bad_targets_are_named_by_source():
    with pytest.raises(InputError, match="lesions"):
        _first(_feeder(end_token=5), 1)
