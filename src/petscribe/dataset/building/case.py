"""One piece of work -> one case of the store: arrays on the working grid and a record.

The record has the shape of the phantom corpus (`dataset.phantoms.corpus`), so that training reads
both alike: grids, body frame, references, lesions with place and coordinates, and samples whose
numbers are slots where they are the measured ones. Beside it stands what only a real archive has:
the report, how each sentence found its lesion, and the questions for a reviewer. Knows no other
case.
"""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Final

import numpy as np
from jaxtyping import Shaped

from petscribe.anatomy.coverage import coverage
from petscribe.core.codec import encode
from petscribe.core.exam import Exam
from petscribe.core.lesion import Lesion
from petscribe.core.volume import Grid, Volume
from petscribe.dataset.building.grounding import Grounded, Grounding, GroundingSettings, ground
from petscribe.dataset.building.reading import read_files
from petscribe.dataset.building.samples import bound_text, samples_of
from petscribe.dataset.building.work import Work
from petscribe.dataset.linking.link import Decision, LinkSettings, Question
from petscribe.dataset.phantoms.corpus import body_place
from petscribe.imaging.resample import labels_to, resample_to
from petscribe.io.store import Split, split_of

BUILD_VERSION: Final = 1
"""Raised when the same input gives another case."""
UNMEASURED_HU: Final = -32768
_PRIVATE: Final = (
    "study_uid",
    "pet_series_uid",
    "ct_series_uid",
    "study_date",
    "study_description",
)
"""Facts of an exam that could lead to the patient, and stay outside."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseSettings:
    """What can be chosen about cases."""

    grounding: GroundingSettings = field(
        default_factory=lambda: GroundingSettings(link=LinkSettings())
    )
    pet_mm: float | None = None
    """Voxel edge of the working grid; None: the PET's own grid."""
    ct_mm: float | None = None
    """Voxel edge of the CT; None: its own grid."""
    salt: str = "petscribe"
    """Decides which patients go to which split."""

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON form, without the key of the dates."""
        plain = asdict(self)
        plain["grounding"].pop("date_key")
        return {"version": BUILD_VERSION, **plain}


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A case as the store takes it."""

    key: str
    split: Split
    arrays: Mapping[str, Shaped[np.ndarray, "z y x"]]
    record: Mapping[str, Any]


def make_case(work: Work, settings: CaseSettings, decisions: Mapping[str, Decision]) -> Case:
    """Read, ground and describe one exam.

    Raises:
        PetscribeError: the exam or a mask cannot be used; the code says why.
    """
    exam = read_files(work.files)
    split = work.split or split_of(work.patient, salt=settings.salt)
    grounding = ground(work, exam, settings.grounding, decisions)
    pet, lesions, ct = _on_working_grid(grounding, settings)
    record = {
        "source": "exam",
        "patient": work.patient,
        **_facts(exam, grounding),
        "pet_grid": encode(pet.grid),
        "ct_grid": None if ct is None else encode(ct.grid),
        "lesions": [_lesion(lesion, grounding) for lesion in grounding.lesions],
        "structures": [],
        "report": None
        if grounding.report is None
        else {"lang": grounding.lang, "text": grounding.report},
        "pairs": [_pair(g, grounding) for g in grounding.sentences],
        "questions": [_question(q, grounding) for q in grounding.questions],
        "samples": samples_of(grounding, key=work.key, split=split),
        "claim_ids": list(grounding.claim_ids),
        "decisions": applied_decisions(decisions, grounding.claim_ids),
        "funnel": dict(grounding.funnel),
        "warnings": [*grounding.warnings, *exam.warnings, *exam.suv.warnings],
        "deidentified": dict(grounding.deidentified),
    }
    arrays = {
        "pet": pet.array.astype(np.float16 if exam.has_suv else np.float32),
        "lesions": lesions,
        **({} if ct is None else {"ct": _hounsfield(ct)}),
    }
    return Case(
        key=work.key,
        split=split,
        arrays=arrays,
        record=record,
    )


