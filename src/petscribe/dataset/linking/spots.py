"""Where a lesion of a report may be: the regions of the PET, each with what a clue is held against.

Without a segmentation of the user's, every prominent maximum of the PET is a spot, also inside
normal organs and below the threshold of a lesion, because a report may speak of any; the proposals
of `quant` say which are likely lesions. With a segmentation, its labels are the spots. Image
numbers are given by every way of counting that reports use (`Counting`). Knows voxels, places and
image numbers; knows no sentence.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from jaxtyping import Float, Int, Shaped

from petscribe.anatomy.frame import BodyFrame
from petscribe.anatomy.localise import locate_all
from petscribe.anatomy.organs import BuiltInSegmenter, LabelMapSegmenter, OrganSegmenter
from petscribe.core.exam import Exam
from petscribe.core.lesion import Location, Verdict
from petscribe.core.report import ReferenceRegion
from petscribe.core.volume import IndexTriple, Mask, Triple, Volume
from petscribe.imaging.resample import resample_to
from petscribe.quant.judging.hot_regions import HotVoxels, find_regions
from petscribe.quant.proposals import propose
from petscribe.quant.reference import reference_regions

Counting = Literal["pet", "pet-reversed", "ct", "ct-reversed"]
COUNTINGS: Final[tuple[Counting, ...]] = ("pet", "ct", "pet-reversed", "ct-reversed")

PROMINENCE: Final = 1.2
"""A maximum this many times above its saddle is a spot of its own."""
MOST_SPOTS: Final = 160
_LOWEST_FRAC: Final = 0.5
"""A region reaches down to this fraction of the lowest SUV looked for."""
_LOWEST_SUV: Final = 0.3
_OUTLINE_FRAC: Final = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """One place that a sentence may speak of."""

    id: int
    """Label in `Scene.mask`."""
    hottest: IndexTriple
    maximum: float
    """In the PET's unit."""
    mean: float
    extent_mm: float
    """Longest in-plane extent at half the maximum."""
    location: Location
    verdict: Verdict | None
    """Of the proposals; None: not proposed."""
    images: Mapping[Counting, tuple[int, int, int]]
    """First, last and hottest image that shows it, by way of counting."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Basins:
    """Every region of the PET, those of the spots first: region k is spot k's for each spot."""

    labels: Shaped[np.ndarray, "z y x"]
    """0 outside, else the region."""
    maxima: Float[np.ndarray, " regions"]
    """Of region k + 1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """An exam with its spots."""

    exam: Exam
    ct_on_pet: Volume | None
    organs: Mask
    frame: BodyFrame
    references: Mapping[str, ReferenceRegion]
    spots: tuple[Spot, ...]
    mask: Mask
    """Rough outlines of the spots, or the user's segmentation."""
    basins: Basins | None
    """The regions of the PET; None with a segmentation of the user's."""
    last_image: int
    """The highest image number that PET and CT can have."""

    @property
    def is_given(self) -> bool:
        """Whether the spots are the user's segmentation."""
        return self.basins is None

    def rivals(self, suv: float, tolerance: float) -> int:
        """Return how many regions (or lesions of the user's) have such a maximum."""
        if self.basins is None:
            return sum(abs(spot.maximum - suv) <= tolerance for spot in self.spots)
        return int(np.count_nonzero(np.abs(self.basins.maxima - suv) <= tolerance))


def look(
    exam: Exam,
    *,
    suvs: Sequence[tuple[float, float]] = (),
    given: Mask | None = None,
    organs: Mask | None = None,
) -> Scene:
    """Return the exam's spots.

    Args:
        exam: PET in SUVbw or relative units.
        suvs: lowest and highest value of each SUV that is looked for: regions with such a maximum
            become spots whatever they are.
        given: the user's lesions on the PET grid.
        organs: the user's organ label map; None: the built-in anatomy.
    """
    ct_on_pet = resample_to(exam.ct, exam.pet.grid) if exam.ct is not None else None
    segmenter: OrganSegmenter = LabelMapSegmenter(organs) if organs else BuiltInSegmenter()
    anatomy = segmenter.segment(exam, ct_on_pet)
    references = reference_regions(exam, anatomy.organs)
    verdicts: dict[int, Verdict] = {}
    basins: Basins | None = None
    if given is not None:
        mask = given
        verdicts = dict.fromkeys(given.ids, "lesion")
    else:
        proposals = propose(exam, anatomy.organs, references)
        mask, basins = _outlines(exam, proposals.mask, suvs)
        for label, index in _hottest(exam, mask).items():
            proposed = int(proposals.mask.labels[index])
            if proposed:
                verdicts[label] = proposals.verdicts[proposed]
    places = locate_all(mask, anatomy.organs, anatomy.frame)
    return Scene(
        exam=exam,
        ct_on_pet=ct_on_pet,
        organs=anatomy.organs,
        frame=anatomy.frame,
        references=references,
        spots=_spots(exam, mask, places, verdicts),
        mask=mask,
        basins=basins,
        last_image=_last_image(exam),
    )


def nearest(scene: Scene, point_lps_mm: Triple, *, within_mm: float = 15.0) -> Spot | None:
    """Return the spot at a point, or the one whose hottest voxel is nearest to it."""
    grid = scene.exam.pet.grid
    point = np.asarray(point_lps_mm, np.float64)
    z, y, x = (int(i) for i in np.rint(grid.to_index(point)))
    inside = all(0 <= i < n for i, n in zip((z, y, x), grid.shape, strict=True))
    label = int(scene.mask.labels[z, y, x]) if inside else 0
    ranked = sorted(
        (float(np.linalg.norm(grid.to_world(np.asarray(s.hottest)) - point)), s.id, s)
        for s in scene.spots
    )
    at_point = next((spot for _, _, spot in ranked if spot.id == label), None)
    if at_point is not None:
        return at_point
    return ranked[0][2] if ranked and ranked[0][0] <= within_mm else None


