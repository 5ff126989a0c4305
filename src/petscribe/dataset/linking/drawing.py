"""The lesions of all settled claims in one mask: drawn, checked, measured, placed.

Lesions are drawn in the order of confidence; one spot is one lesion, whoever names it. A lesion is
doubted, and its claims go to review, when its voxels have leaked, hold uptake hotter than its own
maximum, lie mostly in another lesion, or lie on the other side than the sentence says. Knows no
files.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from petscribe.anatomy.localise import locate_all
from petscribe.core.lesion import Lesion, Location
from petscribe.core.volume import Mask
from petscribe.dataset.linking.masks import Method, Outline, outline
from petscribe.dataset.linking.reading import Candidate
from petscribe.dataset.linking.spots import Scene
from petscribe.quant.lesions import lesion_flags, measure_lesions

PURITY_SUV: Final = 0.2
SHARED_FRAC: Final = 0.3
"""A lesion with more than this of its voxels in another one is none of its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """A claim whose spot is settled."""

    candidate: Candidate
    confidence: float
    side: str | None = None
    """The side that the sentence says."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """The lesions; `labels`, `methods` and `doubts` are by the number of the claim."""

    mask: Mask
    lesions: tuple[Lesion, ...]
    labels: Mapping[int, int]
    methods: Mapping[int, str]
    doubts: Mapping[int, str]


def draw(scene: Scene, choices: Mapping[int, Choice], method: Method) -> Drawing:
    """Draw the lesion of every choice."""
    grid = scene.exam.pet.grid
    labels = np.zeros(grid.shape, np.uint16)
    of_spot: dict[int, int] = {}
    drawn: dict[int, Outline] = {}
    doubts: dict[int, str] = {}
    named = {choice.candidate.spot.id for choice in choices.values()}
    for k in sorted(choices, key=lambda k: (-choices[k].confidence, k)):
        spot = choices[k].candidate.spot
        if spot.id in of_spot:
            continue
        found = outline(scene, spot, method=method, others=named)
        doubt = found.doubt or _impure(scene, found, spot.maximum) or _shared(labels, found)
        if doubt is not None:
            doubts[spot.id] = doubt
            continue
        of_spot[spot.id] = len(of_spot) + 1
        drawn[spot.id] = found
        inside = labels[found.box]
        inside[found.voxels & (inside == 0)] = of_spot[spot.id]
    mask = Mask(labels=labels, grid=grid)
    places = locate_all(mask, scene.organs, scene.frame)
    by_claim = {k: _doubt(choice, doubts, of_spot, places) for k, choice in choices.items()}
    kept = {k: of_spot[c.candidate.spot.id] for k, c in choices.items() if by_claim[k] is None}
    mask = _only(mask, set(kept.values()))
    return Drawing(
        mask=mask,
        lesions=_lesions(scene, mask, places),
        labels=kept,
        methods={k: drawn[choices[k].candidate.spot.id].method for k in kept},
        doubts={k: reason for k, reason in by_claim.items() if reason is not None},
    )


def _impure(scene: Scene, found: Outline, maximum: float) -> str | None:
    hottest = float(np.nanmax(scene.exam.pet.array[found.box][found.voxels]))
    return "mask-impure" if hottest > maximum + PURITY_SUV else None


def _shared(labels: "np.ndarray", found: Outline) -> str | None:
    taken = np.count_nonzero(labels[found.box][found.voxels])
    return "masks-overlap" if taken > SHARED_FRAC * np.count_nonzero(found.voxels) else None


def _doubt(
    choice: Choice,
    doubts: Mapping[int, str],
    of_spot: Mapping[int, int],
    places: Mapping[int, Location],
) -> str | None:
    spot = choice.candidate.spot.id
    if spot in doubts:
        return doubts[spot]
    measured = places[of_spot[spot]].laterality
    return "side-differs" if {choice.side, measured} == {"left", "right"} else None


def _only(mask: Mask, kept: set[int]) -> Mask:
    labels = np.where(np.isin(mask.labels, sorted(kept)), mask.labels, 0).astype(np.uint16)
    return replace(mask, labels=labels)


def _lesions(scene: Scene, mask: Mask, places: Mapping[int, Location]) -> tuple[Lesion, ...]:
    measured = measure_lesions(
        scene.exam, mask, references=scene.references, ct_on_pet=scene.ct_on_pet
    )
    flags = lesion_flags(mask)
    return tuple(
        Lesion(id=label, measurement=m, location=places[label], flags=flags.get(label, ()))
        for label, m in measured.items()
    )
