"""Small pictures of a place in a stored exam: three planes and the coronal maximum, as PNG.

Patient's right is on the left, head or front on top. The PET is drawn dark on light up to an SUV
that shows the lesion; the mask's outline and a cross mark the place. Knows arrays and grids.
"""

import base64
from dataclasses import dataclass
from io import BytesIO
from typing import Final

import numpy as np
from jaxtyping import Bool, Float, Shaped, UInt8

from petscribe.core.volume import Grid, Triple

_HALF_MM: Final = 80.0
_PIXELS: Final = 150
_MIP_PIXELS: Final = 260
_RED: Final = np.array([220, 30, 30], np.uint8)


@dataclass(frozen=True, slots=True, kw_only=True)
class Views:
    """The four pictures as data URLs."""

    axial: str
    coronal: str
    sagittal: str
    mip: str


def draw_views(
    pet: Float[np.ndarray, "z y x"],
    own: Bool[np.ndarray, "z y x"] | None,
    grid: Grid,
    point_lps_mm: Triple,
) -> Views:
    """Return pictures of the PET around a point, with the outline of `own`."""
    index = np.rint(grid.to_index(np.asarray(point_lps_mm))).astype(int)
    z, y, x = (int(np.clip(i, 0, n - 1)) for i, n in zip(index, grid.shape, strict=True))
    dz, dy, dx = grid.spacing_mm
    top = max(float(pet[z, y, x]), 2.5)
    voxels = own if own is not None else np.zeros(grid.shape, np.bool_)
    axial = _plane(pet[z], voxels[z], (y, x), (dy, dx), top=top)
    coronal = _plane(pet[::-1, y], voxels[::-1, y], (len(pet) - 1 - z, x), (dz, dx), top=top)
    sagittal = _plane(pet[::-1, :, x], voxels[::-1, :, x], (len(pet) - 1 - z, y), (dz, dy), top=top)
    whole = pet.max(axis=1)[::-1]
    shade = _shade(whole, max(top, 6.0))
    mip = _resized(shade, (dz, dx), _MIP_PIXELS / (whole.shape[0] * dz))
    row, column = (len(pet) - 0.5 - z) / len(pet), (x + 0.5) / pet.shape[2]
    _cross(mip, int(row * mip.shape[0]), int(column * mip.shape[1]))
    return Views(axial=axial, coronal=coronal, sagittal=sagittal, mip=_png(mip))


def _plane(
    values: Float[np.ndarray, "h w"],
    own: Bool[np.ndarray, "h w"],
    centre: tuple[int, int],
    spacing: tuple[float, float],
    *,
    top: float,
) -> str:
    rows, columns = (round(_HALF_MM / s) for s in spacing)
    cut = _window(values, centre, (rows, columns))
    inside = _window(own.astype(np.float32), centre, (rows, columns)) > 0.5
    picture = _resized(_shade(cut, top), spacing, _PIXELS / (cut.shape[0] * spacing[0]))
    mask = _enlarged(inside, picture.shape[:2])
    rim = mask & ~(
        np.roll(mask, 1, 0) & np.roll(mask, -1, 0) & np.roll(mask, 1, 1) & np.roll(mask, -1, 1)
    )
    picture[rim] = _RED
    if not inside.any():
        _cross(picture, picture.shape[0] // 2, picture.shape[1] // 2)
    return _png(picture)


def _window(
    values: Shaped[np.ndarray, "h w"], centre: tuple[int, int], half: tuple[int, int]
) -> Shaped[np.ndarray, "a b"]:
    padded = np.pad(values, [(half[0], half[0]), (half[1], half[1])])
    return padded[centre[0] : centre[0] + 2 * half[0] + 1, centre[1] : centre[1] + 2 * half[1] + 1]


def _shade(values: Float[np.ndarray, "h w"], top: float) -> UInt8[np.ndarray, "h w 3"]:
    dark = np.clip(np.nan_to_num(values) / top, 0.0, 1.0)
    grey = (255.0 * (1.0 - dark)).astype(np.uint8)
    return np.repeat(grey[:, :, None], 3, axis=2)


def _resized(
    picture: UInt8[np.ndarray, "h w 3"], spacing: tuple[float, float], per_mm: float
) -> UInt8[np.ndarray, "a b 3"]:
    from PIL import Image

    size = (
        max(1, round(picture.shape[1] * spacing[1] * per_mm)),
        max(1, round(picture.shape[0] * spacing[0] * per_mm)),
    )
    return np.array(Image.fromarray(picture).resize(size, Image.Resampling.BILINEAR))


def _enlarged(mask: Bool[np.ndarray, "h w"], shape: tuple[int, ...]) -> Bool[np.ndarray, "a b"]:
    rows = (np.arange(shape[0]) * mask.shape[0]) // shape[0]
    columns = (np.arange(shape[1]) * mask.shape[1]) // shape[1]
    enlarged: Bool[np.ndarray, "a b"] = mask[np.ix_(rows, columns)]
    return enlarged


def _cross(picture: UInt8[np.ndarray, "h w 3"], row: int, column: int) -> None:
    """Draw four short lines that leave the point itself free."""
    height, width = picture.shape[:2]
    for step in range(4, 10):
        for r, c in ((-step, 0), (step, 0), (0, -step), (0, step)):
            if 0 <= row + r < height and 0 <= column + c < width:
                picture[row + r, column + c] = _RED


def _png(picture: UInt8[np.ndarray, "h w 3"]) -> str:
    from PIL import Image

    buffer = BytesIO()
    Image.fromarray(picture).save(buffer, "PNG", optimize=True)
    return "data:image/png;base64," + base64.b64encode(buffer.getvalue()).decode("ascii")
