"""A body frame made exact by a label map: levels and midline from its vertebrae.

Knows names and centres of labels; the outline comes from the frame found in the exam.
"""

from dataclasses import replace

import numpy as np
from jaxtyping import Float

from petscribe.anatomy.frame import BodyFrame
from petscribe.anatomy.levels import depth_mm, level_at, number_of
from petscribe.core.volume import Mask

_SIDED = ("lung_upper_lobe", "lung_lower_lobe", "kidney", "hip", "scapula", "clavicula", "humerus")


def centres(organs: Mask) -> dict[str, Float[np.ndarray, " zyx"]]:
    """Return the centre of mass of every named label, in PET positions."""
    labels = organs.labels.ravel()
    used = labels > 0
    index = np.flatnonzero(used)
    values = labels[index].astype(np.int64)
    counts = np.bincount(values)
    positions = np.unravel_index(index, organs.labels.shape)
    sums = [np.bincount(values, weights=p.astype(np.float64)) for p in positions]
    found: dict[str, Float[np.ndarray, " zyx"]] = {}
    for label, name in organs.names.items():
        if label < len(counts) and counts[label]:
            found[name] = np.array([s[label] / counts[label] for s in sums])
    return found


def frame_from_labels(organs: Mask, own: BodyFrame) -> BodyFrame:
    """Return the frame with midline, spine and levels from the labels, where these suffice.

    Two vertebrae give levels (between and beyond them by the average adult's proportions); the
    midline runs through the vertebrae, without any through the middle of paired organs. Paired
    organs of a map decide themselves what is left: contradicting ones are the map's business.
    """
    found = centres(organs)
    bones = sorted(
        (number_of(name.removeprefix("vertebrae_")), centre)
        for name, centre in found.items()
        if name.startswith("vertebrae_") and name.removeprefix("vertebrae_") in _VERTEBRAE
    )
    frame = replace(own, source="labels", warnings=())
    frame = _levelled(frame, bones)
    return _centred(frame, bones, found)


_VERTEBRAE = frozenset([*(f"C{i}" for i in range(1, 8)), *(f"T{i}" for i in range(1, 13)),
                        *(f"L{i}" for i in range(1, 6)), "S1"])  # fmt: skip


def _levelled(frame: BodyFrame, bones: list[tuple[int, Float[np.ndarray, " zyx"]]]) -> BodyFrame:
    if len(bones) < 2:
        return frame
    numbers = np.array([n for n, _ in bones], dtype=np.float64)
    heights = np.array([c[0] for _, c in bones])
    if np.any(np.diff(heights) >= 0):
        return frame
    depths = depth_mm(numbers)
    slices = np.arange(len(frame.level), dtype=np.float64)
    slope = (depths[-1] - depths[0]) / (heights[-1] - heights[0])
    inside = np.interp(slices, heights[::-1], depths[::-1])
    depth = np.where(slices > heights[0], depths[0] + slope * (slices - heights[0]), inside)
    depth = np.where(slices < heights[-1], depths[-1] + slope * (slices - heights[-1]), depth)
    quality = min(1.0, 0.6 + 0.05 * len(bones))
    return replace(frame, level=level_at(depth), quality_z=max(quality, frame.quality_z))


def _centred(
    frame: BodyFrame,
    bones: list[tuple[int, Float[np.ndarray, " zyx"]]],
    found: dict[str, Float[np.ndarray, " zyx"]],
) -> BodyFrame:
    slices = np.arange(len(frame.midline), dtype=np.float64)
    if bones:
        heights = np.array([c[0] for _, c in bones])[::-1]
        x = np.interp(slices, heights, np.array([c[2] for _, c in bones])[::-1])
        y = np.interp(slices, heights, np.array([c[1] for _, c in bones])[::-1])
        near = (slices >= heights[0] - 12) & (slices <= heights[-1] + 12)
        # centres of whole vertebrae, arches included, lie some 12 mm behind those of the bodies
        y = y - 12.0 / frame.grid.spacing_mm[1]
        return replace(
            frame,
            midline=np.where(near, x, frame.midline),
            spine=np.where(near, y, frame.spine),
            quality_x=0.98,
            quality_y=0.95,
            side_tolerance_mm=4.5,
        )
    pairs = [
        (found[f"{base}_left"][2] + found[f"{base}_right"][2]) / 2.0
        for base in _SIDED
        if f"{base}_left" in found and f"{base}_right" in found
    ]
    if not pairs:
        return frame
    return replace(frame, midline=np.full_like(frame.midline, np.median(pairs)), quality_x=0.9)
