"""Greedy decoding over a cache of fixed size: every step has the same shapes.

Equal shapes are what CUDA graphs need, which take the launch of hundreds of small kernels out of
each step; on a processor the result is the same and nothing is gained. Rows that have ended keep
their place and are ignored. Knows tokens only.
"""

from collections.abc import Callable
from typing import Any

import torch
from jaxtyping import Bool, Int
from torch import Tensor

from petscribe.model.batch import Batch
from petscribe.model.generate import Answers, Spoken
from petscribe.model.vlm import PetVlm

_Step = Callable[..., Any]


@torch.inference_mode()
def generate_fixed(
    model: PetVlm, batch: Batch, *, most: int, end: int, graphs: bool | None = None
) -> Answers:
    """Answer every row of a batch greedily.

    Args:
        model: in `eval` mode.
        batch: rows padded on the left, without answers.
        most: longest answer in tokens.
        end: the token that ends an answer.
        graphs: compile each step into a CUDA graph; None: when the model lies on a GPU.
    """
    from transformers import StaticCache

    sight = model.see(batch)
    language = model.language
    prompt = batch.present.shape[1]
    rows = batch.present.shape[0]
    inner = language.model
    cache = StaticCache(config=inner.config, max_cache_len=prompt + most)
    present = torch.cat([batch.present, batch.present.new_ones(rows, most)], dim=1)
    first = inner(
        inputs_embeds=model.spliced(batch, sight.visual),
        attention_mask=present.long(),
        position_ids=_places(present)[:, :prompt],
        past_key_values=cache,
        use_cache=True,
        logits_to_keep=1,
    )
    step: _Step = inner
    if batch.present.is_cuda if graphs is None else graphs:
        step = torch.compile(inner, mode="reduce-overhead", fullgraph=False)
    tokens, logprobs = [], []
    logits = first.logits
    open_rows = torch.ones(rows, dtype=torch.bool, device=logits.device)
    for place in range(most):
        scores = logits[:, -1].float().log_softmax(dim=-1)
        chosen = scores.argmax(dim=-1)
        tokens.append(chosen)
        logprobs.append(scores.gather(1, chosen[:, None])[:, 0])
        open_rows = open_rows & (chosen != end)
        if place + 1 == most or not bool(open_rows.any()):
            break
        logits = step(
            input_ids=chosen[:, None],
            attention_mask=present.long(),
            position_ids=_places(present)[:, prompt + place, None],
            past_key_values=cache,
            use_cache=True,
        ).logits.clone()
    return Answers(
        rows=_spoken(torch.stack(tokens, 1), torch.stack(logprobs, 1), end), heads=sight.heads
    )


def _places(present: Bool[Tensor, "b all"]) -> Int[Tensor, "b all"]:
    return (present.long().cumsum(dim=1) - 1).clamp(min=0)


def _spoken(tokens: Tensor, logprobs: Tensor, end: int) -> tuple[Spoken, ...]:
    rows = []
    for said, logs in zip(tokens.tolist(), logprobs.tolist(), strict=True):
        ended = end in said
        length = said.index(end) if ended else len(said)
        rows.append(
            Spoken(
                tokens=tuple(said[:length]),
                logprobs=tuple(logs[: length + ended]),
                ended=ended,
            )
        )
    return tuple(rows)
