"""DICOM Segmentation to parts: BINARY, FRACTIONAL and LABELMAP, several segments, sparse frames.

Each segment becomes a stack of its own, placed by its frames' positions and orientation (per frame
or shared), or, when positions are absent, by the PET slices that its frames name as their source.
Empty frames that a writer left out are empty. FRACTIONAL values count from half of
MaximumFractionalValue. Knows pydicom datasets. Sources: DICOM PS3.3 C.8.20 (segmentation), C.7.6.16
(functional groups), PS3.5 8.1.1 (bit packing).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from jaxtyping import Bool, Float, Int, Shaped

from petscribe.core.errors import GeometryError, InputError
from petscribe.core.volume import Grid, Mask
from petscribe.io.masks.parts import Drawing, Part

if TYPE_CHECKING:
    from pydicom.dataset import Dataset

_MAX_VOXELS = 512 * 1024**2
_MERGE_MM = 0.01
_TOUCHING = 1.5
"""Slices no further apart than this many thicknesses are neighbours."""
_ALIKE = 1.2
"""Gaps up to this ratio of the smallest are one slice distance, rounded."""
_MAX_OFF_LATTICE = 0.2
"""Share of the slice distance by which a frame may miss its place in an even stack."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plane:
    """Where one frame lies."""

    position_mm: tuple[float, ...]
    orientation: tuple[float, ...]
    spacing_mm: tuple[float, ...]
    """Between rows, between columns."""
    distance_mm: float | None
    """SpacingBetweenSlices, as the file states it."""
    thickness_mm: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """One frame: what it shows and where it lies, by position or by its source image."""

    index: int
    segment: int | None
    """None in a LABELMAP: the pixels say it."""
    plane: Plane | None
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """The drawn part of one frame: whole frames of many segments would not fit in memory."""

    frame: Frame
    top: int
    left: int
    voxels: Bool[np.ndarray, "y x"]


def read_seg(
    dataset: "Dataset",
    pet: Grid,
    *,
    sop_uids: Sequence[str] = (),
    segments: tuple[int, ...] | None = None,
) -> Drawing:
    """Return the segments of a SEG as parts on their own grids.

    Raises:
        InputError: a segment asked for is not declared (`no-such-segment`), pixel data is short
            (`truncated-file`), too big (`too-large`), or coded in an unknown way
            (`unsupported-seg`).
        GeometryError: frames have no place (`mask-no-geometry`), refer to other images
            (`mask-wrong-frame`) or form no even stack (`irregular-mask`).
    """
    background = {0}
    if dataset.get("SegmentationType") == "LABELMAP":  # it may describe its background
        background.add(int(dataset.get("PixelPaddingValue") or 0))
    described = {int(s.SegmentNumber): _label(s) for s in dataset.SegmentSequence}
    names = {n: name for n, name in described.items() if n not in background}
    require_known(names, segments)
    wanted = set(names) if segments is None else set(segments)
    pixels = _Pixels(dataset)
    drawn: dict[int, list[Piece]] = {}
    for frame in _frames(dataset, wanted):
        for number, picture in pixels.segments_of(frame, wanted):
            piece = _cut(frame, picture)
            if piece is not None:
                drawn.setdefault(number, []).append(piece)
    parts = tuple(
        Part(number=n, name=names[n], mask=_stacked(drawn[n], dataset, pet, sop_uids))
        for n in sorted(drawn)
    )
    return Drawing(parts=parts, empty=tuple(sorted(wanted - set(drawn))))


def require_known(names: dict[int, str | None], wanted: tuple[int, ...] | None) -> None:
    """Refuse a segment number that the file does not declare."""
    unknown = sorted(set(wanted or ()) - set(names))
    if unknown:
        known = ", ".join(str(n) for n in sorted(names)[:12])
        raise InputError(
            "no-such-segment", f"segment {unknown[0]} is not in the mask; it has {known}"
        )


