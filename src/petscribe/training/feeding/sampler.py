"""In which order samples are learnt from: length buckets, mixed by weight, a position to keep.

One epoch of a source: shuffle, cut into pools of a few batches, sort each pool by length (so that
rows of a batch need little padding), cut into batches, shuffle the batches. Every batch comes from
one source, drawn by weight. All of it follows from the seed and from how many batches each source
has given: that count is the whole position.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from jaxtyping import Int

_POOL_BATCHES = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Draw:
    """One batch to be made: which samples of which source."""

    number: int
    """Batches drawn before this one, of any source."""
    source: str
    indices: tuple[int, ...]


class Sampler:
    """Draws batches without end; two samplers at the same position draw the same."""

    def __init__(
        self,
        lengths: Mapping[str, Int[np.ndarray, " samples"]],
        weights: Mapping[str, float],
        *,
        batch_size: int,
        seed: int,
    ) -> None:
        """Start at the first batch of every source that has a weight."""
        surplus = sorted(set(weights) - set(lengths))
        if surplus:
            raise ValueError(f"no samples for source {surplus[0]!r}; there are {sorted(lengths)}")
        if not weights or min(weights.values()) <= 0 or batch_size < 1:
            raise ValueError(f"weights {dict(weights)} and batch size {batch_size} must be above 0")
        self._lengths = {name: np.asarray(lengths[name]) for name in sorted(weights)}
        shares = np.array([weights[name] for name in self._lengths], dtype=float)
        self._shares = shares / shares.sum()
        self._batch_size = batch_size
        self._seed = seed
        self._given = dict.fromkeys(self._lengths, 0)
        self._epochs: dict[str, tuple[int, list[tuple[int, ...]]]] = {}

    @property
    def position(self) -> dict[str, int]:
        """How many batches each source has given."""
        return dict(self._given)

    def go_to(self, position: Mapping[str, int]) -> None:
        """Go on from a position kept earlier."""
        if set(position) != set(self._given) or min(position.values()) < 0:
            raise ValueError(f"position {dict(position)} is not one of {sorted(self._given)}")
        self._given = {name: position[name] for name in self._given}

    def draw(self) -> Draw:
        """Return the next batch."""
        number = sum(self._given.values())
        choice = np.random.default_rng((self._seed, 1, number)).choice(
            len(self._shares), p=self._shares
        )
        source = list(self._lengths)[int(choice)]
        given = self._given[source]
        per_epoch = -(-len(self._lengths[source]) // self._batch_size)
        epoch, place = divmod(given, per_epoch)
        if self._epochs.get(source, (-1, []))[0] != epoch:
            self._epochs[source] = (epoch, self._order(source, epoch))
        self._given[source] = given + 1
        return Draw(number=number, source=source, indices=self._epochs[source][1][place])

    def _order(self, source: str, epoch: int) -> list[tuple[int, ...]]:
        """Return the batches of an epoch; the last is filled up from the start of the shuffle."""
        lengths, size = self._lengths[source], self._batch_size
        place = list(self._lengths).index(source)
        rng = np.random.default_rng((self._seed, 2, place, epoch))
        shuffled = rng.permutation(len(lengths))
        filled = np.resize(shuffled, -(-len(shuffled) // size) * size)
        batches: list[tuple[int, ...]] = []
        for start in range(0, len(filled), size * _POOL_BATCHES):
            pool = filled[start : start + size * _POOL_BATCHES]
            pool = pool[np.argsort(lengths[pool], kind="stable")]
            batches += [tuple(map(int, row)) for row in pool.reshape(-1, size)]
        return [batches[i] for i in rng.permutation(len(batches))]
