"""Grey values of the model's views: PET on a square-root scale, CT in three windows.

PET: sqrt(SUV / 30) cut to 0..1, so that SUV 2 and SUV 25 are both told apart from their like. CT:
lung, soft-tissue and bone windows, 0..1 each. The faithful presets have one linear channel per
modality (`published`). Works on tensors of raw views, so that augmentation can act on SUV and HU
before.

Knows values only; the windows are `imaging.intensity`'s.
"""

from typing import Literal

import torch
from jaxtyping import Float
from torch import Tensor

from petscribe.imaging.intensity import BONE, LUNG, PET_TOP_SUV, SOFT_TISSUE

Style = Literal["petscribe", "petar", "vipet"]

PETAR_TOP_SUV = 12.0
PETAR_CT_HU = (-300.0, 400.0)
VIPET_CT_HU = (-1000.0, 1000.0)


def channels(
    pet: Float[Tensor, "b z y x"], ct: Float[Tensor, "b z y x"], style: Style = "petscribe"
) -> Float[Tensor, "b c z y x"]:
    """Return the channels of raw views: PET first, then CT."""
    if style == "petscribe":
        root = (pet / PET_TOP_SUV).clamp_(0.0, 1.0).sqrt_()
        windows = []
        for window in (LUNG, SOFT_TISSUE, BONE):
            low = window.centre_hu - window.width_hu / 2.0
            windows.append(_linear(ct, low, low + window.width_hu))
        return torch.stack([root, *windows], dim=1)
    if style == "petar":
        return torch.stack([_linear(pet, 0.0, PETAR_TOP_SUV), _linear(ct, *PETAR_CT_HU)], dim=1)
    # ViPET divides PET by its scanner's integer range; in SUV the nearest is PET over its top
    return torch.stack([_linear(pet, 0.0, PET_TOP_SUV), _linear(ct, *VIPET_CT_HU)], dim=1)


def _linear(values: Tensor, low: float, high: float) -> Tensor:
    return (values - low).div_(high - low).clamp_(0.0, 1.0)
