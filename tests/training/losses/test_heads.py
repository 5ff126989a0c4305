"""The focal loss of the heads: known values, balance, and unknown targets."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.nn.functional import cross_entropy

from petscribe.model.batch import IGNORED
from petscribe.training.losses.heads import balance_classes, count_known, sum_focal_loss


def test_without_focus_and_balance_it_is_cross_entropy():
    logits = torch.randn(6, 4, generator=torch.Generator().manual_seed(0))
    targets = torch.tensor([0, 1, 2, 3, 0, 1])
    plain = cross_entropy(logits, targets, reduction="sum")
    assert float(sum_focal_loss(logits, targets, gamma=0.0)) == pytest.approx(float(plain))


def test_easy_samples_count_less_than_hard_ones():
    targets = torch.tensor([0])
    for logits, share in ((torch.tensor([[4.0, 0.0]]), 0.01), (torch.tensor([[-4.0, 0.0]]), 0.9)):
        plain = float(cross_entropy(logits, targets))
        focal = float(sum_focal_loss(logits, targets))
        assert (focal < share * plain) == (share < 0.5)


def test_the_loss_falls_when_the_right_class_is_likelier():
    targets = torch.tensor([1, 0])
    worse = sum_focal_loss(torch.tensor([[0.0, 0.0], [0.0, 0.0]]), targets)
    better = sum_focal_loss(torch.tensor([[0.0, 1.0], [0.0, 0.0]]), targets)
    assert better < worse


def test_unknown_targets_cost_nothing_and_have_no_gradient():
    logits = torch.randn(3, 4, requires_grad=True)
    sum_focal_loss(logits, torch.tensor([IGNORED, 2, IGNORED])).backward()
    assert torch.equal(logits.grad[[0, 2]], torch.zeros(2, 4))
    assert float(logits.grad[1].abs().sum()) > 0


def test_only_unknown_targets_cost_nothing():
    loss = sum_focal_loss(torch.randn(2, 3), torch.tensor([IGNORED, IGNORED]), weights=(1.0,) * 3)
    assert float(loss) == 0.0


def test_known_targets_of_all_heads_are_counted():
    targets = {"side": torch.tensor([0, IGNORED]), "organ": torch.tensor([3, 1])}
    assert count_known(targets) == 3


def test_rare_classes_weigh_more():
    common, rare = balance_classes((10_000, 10))
    assert rare > common
    assert balance_classes((5, 5)) == pytest.approx((1.0, 1.0))


def test_a_class_that_never_occurs_weighs_nothing():
    assert balance_classes((4, 0))[1] == 0.0


@given(st.lists(st.integers(0, 10**6), min_size=1, max_size=30).filter(any))
def test_weights_have_mean_one_over_the_samples(counts):
    weights = balance_classes(counts)
    mean = sum(w * n for w, n in zip(weights, counts, strict=True)) / sum(counts)
    assert mean == pytest.approx(1.0)


@pytest.mark.parametrize("counts", [(), (0, 0), (3, -1)])
def test_counts_that_cannot_be_are_refused(counts):
    with pytest.raises(ValueError, match="class counts"):
        balance_classes(counts)