class _Pixels:
    """The frames' pixels; kept as stored and unpacked one by one."""

    def __init__(self, dataset: "Dataset") -> None:
        self.shape = (int(dataset.Rows), int(dataset.Columns))
        self.count = int(dataset.get("NumberOfFrames", 1))
        self.kind = str(dataset.get("SegmentationType", "LABELMAP"))
        self.bits = int(dataset.BitsAllocated)
        area = self.shape[0] * self.shape[1]
        if min(*self.shape, self.count) < 1:
            raise InputError("bad-mask", f"segmentation of {self.count} frames of {self.shape}")
        self.threshold = 0.5 * float(dataset.get("MaximumFractionalValue", 1))
        self.stored = self._stored(dataset)
        if self.stored.size < -(-area * self.count * self.bits // 8):
            raise InputError(
                "truncated-file", "the segmentation's pixel data ends early; export it again"
            )

    def segments_of(
        self, frame: Frame, wanted: set[int]
    ) -> Iterator[tuple[int, Bool[np.ndarray, "y x"]]]:
        """Yield what one frame shows of each wanted segment."""
        if self.kind == "LABELMAP":
            values = self._bytes_of(frame.index)
            for number in set(np.unique(values).tolist()) & wanted:
                yield int(number), values == number
        elif frame.segment is None:
            raise InputError("bad-mask", f"frame {frame.index + 1} names no segment")
        elif frame.segment in wanted:
            if self.bits == 1:
                yield frame.segment, self._bits_of(frame.index)
            else:
                yield frame.segment, self._bytes_of(frame.index) >= self.threshold

    def _stored(self, dataset: "Dataset") -> Shaped[np.ndarray, " n"]:
        if self.bits not in {1, 8, 16} or self.kind not in {"BINARY", "FRACTIONAL", "LABELMAP"}:
            raise InputError(
                "unsupported-seg", f"segmentation of {self.bits} bits per pixel is not known"
            )
        if dataset.file_meta.TransferSyntaxUID.is_compressed:
            if self.shape[0] * self.shape[1] * self.count * self.bits > 8 * _MAX_VOXELS:
                raise InputError(
                    "too-large", f"segmentation of {self.count} frames of {self.shape}"
                )
            values = np.ascontiguousarray(dataset.pixel_array)
            if self.bits == 1:
                self.bits, self.threshold = 8, 0.5
            return values.view(np.uint8).ravel()
        return np.frombuffer(dataset.PixelData, np.uint8)

    def _bits_of(self, index: int) -> Bool[np.ndarray, "y x"]:
        area = self.shape[0] * self.shape[1]
        first = index * area  # frames are packed without a gap and may start inside a byte
        piece = self.stored[first // 8 : -(-(first + area) // 8)]
        bits = np.unpackbits(piece, bitorder="little")[first % 8 : first % 8 + area]
        return bits.view(np.bool_).reshape(self.shape)

    def _bytes_of(self, index: int) -> Shaped[np.ndarray, "y x"]:
        size = self.bits // 8
        area = self.shape[0] * self.shape[1] * size
        piece = self.stored[index * area : (index + 1) * area]
        return piece.view(np.uint8 if size == 1 else np.dtype("<u2")).reshape(self.shape)


def _frames(dataset: "Dataset", wanted: set[int]) -> Iterator[Frame]:
    """Yield frames that may show a wanted segment (parsing frames is most of the work)."""
    shared = (dataset.get("SharedFunctionalGroupsSequence") or [None])[0]
    per_frame = dataset.get("PerFrameFunctionalGroupsSequence") or []
    count = int(dataset.get("NumberOfFrames", 1))
    if len(per_frame) < count:
        raise InputError(
            "bad-mask", f"{count} frames but {len(per_frame)} descriptions of where they lie"
        )
    shared_plane = (_group(None, shared, "PlaneOrientationSequence"), _measures(None, shared))
    for index in range(count):
        groups = per_frame[index]
        identity = _group(groups, shared, "SegmentIdentificationSequence")
        segment = None if identity is None else int(identity.ReferencedSegmentNumber)
        if segment is not None and segment not in wanted:
            continue
        plane = _plane(groups, shared, shared_plane)
        sources = () if plane is not None else _sources(groups)
        yield Frame(index=index, segment=segment, plane=plane, sources=sources)


def _group(groups: "Dataset | None", shared: "Dataset | None", keyword: str) -> Any:  # noqa: ANN401
    """Return a functional group's item: the frame's own, else the shared one, else None."""
    for place in (groups, shared):
        sequence = None if place is None else place.get(keyword)
        if sequence:
            return sequence[0]
    return None


def _measures(
    groups: "Dataset | None", shared: "Dataset | None"
) -> tuple[tuple[float, ...], float | None, float | None] | None:
    item = _group(groups, shared, "PixelMeasuresSequence")
    if item is None or item.get("PixelSpacing") is None:
        return None
    distance, thickness = item.get("SpacingBetweenSlices"), item.get("SliceThickness")
    return (
        _floats(item.PixelSpacing, 2),
        abs(float(distance)) if distance else None,
        float(thickness) if thickness else None,
    )


def _plane(groups: "Dataset", shared: "Dataset | None", common: tuple[Any, Any]) -> Plane | None:
    position = _group(groups, shared, "PlanePositionSequence")
    own = groups.get("PlaneOrientationSequence")
    orientation = own[0] if own else common[0]
    measures = _measures(groups, None) or common[1]
    if position is None or orientation is None or measures is None:
        return None
    if position.get("ImagePositionPatient") is None:
        return None
    return Plane(
        position_mm=_floats(position.ImagePositionPatient, 3),
        orientation=_floats(orientation.ImageOrientationPatient, 6),
        spacing_mm=measures[0],
        distance_mm=measures[1],
        thickness_mm=measures[2],
    )


def _sources(groups: "Dataset") -> tuple[str, ...]:
    return tuple(
        str(source.ReferencedSOPInstanceUID)
        for derivation in groups.get("DerivationImageSequence") or ()
        for source in derivation.get("SourceImageSequence") or ()
    )


def _cut(frame: Frame, picture: Bool[np.ndarray, "y x"]) -> Piece | None:
    """Return the drawn part of a frame, or None when nothing is drawn."""
    rows = np.flatnonzero(picture.any(axis=1))
    if rows.size == 0:
        return None
    columns = np.flatnonzero(picture.any(axis=0))
    top, left = int(rows[0]), int(columns[0])
    voxels = picture[top : rows[-1] + 1, left : columns[-1] + 1].copy()
    return Piece(frame=frame, top=top, left=left, voxels=voxels)


def _stacked(pieces: list[Piece], dataset: "Dataset", pet: Grid, sop_uids: Sequence[str]) -> Mask:
    """Return one segment's frames as a mask, cut to what is drawn."""
    uid = dataset.get("FrameOfReferenceUID")
    if all(piece.frame.plane is not None for piece in pieces):
        return _by_position(pieces, pet, str(uid) if uid else None)
    height, width = int(dataset.Rows), int(dataset.Columns)
    if (height, width) != pet.shape[1:]:
        raise GeometryError(
            "mask-no-geometry",
            f"frames of {height} x {width} pixels without positions do not fit PET slices of"
            f" {pet.shape[1]} x {pet.shape[2]}",
        )
    return _by_source(pieces, pet, sop_uids)


def _by_position(pieces: list[Piece], pet: Grid, frame_uid: str | None) -> Mask:
    planes = [piece.frame.plane for piece in pieces if piece.frame.plane is not None]
    first = planes[0]
    row, column = np.array(first.orientation[:3]), np.array(first.orientation[3:])
    for plane in planes:
        same = np.allclose(plane.orientation, first.orientation, atol=1e-3)
        if not same or not np.allclose(plane.spacing_mm, first.spacing_mm, rtol=1e-3):
            raise GeometryError(
                "irregular-mask", "frames of one segment differ in orientation or pixel spacing"
            )
    positions = np.array([plane.position_mm for plane in planes])
    normal = _normal(first)
    places, step = even_stack(positions, normal, _distances(first, pet, positions @ normal))
    labels, (top, left) = _assembled(pieces, places)
    affine = np.eye(4)
    affine[:3, 0] = step
    affine[:3, 1] = column * first.spacing_mm[0]
    affine[:3, 2] = row * first.spacing_mm[1]
    affine[:3, 3] = positions[int(np.argmin(places))] + affine[:3, 1] * top + affine[:3, 2] * left
    shape = (labels.shape[0], labels.shape[1], labels.shape[2])
    return Mask(labels=labels, grid=Grid.from_affine(affine, shape, frame_uid=frame_uid))


def _assembled(
    pieces: list[Piece], places: Int[np.ndarray, " n"]
) -> tuple[Bool[np.ndarray, "z y x"], tuple[int, int]]:
    """Return the stack of pieces, and the row and column of its corner in the frames."""
    top, left = min(p.top for p in pieces), min(p.left for p in pieces)
    bottom = max(p.top + p.voxels.shape[0] for p in pieces)
    right = max(p.left + p.voxels.shape[1] for p in pieces)
    shape = (int(places.max()) + 1, bottom - top, right - left)
    if np.prod(shape, dtype=object) > _MAX_VOXELS:
        raise InputError("too-large", f"a segment spans {shape} voxels")
    labels = np.zeros(shape, dtype=np.bool_)
    for place, piece in zip(places, pieces, strict=True):
        y, x = piece.top - top, piece.left - left
        height, width = piece.voxels.shape
        labels[place, y : y + height, x : x + width] |= piece.voxels
    return labels, (top, left)


def _distances(plane: Plane, pet: Grid, along: Float[np.ndarray, " n"]) -> list[float]:
    """Return slice distances to try, likeliest first; the first also says how deep one slice is.

    A stated SpacingBetweenSlices comes first. Without it the smallest distance met counts, unless
    slices are thinner than that: then the segment may have left out empty frames, and the PET's own
    slices, or the thickness, tell which.
    """
    axis = int(np.argmax(np.abs(np.asarray(pet.axes) @ _normal(plane))))
    smallest = smallest_gap(along)
    tried = [plane.distance_mm]
    if smallest is None or plane.thickness_mm is None or smallest > _TOUCHING * plane.thickness_mm:
        near = [plane.thickness_mm, pet.spacing_mm[axis]]
        tried += near if smallest is None else near[::-1]
    return [d for d in (*tried, smallest) if d is not None and d > _MERGE_MM]


def smallest_gap(along: Float[np.ndarray, " n"]) -> float | None:
    """Return the smallest distance between slices at different places, or None for one place.

    Averaged over all gaps that are about as small: a rounded position must not set the lattice.
    """
    gaps = np.diff(np.sort(along))
    gaps = gaps[gaps > _MERGE_MM]
    return float(gaps[gaps < _ALIKE * gaps.min()].mean()) if gaps.size else None


def even_stack(
    positions: Float[np.ndarray, "n 3"], normal: Float[np.ndarray, " 3"], distances: list[float]
) -> tuple[Int[np.ndarray, " n"], Float[np.ndarray, " 3"]]:
    """Return each frame's place in an even stack, from 0, and the step from slice to slice.

    Args:
        positions: LPS position of each frame's first pixel.
        normal: the direction in which the stack grows.
        distances: slice distances in mm to try, in order.

    Raises:
        GeometryError: frames do not lie on an even lattice (code `irregular-mask`).
    """
    along = positions @ normal
    smallest = smallest_gap(along)
    if smallest is None:
        return np.zeros(len(along), dtype=np.int64), normal * distances[0]
    low, high = positions[int(np.argmin(along))], positions[int(np.argmax(along))]
    for distance in distances:
        if smallest < 0.5 * distance:
            continue
        places = np.rint((along - along.min()) / distance).astype(np.int64)
        step = (high - low) / places.max()
        missed = np.linalg.norm(low + places[:, None] * step - positions, axis=1)
        stretched = abs(float(np.ptp(along)) - places.max() * distance)
        if max(np.max(missed), stretched) <= _MAX_OFF_LATTICE * distance:
            return places, step
    raise GeometryError(
        "irregular-mask", "the frames of a segment lie at uneven distances; export it on one grid"
    )


def _by_source(pieces: list[Piece], pet: Grid, sop_uids: Sequence[str]) -> Mask:
    """Place frames without position on the PET slices that they name as their source.

    Their rows and columns are taken as the PET's: a slice's own pixels are what was drawn on.
    """
    if not sop_uids or not all(piece.frame.sources for piece in pieces):
        raise GeometryError(
            "mask-no-geometry",
            "the segmentation's frames say neither where they lie nor which PET slice they show",
        )
    slices = {uid: z for z, uid in enumerate(sop_uids)}
    found = [next((slices[u] for u in p.frame.sources if u in slices), -1) for p in pieces]
    if min(found) < 0:
        raise GeometryError(
            "mask-wrong-frame", "the segmentation refers to images that are not this PET's"
        )
    labels, (top, left) = _assembled(pieces, np.array(found) - min(found))
    box = tuple(
        slice(start, start + n)
        for start, n in zip((min(found), top, left), labels.shape, strict=True)
    )
    return Mask(labels=labels, grid=pet.crop((box[0], box[1], box[2])))


def _normal(plane: Plane) -> Float[np.ndarray, " 3"]:
    return np.cross(plane.orientation[:3], plane.orientation[3:])


def _label(segment: "Dataset") -> str | None:
    text = " ".join(str(segment.get("SegmentLabel") or "").split())[:64]
    return text or None


def _floats(values: Any, count: int) -> tuple[float, ...]:  # noqa: ANN401
    numbers = tuple(float(v) for v in values)
    if len(numbers) != count or not np.all(np.isfinite(numbers)):
        raise InputError("bad-mask", f"{count} finite numbers expected in a frame's geometry")
    return numbers
