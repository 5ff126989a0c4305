"""Lesion masks as people and programs draw them: exact, by threshold, too tight, too wide, moved.

A model that only saw exact masks would read their shape; real ones come from thresholds and hands.
No outline takes voxels of another lesion, and none is empty. Knows voxels, no anatomy.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from jaxtyping import Bool, Float, Shaped

from petscribe.core.volume import Mask, Volume, bounding_box

STYLES: Final = ("exact", "threshold", "tight", "wide", "moved")
_SHARES: Final = (0.3, 0.4, 0.1, 0.1, 0.1)
_THRESHOLD: Final = (0.3, 0.6)
_MARGIN: Final = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlined:
    """Lesions with the outlines they got."""

    mask: Mask
    styles: Mapping[int, str]


def redraw(exact: Mask, pet: Volume, rng: np.random.Generator) -> Outlined:
    """Return the lesions of `exact` with an outline drawn at random for each."""
    labels = np.zeros_like(exact.labels)
    styles: dict[int, str] = {}
    for number in exact.ids:
        style = STYLES[int(rng.choice(len(STYLES), p=_SHARES))]
        inside = exact.where(number)
        box = _grown(inside)
        own = inside[box]
        taken = (labels[box] > 0) | ((exact.labels[box] > 0) & ~own)
        drawn = _outline(own, pet.array[box], style, rng) & ~taken
        if not drawn.any():
            drawn, style = own & (labels[box] == 0), "exact"
        labels[box][drawn] = number
        styles[number] = style
    return Outlined(mask=Mask(labels=labels, grid=exact.grid, names=exact.names), styles=styles)


def _grown(inside: Bool[np.ndarray, "z y x"]) -> tuple[slice, slice, slice]:
    box = bounding_box(inside)
    assert box is not None
    z, y, x = (
        slice(max(0, side.start - _MARGIN), min(size, side.stop + _MARGIN))
        for side, size in zip(box, inside.shape, strict=True)
    )
    return z, y, x


def _outline(
    own: Bool[np.ndarray, "z y x"],
    pet: Shaped[np.ndarray, "z y x"],
    style: str,
    rng: np.random.Generator,
) -> Bool[np.ndarray, "z y x"]:
    from scipy import ndimage

    drawn: Bool[np.ndarray, "z y x"] = own
    if style == "tight":
        drawn = ndimage.binary_erosion(own)
    elif style == "wide":
        drawn = ndimage.binary_dilation(own)
    elif style == "moved":
        axis, way = int(rng.integers(3)), int(rng.choice((-1, 1)))
        drawn = np.roll(own, way, axis=axis)
    elif style == "threshold":
        drawn = _above(own, pet, float(rng.uniform(*_THRESHOLD)))
    return drawn


def _above(
    own: Bool[np.ndarray, "z y x"], pet: Float[np.ndarray, "z y x"], frac: float
) -> Bool[np.ndarray, "z y x"]:
    """Return what hangs together with the hottest voxel above a fraction of it, near the lesion."""
    from scipy import ndimage

    near = ndimage.binary_dilation(own, iterations=_MARGIN - 1)
    hottest = np.unravel_index(int(np.argmax(np.where(own, pet, -np.inf))), own.shape)
    parts, _ = ndimage.label(near & (pet >= frac * pet[hottest]))
    found: Bool[np.ndarray, "z y x"] = parts == parts[hottest]
    return found
