"""Distances between two surfaces, weighted by area: average, Hausdorff, share within a tolerance.

A surface element sits at every corner where eight voxels meet that are not all inside or all
outside; its area is that of the marching-cubes patch of those eight voxels, in square millimetres,
so that a voxel grid's steps and its spacing do not count as extra surface. The distance of an
element is that to the nearest element of the other surface.

Empty masks: one empty -> distances infinite, shares 0; both empty -> distances infinite, shares
NaN. Source: the definitions of DeepMind's surface-distance (Nikolov 2021); patches from the
half-edge rule of marching cubes (Lorensen and Cline 1987), ambiguous faces separated.
"""

from dataclasses import dataclass
from functools import cache
from itertools import product

import numpy as np
from jaxtyping import Bool, Float, Int

from petscribe.evaluation.segmentation.overlap import Spacing, require_same_shape

Corner = tuple[int, int, int]
Point = tuple[float, float, float]
_CORNERS = tuple((z, y, x) for z, y, x in product((0, 1), (0, 1), (0, 1)))


@dataclass(frozen=True, slots=True, kw_only=True)
class SurfaceDistances:
    """Distances of both surfaces' elements to the other surface, and the elements' areas."""

    from_truth_mm: Float[np.ndarray, " t"]
    truth_areas_mm2: Float[np.ndarray, " t"]
    from_prediction_mm: Float[np.ndarray, " p"]
    prediction_areas_mm2: Float[np.ndarray, " p"]

    def average_mm(self) -> tuple[float, float]:
        """Return the mean distance truth -> prediction and prediction -> truth."""
        return (
            _mean(self.from_truth_mm, self.truth_areas_mm2),
            _mean(self.from_prediction_mm, self.prediction_areas_mm2),
        )

    def hausdorff_mm(self, percent: float = 95.0) -> float:
        """Return the larger of both directions' distance that `percent` of the area stay within."""
        return max(
            _percentile(self.from_truth_mm, self.truth_areas_mm2, percent),
            _percentile(self.from_prediction_mm, self.prediction_areas_mm2, percent),
        )

    def overlap_at(self, tolerance_mm: float) -> tuple[float, float]:
        """Return the share of each surface within the tolerance; NaN without that surface."""
        return (
            _within(self.from_truth_mm, self.truth_areas_mm2, tolerance_mm)[2],
            _within(self.from_prediction_mm, self.prediction_areas_mm2, tolerance_mm)[2],
        )

    def surface_dice_at(self, tolerance_mm: float) -> float:
        """Return the share of both surfaces within the tolerance; NaN when both are empty."""
        near_t, all_t, _ = _within(self.from_truth_mm, self.truth_areas_mm2, tolerance_mm)
        near_p, all_p, _ = _within(self.from_prediction_mm, self.prediction_areas_mm2, tolerance_mm)
        return (near_t + near_p) / (all_t + all_p) if all_t + all_p else float("nan")


def surface_distances(
    prediction: Bool[np.ndarray, "z y x"], truth: Bool[np.ndarray, "tz ty tx"], spacing_mm: Spacing
) -> SurfaceDistances:
    """Measure both surfaces against each other.

    Raises:
        GeometryError: the masks differ in shape (code `shape-mismatch`).
    """
    require_same_shape(prediction, truth)
    prediction, truth = _cropped(prediction, truth)
    ours, theirs = _codes(prediction), _codes(truth)
    our_surface, their_surface = _is_surface(ours), _is_surface(theirs)
    areas = patch_areas(spacing_mm)
    return SurfaceDistances(
        from_truth_mm=_distances(our_surface, their_surface, spacing_mm),
        truth_areas_mm2=areas[theirs[their_surface]],
        from_prediction_mm=_distances(their_surface, our_surface, spacing_mm),
        prediction_areas_mm2=areas[ours[our_surface]],
    )


def patch_areas(spacing_mm: Spacing) -> Float[np.ndarray, " 256"]:
    """Return the area of the patch of every pattern of eight voxels."""
    areas = np.zeros(256)
    scale = np.asarray(spacing_mm)
    for code, triangles in enumerate(_triangles()):
        for a, b, c in triangles:
            first, second = (np.subtract(p, a) * scale for p in (b, c))
            areas[code] += np.linalg.norm(np.cross(first, second)) / 2.0
    return areas


