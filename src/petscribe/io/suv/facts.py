"""The plain facts that an SUV is computed from, whoever found them.

No DICOM here: `acquisition` fills these records from headers, `nifti` from what the user states.
Times are naive and local (see `moments`). A number that is present but unreadable is NaN, an absent
one None.
"""

from dataclasses import dataclass
from datetime import datetime, time


@dataclass(frozen=True, slots=True, kw_only=True)
class FrameTime:
    """When one slice (or frame) was acquired and what its header says about decay."""

    acquired: datetime | None = None
    """Start of the acquisition."""
    duration_s: float | None = None
    frame_reference_s: float | None = None
    """FrameReferenceTime: offset of the average count rate from the reference time."""
    decay_factor: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SuvFacts:
    """Everything in a PET series that bears on its SUV, as stated, not yet judged."""

    units: str | None
    """DICOM Units: BQML, GML, CM2ML, CNTS, ..."""
    suv_type: str | None = None
    decay_correction: str | None = None
    """START, ADMIN or NONE."""
    corrections: tuple[str, ...] = ()
    """CorrectedImage, such as ATTN and DECY."""
    weight_kg: float | None = None
    height_m: float | None = None
    sex: str | None = None
    age_years: float | None = None
    dose_bq: float | None = None
    """As stated: may turn out to be MBq."""
    dose_unit_is_mbq: bool = False
    """Whether the standard prescribes MBq (enhanced PET)."""
    half_life_s: float | None = None
    nuclide: str | None = None
    """Like `F-18`."""
    tracer: str = "unknown"
    series_type: str | None = None
    """STATIC, WHOLE BODY, DYNAMIC or GATED."""
    series_time: datetime | None = None
    injection: datetime | None = None
    """RadiopharmaceuticalStartDateTime."""
    injection_clock: time | None = None
    """RadiopharmaceuticalStartTime, which has no date."""
    ge_scan: datetime | None = None
    ge_injection: datetime | None = None
    siemens_reference: datetime | None = None
    decay_moment: datetime | None = None
    """DecayCorrectionDateTime of enhanced PET."""
    philips_suv_factor: float | None = None
    philips_activity_factor: float | None = None
    philips_without_creator: bool = False
    """The Philips factors stand in a private block that nobody has signed."""
    nonzero_intercept: bool = False
    num_radiopharmaceuticals: int = 1
    mixed: tuple[str, ...] = ()
    """Attributes that differ between slices and must not."""
    frames: tuple[FrameTime, ...] = ()
    """One per slice, in stack order."""
    uptake_s: float | None = None
    """From injection to the voxels' time when the user states it; then no clock is asked."""
