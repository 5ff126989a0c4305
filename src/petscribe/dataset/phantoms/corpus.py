"""One training case from a seed: an exam, what is true of it, what the built-in anatomy believes.

    phantom_case(seed) -> CorpusCase: arrays and record for `io.store`

Places, types and sides are true by construction, quantities are measured on the stored voxels and
outlines. Beside the truth stands what is known at inference: the built-in body frame's coordinates
of every mask, its place and the reference uptake by built-in organs, so that a model is trained on
what it will be given. The same seed and options give the same case. Knows no texts (`samples`).
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
from jaxtyping import Shaped

from petscribe.anatomy.coverage import coverage
from petscribe.anatomy.frame import BodyFrame
from petscribe.anatomy.localise import locate_all
from petscribe.anatomy.organs import Anatomy, BuiltInSegmenter
from petscribe.core.codec import encode
from petscribe.core.exam import Exam
from petscribe.core.lesion import Lesion, Location, Measurement
from petscribe.core.report import ReferenceRegion
from petscribe.core.volume import Grid, Mask, Volume
from petscribe.dataset.phantoms.appearance import case_stream, draw_appearance
from petscribe.dataset.phantoms.outlines import Outlined, redraw
from petscribe.dataset.phantoms.regions import MaskedRegion, masked_regions, nearest_labels
from petscribe.dataset.phantoms.samples import CorpusOptions, Described, samples_of
from petscribe.imaging.resample import resample_to
from petscribe.io.store import Split, split_of
from petscribe.phantom.exam import PhantomExam, make_exam
from petscribe.quant.lesions import lesion_flags, measure_lesions
from petscribe.quant.reference import reference_regions
from petscribe.terms.anatomy import ORGANS, section_of
from petscribe.terms.places import place_words


@dataclass(frozen=True, slots=True, kw_only=True)
class CorpusCase:
    """One case as the store takes it."""

    key: str
    split: Split
    arrays: Mapping[str, Shaped[np.ndarray, "z y x"]]
    """`pet` (float16, SUV), `ct` (int16, HU; absent in an exam without), `lesions`, `structures`
    and `organs` (uint8, on the PET grid)."""
    record: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Case:
    """What has been made and measured of a case."""

    phantom: PhantomExam
    exam: Exam
    organs: Mask
    ct_on_pet: Volume | None
    believed: Anatomy
    true_references: Mapping[str, ReferenceRegion]


_DEFAULTS: Final = CorpusOptions()
_OUTLINES, _REGIONS, _TEXTS = 1, 2, 3
"""Purposes of the streams of random numbers."""


def phantom_case(seed: int, *, options: CorpusOptions = _DEFAULTS) -> CorpusCase:
    """Return the training case of a seed."""
    split = split_of(patient_of(seed))
    case = _made(seed)
    outlined = redraw(case.phantom.lesions, case.exam.pet, case_stream(seed, _OUTLINES))
    labels, regions = masked_regions(
        case.organs,
        case.exam.pet,
        outlined.mask,
        counts=(options.structures, options.physiologic),
        rng=case_stream(seed, _REGIONS),
    )
    lesions = _lesions(case, outlined)
    others = _regions(case, Mask(labels=labels, grid=case.exam.pet.grid), regions)
    covered = coverage(case.believed.frame, case.believed.organs)
    described = Described(
        tracer=case.phantom.tracer,
        part="test" if split == "test" else "train",
        lesions=tuple(lesions),
        regions=tuple(others),
        coverage=covered,
    )
    record = {
        **_facts(case, seed),
        "coverage": list(covered),
        "lesions": lesions,
        "structures": others,
        "samples": samples_of(described, options=options, rng=case_stream(seed, _TEXTS)),
    }
    arrays: dict[str, Shaped[np.ndarray, "z y x"]] = {
        "pet": case.exam.pet.array.astype(np.float16),
        "lesions": outlined.mask.labels.astype(np.uint8),
        "structures": labels,
        "organs": case.organs.labels.astype(np.uint8),
    }
    if case.exam.ct is not None:
        arrays["ct"] = case.exam.ct.array
    return CorpusCase(key=key_of(seed), split=split, arrays=arrays, record=record)


def key_of(seed: int) -> str:
    """Return the key of a seed's case in the store."""
    return f"phantom-{seed:07d}"


def patient_of(seed: int) -> str:
    """Return the name under which a seed's phantom is one patient."""
    return f"phantom-{seed}"


