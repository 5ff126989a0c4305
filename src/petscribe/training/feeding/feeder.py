"""Batches made ahead of time, while the model learns from the ones before.

Threads, not processes: reading, resampling and tensor work leave Python's lock, and nothing has to
be copied. The random generator of a batch follows from the seed and the batch's number alone, so
neither threads nor a resume change what is made.
"""

from collections import deque
from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np

from petscribe.model.batch import Batch
from petscribe.training.feeding.sampler import Draw, Sampler
from petscribe.training.feeding.samples import Samples, check_targets


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """Which part of every batch this process makes."""

    rank: int = 0
    size: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """A batch, what it was drawn from, and where the sampler stood after it."""

    batch: Batch
    draw: Draw
    position: Mapping[str, int]


class Feeder:
    """Hands out batches in the sampler's order; `threads` of them are being made meanwhile."""

    def __init__(
        self,
        samples: Mapping[str, Samples],
        sampler: Sampler,
        *,
        seed: int,
        end_token: int | None,
        share: Share,
    ) -> None:
        """Make batches of `samples` as `sampler` draws them."""
        self._samples = samples
        self._sampler = sampler
        self._seed = seed
        self._end_token = end_token
        self._share = share

    def make(self, draw: Draw) -> Batch:
        """Return this process's part of a batch, checked."""
        indices = draw.indices[self._share.rank :: self._share.size]
        rng = np.random.default_rng((self._seed, 3, draw.number, self._share.rank))
        batch = self._samples[draw.source].collate(indices, rng)
        where = f"source {draw.source!r}, samples {', '.join(map(str, indices))[:60]}"
        check_targets(batch, end_token=self._end_token, where=where)
        return batch

    @contextmanager
    def run(self, threads: int = 1) -> Iterator[Iterator[Feed]]:
        """Yield an endless iterator of batches; leaving the block stops the making."""
        pool = ThreadPoolExecutor(max_workers=threads, thread_name_prefix="feeder")
        try:
            yield self._feeds(pool, threads)
        finally:
            pool.shutdown(wait=True, cancel_futures=True)

    def _feeds(self, pool: ThreadPoolExecutor, threads: int) -> Iterator[Feed]:
        ahead: deque[tuple[Draw, dict[str, int], Future[Batch]]] = deque()
        while True:
            while len(ahead) <= threads:
                draw = self._sampler.draw()
                ahead.append((draw, self._sampler.position, pool.submit(self.make, draw)))
            draw, position, batch = ahead.popleft()
            yield Feed(batch=batch.result(), draw=draw, position=position)
