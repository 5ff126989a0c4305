"""Next-token loss on the answer: the prompt, the image and the padding are not scored.

Position `i` of the scores predicts token `i + 1`, so labels stand at the tokens themselves.
"""

import torch
from jaxtyping import Float, Int
from torch import Tensor
from torch.nn.functional import cross_entropy

from petscribe.model.batch import IGNORED


def sum_answer_nll(
    logits: Float[Tensor, "b t vocabulary"], labels: Int[Tensor, "b t"]
) -> Float[Tensor, ""]:
    """Return the summed negative log-likelihood of the labelled tokens.

    Only the scored positions are widened to single precision: the rest of the scores is not copied.
    """
    following = labels[:, 1:]
    scored = following != IGNORED
    return cross_entropy(logits[:, :-1][scored].float(), following[scored], reduction="sum")


def count_answer_tokens(labels: Int[Tensor, "b t"]) -> Int[Tensor, ""]:
    """Return how many tokens are scored; the first of a row has nothing that predicts it."""
    return torch.count_nonzero(labels[:, 1:] != IGNORED)
