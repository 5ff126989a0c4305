"""Organs as one label map on the PET grid, with the body frame that goes with them.

Three ways behind one Protocol: the user's label map (TotalSegmentator's 117 classes, by number or
by name), an installed TotalSegmentator (`external`), and the built-in that needs no weights. Names
are TotalSegmentator v2's; the built-in adds `body` and `mediastinum`. The built-in labels only what
it saw: an organ that was not found has no label.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np
from jaxtyping import Bool, UInt8

from petscribe.anatomy.frame import BodyFrame
from petscribe.anatomy.landmarks import Survey, survey
from petscribe.anatomy.reframe import frame_from_labels
from petscribe.anatomy.seen.bones import bone_numbers
from petscribe.anatomy.seen.lungs import lobes
from petscribe.core.errors import GeometryError, InputError
from petscribe.core.exam import Exam
from petscribe.core.volume import Mask, Volume
from petscribe.terms.anatomy import ORGANS, TOTALSEGMENTATOR

BODY = "body"
_NUMBERS: Mapping[str, int] = {
    **{name: i for i, name in enumerate(TOTALSEGMENTATOR, start=1)},
    BODY: 118,
    "mediastinum": 119,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Anatomy:
    """Organs and frame of one exam, both on the PET grid."""

    organs: Mask
    frame: BodyFrame


class OrganSegmenter(Protocol):
    """Anything that finds organs in an exam."""

    def segment(self, exam: Exam, ct_on_pet: Volume | None = None) -> Anatomy:
        """Return organs and frame on the PET grid."""
        ...


@dataclass(frozen=True, slots=True)
class BuiltInSegmenter:
    """Organs from densities, uptake and where things must lie; no weights."""

    def segment(self, exam: Exam, ct_on_pet: Volume | None = None) -> Anatomy:
        """Return the organs that were recognised; `frame.source` is `built-in`."""
        seen = survey(exam, ct_on_pet)
        labels = _painted(seen)
        names = {number: name for name, number in _NUMBERS.items()}
        used = np.flatnonzero(np.bincount(labels.ravel(), minlength=1))
        mask = Mask(
            labels=seen.view.to_pet(labels),
            grid=exam.pet.grid,
            names={int(i): names[int(i)] for i in used if i > 0},
        )
        return Anatomy(organs=mask, frame=seen.frame)


@dataclass(frozen=True, slots=True)
class LabelMapSegmenter:
    """The user's label map, of TotalSegmentator's numbers or with names of its own."""

    mask: Mask

    def segment(self, exam: Exam, ct_on_pet: Volume | None = None) -> Anatomy:
        """Return the map on the PET grid; the frame's levels and midline come from its bones.

        Raises:
            InputError: no label is one of TotalSegmentator's or petscribe's (code
                `unknown-organ-labels`).
            GeometryError: the map lies in another frame of reference or outside the PET (codes
                `frame-mismatch`, `no-overlap`).
        """
        from petscribe.imaging.resample import labels_to

        organs = _with_thin_parts(named(labels_to(self.mask, exam.pet.grid)), named(self.mask))
        if not organs.ids:
            raise GeometryError("no-overlap", "the organ label map holds nothing inside the PET")
        own = survey(exam, ct_on_pet).frame
        return Anatomy(organs=organs, frame=frame_from_labels(organs, own))


def named(mask: Mask) -> Mask:
    """Return the mask with a name for every label it can name: its own, else TotalSegmentator's.

    Raises:
        InputError: none of its labels has a known name (code `unknown-organ-labels`).
    """
    names = {i: mask.names.get(i) or _usual_name(i) for i in mask.ids}
    known = {i: name for i, name in names.items() if name in ORGANS or name == BODY}
    if mask.ids and not known:
        sample = ", ".join(str(names[i] or i) for i in mask.ids[:4])
        raise InputError(
            "unknown-organ-labels",
            f"none of the labels ({sample}) is a class of TotalSegmentator v2; "
            "name the labels or use its numbers 1-117",
        )
    return replace(mask, names={i: name for i, name in names.items() if name})


_THIN = ("rib_", "clavicula_", "scapula_", "sternum", "adrenal_gland_", "lymph_node_")
"""Structures that are thinner than a PET voxel, or hardly thicker: a majority rule loses them."""
_THIN_FRAC = 0.2
"""Of a PET voxel that such a structure must fill to be its label."""


def _with_thin_parts(organs: Mask, fine: Mask) -> Mask:
    """Give PET voxels back to thin structures that fill a fifth of them, muscle and lung aside."""
    thin = [i for i, name in fine.names.items() if name.startswith(_THIN)]
    share = fine.grid.voxel_volume_ml / organs.grid.voxel_volume_ml
    if not thin or share > 0.5:
        return organs
    index = np.argwhere(np.isin(fine.labels, thin))
    home = np.round(organs.grid.to_index(fine.grid.to_world(index.astype(np.float64)))).astype(int)
    inside = np.all((home >= 0) & (home < np.asarray(organs.grid.shape)), axis=1)
    z, y, x = home[inside].T
    values = fine.labels[tuple(index[inside].T)]
    yields = [i for i, name in organs.names.items() if not _stands_firm(name)]
    free = (organs.labels == 0) | np.isin(organs.labels, yields)
    labels = organs.labels.copy()
    for label in np.unique(values):
        mine = values == label
        cells, counts = np.unique(
            np.ravel_multi_index((z[mine], y[mine], x[mine]), labels.shape), return_counts=True
        )
        cells = cells[counts * share >= _THIN_FRAC]
        labels.ravel()[cells[free.ravel()[cells]]] = label
    kept = replace(organs, labels=labels)
    return replace(kept, names={i: fine.names[i] for i in kept.ids if i in fine.names})


def _stands_firm(name: str) -> bool:
    """Whether a structure keeps its voxels against a thin one: organs and bones but the lungs."""
    known = ORGANS.get(name)
    return known is not None and known.kind in {"organ", "bone"} and not name.startswith("lung_")


def _usual_name(label: int) -> str | None:
    return TOTALSEGMENTATOR[label - 1] if 1 <= label <= len(TOTALSEGMENTATOR) else None


def _above_domes(seen: Survey) -> Bool[np.ndarray, "z 1 1"]:
    """Slices above the lower dome: below it liver, stomach and spleen lie between the lungs."""
    heights = np.arange(len(seen.body.present), dtype=np.float64)[:, None, None]
    if seen.lungs is None:
        return heights >= 0.0
    domes = [d for d in (seen.lungs.dome_right, seen.lungs.dome_left) if d is not None]
    above: Bool[np.ndarray, "z 1 1"] = heights >= (min(domes) if domes else seen.lungs.base)
    return above


def _painted(seen: Survey) -> UInt8[np.ndarray, "z y x"]:
    """Paint what was seen, the surer over the less sure."""
    labels = np.zeros(seen.view.pet.shape, dtype=np.uint8)
    labels[seen.body.voxels] = _NUMBERS[BODY]

    def paint(name: str, voxels: Bool[np.ndarray, "z y x"]) -> None:
        labels[voxels] = _NUMBERS[name]

    if seen.chest is not None:
        paint("mediastinum", seen.chest.mediastinum & seen.body.voxels & _above_domes(seen))
    for name, voxels in seen.organs.items():
        paint(name, voxels)
    if seen.lungs is not None:
        for name, voxels in lobes(seen.lungs, seen.body.front, seen.body.back).items():
            paint(name, voxels)
        paint("trachea", seen.lungs.airway)
    if seen.chest is not None:
        paint("heart", seen.chest.heart)
        paint("aorta", seen.chest.aorta)
    if seen.bone.any():
        hips = seen.pelvis.sides if seen.pelvis is not None else None
        index, numbers = bone_numbers(seen.view, seen.bone, seen.where, hips=hips, numbers=_NUMBERS)
        labels[index] = np.where(numbers > 0, numbers, labels[index])
    if seen.head is not None:
        paint("brain", seen.head.brain)
    return labels
