"""Everything found in one exam, in the order in which one thing helps to find the next.

outline -> head, silhouette -> spine -> lungs -> chest -> levels -> liver, spleen, kidneys, bladder.
Knows no labels and no lesions. `body_frame` is the short way to the frame alone.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Bool, Float

from petscribe.anatomy.frame import ORIENTATION_SUSPECT, BodyFrame
from petscribe.anatomy.levels import LevelScale, Sight, depth_mm, fit_levels
from petscribe.anatomy.seen import abdomen
from petscribe.anatomy.seen.axes import Axes, Coordinates, coordinates
from petscribe.anatomy.seen.body import Body, find_body
from petscribe.anatomy.seen.chest import Chest, chest_from_pet, find_chest
from petscribe.anatomy.seen.head import Head, find_head
from petscribe.anatomy.seen.lungs import Lungs, find_lungs
from petscribe.anatomy.seen.orientation import Clues, Votes, vote
from petscribe.anatomy.seen.silhouette import Silhouette, read_silhouette
from petscribe.anatomy.seen.spine import Pelvis, Spine, find_bone, find_pelvis, find_spine
from petscribe.anatomy.seen.view import View, view_of
from petscribe.anatomy.tissues import tissues_of
from petscribe.core.exam import Exam
from petscribe.core.volume import Volume

NO_LANDMARKS = "anatomy-unsure"
"""Warning: too little of the body was recognised to say levels."""

# Vertebral level and spread (mm) of each landmark in adults who breathe shallowly on their back:
# textbook surface and sectional anatomy, wider where finding it is unsure.
_LEVELS: Mapping[str, tuple[float, float]] = {
    "vertex": (-5.0, 20.0),
    "skull_base": (0.2, 14.0),
    "skull_ring": (-1.1, 20.0),
    "neck": (4.5, 22.0),
    "shoulder": (7.4, 25.0),
    "lung_apex": (7.6, 15.0),
    "carina": (12.0, 11.0),
    "diaphragm_right": (16.3, 22.0),
    "lung_base": (18.5, 26.0),
    "iliac_crest": (22.9, 11.0),
    "crotch": (32.7, 28.0),
}
_ABOVE_CREST_MM = {
    "vertex": 450.0,
    "skull_base": 340.0,
    "skull_ring": 340.0,
    "neck": 280.0,
    "lung_apex": 220.0,
    "carina": 150.0,
    "diaphragm_right": 40.0,
    "lung_base": 25.0,
}
"""Least distance of the iliac crests below each landmark, in small adults."""
_SOFT_ON_PET = frozenset({"lung_apex", "lung_base", "diaphragm_right", "skull_base"})
_KNOWN_MM = 40.0
"""Error of the levels up to which an organ can be looked for at its level."""
_HALF_BODY_MM = ((1.0, 7.0, 12.0, 20.0, 24.0), (8.0, 8.5, 13.0, 16.5, 17.5))
"""Level, and half the depth of the vertebral body."""
_SPINE_DEPTH = (
    (-6.0, 1.0, 7.0, 10.0, 14.0, 18.0, 21.0, 23.5, 26.0, 30.0),
    (0.50, 0.56, 0.54, 0.64, 0.72, 0.70, 0.61, 0.58, 0.67, 0.71),
)
"""Level, and where the vertebral body's centre lies between front (0) and back (1)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey:
    """What was found; arrays on the working lattice of `view`."""

    view: View
    body: Body
    bone: Bool[np.ndarray, "z y x"]
    spine: Spine | None
    head: Head | None
    lungs: Lungs | None
    chest: Chest | None
    pelvis: Pelvis | None
    where: Coordinates
    organs: Mapping[str, Bool[np.ndarray, "z y x"]]
    """Liver, spleen, kidneys, bladder: those that were found."""
    frame: BodyFrame


def body_frame(exam: Exam, ct_on_pet: Volume | None = None) -> BodyFrame:
    """Return the body's own coordinates, found in the exam itself.

    Args:
        exam: PET, canonical.
        ct_on_pet: CT in HU on the PET grid (NaN where not measured); None: from the PET alone.
    """
    return survey(exam, ct_on_pet).frame