def applied_decisions(
    decisions: Mapping[str, Decision], claim_ids: Iterable[str]
) -> dict[str, Any]:
    """Return the decisions about these claims, as the record keeps them."""
    return {i: encode(decisions[i]) for i in sorted(set(claim_ids) & set(decisions))}


def _facts(exam: Exam, grounding: Grounding) -> dict[str, Any]:
    told = {k: v for k, v in exam.to_dict().items() if k not in _PRIVATE}
    told["suv"] = {k: told["suv"][k] for k in ("method", "warnings", "refused")}
    scene = grounding.scene
    return {
        "tracer": exam.acquisition.tracer,
        "sex": exam.acquisition.sex,
        "weight_kg": exam.acquisition.weight_kg,
        "height_cm": exam.acquisition.height_cm,
        "unit": exam.pet.unit,
        "exam": told,
        "frame": scene.frame.to_dict(),
        "coverage": list(coverage(scene.frame, scene.organs)),
        "references": {"built_in": {k: r.suv_mean for k, r in scene.references.items()}},
    }


def _lesion(lesion: Lesion, grounding: Grounding) -> dict[str, Any]:
    return {
        **lesion.to_dict(),
        "located": encode(lesion.location),
        "place": body_place(grounding.scene.frame, lesion.measurement),
    }


def _pair(said: Grounded, grounding: Grounding) -> dict[str, Any]:
    bound = bound_text(said, grounding)
    return {
        "id": said.id,
        "lesion": said.label,
        "lang": said.lang,
        "text": said.text,
        "phrased": said.is_phrased,
        "slotted": bound.text,
        "unbound": list(bound.unbound),
        "finding": None if said.finding is None else encode(said.finding),
        **said.facts,
    }


def _question(question: Question, grounding: Grounding) -> dict[str, Any]:
    grid = grounding.scene.exam.pet.grid
    return {
        "id": question.id,
        "reason": question.reason,
        "text": question.claim.sentence,
        "finding": encode(question.claim.finding),
        "candidates": [
            {
                "hottest_lps_mm": [
                    float(v) for v in grid.to_world(np.asarray(candidate.spot.hottest))
                ],
                "maximum": candidate.spot.maximum,
                "words": dict(candidate.spot.location.words),
                "points": {k: round(v, 3) for k, v in candidate.points.by_clue.items()},
            }
            for candidate in question.candidates
        ],
    }


def _on_working_grid(
    grounding: Grounding, settings: CaseSettings
) -> tuple[Volume, Shaped[np.ndarray, "z y x"], Volume | None]:
    exam = grounding.scene.exam
    pet, lesions, ct = exam.pet, grounding.mask, exam.ct
    if settings.pet_mm is not None:
        grid = regridded(pet.grid, settings.pet_mm)
        pet, lesions = resample_to(pet, grid, fill=0.0), labels_to(lesions, grid)
    if ct is not None and settings.ct_mm is not None:
        ct = resample_to(ct, regridded(ct.grid, settings.ct_mm))
    top = int(lesions.labels.max(initial=0))
    return pet, lesions.labels.astype(np.uint8 if top < 256 else np.uint16), ct


def regridded(grid: Grid, edge_mm: float) -> Grid:
    """Return the grid of cubic voxels that fills the box of `grid`."""
    spacing = np.asarray(grid.spacing_mm)
    shape = np.maximum(np.rint(np.asarray(grid.shape) * spacing / edge_mm).astype(int), 1)
    # the first voxel's outer corner stays where it is
    first = (edge_mm / spacing - 1.0) / 2.0
    x, y, z = (float(v) for v in grid.to_world(first))
    return replace(
        grid,
        shape=(int(shape[0]), int(shape[1]), int(shape[2])),
        spacing_mm=(edge_mm, edge_mm, edge_mm),
        origin_mm=(x, y, z),
    )


def _hounsfield(ct: Volume) -> Shaped[np.ndarray, "z y x"]:
    """Return whole HU; voxels that were never measured are `UNMEASURED_HU`."""
    values = np.where(ct.measured, ct.array, UNMEASURED_HU)
    return np.clip(np.rint(values), UNMEASURED_HU, 32767).astype(np.int16)
