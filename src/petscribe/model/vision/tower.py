"""One view to its fused tokens: embed PET and CT, add the mask, run the trunks, fuse.

The default design has one trunk for both modalities and both views, told apart by a learned
modality vector; the faithful presets have a trunk for each modality. Patch embeddings are always
per modality: PET and CT have different channels.

Knows views and tokens. Sources: PETAR section 3; ViPET's two encoders.
"""

from dataclasses import dataclass

import torch
from jaxtyping import Bool, Float
from torch import Tensor, nn

from petscribe.model.vision.conv import ConvConfig, ConvEmbedding
from petscribe.model.vision.ctvit import CTViTConfig, CTViTEmbedding, CTViTTrunk
from petscribe.model.vision.encoder import PatchEmbedding, Triple, Trunk, ViTConfig
from petscribe.model.vision.fusion import ConcatFusion, CrossFusion, FusionConfig, LocalFusion
from petscribe.model.vision.mask import MaskEmbedding

EncoderConfig = ViTConfig | ConvConfig | CTViTConfig


@dataclass(frozen=True, slots=True, kw_only=True)
class TowerConfig:
    """How a view becomes tokens."""

    pet_channels: int = 1
    ct_channels: int = 3
    encoder: EncoderConfig = ViTConfig()  # noqa: RUF009 - a frozen record
    shared: bool = True
    """One trunk for PET and CT, with modality vectors; else one each."""
    mask_on: tuple[str, ...] = ("pet", "ct")
    """Modalities whose tokens are told the mask."""
    fusion: FusionConfig = FusionConfig()  # noqa: RUF009 - a frozen record

    @property
    def patch(self) -> Triple:
        """Voxels of the view per token."""
        encoder = self.encoder
        return encoder.trunk.patch if isinstance(encoder, ConvConfig) else encoder.patch

    @property
    def width(self) -> int:
        """Width of the fused tokens."""
        encoder = self.encoder
        width = encoder.trunk.width if isinstance(encoder, ConvConfig) else encoder.width
        return 2 * width if self.fusion.kind == "concat" else width

    @property
    def channels(self) -> int:
        """Channels of a view."""
        return self.pet_channels + self.ct_channels


class Tower(nn.Module):
    """The vision encoder of one exam's PET and CT."""

    def __init__(self, config: TowerConfig) -> None:
        """Make embeddings, trunks and fusion."""
        super().__init__()
        self.config = config
        width = config.width // 2 if config.fusion.kind == "concat" else config.width
        channels = {"pet": config.pet_channels}
        if config.fusion.kind != "pet_only":
            channels["ct"] = config.ct_channels
        self.embed = nn.ModuleDict({m: _embedding(config.encoder, c) for m, c in channels.items()})
        self.modality = nn.ParameterDict(
            {m: nn.Parameter(torch.zeros(width)) for m in channels if config.shared}
        )
        names = ("both",) if config.shared else tuple(channels)
        self.trunk = nn.ModuleDict({name: _trunk(config.encoder) for name in names})
        self.mask = nn.ModuleDict(
            {m: MaskEmbedding(config.patch, width) for m in config.mask_on if m in channels}
        )
        self.fusion = _fusion(config.fusion, width)

    def forward(
        self,
        view: Float[Tensor, "B c z y x"],
        mask: Float[Tensor, "B 1 z y x"],
        has_ct: Bool[Tensor, " B"],
    ) -> Float[Tensor, "B N D"]:
        """Return the fused tokens of each view.

        Raises:
            ValueError: the view has other channels than the configuration, or no whole number of
                patches.
        """
        config = self.config
        if view.shape[1] != config.channels:
            raise ValueError(f"view has {view.shape[1]} channels, the model {config.channels}")
        grid = self.grid(view)
        known = self._shown(has_ct)
        pet = self._encode("pet", view[:, : config.pet_channels], mask, grid)
        if config.fusion.kind == "pet_only" or not bool(known.any()):
            return self._without_ct(pet, grid)
        ct = self._encode("ct", view[:, config.pet_channels :], mask, grid)
        fused: Tensor = self.fusion(pet, ct, known, grid)
        return fused

    def grid(self, view: Float[Tensor, "B c z y x"]) -> Triple:
        """Return the token grid of a view."""
        embedding = self.embed["pet"]
        return embedding.grid(view)  # type: ignore[operator]

    def _encode(self, modality: str, part: Tensor, mask: Tensor, grid: Triple) -> Tensor:
        tokens: Tensor = self.embed[modality](part)
        if modality in self.mask:
            tokens = tokens + self.mask[modality](mask)
        if modality in self.modality:
            tokens = tokens + self.modality[modality]
        trunk = self.trunk["both" if self.config.shared else modality]
        encoded: Tensor = trunk(tokens, grid)
        return encoded

    def _without_ct(self, pet: Tensor, grid: Triple) -> Tensor:
        """Return what the fusion gives when no CT is known, without encoding one."""
        if self.config.fusion.kind == "pet_only":
            return pet
        none = torch.zeros(pet.shape[0], dtype=torch.bool, device=pet.device)
        fused: Tensor = self.fusion(pet, torch.zeros_like(pet), none, grid)
        return fused

    def _shown(self, has_ct: Bool[Tensor, " B"]) -> Bool[Tensor, " B"]:
        """Hide some CTs in training, so that PET alone works."""
        share = self.config.fusion.ct_dropout
        if not self.training or share == 0.0:
            return has_ct
        return has_ct & (torch.rand(has_ct.shape, device=has_ct.device) >= share)


def _embedding(config: EncoderConfig, channels: int) -> nn.Module:
    if isinstance(config, ViTConfig):
        return PatchEmbedding(config, channels)
    if isinstance(config, ConvConfig):
        return ConvEmbedding(config, channels)
    return CTViTEmbedding(config, channels)


def _trunk(config: EncoderConfig) -> nn.Module:
    if isinstance(config, ViTConfig):
        return Trunk(config)
    if isinstance(config, ConvConfig):
        return Trunk(config.trunk)
    return CTViTTrunk(config)


def _fusion(config: FusionConfig, width: int) -> nn.Module:
    if config.kind == "cross":
        return CrossFusion(config, width)
    return LocalFusion(config, width) if config.kind == "local" else ConcatFusion()