def survey(exam: Exam, ct_on_pet: Volume | None = None) -> Survey:
    """Look for everything, each thing with the help of those before."""
    view, body = find_body(view_of(exam, ct_on_pet))
    spine = find_spine(view, body)
    middle = spine.x if spine is not None else body.middle
    head = find_head(view, body)
    lungs = find_lungs(view, body, middle)
    heights = _heights(read_silhouette(view, body), head, lungs)
    cold = chest_from_pet(view, body, middle) if lungs is None else None
    if cold is not None:
        lungs = cold.lungs
        if cold.dome_right is not None:
            heights["diaphragm_right"] = cold.dome_right
    bone = find_bone(view, body)
    pelvis = _pelvis(view, bone, spine, heights)
    if pelvis is not None and pelvis.sure > 0.5:
        heights["iliac_crest"] = pelvis.crest
    scale = _fit(heights, view)
    level = scale.level(np.arange(view.pet.shape[0]) * view.spacing_mm[0])
    spine_y = _spine_y(view, body, spine, level)
    axes = Axes(middle=middle, spine=spine_y, level=level)
    where = coordinates(view, body, axes)
    chest = find_chest(view, lungs, axes) if lungs is not None else None
    clues = Clues(
        lungs=lungs,
        head=head,
        heart_side_mm=chest.heart_side if chest is not None else 0.0,
        dome=heights.get("diaphragm_right", heights.get("diaphragm_left")),
        cold_chest=cold if not view.has_ct else None,
        levels_are_known=scale.error_mm < _KNOWN_MM,
    )
    frame = _frame(view, body, axes, scale=scale, heights=heights, spine=spine)
    return Survey(
        view=view,
        body=body,
        bone=bone,
        spine=spine,
        head=head,
        lungs=lungs,
        chest=chest,
        pelvis=pelvis,
        where=where,
        organs=_organs(view, body, where, _dome_mm(heights, frame)),
        frame=_checked(
            replace(frame, sex=exam.acquisition.sex, tissues=tissues_of(view, body.voxels)),
            vote(view, body, where, clues),
        ),
    )


def _heights(outline: Silhouette, head: Head | None, lungs: Lungs | None) -> dict[str, float]:
    """Collect the working z position of every landmark seen."""
    found: dict[str, float | None] = {
        "vertex": outline.vertex,
        "neck": outline.neck,
        "shoulder": outline.shoulder,
        "crotch": outline.crotch,
    }
    if head is not None:
        found["skull_base" if head.hot else "skull_ring"] = head.base
        found["vertex"] = head.top if head.complete_top else None
    if lungs is not None:
        found["lung_apex"] = lungs.apex if lungs.complete_top else None
        found["carina"] = lungs.carina
        found["diaphragm_right"] = lungs.dome_right
        found["diaphragm_left"] = lungs.dome_left
        found["lung_base"] = lungs.base if lungs.complete_base else None
    return {name: z for name, z in found.items() if z is not None}


def _pelvis(
    view: View,
    bone: Bool[np.ndarray, "z y x"],
    spine: Spine | None,
    heights: Mapping[str, float],
) -> Pelvis | None:
    """Look for hip bones well below the highest thing seen, or anywhere when nothing else is."""
    if spine is None:
        return None
    limits = [
        heights[name] - below_mm / view.spacing_mm[0]
        for name, below_mm in _ABOVE_CREST_MM.items()
        if name in heights
    ]
    return find_pelvis(view, bone, spine, below=min(limits, default=float(view.pet.shape[0])))


def _fit(heights: Mapping[str, float], view: View) -> LevelScale:
    sights = {
        name: Sight(
            height_mm=heights[name] * view.spacing_mm[0],
            level=level,
            error_mm=error if view.has_ct or name not in _SOFT_ON_PET else 1.4 * error,
        )
        for name, (level, error) in _LEVELS.items()
        if name in heights
    }
    middle_mm = view.pet.shape[0] / 2.0 * view.spacing_mm[0] + float(depth_mm(19.0))
    return fit_levels(sights, fallback_mm=middle_mm)


def _spine_y(
    view: View, body: Body, spine: Spine | None, level: Float[np.ndarray, " z"]
) -> Float[np.ndarray, " z"]:
    """Return the y of the vertebral bodies' centres: half a body behind their front edge."""
    if spine is not None:
        half = np.interp(level, *_HALF_BODY_MM) / view.spacing_mm[1]
        seen: Float[np.ndarray, " z"] = spine.front + half
        return seen
    share = np.interp(level, *_SPINE_DEPTH)
    result: Float[np.ndarray, " z"] = body.front + share * (body.back - body.front)
    return result


