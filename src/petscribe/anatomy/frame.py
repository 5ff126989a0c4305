"""The body's own coordinates on the PET grid: side of the midline, depth, vertebral level.

Finds nothing itself: `landmarks` fills it in. A frame is honest: each axis has a quality from 0 to
1, and `side_tolerance_mm` says within which distance of the midline no side is given.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from jaxtyping import Float

from petscribe.anatomy.tissues import Tissues
from petscribe.core.lesion import Laterality
from petscribe.core.volume import Grid, Triple

ORIENTATION_SUSPECT = "orientation-suspect"
"""Warning: the anatomy contradicts the orientation that the header states."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A point in the body's coordinates."""

    lateral_mm: float
    """Distance from the midline, positive to the patient's left."""
    depth_frac: float
    """0 at the front of the trunk in this slice, 1 at its back."""
    behind_mm: float
    """Distance behind the centre of the vertebral body, negative in front of it."""
    level: float
    """Vertebral number (`anatomy.levels`)."""
    half_width_mm: float
    """Half of the trunk's width in this slice."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BodyFrame:
    """The body's coordinates; arrays have one entry per PET slice and hold PET positions."""

    grid: Grid
    midline: Float[np.ndarray, " z"]
    """x position of the middle."""
    front: Float[np.ndarray, " z"]
    back: Float[np.ndarray, " z"]
    right: Float[np.ndarray, " z"]
    left: Float[np.ndarray, " z"]
    spine: Float[np.ndarray, " z"]
    """y position of the centre of the vertebral bodies (estimated where it is not seen)."""
    level: Float[np.ndarray, " z"]
    """Vertebral number of each slice, falling towards the head."""
    landmarks: Mapping[str, float] = field(default_factory=dict)
    """z position of each landmark found: `carina`, `lung_apex`, `diaphragm_right`, ..."""
    quality_x: float
    """How sure the midline is, 0-1; 0.5 is "probably right", below 0.3 no side is said."""
    quality_y: float
    quality_z: float
    """How sure the level is: 1 within half a vertebra, 0.5 within two, 0 unknown."""
    side_tolerance_mm: float = 8.0
    present: tuple[int, int] = (0, 0)
    """First and last slice that show the patient."""
    sex: str | None = None
    """`M` or `F` when the header says so: which pelvic organs there are."""
    source: str = "built-in"
    """`labels` or `built-in`."""
    warnings: tuple[str, ...] = ()
    tissues: Tissues | None = None
    """What the images show around every place; None when the frame was not made from images."""

    @property
    def quality(self) -> float:
        """The lowest quality of the three axes."""
        return min(self.quality_x, self.quality_y, self.quality_z)

    @property
    def orientation_is_sure(self) -> bool:
        """Whether nothing seen contradicts the header's orientation."""
        return ORIENTATION_SUSPECT not in self.warnings

    @property
    def can_tell_sides(self) -> bool:
        """Whether a side may be said at all."""
        return self.quality_x >= 0.3 and self.orientation_is_sure

    def place(self, index: Float[np.ndarray, " zyx"]) -> Place:
        """Return the body coordinates of a PET position (z, y, x), fractions allowed."""
        z, y, x = (float(v) for v in index)
        dy, dx = self.grid.spacing_mm[1], self.grid.spacing_mm[2]
        front, back = self._at(self.front, z), self._at(self.back, z)
        half = (self._at(self.left, z) - self._at(self.right, z)) / 2.0
        return Place(
            lateral_mm=(x - self._at(self.midline, z)) * dx,
            depth_frac=float((y - front) / max(back - front, 1.0)),
            behind_mm=(y - self._at(self.spine, z)) * dy,
            level=self._at(self.level, z),
            half_width_mm=max(half, 1.0) * dx,
        )

    def side(self, lateral_mm: float, *, tolerance_mm: float | None = None) -> Laterality | None:
        """Return the side of a distance from the midline; None when the frame cannot tell."""
        if not self.can_tell_sides:
            return None
        within = self.side_tolerance_mm if tolerance_mm is None else tolerance_mm
        if abs(lateral_mm) <= within:
            return "midline"
        return "left" if lateral_mm > 0 else "right"

    def height_at(self, level: float) -> float:
        """Return the z position of a vertebral level, beyond the grid by the nearest slope."""
        levels = self.level[::-1]
        heights = np.arange(len(self.level), dtype=np.float64)[::-1]
        if level < levels[0] or level > levels[-1]:
            slope = (heights[-1] - heights[0]) / max(levels[-1] - levels[0], 1e-6)
            return float(heights[0] + slope * (level - levels[0]))
        return float(np.interp(level, levels, heights))

    def sees(self, top: float, bottom: float) -> float:
        """Return the share of the span between two levels that lies within the slices shown."""
        low, high = self.height_at(bottom), self.height_at(top)
        first, last = self.present
        shown = min(high, last) - max(low, first)
        return float(np.clip(shown / max(high - low, 1e-6), 0.0, 1.0))

    def to_dict(self) -> dict[str, object]:
        """Return what a reader may want to know of the frame, as JSON."""
        first, last = self.present
        heights: Mapping[str, Triple] = {
            name: self._world(z) for name, z in sorted(self.landmarks.items())
        }
        return {
            "source": self.source,
            "quality": {"x": self.quality_x, "y": self.quality_y, "z": self.quality_z},
            "levels": [float(self.level[last]), float(self.level[first])],
            "landmarks_lps_mm": {name: list(point) for name, point in heights.items()},
            "warnings": list(self.warnings),
        }

    def _world(self, z: float) -> Triple:
        point = self.grid.to_world(
            np.array([z, self._at(self.spine, z), self._at(self.midline, z)])
        )
        return float(point[0]), float(point[1]), float(point[2])

    def _at(self, values: Float[np.ndarray, " z"], z: float) -> float:
        return float(np.interp(z, np.arange(len(values)), values))
