"""The patient around the hot regions: midline, depth, width, liver height, organs' own uptake.

From an organ map on the PET grid where there is one, else from the PET: the body is what takes up
more than a twelfth of the exam's typical hot tissue. Only what the verdicts on hot regions need;
the full body frame is `anatomy`'s, which this room does not know.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypedDict

import numpy as np
from jaxtyping import Bool, Float, Int

from petscribe.core.report import ReferenceRegion
from petscribe.core.volume import Grid, Mask
from petscribe.quant.judging.tracers import uptake_class

_DIGESTIVE = frozenset({"stomach", "colon", "pancreas"})
_BODY_FRAC = 0.12
"""Of the 95th percentile of uptake above zero: the outline of the body in a PET."""


class Place(TypedDict):
    """A position in the patient's own terms."""

    lateral_mm: float
    depth_frac: float
    half_width_mm: float
    above_liver_mm: float | None
    to_end_mm: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """The patient around the regions; arrays have one entry per PET slice."""

    middle: float
    """x index of the middle of the body."""
    front: Float[np.ndarray, " z"]
    back: Float[np.ndarray, " z"]
    half_width_mm: Float[np.ndarray, " z"]
    liver_z_mm: float | None
    """Height of the liver's centre; None when no liver was found."""
    medians: Mapping[str, float]
    """Median smoothed uptake of each class of normal uptake that the organ map shows."""
    detailed: bool
    """Whether the map shows digestive organs too, as trained segmenters' maps do: then its other
    organs are taken to lie where it says."""
    kidney_top_z: Mapping[str, int]
    """Highest slice of each mapped kidney, by organ name."""

    def place(self, grid: Grid, index: Int[np.ndarray, " zyx"]) -> Place:
        """Return a voxel's position in the patient's own terms."""
        z, y, x = (int(v) for v in index)
        depth = max(float(self.back[z] - self.front[z]), 1.0)
        height = float(grid.to_world(index)[2])
        return {
            "lateral_mm": (x - self.middle) * grid.spacing_mm[2],
            "depth_frac": float((y - self.front[z]) / depth),
            "half_width_mm": float(self.half_width_mm[z]),
            "above_liver_mm": None if self.liver_z_mm is None else height - self.liver_z_mm,
            "to_end_mm": min(z, grid.shape[0] - 1 - z) * grid.spacing_mm[0],
        }


def look_around(
    grid: Grid,
    smooth: Float[np.ndarray, "z y x"],
    organs: Mask | None,
    references: Mapping[str, ReferenceRegion],
) -> Scene:
    """Describe the patient around the regions."""
    body = _body(smooth, organs)
    columns = body.sum(axis=(0, 1), dtype=np.int64)
    half = columns.sum() / 2.0
    middle = float(np.searchsorted(np.cumsum(columns), half)) if half else grid.shape[2] / 2.0
    front, back = _ends(np.asarray(body.any(axis=2)))
    right, left = _ends(np.asarray(body.any(axis=1)))
    liver_z = _height_mm(grid, organs, "liver")
    if liver_z is None and "liver" in references:
        liver_z = references["liver"].centre_lps_mm[2]
    return Scene(
        middle=middle,
        front=front,
        back=back,
        half_width_mm=(left - right + 1) / 2.0 * grid.spacing_mm[2],
        liver_z_mm=liver_z,
        medians={} if organs is None else _medians(organs, smooth),
        detailed=organs is not None and set(organs.names.values()) >= _DIGESTIVE,
        kidney_top_z={} if organs is None else _tops(organs, "kidney_left", "kidney_right"),
    )


def _body(smooth: Float[np.ndarray, "z y x"], organs: Mask | None) -> Bool[np.ndarray, "z y x"]:
    body: Bool[np.ndarray, "z y x"]
    if organs is not None and "body" in organs.names.values():
        body = organs.labels > 0
        return body
    some = smooth[::2, ::2, ::2]
    some = some[some > 0]
    level = _BODY_FRAC * float(np.percentile(some, 95)) if some.size else 0.0
    body = smooth > level
    return body


def _ends(
    profile: Bool[np.ndarray, "z n"],
) -> tuple[Float[np.ndarray, " z"], Float[np.ndarray, " z"]]:
    """Return the first and last True of each row; the whole width where there is none."""
    length = profile.shape[1]
    some = profile.any(axis=1)
    first = np.where(some, profile.argmax(axis=1), 0)
    last = np.where(some, length - 1 - profile[:, ::-1].argmax(axis=1), length - 1)
    return first.astype(np.float64), last.astype(np.float64)


def _height_mm(grid: Grid, organs: Mask | None, name: str) -> float | None:
    if organs is None:
        return None
    voxels = organs.named(name)
    slices = voxels.sum(axis=(1, 2), dtype=np.int64)
    if not slices.any():
        return None
    z = float(slices @ np.arange(len(slices)) / slices.sum())
    return float(grid.to_world(np.array([z, grid.shape[1] / 2.0, grid.shape[2] / 2.0]))[2])


def _tops(organs: Mask, *names: str) -> dict[str, int]:
    """Return the highest slice of each named organ that has voxels."""
    tops = {}
    for label, name in organs.names.items():
        if name in names:
            slices = np.flatnonzero((organs.labels == label).any(axis=(1, 2)))
            if slices.size:
                tops[name] = int(slices[-1])
    return tops


def _medians(organs: Mask, smooth: Float[np.ndarray, "z y x"]) -> dict[str, float]:
    groups = {label: c for label, name in organs.names.items() if (c := uptake_class(name))}
    classes = sorted(set(groups.values()))
    number_of = np.zeros(max(int(organs.labels.max(initial=0)), *groups, 0) + 1, dtype=np.uint8)
    for label, group in groups.items():
        number_of[label] = classes.index(group) + 1
    numbers = number_of[organs.labels].ravel()
    there = np.flatnonzero(numbers)
    numbers, uptake = numbers[there], np.ascontiguousarray(smooth).ravel()[there]
    return {
        classes[k - 1]: float(np.median(uptake[numbers == k])) for k in np.unique(numbers).tolist()
    }
