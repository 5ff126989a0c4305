"""Masks from any file onto the PET grid: NIfTI label maps, DICOM SEG, RTSTRUCT.

`read_mask` is the door. Whatever the file's grid, each part is placed in physical space by the rule
of `core.label_grids` (a voxel belongs to a part that fills at least half of it; a part too small
for that keeps the voxel it fills most). Where parts overlap, the smaller one keeps the voxel, so
that a lesion drawn inside an organ survives. Label numbers are segment or ROI numbers, names what
the file calls them.

Checked: the frame of reference (or the study, when no frame is known), that at most 1 % of what is
drawn lies beyond the PET, that something is drawn at all. Knows no lesions.
"""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from petscribe.core.alignment import overlap, uid_tail
from petscribe.core.errors import GeometryError, InputError
from petscribe.core.label_grids import Share, combine, shares
from petscribe.core.volume import Grid, Mask
from petscribe.io.masks.files import STRUCTURE_SET, dicom_faults, find_mask, is_dicom, open_dicom
from petscribe.io.masks.parts import Drawing, Part

if TYPE_CHECKING:
    from pydicom.dataset import Dataset

MAX_LOST_FRAC = 0.01
"""Share of a mask that may lie beyond the PET before it is refused."""

_OVERLAP_FRAC = 1.01

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class MaskReading:
    """A mask on the PET grid and what a reader should know about it."""

    mask: Mask
    warnings: tuple[str, ...]
    """Codes: `mask-overlap`, `mask-partly-outside`, `mask-empty-segment`, `mask-lost-segment`,
    `mask-open-contours`."""


def read_mask(
    path: Path,
    grid: Grid,
    *,
    sop_uids: Sequence[str] = (),
    pet_series_uid: str | None = None,
    study_uid: str | None = None,
    segments: tuple[int, ...] | None = None,
) -> Mask:
    """Read a mask onto the PET grid; warnings go to the log (see `mask_reading`).

    Args:
        path: a file, or a folder that holds one mask.
        grid: the PET's grid.
        sop_uids: SOPInstanceUID of each PET slice in z order, for SEG frames without positions.
        pet_series_uid: tells several masks in a folder apart.
        study_uid: the exam's study, checked when a frame of reference is unknown.
        segments: numbers to keep; None: all.

    Raises:
        InputError: `not-found`, `cannot-read`, `no-mask-found`, `several-masks`,
            `not-a-mask`, `bad-mask`, `too-large`, `truncated-file`, `deflated-dicom`,
            `unsupported-seg`, `no-such-segment`, `empty-mask`, or a NIfTI fault.
        GeometryError: `mask-wrong-frame`, `mask-off-grid`, `mask-outside-pet`, `irregular-mask`,
            `mask-no-geometry`.
    """
    reading = mask_reading(
        path,
        grid,
        sop_uids=sop_uids,
        exam_uids=(study_uid, pet_series_uid),
        segments=segments,
    )
    for code in reading.warnings:
        _log.warning("%s: %s", ascii(path.name), code)
    return reading.mask


def mask_reading(
    path: Path,
    grid: Grid,
    *,
    sop_uids: Sequence[str] = (),
    exam_uids: tuple[str | None, str | None] = (None, None),
    segments: tuple[int, ...] | None = None,
) -> MaskReading:
    """As `read_mask`, with warnings as codes; `exam_uids` are the study's and the PET series'."""
    file = find_mask(path, pet_series_uid=exam_uids[1])
    if is_dicom(file):
        drawing = _from_dicom(file, grid, (sop_uids, exam_uids[0]), segments)
    else:
        drawing = _from_label_map(file, segments)
    if not drawing.parts:
        asked = "" if segments is None else f" in segment {', '.join(map(str, segments))}"
        raise InputError("empty-mask", f"{file.name}: nothing is drawn{asked}")
    warnings = list(drawing.warnings)
    if drawing.empty:
        warnings.append("mask-empty-segment")
    if _lost_frac(drawing, grid, file) > 0:
        warnings.append("mask-partly-outside")
    mask, overlapping = _placed(drawing, grid)
    if overlapping:
        warnings.append("mask-overlap")
    if len(mask.ids) < len({part.number for part in drawing.parts}):
        warnings.append("mask-lost-segment")
    return MaskReading(mask=mask, warnings=tuple(warnings))


def _from_dicom(
    file: Path,
    grid: Grid,
    exam: tuple[Sequence[str], str | None],
    segments: tuple[int, ...] | None,
) -> Drawing:
    with dicom_faults(file):
        dataset = open_dicom(file)
        _require_same_exam(dataset, grid, exam[1])
        if dataset.SOPClassUID == STRUCTURE_SET:
            from petscribe.io.masks.rtstruct import read_rtstruct

            return read_rtstruct(dataset, grid, segments=segments)
        from petscribe.io.masks.seg import read_seg

        return read_seg(dataset, grid, sop_uids=exam[0], segments=segments)


