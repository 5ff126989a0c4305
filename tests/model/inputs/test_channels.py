"""Grey values: monotone, within 0 and 1, and as published for the presets."""

import pytest
import torch

from petscribe.model.inputs.channels import channels


@pytest.mark.parametrize(("style", "count"), [("petscribe", 4), ("petar", 2), ("vipet", 2)])
def test_channels_lie_between_zero_and_one(style: str, count: int) -> None:
    pet, ct = 60 * torch.rand(1, 2, 2, 2), 4000 * torch.rand(1, 2, 2, 2) - 2000
    made = channels(pet, ct, style)  # type: ignore[arg-type]
    assert made.shape == (1, count, 2, 2, 2)
    assert 0.0 <= float(made.min()) <= float(made.max()) <= 1.0


def test_the_square_root_tells_weak_and_strong_uptake_apart() -> None:
    pet = torch.tensor([0.0, 2.0, 25.0, 30.0, 40.0]).reshape(1, 5, 1, 1)
    made = channels(pet, torch.zeros_like(pet))[0, 0].flatten().tolist()
    assert made == pytest.approx([0.0, (2 / 30) ** 0.5, (25 / 30) ** 0.5, 1.0, 1.0])


def test_petar_is_linear_to_twelve_and_blind_to_lung() -> None:
    pet = torch.tensor([6.0, 24.0]).reshape(1, 2, 1, 1)
    ct = torch.tensor([-800.0, 50.0]).reshape(1, 2, 1, 1)
    made = channels(pet, ct, "petar")[0].flatten().tolist()
    assert made == pytest.approx([0.5, 1.0, 0.0, 0.5])
