"""What every mask file is turned into before it is placed on the PET: parts on their own grids.

A part is one segment or contour set with its number and name, or a whole label map. Knows no file
format.
"""

from dataclasses import dataclass

from petscribe.core.volume import Mask


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One segment on its own grid: labels are `number` or 0."""

    number: int
    name: str | None
    mask: Mask
    """The drawn voxels, cut to what is drawn; may be finer, coarser, turned, or beyond the PET."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """The content of a mask file."""

    parts: tuple[Part, ...]
    """Parts that hold at least one voxel; they may overlap."""
    empty: tuple[int, ...] = ()
    """Numbers of declared segments without a voxel."""
    warnings: tuple[str, ...] = ()