def _made(seed: int) -> _Case:
    look = draw_appearance(seed)
    phantom = make_exam(seed, light=True, tracer=look.tracer, options=look.options)
    stored = phantom.pet.array.astype(np.float16).astype(np.float32)
    exam = replace(phantom.exam, pet=replace(phantom.pet, array=stored))
    organs = nearest_labels(phantom.labels, exam.pet.grid)
    ct_on_pet = resample_to(exam.ct, exam.pet.grid) if exam.ct is not None else None
    return _Case(
        phantom=phantom,
        exam=exam,
        organs=organs,
        ct_on_pet=ct_on_pet,
        believed=BuiltInSegmenter().segment(exam, ct_on_pet),
        true_references=reference_regions(exam, organs),
    )


def _facts(case: _Case, seed: int) -> dict[str, Any]:
    exam, frame = case.exam, case.believed.frame
    believed = reference_regions(exam, case.believed.organs)
    return {
        "patient": patient_of(seed),
        "seed": seed,
        "tracer": case.phantom.tracer,
        "sex": case.phantom.person.sex,
        "weight_kg": case.phantom.person.weight_kg,
        "height_cm": case.phantom.person.height_cm,
        "unit": exam.pet.unit,
        "pet_grid": _grid(exam.pet.grid),
        "ct_grid": None if exam.ct is None else _grid(exam.ct.grid),
        "frame": frame.to_dict(),
        "references": {
            "true": {name: region.suv_mean for name, region in case.true_references.items()},
            "built_in": {name: region.suv_mean for name, region in believed.items()},
        },
    }


def _grid(grid: Grid) -> dict[str, Any]:
    return dict(encode(grid))


def _lesions(case: _Case, outlined: Outlined) -> list[dict[str, Any]]:
    """Return every lesion's entry: the `measure` contract with the truth and what is believed."""
    mask = outlined.mask
    measured = _measured(case, mask)
    places = locate_all(mask, case.believed.organs, case.believed.frame)
    flags = lesion_flags(mask)
    entries = []
    for made in case.phantom.truth_lesions:
        lesion = Lesion(
            id=made.id,
            measurement=measured[made.id],
            location=made.location,
            flags=flags.get(made.id, ()),
        )
        entries.append(
            {
                **lesion.to_dict(),
                "type": made.type,
                "look": made.look,
                "benign": made.benign,
                "diameter_mm": round(made.diameter_mm, 1),
                "outline": outlined.styles[made.id],
                **_believed(lesion.measurement, places[made.id], case),
            }
        )
    return entries


def _regions(case: _Case, mask: Mask, regions: tuple[MaskedRegion, ...]) -> list[dict[str, Any]]:
    """Return every masked organ's entry, in the form of a lesion's."""
    measured = _measured(case, mask)
    places = locate_all(mask, case.believed.organs, case.believed.frame)
    entries = []
    for region in regions:
        lesion = Lesion(
            id=region.id,
            measurement=measured[region.id],
            location=location_of_organ(region),
            verdict="physiologic",
            name=region.organ,
        )
        believed = _believed(lesion.measurement, places[region.id], case)
        entry = {**lesion.to_dict(), "type": "uptake", "lesson": region.lesson, **believed}
        entries.append(entry)
    return entries


def location_of_organ(region: MaskedRegion) -> Location:
    """Return the true place of a masked organ."""
    organ = ORGANS[region.organ]
    return Location(
        section=section_of(organ.region, region.organ),
        region=organ.region,
        organ=region.organ,
        laterality=region.laterality,
        level=None,
        words=place_words(region=organ.region, organ=region.organ, laterality=region.laterality),
        confidence=1.0,
        source="phantom",
    )


def _measured(case: _Case, mask: Mask) -> dict[int, Measurement]:
    return measure_lesions(
        case.exam, mask, references=case.true_references, ct_on_pet=case.ct_on_pet
    )


def _believed(measured: Measurement, located: Location, case: _Case) -> dict[str, Any]:
    return {
        "located": encode(located),
        "place": body_place(case.believed.frame, measured),
    }


def body_place(frame: BodyFrame, measured: Measurement) -> dict[str, float]:
    """Return the body frame's coordinates of a mask's centre, as numbers."""
    place = frame.place(frame.grid.to_index(np.asarray(measured.centroid_lps_mm)))
    return {
        "lateral_mm": place.lateral_mm,
        "depth_frac": place.depth_frac,
        "behind_mm": place.behind_mm,
        "level": place.level,
        "half_width_mm": place.half_width_mm,
        "quality_x": frame.quality_x,
        "quality_y": frame.quality_y,
        "quality_z": frame.quality_z,
    }