def _outlines(
    exam: Exam, proposed: Mask, suvs: Sequence[tuple[float, float]]
) -> tuple[Mask, Basins]:
    """Return rough outlines and whole regions of the spots, the likeliest lesions first."""
    pet = np.where(np.isfinite(exam.pet.array), exam.pet.array, np.float32(0.0))
    floors = [low * _LOWEST_FRAC for low, _ in suvs]
    if proposed.labels.any():
        floors.append(float(pet[proposed.labels > 0].min()))
    floor = max(min(floors), _LOWEST_SUV) if floors else np.inf
    regions = find_regions(pet, pet >= floor, prominence=PROMINENCE)
    peaks = regions.smooth[regions.peaks]
    is_proposed = proposed.labels[tuple(regions.index[regions.peaks].T)] > 0
    is_wanted = np.zeros(len(peaks), np.bool_)
    for low, high in suvs:
        is_wanted |= (peaks >= low) & (peaks <= high)
    chosen = np.flatnonzero(is_wanted | is_proposed)
    kept = chosen[np.argsort(~is_proposed[chosen], kind="stable")][:MOST_SPOTS]
    return _painted(exam, regions, kept)


def _painted(exam: Exam, regions: HotVoxels, kept: Int[np.ndarray, " n"]) -> tuple[Mask, Basins]:
    grid = exam.pet.grid
    order = np.concatenate([kept, np.setdiff1d(np.arange(len(regions.peaks)), kept)])
    number = np.zeros(len(regions.peaks), np.uint32)
    number[order] = np.arange(1, len(order) + 1)
    whole = np.zeros(grid.shape, np.uint32)
    rough = np.zeros(grid.shape, np.uint16)
    peaks = regions.smooth[regions.peaks]
    if len(regions.index):
        labels = number[regions.region]
        whole[tuple(regions.index.T)] = labels
        inner = (regions.smooth >= _OUTLINE_FRAC * peaks[regions.region]) & (labels <= len(kept))
        rough[tuple(regions.index[inner].T)] = labels[inner]
    return Mask(labels=rough, grid=grid), Basins(labels=whole, maxima=peaks[order])


def _hottest(exam: Exam, mask: Mask) -> dict[int, IndexTriple]:
    from scipy import ndimage

    labels = mask.ids
    found = ndimage.maximum_position(exam.pet.array, mask.labels, labels)
    return {label: (int(z), int(y), int(x)) for label, (z, y, x) in zip(labels, found, strict=True)}


def _spots(
    exam: Exam, mask: Mask, places: Mapping[int, Location], verdicts: Mapping[int, Verdict]
) -> tuple[Spot, ...]:
    from scipy import ndimage

    boxes = ndimage.find_objects(mask.labels.astype(np.int32))
    spots = []
    for label, hottest in _hottest(exam, mask).items():
        box = boxes[label - 1]
        inside = exam.pet.array[box][mask.labels[box] == label]
        sizes = [
            (s.stop - s.start) * mm for s, mm in zip(box, exam.pet.grid.spacing_mm, strict=True)
        ]
        spots.append(
            Spot(
                id=label,
                hottest=hottest,
                maximum=float(exam.pet.array[hottest]),
                mean=float(inside.mean(dtype=np.float64)),
                extent_mm=max(sizes[1:]),
                location=places[label],
                verdict=verdicts.get(label),
                images=_images(exam, box[0], hottest),
            )
        )
    return tuple(spots)


def _images(
    exam: Exam, slices: slice, hottest: IndexTriple
) -> dict[Counting, tuple[int, int, int]]:
    """Return first, last and hottest image by every way of counting."""
    grid = exam.pet.grid
    found: dict[Counting, tuple[int, int, int]] = {}
    own = np.array([slices.start, slices.stop - 1, hottest[0]])
    for name, numbers in _numbers(exam.pet_image_numbers, grid.shape[0]).items():
        found["pet" if name == "stated" else "pet-reversed"] = _range(numbers[own])
    if exam.ct is None:
        return found
    points = np.array([(z, hottest[1], hottest[2]) for z in (own[0] - 0.5, own[1] + 0.5, own[2])])
    planes = np.rint(exam.ct.grid.to_index(grid.to_world(points))[:, 0]).astype(int)
    if planes[2] < 0 or planes[2] >= exam.ct.grid.shape[0]:
        return found
    planes = np.clip(planes, 0, exam.ct.grid.shape[0] - 1)
    for name, numbers in _numbers(exam.ct_image_numbers, exam.ct.grid.shape[0]).items():
        found["ct" if name == "stated" else "ct-reversed"] = _range(numbers[planes])
    return found


def _numbers(stated: tuple[int, ...], slices: int) -> dict[str, Int[np.ndarray, " z"]]:
    """Return the image number of each slice as stated (else from the head), and from the end."""
    numbers = np.array(stated) if stated else np.arange(slices, 0, -1)
    return {"stated": numbers, "reversed": numbers.min() + numbers.max() - numbers}


def _range(numbers: Int[np.ndarray, " n"]) -> tuple[int, int, int]:
    low, high = sorted((int(numbers[0]), int(numbers[1])))
    return low, high, int(numbers[2])


def _last_image(exam: Exam) -> int:
    ends = [max(exam.pet_image_numbers, default=exam.pet.grid.shape[0])]
    if exam.ct is not None:
        ends.append(max(exam.ct_image_numbers, default=exam.ct.grid.shape[0]))
    return max(ends)