def _dome_mm(heights: Mapping[str, float], frame: BodyFrame) -> float | None:
    """Return the right dome's height on the working axis, from levels when it is not seen."""
    step = frame.grid.spacing_mm[0]
    if "diaphragm_right" in frame.landmarks:
        return frame.landmarks["diaphragm_right"] * step
    if frame.quality_z < 0.4 or not heights:
        return None
    return frame.height_at(17.0) * step


def _organs(
    view: View, body: Body, where: Coordinates, dome_mm: float | None
) -> dict[str, Bool[np.ndarray, "z y x"]]:
    tissue = abdomen.tissue_of(view, body)
    found: dict[str, Bool[np.ndarray, "z y x"]] = {}
    taken = np.zeros(view.pet.shape, dtype=bool)
    if dome_mm is not None:
        liver = abdomen.find_liver(view, body, tissue, where, dome_mm=dome_mm)
        if liver is not None:
            found["liver"] = liver
            taken |= liver
        kidneys = abdomen.find_kidneys(view, tissue, where, taken)
        found.update(kidneys)
        for part in kidneys.values():
            taken |= part
        spleen = abdomen.find_spleen(view, body, tissue, where, dome_mm=dome_mm)
        if spleen is not None:
            found["spleen"] = spleen & ~taken
    bladder = abdomen.find_bladder(view, body, tissue, where)
    if bladder is not None:
        found["urinary_bladder"] = bladder
    return found


def _frame(
    view: View,
    body: Body,
    axes: Axes,
    *,
    scale: LevelScale,
    heights: Mapping[str, float],
    spine: Spine | None,
) -> BodyFrame:
    """Carry the axes over to the PET's slices and judge them."""
    slices = np.arange(view.pet_grid.shape[0], dtype=np.float64)
    known = view.to_pet_index(np.arange(view.pet.shape[0], dtype=np.float64), 0)

    def carried(values: Float[np.ndarray, " z"], axis: int) -> Float[np.ndarray, " slices"]:
        return np.asarray(np.interp(slices, known, view.to_pet_index(values, axis)), np.float64)

    working = (slices + 0.5) / view.factors[0] - 0.5
    shown = np.flatnonzero(body.present)
    ends = view.to_pet_index(np.array([shown[0], shown[-1]] if shown.size else [0, 0]) * 1.0, 0)
    quality_z = float(1.0 / (1.0 + (scale.error_mm / 45.0) ** 2))
    return BodyFrame(
        grid=view.pet_grid,
        midline=carried(axes.middle, 2),
        front=carried(body.front, 1),
        back=carried(body.back, 1),
        right=carried(body.right, 2),
        left=carried(body.left, 2),
        spine=carried(axes.spine, 1),
        level=scale.level(working * view.spacing_mm[0]),
        landmarks={
            name: float(view.to_pet_index(np.array([z]), 0)[0]) for name, z in heights.items()
        },
        quality_x=_quality_x(body, spine),
        quality_y=0.9 if spine is not None else 0.55,
        quality_z=quality_z if shown.size else 0.0,
        side_tolerance_mm=4.5 if spine is not None else 7.0,
        present=(round(float(ends[0])), round(float(ends[1]))),
        warnings=() if quality_z > 0.3 and shown.size else (NO_LANDMARKS,),
    )


def _quality_x(body: Body, spine: Spine | None) -> float:
    if not body.present.any():
        return 0.0
    if spine is not None:
        return 0.6 + 0.38 * float(np.median(spine.sure))
    shift = np.abs((body.left + body.right) / 2.0 - body.middle)[body.present]
    width = (body.left - body.right)[body.present]
    return float(np.clip(0.85 - 2.0 * np.median(shift / np.maximum(width, 1.0)), 0.2, 0.85))


def _checked(frame: BodyFrame, votes: Votes) -> BodyFrame:
    """Lower the quality and warn when the anatomy contradicts the header."""
    if not votes.suspect:
        return frame
    return replace(
        frame,
        quality_x=min(frame.quality_x, 0.2),
        quality_y=min(frame.quality_y, 0.2) if votes.back_is_back < 0 else frame.quality_y,
        quality_z=min(frame.quality_z, 0.2) if votes.head_is_up < 0 else frame.quality_z,
        warnings=(*frame.warnings, ORIENTATION_SUSPECT),
    )
