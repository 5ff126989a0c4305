"""Writing: all rows of a batch decoded together, over one key-value cache.

Greedy or sampled with a seed; stops at the end token; every token's log-probability is kept, so
that a sentence has a confidence. The body is encoded once per exam and every focal view once; words
then cost one step of the language model each, for all lesions together. Rows that have ended leave
the batch.

Knows tokens; what they mean and how slots are filled is the caller's.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol, runtime_checkable

import numpy as np
import torch
from jaxtyping import Float, Int
from torch import Tensor

from petscribe.model.batch import Batch
from petscribe.model.vlm import PetVlm, Sight

_ANEW = 0.8
"""Temperature of answers that are drawn again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decoding:
    """How words are chosen."""

    most: int = 96
    """Longest answer in tokens."""
    temperature: float = 0.0
    """0: the most likely token."""
    top_p: float = 1.0
    seed: int = 0


@runtime_checkable
class Constraint(Protocol):
    """What may be said next, row by row."""

    def allow(
        self, row: int, said: Sequence[int]
    ) -> Sequence[int] | Int[np.ndarray, " allowed"] | None:
        """Return the tokens that may follow in a row; None: any."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spoken:
    """One row's answer."""

    tokens: tuple[int, ...]
    """Without the end token."""
    logprobs: tuple[float, ...]
    """Of each token, and of the end when it was said."""
    ended: bool
    """False: the answer was cut at the longest length."""

    @property
    def mean_logprob(self) -> float:
        """Mean log-probability of the answer's tokens; 0 for an empty one."""
        return sum(self.logprobs) / len(self.logprobs) if self.logprobs else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """What a batch was answered."""

    rows: tuple[Spoken, ...]
    heads: dict[str, Float[Tensor, "n classes"]] = field(default_factory=dict)


@torch.inference_mode()
def generate(  # noqa: PLR0913 - everything that an answer depends on
    model: PetVlm,
    batch: Batch,
    decoding: Decoding,
    *,
    end: int,
    sight: Sight | None = None,
    constraint: Constraint | None = None,
    on_token: Callable[[int, int], None] | None = None,
) -> Answers:
    """Answer every row of a batch.

    Args:
        model: in `eval` mode.
        batch: rows padded on the left, without answers.
        decoding: how words are chosen.
        end: the token that ends an answer.
        sight: what was seen of the batch before; None: it is looked at now.
        constraint: what may be said.
        on_token: called with row and token as each is chosen.
    """
    from transformers import DynamicCache

    if sight is None:
        sight = model.see(batch)
    vectors = model.spliced(batch, sight.visual)
    present = batch.present
    cache = DynamicCache()
    step = model.language(vectors, present, cache=cache, last_only=True)
    book = _Book(rows=batch.tokens.shape[0], decoding=decoding, end=end)
    while True:
        chosen = book.choose(step.logits[:, -1].float(), constraint)
        book.note(chosen, on_token)
        if book.finished:
            return Answers(rows=book.spoken(), heads=sight.heads)
        kept = book.still_open()
        if kept is not None:
            cache.batch_select_indices(kept)
            present = present[kept]
        new = book.last_tokens().to(present.device)
        present = torch.cat([present, present.new_ones(present.shape[0], 1)], dim=1)
        step = model.language(model.language.embed(new[:, None]), present, cache=cache)


def generate_accepted(  # noqa: PLR0913 - everything that an answer depends on
    model: PetVlm,
    batch: Batch,
    decoding: Decoding,
    *,
    end: int,
    sight: Sight,
    accepts: Callable[[int, Spoken], bool],
    tries: int = 4,
) -> Answers:
    """Answer every row; a row whose answer is not accepted is drawn again a few times.

    Args:
        model: in `eval` mode.
        batch: rows padded on the left, without answers.
        decoding: how the first answers are chosen.
        end: the token that ends an answer.
        sight: what was seen of the batch.
        accepts: tells by row whether an answer will do.
        tries: how often at most; then the first answer stands.
    """
    answers = generate(model, batch, decoding, end=end, sight=sight)
    rows = list(answers.rows)
    open_rows = [row for row, said in enumerate(rows) if not accepts(row, said)]
    for attempt in range(tries):
        if not open_rows:
            break
        again = replace(decoding, temperature=_ANEW, top_p=0.95, seed=decoding.seed + attempt)
        drawn = generate(model, _rows_of(batch, open_rows), again, end=end, sight=sight)
        for row, said in zip(tuple(open_rows), drawn.rows, strict=True):
            if accepts(row, said):
                rows[row] = said
                open_rows.remove(row)
    return Answers(rows=tuple(rows), heads=answers.heads)


