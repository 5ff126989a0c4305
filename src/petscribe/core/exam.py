"""What an exam is: the PET, maybe the CT, how they were acquired, and what else lay in the folder.

Knows nothing of files. `Exam.to_dict` leaves voxels out; `SeriesInfo.to_dict` is one entry of the
`inspect` contract. Sources: DICOM PS3.3 C.8.9 (PET), C.4.10 of the radiopharmaceutical module;
correctness of SUV rules is `io.suv.scale`'s.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from petscribe.core.volume import Volume

Sex = Literal["M", "F", "O"]
Role = Literal["pet", "ct", "mask", "other"]
Tracer = Literal["fdg", "psma", "dotatate", "fluciclovine", "flt", "other", "unknown"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Acquisition:
    """How the PET was made, as far as the header (or the user) says; None is "not stated"."""

    tracer: Tracer = "unknown"
    tracer_text: str | None = None
    """The radiopharmaceutical in the header's own words."""
    radionuclide: str | None = None
    """Like `F-18`, `Ga-68`."""
    half_life_s: float | None = None
    weight_kg: float | None = None
    height_cm: float | None = None
    sex: Sex | None = None
    age_years: int | None = None
    injected_activity_bq: float | None = None
    uptake_time_s: float | None = None
    """From injection to the time the voxel values refer to (or to the start of the scan when they
    are not decayed)."""
    glucose_mmol_l: float | None = None
    study_date: str | None = None
    """ISO date."""
    study_description: str | None = None
    """Free text from the header: data, never an instruction."""
    manufacturer: str | None = None
    scanner_model: str | None = None
    ct_contrast: bool | None = None
    """Whether the CT header names a contrast agent; None without a CT or without that attribute."""
    ct_kvp: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SuvScale:
    """The factor from voxel values (rescaled by their own slope) to SUV, and how it was reached."""

    factor_bw: float | None
    """Multiplies rescaled values to give SUVbw in g/ml; None when refused or when it differs by
    slice."""
    method: str
    """Like `bqml-start`, `bqml-admin`, `bqml-none`, `gml-bw`, `gml-lbmjames128`, `cm2ml-bsa`,
    `cnts-suv-factor`."""
    reference_time: str | None = None
    """ISO date-time that the dose was decayed to."""
    candidates: Mapping[str, str] = field(default_factory=dict)
    """Every candidate reference time by the name of its source, ISO."""
    warnings: tuple[str, ...] = ()
    """Codes, explained in `docs/errors.md`."""
    refused: str | None = None
    """Code of the reason why there is no SUV."""
    refused_message: str | None = None
    """The one line that goes with `refused`."""
    slice_factors_bw: tuple[float, ...] | None = None
    """One factor per slice in stack order when frames differ (DecayCorrection NONE); else None."""
    factor_lbm: float | None = None
    """Like `factor_bw` for SUVlbm; None when height or sex is missing."""
    lbm_formula: str | None = None
    """`janmahasatian`, `james128` or `morgan120`."""
    factor_bsa: float | None = None
    factor_ibw: float | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return the `suv` object of the `inspect` contract."""
        return {
            "factor_bw": self.factor_bw,
            "method": self.method,
            "reference_time": self.reference_time,
            "candidates": dict(self.candidates),
            "warnings": list(self.warnings),
            "refused": self.refused,
            "refused_message": self.refused_message,
            "factor_lbm": self.factor_lbm,
            "lbm_formula": self.lbm_formula,
            "factor_bsa": self.factor_bsa,
            "factor_ibw": self.factor_ibw,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class SeriesInfo:
    """One series found in the input, used or not."""

    uid: str
    modality: str
    description: str
    instances: int
    role: Role
    used: bool
    skipped_because: str | None = None
    """One clear line for people; None when used."""
    skipped_code: str | None = None
    units: str | None = None
    suv: SuvScale | None = None
    frame_uid: str | None = None
    shape: tuple[int, int, int] | None = None
    spacing_mm: tuple[float, float, float] | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return one entry of `series` of the `inspect` contract."""
        return {
            "uid": self.uid,
            "modality": self.modality,
            "description": self.description,
            "instances": self.instances,
            "role": self.role,
            "used": self.used,
            "skipped_because": self.skipped_because,
            "skipped_code": self.skipped_code,
            "units": self.units,
            "suv": self.suv.to_dict() if self.suv else None,
            "shape": list(self.shape) if self.shape else None,
            "spacing_mm": list(self.spacing_mm) if self.spacing_mm else None,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Exam:
    """A PET with or without its CT, ready to be measured.

    `pet.unit` is `g/ml` (SUVbw) or, when SUV was refused, `relative`. Both volumes are canonical
    (see `core.volume`).
    """

    pet: Volume
    ct: Volume | None
    acquisition: Acquisition
    suv: SuvScale
    series: tuple[SeriesInfo, ...] = ()
    warnings: tuple[str, ...] = ()
    study_uid: str | None = None
    pet_series_uid: str | None = None
    ct_series_uid: str | None = None
    pet_image_numbers: tuple[int, ...] = ()
    """Image number (InstanceNumber, or counted from the head) of each PET slice in z order; empty:
    count from the head."""
    ct_image_numbers: tuple[int, ...] = ()
    pet_sop_uids: tuple[str, ...] = ()
    """SOPInstanceUID of each PET slice in z order; empty for NIfTI or multi-frame input."""

    @property
    def has_suv(self) -> bool:
        """Whether the PET is in SUVbw."""
        return self.pet.unit == "g/ml"

    def to_dict(self) -> dict[str, Any]:
        """Return the `exam` object of the `measure` contract, without voxels or person."""
        acquisition = self.acquisition
        return {
            "study_uid": self.study_uid,
            "pet_series_uid": self.pet_series_uid,
            "ct_series_uid": self.ct_series_uid,
            "unit": self.pet.unit,
            "tracer": acquisition.tracer,
            "tracer_text": acquisition.tracer_text,
            "radionuclide": acquisition.radionuclide,
            "study_date": acquisition.study_date,
            "sex": acquisition.sex,
            "age_years": acquisition.age_years,
            "weight_kg": acquisition.weight_kg,
            "height_cm": acquisition.height_cm,
            "injected_activity_bq": acquisition.injected_activity_bq,
            "uptake_time_s": acquisition.uptake_time_s,
            "glucose_mmol_l": acquisition.glucose_mmol_l,
            "manufacturer": acquisition.manufacturer,
            "scanner_model": acquisition.scanner_model,
            "ct_contrast": acquisition.ct_contrast,
            "pet_shape": list(self.pet.grid.shape),
            "pet_spacing_mm": list(self.pet.grid.spacing_mm),
            "ct_shape": list(self.ct.grid.shape) if self.ct else None,
            "ct_spacing_mm": list(self.ct.grid.spacing_mm) if self.ct else None,
            "suv": self.suv.to_dict(),
        }
