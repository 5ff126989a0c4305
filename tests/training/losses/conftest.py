"""A hand-made batch of two lesions and two rows, small enough to check by head."""

import pytest
import torch

from petscribe.model.batch import IGNORED, TEXT, Batch


@pytest.fixture
def batch() -> Batch:
    """Return 2 lesions with 4 visual tokens each; row `i` shows lesion `i`, then speaks of it.

    Positions: 4 visual, a question, then the answer 5, 6, end (1); the second row is one shorter.
    """
    tokens = torch.tensor([[0, 0, 0, 0, 9, 5, 6, 1], [0, 0, 0, 0, 9, 7, 1, 0]])
    labels = torch.full_like(tokens, IGNORED)
    labels[0, 5:] = tokens[0, 5:]
    labels[1, 5:7] = tokens[1, 5:7]
    visual = torch.full_like(tokens, TEXT)
    visual[:, :4] = torch.arange(8).reshape(2, 4)
    present = torch.ones(2, 8, dtype=torch.bool)
    present[1, 7] = False
    words = torch.zeros(2, 8, dtype=torch.bool)
    words[:, 5] = True
    mask = torch.zeros(2, 1, 1, 4, 4)
    mask[0, 0, 0, :2, :2] = 1.0
    mask[1, 0, 0, 2:, 2:] = 1.0
    return Batch(
        body=torch.zeros(2, 1, 2, 4, 4),
        has_ct=torch.ones(2, dtype=torch.bool),
        focal=torch.zeros(2, 1, 1, 4, 4),
        mask=mask,
        body_mask=torch.zeros(2, 1, 2, 4, 4),
        facts=torch.zeros(2, 1),
        exam_of=torch.arange(2),
        tokens=tokens,
        present=present,
        labels=labels,
        visual=visual,
        targets={"side": torch.tensor([0, IGNORED])},
        lesion_words=words,
    )


@pytest.fixture
def occupancy() -> torch.Tensor:
    """Return the share of each visual token that a lesion fills: first's first, second's last."""
    return torch.tensor([1.0, 0, 0, 0, 0, 0, 0, 1.0])
