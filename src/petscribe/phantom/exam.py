"""The whole phantom exam: body, tracer, lesions, scanner, from one seed.

    make_exam(seed) -> PhantomExam: pet (SUVbw), ct (HU), labels, lesions, truth by construction

Full exams have 4 mm PET and 1.5 mm by 3 mm CT voxels; light ones 8 mm and 4 mm. Measurements are
not made here (the phantom knows no `quant`): `truth` takes them from the caller. Bit-identical for
a seed and the same options on one machine.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final, Literal

import numpy as np

from petscribe.core.exam import Acquisition, Exam, SuvScale
from petscribe.core.lesion import Lesion, Measurement
from petscribe.core.volume import Grid, Mask, Volume
from petscribe.phantom.acquire import Placed, Scanner, Scene, acquire_ct, acquire_pet, lesion_mask
from petscribe.phantom.body import Body, draw_body
from petscribe.phantom.drawing.layout import DOME_TOP_MM
from petscribe.phantom.drawing.tissues import LABELS
from petscribe.phantom.lesions import PhantomLesion, draw_lesions, occupancy_of
from petscribe.phantom.motion import Motion
from petscribe.phantom.person import FieldOfView, Person, draw_person, stream
from petscribe.phantom.uptake import TracerName, Uptake, draw_uptake

Style = Literal["ge", "siemens", "philips"]

_FIELDS: Final[Mapping[FieldOfView, tuple[float, float]]] = {
    "skull-base-to-thigh": (-330.0, 640.0),
    "eyes-to-thigh": (-330.0, 668.0),
    "vertex-to-thigh": (-330.0, 772.0),
    "whole-body": (-925.0, 772.0),
    "torso": (60.0, 520.0),
}
"""Lowest and highest reference height."""
HALF_LIFE_S: Final[Mapping[str, float]] = {"F-18": 6586.2, "Ga-68": 4057.74}
_NUCLIDES: Final[Mapping[TracerName, str]] = {
    "fdg": "F-18",
    "psma": "Ga-68",
    "dotatate": "Ga-68",
    "fluciclovine": "F-18",
}
_NAMES: Final[Mapping[TracerName, str]] = {
    "fdg": "Fluorodeoxyglucose F^18^",
    "psma": "PSMA-11 Ga^68^",
    "dotatate": "DOTATATE Ga^68^",
    "fluciclovine": "Fluciclovine F^18^",
}
_MBQ_PER_KG: Final[Mapping[TracerName, float]] = {
    "fdg": 4.6,
    "psma": 2.0,
    "dotatate": 2.0,
    "fluciclovine": 4.9,
}
_MINUTES: Final[Mapping[TracerName, float]] = {
    "fdg": 62.0,
    "psma": 60.0,
    "dotatate": 58.0,
    "fluciclovine": 4.0,
}
_MOST_LESIONS: Final = 200
_CT_WIDTH_MM: Final = 500.0
_PET_WIDTH_MM: Final = 576.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ExamOptions:
    """What may be fixed instead of drawn."""

    field_of_view: FieldOfView | None = None
    lesions: int | None = None
    """How many lesions at most (sites off the field of view are skipped); None draws a number."""
    pet_mm: float | None = None
    """PET voxel edge; None: 4 mm, light 8 mm."""
    ct_mm: tuple[float, float] | None = None
    """CT slice distance and in-plane voxel edge; None: 3 and 1.5 mm, light 4 and 4 mm."""
    noise: float = 1.0
    """Multiplies the drawn noise of PET and CT; 0 is noise-free."""
    motion: bool = True
    """Whether PET and CT may disagree by breathing and motion."""
    with_ct: bool = True
    """False leaves the CT image out (labels stay)."""

    def __post_init__(self) -> None:
        """Refuse more lesions than the mask can number."""
        if self.lesions is not None and not 0 <= self.lesions <= _MOST_LESIONS:
            raise ValueError(f"lesions must be 0 to {_MOST_LESIONS}, got {self.lesions}")


@dataclass(frozen=True, slots=True, kw_only=True)
class PhantomExam:
    """An exam and everything that is true about it."""

    seed: int
    tracer: TracerName
    style: Style
    light: bool
    person: Person
    uptake: Uptake
    scanner: Scanner
    acquisition: Acquisition
    pet: Volume
    """SUVbw, g/ml, float32."""
    ct: Volume | None
    """HU, int16, on the grid of `labels`."""
    labels: Mask
    """Structures on the CT grid, with names."""
    lesions: Mask
    """Lesions on the PET grid; ids are those of `truth_lesions`."""
    truth_lesions: tuple[PhantomLesion, ...]
    body: Body

    @property
    def exam(self) -> Exam:
        """The exam as the rest of petscribe reads it, without going through files."""
        return Exam(
            pet=self.pet,
            ct=self.ct,
            acquisition=self.acquisition,
            suv=SuvScale(factor_bw=1.0, method="phantom"),
        )

    def lesion(self, number: int, measurement: Measurement) -> Lesion:
        """Return one lesion's record: measured by the caller, located by construction."""
        made = next(lesion for lesion in self.truth_lesions if lesion.id == number)
        return Lesion(id=made.id, measurement=measurement, location=made.location)

    def truth_skeleton(self) -> dict[str, Any]:
        """Return what `truth.json` says beside measurements: seed, body, tracer, lesions by id."""
        person = self.person
        return {
            "phantom": {
                "seed": self.seed,
                "tracer": self.tracer,
                "light": self.light,
                "sex": person.sex,
                "age_years": person.age_years,
                "height_cm": person.height_cm,
                "weight_kg": person.weight_kg,
                "arms_up": person.arms_up,
                "variants": sorted(person.variants),
                "states": sorted(self.uptake.states),
                "pet_fwhm_mm": round(self.scanner.fwhm_mm, 2),
                "breathing_mm": round(self.scanner.motion.breathing_mm, 2),
                "normal_suv": {
                    name: round(self.uptake.of(name), 3) for name in ("liver", "blood", "muscle")
                },
            },
            "lesions": {lesion.id: lesion.to_dict() for lesion in self.truth_lesions},
        }


