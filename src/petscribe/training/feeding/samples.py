"""What a data set must offer to be trained on, and what is checked before it is.

Targets are never cut: a sample that is longer than the model's budget is refused by name before the
first step, and every answer must end with the supervised end token.
"""

from collections.abc import Sequence
from typing import Protocol, runtime_checkable

import numpy as np
from jaxtyping import Int

from petscribe.core.errors import InputError
from petscribe.model.batch import IGNORED, Batch


@runtime_checkable
class Samples(Protocol):
    """A data set: any number of samples that can be put together in batches.

    `collate` runs ahead of time in another thread: it takes every random choice from `rng`, so
    that the same indices and generator always give the same batch.
    """

    @property
    def lengths(self) -> Int[np.ndarray, " samples"]:
        """Tokens of each sample, prompt and answer and visual tokens; the exam costs none."""

    @property
    def digest(self) -> str:
        """A digest of the content: a run is resumed on the same data only."""

    def __len__(self) -> int:
        """Return the number of samples."""

    def collate(self, indices: Sequence[int], rng: np.random.Generator) -> Batch:
        """Return the batch of these samples, on the CPU."""


def check_samples(name: str, samples: Samples, *, max_tokens: int | None) -> None:
    """Refuse a data set that is empty or holds a sample longer than the budget.

    Raises:
        InputError: no sample (code `no-samples`), or too long a one (code `text-too-long`).
    """
    lengths = np.asarray(samples.lengths)
    if len(samples) == 0 or len(lengths) != len(samples):
        raise InputError(
            "no-samples",
            f"source {name!r}: {len(samples)} samples with {len(lengths)} lengths; build the store",
        )
    if max_tokens is not None and lengths.max() > max_tokens:
        longest = int(lengths.argmax())
        raise InputError(
            "text-too-long",
            f"source {name!r}: sample {longest} has {lengths[longest]} tokens, the model reads "
            f"{max_tokens}; targets are never cut: raise max_tokens or leave the sample out",
        )


def check_targets(batch: Batch, *, end_token: int | None, where: str) -> None:
    """Refuse a batch with a row that says nothing, is padded inside, or does not end its answer.

    Args:
        batch: the batch, on the CPU.
        end_token: the token that every answer must end with, supervised; None: not checked.
        where: source and samples, for the message.

    Raises:
        InputError: code `bad-targets`.
    """
    scored = batch.labels != IGNORED
    if not bool(scored.any(dim=1).all()):
        raise InputError("bad-targets", f"{where}: a row has no supervised token")
    if bool((scored & ~batch.present).any()):
        raise InputError("bad-targets", f"{where}: padding is supervised")
    if bool((scored & (batch.labels != batch.tokens)).any()):
        raise InputError("bad-targets", f"{where}: labels must be the tokens at their own places")
    if end_token is None or scored.shape[0] == 0:
        return
    steps = scored.shape[1] - 1 - scored.flip(1).int().argmax(dim=1)
    if not bool((batch.labels.gather(1, steps[:, None]) == end_token).all()):
        raise InputError(
            "bad-targets",
            f"{where}: an answer does not end with the supervised end token {end_token}",
        )
