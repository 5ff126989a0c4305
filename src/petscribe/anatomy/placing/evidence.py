"""What the organ labels show in and around one lesion.

Knows shares of voxels by organ name and the lesion's place in the frame; draws no conclusion.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float, Shaped

from petscribe.anatomy.frame import BodyFrame, Place
from petscribe.core.volume import Mask, Triple

_SHELL_MM = 9.0

Box = tuple[slice, slice, slice]


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """Shares (0-1) by organ name inside one lesion and in a shell of 9 mm around it."""

    inside: Mapping[str, float]
    shell: Mapping[str, float]
    place: Place
    centre: Float[np.ndarray, " zyx"]
    """In PET positions."""
    size_mm: float
    """Diameter of the ball of the same volume."""
    half_mm: Triple
    """Half of the lesion's extent along z, y, x."""

    def share(self, *starts: str) -> float:
        """Return the share inside of organs whose names start so."""
        return sum((v for name, v in self.inside.items() if name.startswith(starts)), 0.0)

    def near(self, *starts: str) -> float:
        """Return the share of the shell of organs whose names start so."""
        return sum((v for name, v in self.shell.items() if name.startswith(starts)), 0.0)


def look_around(mask: Mask, lesion: tuple[int, Box], organs: Mask, frame: BodyFrame) -> Around:
    """Count the labels in and around a lesion.

    Args:
        mask: lesions on the PET grid.
        lesion: its label and its bounding box.
        organs: on the same grid.
        frame: of the same exam.
    """
    from scipy import ndimage

    label, box = lesion
    part = _widened(box, mask)
    voxels: Bool[np.ndarray, "z y x"] = mask.labels[part] == label
    distance = ndimage.distance_transform_edt(~voxels, sampling=mask.grid.spacing_mm)
    shell = (distance > 0) & (distance <= max(_SHELL_MM, 1.01 * min(mask.grid.spacing_mm)))
    found = organs.labels[part]
    corner = np.array([s.start for s in part], dtype=np.float64)
    centre = np.array([p.mean() for p in np.nonzero(voxels)]) + corner
    volume_mm3 = float(voxels.sum()) * mask.grid.voxel_volume_ml * 1000.0
    return Around(
        inside=_shares(found[voxels], organs.names),
        shell=_shares(found[shell], organs.names),
        place=frame.place(centre),
        centre=centre,
        size_mm=float((6.0 * volume_mm3 / np.pi) ** (1.0 / 3.0)),
        half_mm=_half_extent(box, mask),
    )


def _widened(box: Box, mask: Mask) -> Box:
    low_high = [
        (max(0, s.start - round(_SHELL_MM / d) - 1), min(n, s.stop + round(_SHELL_MM / d) + 1))
        for s, d, n in zip(box, mask.grid.spacing_mm, mask.grid.shape, strict=True)
    ]
    z, y, x = (slice(low, high) for low, high in low_high)
    return z, y, x


def _half_extent(box: Box, mask: Mask) -> Triple:
    z, y, x = (0.5 * (s.stop - s.start) * d for s, d in zip(box, mask.grid.spacing_mm, strict=True))
    return z, y, x


def _shares(labels: Shaped[np.ndarray, " n"], names: Mapping[int, str]) -> dict[str, float]:
    if labels.size == 0:
        return {}
    values, counts = np.unique(labels, return_counts=True)
    return {
        names[int(v)]: float(n) / labels.size
        for v, n in zip(values, counts, strict=True)
        if int(v) in names
    }
