"""The report's pictures as PNG bytes: coronal MIP with bone outline, one thumbnail per lesion.

The MIP is shown as physicians read it: uptake dark on white, the patient's right on the viewer's
left, true proportions, a stated window. Lesion marks are data, not pixels (`Mark`), placed in the
margins without overlap, so that the page can draw them sharp and make them clickable; `with_marks`
burns them in where a plain picture is wanted. Knows voxels and colours, no words.
"""

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from jaxtyping import Bool, Float, UInt8
from PIL import Image, ImageDraw, ImageFont

from petscribe.core.lesion import Lesion
from petscribe.core.report import Report
from petscribe.core.volume import Mask, Volume
from petscribe.reporting.assemble import by_importance, open_uptake
from petscribe.reporting.projection import (
    Frame,
    axial_frame,
    axial_plane,
    axis_positions,
    body_frame,
    bone_edges,
    coronal_maximum,
    mask_plane,
    outline,
    sampled,
)

WINDOW_SUV = (0.0, 10.0)
MIP_PIXELS = 1200
"""Longest side of the MIP: twice what the page shows."""
THUMBNAIL_PIXELS = 256
THUMBNAIL_MM = 180.0
MAX_MARKS = 40
"""Beyond so many lesions the margins are full; the table still has all."""
MARK_GAP_FRAC = 0.066
"""Distance between the middles of two marks in a margin, as a part of the page's MIP width."""
MARGIN_FRAC = 0.11
"""Each margin's width, as a part of the page's MIP width."""
_CT_WINDOW_HU = (-160.0, 240.0)
_BONE_LEVELS = 240
_OUTLINE_RGB = (0, 229, 255)
_MARK_RGB = (176, 48, 32)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """One lesion on the MIP, in its pixels: the spot, and where its number stands."""

    lesion: int
    decided: bool
    """False for uptake of which it is not clear whether it is normal."""
    x: float
    y: float
    side: int
    """-1: number in the left margin; 1: in the right one."""
    label_y: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Pictures:
    """Everything drawn for one report."""

    mip_png: bytes
    width: int
    height: int
    marks: tuple[Mark, ...]
    window: tuple[float, float]
    unit: str
    has_bone: bool
    thumbnails: Mapping[int, bytes] = field(default_factory=dict)
    """Axial PNG by lesion id."""


def draw_pictures(pet: Volume, ct: Volume | None, mask: Mask, report: Report) -> Pictures:
    """Draw the pictures of a report.

    Args:
        pet: in SUVbw, or relative.
        ct: in HU; None: no bone outline, thumbnails of the PET alone.
        mask: on the PET grid, labels are lesion ids.
        report: whose lesions are marked and shown.
    """
    measured = report.measured
    shown = (by_importance(measured.lesions) + open_uptake(measured.physiologic))[:MAX_MARKS]
    maximum = coronal_maximum(pet)
    window = WINDOW_SUV if pet.unit == "g/ml" else (0.0, _bright(maximum))
    frame = body_frame(maximum, pet.grid, max_pixels=MIP_PIXELS)
    values = sampled(maximum, axis_positions(pet.grid, 0), axis_positions(pet.grid, 2), frame)
    edges = bone_edges(ct, frame) if ct is not None else None
    return Pictures(
        mip_png=_mip(_windowed(values, window), edges),
        width=frame.width,
        height=frame.height,
        marks=place_marks(shown, frame),
        window=window,
        unit=pet.unit,
        has_bone=edges is not None,
        thumbnails={x.id: _thumbnail(x, pet, ct, mask=mask, window=window) for x in shown},
    )


def _bright(maximum: Float[np.ndarray, "z x"]) -> float:
    return float(np.percentile(maximum, 99.0)) or 1.0


def _mip(shade: Float[np.ndarray, "h w"], edges: Bool[np.ndarray, "h w"] | None) -> bytes:
    """Return the MIP as a PNG with a palette: greys, and blue-greys for the bone outline.

    Args:
        shade: uptake within the window, 0 to 1.
        edges: where bone is outlined.
    """
    grey = np.rint(shade * (_BONE_LEVELS - 1)).astype(np.uint8)
    if edges is not None:
        grey[edges] = _BONE_LEVELS + grey[edges] // 16
    picture = Image.fromarray(grey)
    picture.putpalette(_palette())
    return _png(picture)


def _palette() -> list[int]:
    colours: list[int] = []
    for level in range(_BONE_LEVELS):
        shade = 255 - round(255 * level / (_BONE_LEVELS - 1))
        colours += [shade, shade, shade]
    for step in range(256 - _BONE_LEVELS):
        fade = 1.0 - step / 20.0
        colours += [round(120 * fade), round(155 * fade), round(190 * fade)]
    return colours


def _windowed(
    values: Float[np.ndarray, "h w"], window: tuple[float, float]
) -> Float[np.ndarray, "h w"]:
    low, high = window
    scaled: Float[np.ndarray, "h w"] = np.clip((values - low) / (high - low), 0.0, 1.0)
    return np.nan_to_num(scaled, nan=0.0)