def make_exam(
    seed: int,
    *,
    light: bool = False,
    tracer: TracerName = "fdg",
    style: Style = "ge",
    options: ExamOptions | None = None,
) -> PhantomExam:
    """Return the phantom exam of a seed.

    Args:
        seed: any non-negative integer.
        light: coarse voxels, for training data and tests.
        tracer: what was injected.
        style: whose scanner it pretends to be; decides header facts only.
        options: what to fix instead of drawing it.
    """
    chosen = options or ExamOptions()
    person = draw_person(seed)
    rng = stream(seed, "scanner")
    field_of_view = chosen.field_of_view or _draw_field(rng)
    scanner = _draw_scanner(person, tracer, chosen, rng)
    ct_grid, pet_grid = _grids(person, field_of_view, chosen, light=light, seed=seed)
    body = draw_body(person, ct_grid, seed)
    uptake = draw_uptake(tracer, stream(seed, f"uptake-{tracer}"))
    drawn = draw_lesions(body, uptake, seed=seed, count=chosen.lesions)
    scene, mask = _scene(drawn, body, pet_grid, scanner)
    pet = acquire_pet(scene, uptake, stream(seed, "pet"))
    ct = acquire_ct(scene, stream(seed, "ct")) if chosen.with_ct else None
    looks = (tracer, style, scanner.contrast > 0.0)
    return PhantomExam(
        seed=seed,
        tracer=tracer,
        style=style,
        light=light,
        person=person,
        uptake=uptake,
        scanner=scanner,
        acquisition=_acquisition(person, uptake, looks, seed=seed),
        pet=pet,
        ct=ct,
        labels=body.labels,
        lesions=mask,
        truth_lesions=tuple(lesion for lesion, _ in scene.placed),
        body=body,
    )


def _scene(
    drawn: tuple[PhantomLesion, ...], body: Body, pet_grid: Grid, scanner: Scanner
) -> tuple[Scene, Mask]:
    """Return the scene with the lesions that leave a trace on the PET grid, and their mask.

    The label map gives a lesion's voxels to its organ: a nodal mass at the hilum is of its station,
    not of the lung that it displaces.
    """
    pairs = [(lesion, occupancy_of(lesion, body)) for lesion in drawn]
    placed: Placed = [(lesion, found) for lesion, found in pairs if found is not None]
    mask = lesion_mask(Scene(body=body, placed=placed, pet_grid=pet_grid, scanner=scanner))
    seen = mask.ids
    number_of = np.zeros(256, np.uint8)
    number_of[seen] = np.arange(1, len(seen) + 1)
    kept: Placed = [
        (replace(lesion, id=int(number_of[lesion.id])), found)
        for lesion, found in placed
        if lesion.id in seen
    ]
    for lesion, found in kept:
        own = body.canvas.labels[found.span]
        own[found.filled >= 0.5] = LABELS[lesion.site.organ]
    names = {lesion.id: f"lesion {lesion.id}" for lesion, _ in kept}
    scene = Scene(body=body, placed=kept, pet_grid=pet_grid, scanner=scanner)
    return scene, Mask(labels=number_of[mask.labels], grid=pet_grid, names=names)