def _rows_of(batch: Batch, rows: Sequence[int]) -> Batch:
    chosen = torch.tensor(list(rows), dtype=torch.long, device=batch.tokens.device)
    words = batch.lesion_words
    return replace(
        batch,
        tokens=batch.tokens[chosen],
        present=batch.present[chosen],
        labels=batch.labels[chosen],
        visual=batch.visual[chosen],
        lesion_words=words[chosen] if words is not None else None,
    )


class _Book:
    """What was said so far in every row, and which rows are still open."""

    def __init__(self, *, rows: int, decoding: Decoding, end: int) -> None:
        self.decoding, self.end = decoding, end
        self.said: list[list[int]] = [[] for _ in range(rows)]
        self.logprobs: list[list[float]] = [[] for _ in range(rows)]
        self.ended = [False] * rows
        self.open = list(range(rows))
        self.draws = [
            torch.Generator().manual_seed(decoding.seed * 1_000_003 + row) for row in range(rows)
        ]
        self._kept: list[int] | None = None

    @property
    def finished(self) -> bool:
        """Whether every row has ended or is as long as it may be."""
        return not self.open

    def choose(
        self, logits: Float[Tensor, "b v"], constraint: Constraint | None
    ) -> Int[Tensor, " b"]:
        if constraint is not None:
            for place, row in enumerate(self.open):
                allowed = constraint.allow(row, self.said[row])
                if allowed is not None:
                    barred = torch.ones_like(logits[place], dtype=torch.bool)
                    barred[torch.as_tensor(np.asarray(allowed), device=barred.device)] = False
                    logits[place] = logits[place].masked_fill(barred, -torch.inf)
        logprobs = logits.log_softmax(dim=-1)
        if self.decoding.temperature <= 0.0:
            chosen = logprobs.argmax(dim=-1)
        else:
            chosen = torch.stack(
                [
                    _drawn(logits[k], self.decoding, self.draws[row])
                    for k, row in enumerate(self.open)
                ]
            )
        picked = logprobs.gather(1, chosen[:, None])[:, 0].tolist()
        for row, value in zip(self.open, picked, strict=True):
            self.logprobs[row].append(float(value))
        return chosen

    def note(self, chosen: Int[Tensor, " b"], on_token: Callable[[int, int], None] | None) -> None:
        kept = []
        for place, (row, token) in enumerate(zip(self.open, chosen.tolist(), strict=True)):
            if token == self.end:
                self.ended[row] = True
                continue
            self.said[row].append(token)
            if on_token is not None:
                on_token(row, token)
            if len(self.said[row]) < self.decoding.most:
                kept.append(place)
        self._kept = None if len(kept) == len(self.open) else kept
        self.open = [self.open[place] for place in kept]

    def still_open(self) -> Int[Tensor, " kept"] | None:
        """Return which rows of the last step go on; None when all do."""
        return None if self._kept is None else torch.tensor(self._kept, dtype=torch.long)

    def last_tokens(self) -> Int[Tensor, " b"]:
        return torch.tensor([self.said[row][-1] for row in self.open], dtype=torch.long)

    def spoken(self) -> tuple[Spoken, ...]:
        return tuple(
            Spoken(tokens=tuple(said), logprobs=tuple(logs), ended=ended)
            for said, logs, ended in zip(self.said, self.logprobs, self.ended, strict=True)
        )


def _drawn(logits: Float[Tensor, " v"], decoding: Decoding, draw: torch.Generator) -> Tensor:
    """Draw one token from the most likely ones that together reach `top_p`."""
    shares = (logits / decoding.temperature).softmax(dim=-1).cpu()
    ordered, tokens = shares.sort(descending=True)
    before = ordered.cumsum(dim=-1) - ordered
    ordered = ordered.masked_fill(before >= decoding.top_p, 0.0)
    return tokens[torch.multinomial(ordered, 1, generator=draw)[0]].to(logits.device)