def place_marks(lesions: Sequence[Lesion], frame: Frame) -> tuple[Mark, ...]:
    """Give every lesion a number in the nearer margin, at its height, none over another."""
    spots = {x.id: _spot(x, frame) for x in lesions}
    decided = {x.id: x.verdict == "lesion" for x in lesions}
    gap = MARK_GAP_FRAC * page_width(frame.width, frame.height)
    marks: list[Mark] = []
    for side in (-1, 1):
        ids = [i for i, (x, _) in spots.items() if (x < frame.width / 2) == (side == -1)]
        ids.sort(key=lambda i: spots[i][1])
        heights = spread([spots[i][1] for i in ids], gap=gap, length=float(frame.height))
        marks += [
            Mark(
                lesion=i,
                decided=decided[i],
                x=spots[i][0],
                y=spots[i][1],
                side=side,
                label_y=height,
            )
            for i, height in zip(ids, heights, strict=True)
        ]
    return tuple(sorted(marks, key=lambda mark: mark.lesion))


def page_width(width: int, height: int) -> float:
    """Return the width, in MIP pixels, of the picture with its margins (at least 3:5 of it)."""
    return max(width / (1.0 - 2.0 * MARGIN_FRAC), 0.6 * height)


def _spot(lesion: Lesion, frame: Frame) -> tuple[float, float]:
    x_mm, _, z_mm = lesion.measurement.hottest_lps_mm
    x, y = frame.pixel_of(x_mm, z_mm)
    return min(max(x, 0.0), float(frame.width)), min(max(y, 0.0), float(frame.height))


def spread(wanted: Sequence[float], *, gap: float, length: float) -> list[float]:
    """Move ascending positions apart to at least `gap`, staying near and within `length`.

    Too many for the length: the gap shrinks evenly.
    """
    if not wanted:
        return []
    gap = min(gap, length / len(wanted))
    placed: list[float] = []
    for position in wanted:
        lowest = placed[-1] + gap if placed else gap / 2
        placed.append(max(position, lowest))
    ceiling = length - gap / 2
    for k in range(len(placed) - 1, -1, -1):
        placed[k] = min(placed[k], ceiling)
        ceiling = placed[k] - gap
    return placed


def _thumbnail(
    lesion: Lesion,
    pet: Volume,
    ct: Volume | None,
    *,
    mask: Mask,
    window: tuple[float, float],
) -> bytes:
    """Return the axial slice of the hottest voxel: PET over CT, the lesion's outline on top."""
    x_mm, y_mm, z_mm = lesion.measurement.hottest_lps_mm
    side = max(THUMBNAIL_MM, 1.6 * lesion.measurement.long_axis_mm)
    frame = axial_frame(x_mm, y_mm, side_mm=side, pixels=THUMBNAIL_PIXELS)
    uptake = axial_plane(pet, z_mm, frame)
    empty = np.full((THUMBNAIL_PIXELS, THUMBNAIL_PIXELS), np.nan)
    heat = _windowed(empty if uptake is None else uptake, window)
    density = axial_plane(ct, z_mm, frame) if ct is not None else None
    rgb = _grey(1.0 - heat) if density is None else _fused(_windowed(density, _CT_WINDOW_HU), heat)
    rgb[outline(mask_plane(mask, lesion.id, z_mm, frame))] = _OUTLINE_RGB
    picture = Image.fromarray(rgb).quantize(128, method=Image.Quantize.FASTOCTREE)
    return _png(picture)


def _grey(values: Float[np.ndarray, "h w"]) -> UInt8[np.ndarray, "h w 3"]:
    shades = np.rint(values * 255).astype(np.uint8)
    return np.repeat(shades[:, :, None], 3, axis=2)


def _fused(
    density: Float[np.ndarray, "h w"], heat: Float[np.ndarray, "h w"]
) -> UInt8[np.ndarray, "h w 3"]:
    """Lay a black-red-yellow-white scale over grey, the more opaque the hotter."""
    hot = np.stack([np.clip(3.0 * heat - k, 0.0, 1.0) for k in range(3)], axis=2)
    cover = (0.85 * np.sqrt(heat))[:, :, None]
    mixed = density[:, :, None] * (1.0 - cover) + hot * cover
    return np.rint(mixed * 255).astype(np.uint8)


def with_marks(pictures: Pictures) -> bytes:
    """Return the MIP with the numbered marks burnt in, margins added, as a PNG."""
    width = round(page_width(pictures.width, pictures.height))
    margin, unit = (width - pictures.width) // 2, width / 700.0
    canvas = Image.new("RGB", (width, pictures.height), "white")
    canvas.paste(Image.open(io.BytesIO(pictures.mip_png)).convert("RGB"), (margin, 0))
    pen = ImageDraw.Draw(canvas)
    font = ImageFont.load_default(22 * unit)
    for mark in pictures.marks:
        spot = (mark.x + margin, mark.y)
        number_x = margin / 2 if mark.side < 0 else width - margin / 2
        pen.line([(number_x, mark.label_y), spot], fill=_MARK_RGB, width=round(2 * unit))
        pen.circle(spot, 8 * unit, outline=_MARK_RGB, width=round(2 * unit))
        disc, ink = (_MARK_RGB, "white") if mark.decided else ("white", _MARK_RGB)
        at = (number_x, mark.label_y)
        pen.circle(at, 18 * unit, fill=disc, outline=_MARK_RGB, width=round(2 * unit))
        pen.text(at, str(mark.lesion), fill=ink, font=font, anchor="mm")
    return _png(canvas)


def _png(picture: Image.Image) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, format="PNG", compress_level=6)
    return buffer.getvalue()
