"""Focal with body: closed gates are identity, opened ones look at the lesion's place."""

import pytest
import torch

from petscribe.model.vision.focal import FocalConfig, GatedFocal, merged


def gated() -> GatedFocal:
    torch.manual_seed(0)
    made = GatedFocal(FocalConfig(heads=2), 8)
    made.start()
    return made


def test_closed_gates_are_identity() -> None:
    focal, body = torch.randn(2, 4, 8), torch.randn(1, 6, 8)
    out = gated()(focal, body, torch.zeros(2, dtype=torch.long), torch.rand(2, 6))
    assert torch.equal(out, focal)


def test_moving_the_lesion_moves_what_is_asked() -> None:
    made = gated()
    with torch.no_grad():
        made.layers[0].gate_attention.fill_(1.0)
        made.occupancy.copy_(torch.randn(8))
    focal, body = torch.randn(1, 4, 8), torch.randn(1, 6, 8)
    at = torch.eye(6)
    exam = torch.zeros(1, dtype=torch.long)
    one, other = (made(focal, body, exam, at[k : k + 1]) for k in (0, 5))
    assert not torch.allclose(one, other)


def test_sums_need_equal_numbers() -> None:
    focal, body = torch.ones(1, 4, 8), torch.ones(1, 4, 8)
    assert torch.equal(merged("sum", focal, body), 2 * focal)
    assert merged("concat", focal, body).shape == (1, 8, 8)
    with pytest.raises(ValueError, match="cannot add 4 focal to 3 body"):
        merged("sum", focal, body[:, :3])
