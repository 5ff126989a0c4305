"""Heads: classes of closed lists, read mostly where the lesion is."""

import pytest
import torch

from petscribe.model.vision.heads import CLASSES, Heads, likeliest


def test_each_head_scores_its_classes() -> None:
    heads = Heads(4, 2, 8, tuple(CLASSES))
    pooled, scores = heads(torch.randn(3, 5, 4), torch.rand(3, 5), torch.randn(3, 2))
    assert pooled.shape == (3, 8)
    assert {name: s.shape[1] for name, s in scores.items()} == {
        name: len(classes) for name, classes in CLASSES.items()
    }


def test_which_tokens_the_lesion_fills_matters() -> None:
    heads = Heads(4, 0, 8, ("side",))
    tokens, none = torch.randn(1, 5, 4), torch.zeros(1, 0)
    at = torch.eye(5)
    one, other = (heads(tokens, at[k : k + 1], none)[0] for k in (0, 4))
    assert not torch.allclose(one, other)


def test_an_unknown_head_is_refused() -> None:
    with pytest.raises(ValueError, match="colour"):
        Heads(4, 0, 8, ("colour",))


def test_region_and_organ_are_chosen_so_that_they_agree() -> None:
    scores = {name: torch.zeros(1, len(classes)) for name, classes in CLASSES.items()}
    scores["region"][0, CLASSES["region"].index("lung")] = 3.0
    scores["organ"][0, CLASSES["organ"].index("pleura")] = 2.0
    scores["organ"][0, CLASSES["organ"].index("lung_upper_lobe")] = 1.9
    (chosen,) = likeliest(scores)
    assert (chosen["region"], chosen["organ"]) == ("lung", "lung_upper_lobe")