def _draw_field(rng: np.random.Generator) -> FieldOfView:
    fields = tuple(_FIELDS)
    return fields[int(rng.choice(len(fields), p=(0.34, 0.26, 0.3, 0.05, 0.05)))]


def _draw_scanner(
    person: Person, tracer: TracerName, chosen: ExamOptions, rng: np.random.Generator
) -> Scanner:
    heavy = float(np.clip(person.weight_kg / 75.0, 0.7, 1.7)) ** 0.8
    breathing = float(np.clip(rng.normal(5.0, 5.0), -6.0, 18.0))
    shift = np.where(rng.random(3) < 0.5, 0.0, rng.normal(0.0, 1.6, 3))
    motion = Motion(
        breathing_mm=breathing,
        dome_mm=DOME_TOP_MM[-1] * person.scale[2],
        shift_mm=(float(shift[0]), float(shift[1]), float(shift[2])),
    )
    gallium = 1.3 if _NUCLIDES[tracer] == "Ga-68" else 1.0
    return Scanner(
        fwhm_mm=float(rng.uniform(4.2, 7.5)),
        liver_noise=chosen.noise * gallium * heavy * float(rng.uniform(0.08, 0.23)),
        ct_noise_hu=chosen.noise * heavy * float(rng.uniform(9.0, 24.0)),
        contrast=float(rng.uniform(0.7, 1.1)) if rng.random() < 0.35 else 0.0,
        motion=motion if chosen.motion else Motion(),
        grain_mm=float(rng.uniform(5.0, 11.0)),
    )


def _grids(
    person: Person, field_of_view: FieldOfView, chosen: ExamOptions, *, light: bool, seed: int
) -> tuple[Grid, Grid]:
    """Return the CT grid and the PET grid of an exam, with one frame of reference."""
    low, high = (z * person.scale[2] for z in _FIELDS[field_of_view])
    pet_mm = chosen.pet_mm or (8.0 if light else 4.0)
    ct_z, ct_xy = chosen.ct_mm or ((4.0, 4.0) if light else (3.0, 1.5))
    pet_z = pet_mm if light else 3.0 if chosen.pet_mm is None else pet_mm
    frame = f"2.25.{10**30 + seed * 100 + 1}"

    def grid(step_z: float, step: float, width: float) -> Grid:
        size = round(width / step / 2) * 2
        count = max(int((high - low) / step_z), 2)
        corner = -(size - 1) * step / 2
        return Grid(
            shape=(count, size, size),
            spacing_mm=(step_z, step, step),
            origin_mm=(corner, corner, low + step_z / 2),
            frame_uid=frame,
        )

    return grid(ct_z, ct_xy, _CT_WIDTH_MM), grid(pet_z, pet_mm, _PET_WIDTH_MM)


def _acquisition(
    person: Person, uptake: Uptake, looks: tuple[TracerName, Style, bool], *, seed: int
) -> Acquisition:
    tracer, style, contrast = looks
    rng = stream(seed, "injection")
    nuclide, name = _NUCLIDES[tracer], _NAMES[tracer]
    if "psma_1007" in uptake.states:
        nuclide, name = "F-18", "PSMA-1007 F^18^"
    makers = {
        "ge": ("GE MEDICAL SYSTEMS", "Discovery 690"),
        "siemens": ("SIEMENS", "Biograph64_mCT"),
        "philips": ("Philips Medical Systems", "GEMINI TF TOF 64"),
    }
    minutes = _MINUTES[tracer] + (float(rng.integers(-4, 16)) if tracer != "fluciclovine" else 0.0)
    dose_mbq = _MBQ_PER_KG[tracer] * person.weight_kg * float(rng.uniform(0.9, 1.1))
    return Acquisition(
        tracer=tracer,
        tracer_text=name,
        radionuclide=nuclide,
        half_life_s=HALF_LIFE_S[nuclide],
        weight_kg=person.weight_kg,
        height_cm=person.height_cm,
        sex=person.sex,
        age_years=person.age_years,
        injected_activity_bq=round(dose_mbq, 1) * 1e6,
        uptake_time_s=minutes * 60.0,
        glucose_mmol_l=None,
        study_date="2026-01-15",
        study_description=f"PET/CT {tracer.upper()} phantom, research use only",
        manufacturer=makers[style][0],
        scanner_model=makers[style][1],
        ct_contrast=contrast,
        ct_kvp=120.0,
    )
