"""Slices to a grid: sorted along their normal, checked, placed in patient space.

Spacing between slices comes from positions alone (never SliceThickness). Decisions: spacing may
vary by 1 % of its median (at least 0.02 mm); copies of one file (same SOPInstanceUID, same
position) are dropped and warned of; several slices at every position are a dynamic or gated series
and refused; an in-plane drift of more than 1 mm per metre is a tilted gantry and refused, less is
kept in the affine. A PET with fewer slices than NumberOfSlices but without a gap is used with a
warning: cropped copies are common, and what is there is measured rightly. Source: DICOM PS3.3
C.7.6.2.1.1.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from petscribe.core.errors import GeometryError, MissingTag, UnsupportedSeries
from petscribe.core.volume import Grid
from petscribe.io.dicom import tags
from petscribe.io.dicom.multiframe import Frame

SPACING_TOLERANCE_FRAC = 0.01
SPACING_TOLERANCE_MM = 0.02
MAX_DRIFT = 1e-3
_SAME_POSITION_FRAC = 0.05
_FARTHEST_MM = 1e5


@dataclass(frozen=True, slots=True, kw_only=True)
class Stack:
    """The slices of one volume in the order of their positions, and the grid they form."""

    frames: tuple[Frame, ...]
    grid: Grid
    """Array axes: slice, row, column; not canonical yet."""
    warnings: tuple[str, ...] = ()


def build_stack(frames: Sequence[Frame], series: str) -> Stack:
    """Sort and check the slices of a series.

    Args:
        frames: the slices, in any order.
        series: how messages call the series, without patient identity.

    Raises:
        MissingTag: no position, orientation, pixel spacing or matrix (code `missing-geometry`).
        UnsupportedSeries: `single-slice`, `dynamic-series`, `gated-series`.
        GeometryError: `mixed-orientations`, `mixed-frames`, `mixed-sizes`, `duplicated-slices`,
            `missing-slices`, `uneven-spacing`, `tilted-gantry`, `bad-geometry`.
    """
    for frame in frames:
        _require_geometry(frame, series)
    first = frames[0].header
    _require_one_shape(frames, series)
    axes = _axes(first.numbers(tags.ORIENTATION), series)
    positions = np.array([f.header.numbers(tags.POSITION)[:3] for f in frames], dtype=np.float64)
    along = positions @ axes[2]
    order, num_copies = _without_copies(frames, along, np.argsort(along, kind="stable"))
    kept = [frames[i] for i in order]
    _require_volume(kept, along[order], series)
    _require_even(along[order], series)
    grid = _grid(positions[order], axes, kept[0], series)
    warnings = ["duplicate-files-dropped"] if num_copies else []
    if _fewer_than_stated(kept, grid, series):
        warnings.append("fewer-slices-than-stated")
    return Stack(frames=tuple(kept), grid=grid, warnings=tuple(warnings))


def _require_geometry(frame: Frame, series: str) -> None:
    header = frame.header
    needed = (
        ("ImagePositionPatient (0020,0032)", tags.POSITION, 3),
        ("ImageOrientationPatient (0020,0037)", tags.ORIENTATION, 6),
        ("PixelSpacing (0028,0030)", tags.PIXEL_SPACING, 2),
    )
    for name, tag, count in needed:
        numbers = header.numbers(tag)
        if len(numbers) < count or not all(abs(n) < _FARTHEST_MM for n in numbers):
            raise MissingTag("missing-geometry", f"{series}: a slice has no usable {name}")
    if not header.ushort(tags.ROWS) or not header.ushort(tags.COLUMNS):
        raise MissingTag("missing-geometry", f"{series}: a slice has no Rows or Columns")


def _require_one_shape(frames: Sequence[Frame], series: str) -> None:
    first = frames[0].header
    rules: tuple[tuple[str, str, Callable[[Frame], object]], ...] = (
        ("mixed-frames", "FrameOfReferenceUID", lambda f: f.header.text(tags.FRAME_UID)),
        ("mixed-sizes", "Rows", lambda f: f.header.ushort(tags.ROWS)),
        ("mixed-sizes", "Columns", lambda f: f.header.ushort(tags.COLUMNS)),
    )
    for code, name, of in rules:
        values = {of(frame) for frame in frames}
        if len(values) > 1:
            raise GeometryError(
                code, f"{series}: slices have {len(values)} different {name}, expected one"
            )
    near: tuple[tuple[str, str, int], ...] = (
        ("mixed-orientations", "ImageOrientationPatient", tags.ORIENTATION),
        ("mixed-sizes", "PixelSpacing", tags.PIXEL_SPACING),
    )
    for code, name, tag in near:
        expected = np.array(first.numbers(tag))
        for frame in frames:
            if frame.header.values[tag] == first.values[tag]:
                continue
            given = np.array(frame.header.numbers(tag))
            if given.shape != expected.shape or np.max(np.abs(given - expected)) > 1e-3:
                raise GeometryError(code, f"{series}: slices differ in {name}, expected one value")


def _axes(orientation: Sequence[float], series: str) -> Float[np.ndarray, "3 3"]:
    """Return unit vectors along a row, along a column, and their normal."""
    row, column = np.array(orientation[:3]), np.array(orientation[3:6])
    lengths = float(np.linalg.norm(row)), float(np.linalg.norm(column))
    if any(abs(length - 1.0) > 1e-2 for length in lengths) or abs(float(row @ column)) > 1e-2:
        raise GeometryError(
            "bad-geometry",
            f"{series}: ImageOrientationPatient is no pair of unit vectors at a right angle",
        )
    row, column = row / lengths[0], column / lengths[1]
    normal = np.cross(row, column)
    return np.stack([row, column, normal / np.linalg.norm(normal)])


def _without_copies(
    frames: Sequence[Frame], along: Float[np.ndarray, " n"], order: np.ndarray
) -> tuple[list[int], int]:
    """Drop later files that are the same instance at the same position as an earlier one."""
    seen: set[tuple[str, int, float]] = set()
    kept: list[int] = []
    for i in order:
        uid = frames[i].header.text(tags.SOP_INSTANCE_UID)
        key = (uid or f"?{i}", frames[i].index, round(float(along[i]), 3))
        if key not in seen:
            seen.add(key)
            kept.append(int(i))
    return kept, len(order) - len(kept)


def _require_volume(frames: Sequence[Frame], along: Float[np.ndarray, " n"], series: str) -> None:
    """Refuse one slice alone, and several slices at one position."""
    if len(frames) == 1:
        raise UnsupportedSeries(
            "single-slice", f"{series}: one slice alone is no volume; give the whole series"
        )
    steps = np.diff(along)
    typical = float(np.median(steps[steps > 1e-3])) if np.any(steps > 1e-3) else 0.0
    same = steps <= max(_SAME_POSITION_FRAC * typical, 1e-3)
    if not same.any():
        return
    groups = np.split(np.arange(len(frames)), np.flatnonzero(~same) + 1)
    kind = (frames[0].header.texts(tags.SERIES_TYPE) or ("",))[0]
    if kind == "GATED":
        raise UnsupportedSeries(
            "gated-series", f"{series}: gated PET, several phases at one position; give one phase"
        )
    if kind == "DYNAMIC" or _is_time_series(frames, groups):
        raise UnsupportedSeries(
            "dynamic-series",
            f"{series}: {len(groups[0])} time frames at one position; give one static frame",
        )
    raise GeometryError(
        "duplicated-slices",
        f"{series}: {int(same.sum())} slices lie at a position already taken, near "
        f"{float(along[:-1][same][0]):.1f} mm; remove the second copy",
    )


def _is_time_series(frames: Sequence[Frame], groups: list[np.ndarray]) -> bool:
    """Tell whether every position has the same number of slices, each at its own time."""
    if len({len(group) for group in groups}) != 1:
        return False
    return all(
        any(
            len({frames[i].header.values.get(tag) for i in group}) == len(group)
            and None not in {frames[i].header.values.get(tag) for i in group}
            for tag in _TIME_TAGS
        )
        for group in groups
    )


_TIME_TAGS = (
    tags.FRAME_REFERENCE_TIME,
    tags.ACQUISITION_TIME,
    tags.ACQUISITION_DATETIME,
    tags.FRAME_ACQUISITION_DATETIME,
    tags.TEMPORAL_POSITION,
    tags.TEMPORAL_POSITION_INDEX,
    tags.TRIGGER_TIME,
)


def _require_even(along: Float[np.ndarray, " n"], series: str) -> None:
    steps = np.diff(along)
    typical = _typical_step(steps)
    tolerance = max(SPACING_TOLERANCE_FRAC * typical, SPACING_TOLERANCE_MM)
    odd = np.flatnonzero(np.abs(steps - typical) > tolerance)
    if odd.size == 0:
        return
    ratios = steps[odd] / typical
    nearest = np.rint(ratios)
    holes = (nearest >= 2) & (np.abs(ratios - nearest) <= 0.1)
    if holes.all():
        where = ", ".join(f"{along[i]:.1f} and {along[i + 1]:.1f} mm" for i in odd[:3]) + (
            " and more" if odd.size > 3 else ""
        )
        raise GeometryError(
            "missing-slices",
            f"{series}: {int((nearest - 1).sum())} slice(s) missing between {where}; "
            "copy the whole series",
        )
    worst = int(odd[np.argmax(np.abs(steps[odd] - typical))])
    raise GeometryError(
        "uneven-spacing",
        f"{series}: slices are {steps[worst]:.3f} mm apart at {along[worst]:.1f} mm, expected "
        f"{typical:.3f} mm as elsewhere",
    )


def _fewer_than_stated(frames: Sequence[Frame], grid: Grid, series: str) -> bool:
    """Tell whether NumberOfSlices promises more; refuse when every other slice is missing."""
    header = frames[0].header
    stated = header.ushort(tags.NUMBER_OF_SLICES) or 0
    if len(frames) >= stated:
        return False
    thickness = header.number(tags.SLICE_THICKNESS)
    if thickness is not None and 0 < 1.5 * thickness <= grid.spacing_mm[0]:
        raise GeometryError(
            "missing-slices",
            f"{series}: {len(frames)} slices of {thickness:g} mm lie {grid.spacing_mm[0]:g} mm "
            f"apart, {stated} are stated; copy the whole series",
        )
    return True


def _typical_step(steps: Float[np.ndarray, " n"]) -> float:
    """Return the commonest step: of two slices either side of a hole, the smaller one."""
    counts = Counter(round(float(step), 2) for step in steps)
    most = max(counts.values())
    commonest = min(step for step, count in counts.items() if count == most)
    near = steps[np.abs(steps - commonest) <= 0.02 * commonest + 0.01]
    return float(np.median(near))


def _grid(
    positions: Float[np.ndarray, "n 3"],
    axes: Float[np.ndarray, "3 3"],
    frame: Frame,
    series: str,
) -> Grid:
    """Return the grid whose axes are slice, row and column."""
    step = (positions[-1] - positions[0]) / (len(positions) - 1)
    drift = step - (step @ axes[2]) * axes[2]
    if np.linalg.norm(drift) > MAX_DRIFT * np.linalg.norm(step):
        raise GeometryError(
            "tilted-gantry",
            f"{series}: slices shift sideways by {np.linalg.norm(drift):.3f} mm each (tilted "
            "gantry); resample it to a straight volume first",
        )
    spacing = frame.header.numbers(tags.PIXEL_SPACING)
    affine = np.eye(4)
    affine[:3, 0] = step
    affine[:3, 1] = axes[1] * spacing[0]
    affine[:3, 2] = axes[0] * spacing[1]
    affine[:3, 3] = positions[0]
    shape = (
        len(positions),
        frame.header.ushort(tags.ROWS) or 0,
        frame.header.ushort(tags.COLUMNS) or 0,
    )
    return Grid.from_affine(affine, shape, frame_uid=frame.header.text(tags.FRAME_UID))