def _from_label_map(file: Path, segments: tuple[int, ...] | None) -> Drawing:
    from petscribe.core.label_grids import label_boxes
    from petscribe.io.masks.seg import require_known
    from petscribe.io.nifti.exam import read_labels

    whole = read_labels(file)
    boxes = label_boxes(whole)
    names: dict[int, str | None] = {n: whole.names.get(n) for n in boxes}
    require_known(names, segments if boxes else None)
    parts = tuple(
        Part(
            number=n,
            name=names[n],
            mask=Mask(labels=whole.labels[box] == n, grid=whole.grid.crop(box)),
        )
        for n, box in boxes.items()
        if segments is None or n in segments
    )
    return Drawing(parts=parts)


def _require_same_exam(dataset: "Dataset", grid: Grid, study_uid: str | None) -> None:
    frame = _frame_of(dataset)
    if None not in (frame, grid.frame_uid):
        different = frame != grid.frame_uid
        what = f"frame of reference {uid_tail(frame)}"
    else:
        study = str(dataset.get("StudyInstanceUID") or "") or None
        different = None not in (study, study_uid) and study != study_uid
        what = f"study {uid_tail(study)}"
    if different:
        raise GeometryError(
            "mask-wrong-frame",
            f"the mask belongs to another exam: its {what} is not the PET's; choose the mask that"
            " was drawn on this exam",
        )


def _frame_of(dataset: "Dataset") -> str | None:
    """Return the frame of reference; a structure set states it with each ROI."""
    rois = dataset.get("StructureSetROISequence") or ()
    stated = rois[0].get("ReferencedFrameOfReferenceUID") if rois else None
    return str(dataset.get("FrameOfReferenceUID") or stated or "") or None


def _lost_frac(drawing: Drawing, grid: Grid, file: Path) -> float:
    """Return the share of the drawn volume beyond the PET; refuse more than a trace."""
    drawn = inside = 0.0
    for part in drawing.parts:
        volume = part.mask.grid.voxel_volume_ml
        total, within = _counts(part.mask, grid)
        drawn += total * volume
        inside += within * volume
    if inside == 0.0 or not any(overlap(p.mask.grid, grid) for p in drawing.parts):
        raise GeometryError(
            "mask-off-grid",
            f"{file.name}: the mask lies wholly outside the PET; is it drawn on another exam?",
        )
    lost = 1.0 - inside / drawn
    if lost > MAX_LOST_FRAC:
        raise GeometryError(
            "mask-outside-pet",
            f"{file.name}: {100 * lost:.1f} % of the mask lies outside the PET; is it drawn on"
            " another exam, or on an image that reaches further?",
        )
    return lost


def _counts(mask: Mask, grid: Grid) -> tuple[int, int]:
    """Return how many drawn voxels there are and how many have their centre inside the PET."""
    total = int(np.count_nonzero(mask.labels))
    edges = np.array([(0.0, n - 1.0) for n in mask.grid.shape])
    corners = np.array(np.meshgrid(*edges, indexing="ij")).reshape(3, -1).T
    if bool(grid.contains(mask.grid.to_world(corners)).all()):
        return total, total
    within = 0
    for z in range(mask.grid.shape[0]):
        rows, columns = np.nonzero(mask.labels[z])
        index = np.stack([np.full(rows.shape, z), rows, columns], axis=1)
        within += int(np.count_nonzero(grid.contains(mask.grid.to_world(index))))
    return total, within


def _placed(drawing: Drawing, grid: Grid) -> tuple[Mask, bool]:
    """Return the parts on the PET grid, smallest first, and whether any overlap."""
    ordered = sorted(drawing.parts, key=_volume_ml)
    filled = np.zeros(grid.shape, np.float32)
    placed: list[Share] = []
    overlapping = False
    for part in ordered:
        for share in shares(part.mask, grid):
            placed.append(Share(label=part.number, box=share.box, fraction=share.fraction))
            filled[share.box] += share.fraction
            overlapping = overlapping or bool(np.any(filled[share.box] > _OVERLAP_FRAC))
    names: Mapping[int, str] = {p.number: p.name for p in drawing.parts if p.name is not None}
    return combine(placed, grid, names=names), overlapping


def _volume_ml(part: Part) -> float:
    return float(np.count_nonzero(part.mask.labels)) * part.mask.grid.voxel_volume_ml