def _codes(mask: Bool[np.ndarray, "z y x"]) -> Int[np.ndarray, "z1 y1 x1"]:
    padded = np.pad(mask, 1).astype(np.int64)
    shape = tuple(n - 1 for n in padded.shape)
    code = np.zeros(shape, np.int64)
    for bit, (z, y, x) in enumerate(_CORNERS):
        code |= padded[z : z + shape[0], y : y + shape[1], x : x + shape[2]] << bit
    return code


def _is_surface(codes: Int[np.ndarray, "z y x"]) -> Bool[np.ndarray, "z y x"]:
    return (codes != 0) & (codes != 255)


def _distances(
    to: Bool[np.ndarray, "z y x"], of: Bool[np.ndarray, "z y x"], spacing_mm: Spacing
) -> Float[np.ndarray, " k"]:
    from scipy.ndimage import distance_transform_edt

    if not to.any():
        return np.full(int(of.sum()), np.inf)
    return distance_transform_edt(~to, sampling=spacing_mm)[of]


def _cropped(
    first: Bool[np.ndarray, "z y x"], second: Bool[np.ndarray, "z y x"]
) -> tuple[Bool[np.ndarray, "z1 y1 x1"], Bool[np.ndarray, "z1 y1 x1"]]:
    either = first | second
    if not either.any():
        return first[:1, :1, :1] & False, second[:1, :1, :1] & False
    box = []
    for axis in range(3):
        other = tuple(a for a in range(3) if a != axis)
        used = np.flatnonzero(either.any(axis=other))
        box.append(slice(int(used[0]), int(used[-1]) + 1))
    return first[tuple(box)], second[tuple(box)]


@cache
def _triangles() -> tuple[tuple[tuple[Point, Point, Point], ...], ...]:
    """Return the marching-cubes triangles of the 256 patterns, in units of one voxel."""
    return tuple(
        tuple(
            (loop[0], loop[i], loop[i + 1])
            for loop in _loops(frozenset(c for bit, c in enumerate(_CORNERS) if code >> bit & 1))
            for i in range(1, len(loop) - 1)
        )
        for code in range(256)
    )


def _loops(inside: frozenset[Corner]) -> list[list[Point]]:
    """Return the closed lines in which the surface cuts the cube's faces."""
    links: dict[Point, list[Point]] = {}
    for axis, level in product(range(3), (0, 1)):
        for a, b in _face_lines(inside, axis, level):
            links.setdefault(a, []).append(b)
            links.setdefault(b, []).append(a)
    loops = []
    while links:
        loop = [next(iter(links))]
        while links.get(loop[-1]):
            follow = links[loop[-1]].pop()
            links[follow].remove(loop[-1])
            loop.append(follow)
        links = {point: others for point, others in links.items() if others}
        loops.append(loop[:-1])
    return loops


def _face_lines(inside: frozenset[Corner], axis: int, level: int) -> list[tuple[Point, Point]]:
    ring = [(0, 0), (0, 1), (1, 1), (1, 0)]
    corners: list[Corner] = []
    for pair in ring:
        place = list(pair)
        place.insert(axis, level)
        corners.append((place[0], place[1], place[2]))
    state = [corner in inside for corner in corners]
    cuts = [i for i in range(4) if state[i] != state[(i + 1) % 4]]
    points = [_middle(corners[i], corners[(i + 1) % 4]) for i in cuts]
    if len(cuts) < 4:
        return [(points[0], points[1])] if cuts else []
    # two corners inside, across: each is cut off alone
    if state[0]:
        return [(points[3], points[0]), (points[1], points[2])]
    return [(points[0], points[1]), (points[2], points[3])]


def _middle(a: Corner, b: Corner) -> Point:
    return ((a[0] + b[0]) / 2.0, (a[1] + b[1]) / 2.0, (a[2] + b[2]) / 2.0)


def _mean(distances: Float[np.ndarray, " k"], areas: Float[np.ndarray, " k"]) -> float:
    return float(np.sum(distances * areas) / np.sum(areas)) if areas.size else float("inf")


def _percentile(
    distances: Float[np.ndarray, " k"], areas: Float[np.ndarray, " k"], percent: float
) -> float:
    if not distances.size:
        return float("inf")
    order = np.argsort(distances)
    reached = np.cumsum(areas[order]) / np.sum(areas)
    place = int(np.searchsorted(reached, percent / 100.0 - 1e-12))
    return float(distances[order][min(place, len(order) - 1)])


def _within(
    distances: Float[np.ndarray, " k"], areas: Float[np.ndarray, " k"], tolerance_mm: float
) -> tuple[float, float, float]:
    near, whole = float(np.sum(areas[distances <= tolerance_mm])), float(np.sum(areas))
    return near, whole, near / whole if whole else float("nan")
