"""Facts as a token: of the language model's width."""

import torch

from petscribe.model.vision.facts import FactsEncoder


def test_facts_become_a_hidden_vector_and_a_token() -> None:
    hidden, token = FactsEncoder(5, 6, 7)(torch.randn(3, 5))
    assert (hidden.shape, token.shape) == ((3, 6), (3, 7))
