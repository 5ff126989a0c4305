"""From a lesion's voxels to its place: region, organ, side, level, words, and how sure.

The region with the most weight among the candidates wins, then the best organ in it. A side is
said only when the frame can tell it; with the built-in anatomy every place is approximate.
"""

import numpy as np

from petscribe.anatomy.frame import BodyFrame
from petscribe.anatomy.placing.candidates import candidates
from petscribe.anatomy.placing.evidence import Around, look_around
from petscribe.anatomy.placing.guess import Guess
from petscribe.core.lesion import Laterality, Location
from petscribe.core.volume import Mask
from petscribe.imaging.components import label_boxes
from petscribe.terms.anatomy import ORGANS, section_of
from petscribe.terms.places import place_words

_UNSIDED = frozenset(
    [
        "liver",
        "spleen",
        "pancreas",
        "gallbladder",
        "stomach",
        "small_bowel",
        "colon",
        "heart",
        "esophagus",
        "bladder",
        "mesentery",
        "peritoneum",
        "bone_marrow",
    ]
)
"""Regions of single organs: their side is not said."""


def locate_all(mask: Mask, organs: Mask, frame: BodyFrame) -> dict[int, Location]:
    """Return the place of every lesion of a mask on the PET grid.

    Args:
        mask: lesions on the PET grid.
        organs: on the PET grid, named.
        frame: of the same exam.
    """
    known = frozenset(organs.names.values())
    return {
        label: place_of(look_around(mask, (label, box), organs, frame), frame, known)
        for label, box in label_boxes(mask).items()
    }


def locate(mask: Mask, label: int, organs: Mask, frame: BodyFrame) -> Location:
    """Return the place of one lesion.

    Raises:
        ValueError: the mask has no such label.
    """
    box = label_boxes(mask).get(label)
    if box is None:
        raise ValueError(f"the mask has no lesion {label}")
    around = look_around(mask, (label, box), organs, frame)
    return place_of(around, frame, frozenset(organs.names.values()))


def place_of(around: Around, frame: BodyFrame, known: frozenset[str]) -> Location:
    """Return the place that the evidence around a lesion speaks for.

    Args:
        around: labels in and around the lesion.
        frame: of the same exam.
        known: names of all labels of the organ map.
    """
    guesses = candidates(around, frame, known)
    weights = _by_region(guesses)
    ranked = sorted(weights, key=lambda region: -weights[region])
    best = next(g for g in guesses if g.region == ranked[0])
    side = _side(best, around, frame)
    organ = best.organ if _agrees(best.organ, side) else None
    level = best.level if organ is not None else None
    rival = ranked[1] if len(ranked) > 1 else None
    if rival is not None and weights[rival] < 0.3 * weights[ranked[0]]:
        rival = None
    return Location(
        section=section_of(best.region, organ),
        region=best.region,
        organ=organ,
        laterality=side,
        level=level,
        words=place_words(region=best.region, organ=organ, laterality=side, level=level),
        confidence=_confidence(weights, ranked[0], frame),
        source=frame.source,
        approximate=frame.source != "labels",
        alternative_region=rival,
    )


def _by_region(guesses: list[Guess]) -> dict[str, float]:
    """Return each region's weight: its best organ's, and a third of the others' in it.

    A region of many neighbouring organs (head and neck) shall not outvote one of a single organ.
    """
    weights: dict[str, float] = {}
    for guess in guesses:
        share = 0.33 if guess.region in weights else 1.0
        weights[guess.region] = weights.get(guess.region, 0.0) + share * guess.chance
    return weights


def _confidence(weights: dict[str, float], region: str, frame: BodyFrame) -> float:
    """Return the region's share of all weight, less where the frame is unsure."""
    share = weights[region] / max(sum(weights.values()), 1e-9)
    trust = 1.0 if frame.source == "labels" else 0.4 + 0.6 * frame.quality
    return round(float(np.clip(share * trust, 0.02, 0.99)), 3)


def _agrees(organ: str | None, side: Laterality | None) -> bool:
    """Whether an organ of one side may be said with this side (or with none)."""
    if organ is None or organ not in ORGANS:
        return False
    own = ORGANS[organ].side
    return own is None or own == side or (own == "midline" and side in {None, "midline"})


def _side(best: Guess, around: Around, frame: BodyFrame) -> Laterality | None:
    """Return the organ's own side, else the side of the midline where one is said.

    A label map decides its organs' sides itself; the built-in's are only as sure as its frame.
    """
    own = ORGANS[best.organ].side if best.organ is not None else None
    if own is not None and (frame.source == "labels" or frame.can_tell_sides):
        return _SIDES[own]
    if own is not None or best.region in _UNSIDED:
        return None
    return frame.side(around.place.lateral_mm)


_SIDES: dict[str, Laterality] = {"left": "left", "right": "right", "midline": "midline"}
