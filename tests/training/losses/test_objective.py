"""The sum of the losses: what counts is computed, parts add up to the whole."""

from dataclasses import replace

import pytest
import torch

from petscribe.model.batch import Output
from petscribe.training.losses.attention import TverskyView, VisualLayout
from petscribe.training.losses.contrast import Aligner, ContrastConfig
from petscribe.training.losses.objective import Objective, count_scored, sum_losses

LAYOUT = VisualLayout(lesion_tokens=4, body_tokens=0)
EVERYTHING = Objective(
    heads=0.5,
    attention_mass=0.1,
    attention_tversky=0.5,
    contrast=1.0,
    head_counts={"side": (5, 1, 1)},
    tversky=TverskyView(view="focal", grid=(1, 2, 2)),
    aligner=ContrastConfig(pooled_width=3, vocabulary=10, width=8, heads=2),
    layout=LAYOUT,
)


@pytest.fixture
def output(occupancy) -> Output:
    """Return an answer to the hand-made batch."""
    torch.manual_seed(0)
    return Output(
        logits=torch.randn(2, 8, 10),
        heads={"side": torch.randn(2, 3)},
        visual=torch.randn(8, 5),
        pooled=torch.randn(2, 3),
        occupancy=occupancy,
        attention=(torch.rand(2, 2, 8, 8).softmax(-1),),
    )


def test_every_loss_is_counted_and_summed(batch, output):
    aligner = Aligner(EVERYTHING.aligner)
    counts = count_scored(batch, EVERYTHING)
    assert counts == {
        "answer": 5, "heads": 1, "attention_mass": 2, "attention_tversky": 2, "contrast": 2,
    }  # fmt: skip
    sums = sum_losses(output, batch, EVERYTHING, scored=counts.keys(), aligner=aligner)
    assert sums.keys() == counts.keys()
    assert all(torch.isfinite(value) and value > 0 for value in sums.values())


def test_losses_without_weight_are_not_computed(batch, output):
    assert count_scored(batch, Objective()).keys() == {"answer"}
    assert not Objective().wants_attention
    assert EVERYTHING.wants_attention


def test_what_a_batch_cannot_score_is_left_out(batch):
    plain = replace(batch, targets={}, lesion_words=None)
    objective = Objective(heads=1.0, attention_mass=1.0)
    assert count_scored(plain, objective) == {"answer": 5, "heads": 0, "attention_mass": 0}


def test_a_head_that_the_model_lacks_is_named(batch, output):
    strange = replace(batch, targets={"organ": torch.tensor([0, 1])})
    with pytest.raises(ValueError, match="organ"):
        sum_losses(output, strange, Objective(heads=1.0), scored={"heads"})


@pytest.mark.parametrize(
    "wrong",
    [
        {"answer": 0.0},
        {"heads": -1.0},
        {"attention_tversky": 1.0},
        {"contrast": 1.0},
        {"tversky": TverskyView()},
        {"attention_tversky": 1.0, "tversky": TverskyView()},
    ],
)
def test_weights_that_cannot_be_meant_are_refused(wrong):
    with pytest.raises(ValueError, match=r"objective|weight|tversky|contrast"):
        Objective(**wrong)
