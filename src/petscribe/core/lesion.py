"""One lesion, one identity: its measurements, its place in the body, its verdict.

Knows no voxels. `Lesion.to_dict` is one entry of `lesions` in the `measure` contract. Definitions
of every quantity are given where they are computed (`quant.suv_metrics`); names follow IBSI and
PERCIST.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from petscribe.core.codec import decode, encode, field_names

Triple = tuple[float, float, float]
"""As in `core.volume`, which a reader of texts need not load."""
Section = Literal["head_neck", "chest", "abdomen_pelvis", "musculoskeletal"]
Laterality = Literal["left", "right", "midline"]
Verdict = Literal["lesion", "physiologic", "undecided"]


AT_SCAN_END = "at-scan-end"
"""Flag of uptake in the outermost slices: measured, but nobody should make a finding of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Measurement:
    """What was measured on one lesion; None is "could not be measured", never zero.

    SUV fields are None when the exam has no SUV; `relative_max` and `relative_mean` then hold the
    voxel values.
    """

    mtv_ml: float
    long_axis_mm: float
    """Longest in-plane (axial) distance, RECIST-like, between centres of voxel faces."""
    short_axis_mm: float
    """Longest extent at a right angle to the long axis in the same slice."""
    centroid_lps_mm: Triple
    hottest_lps_mm: Triple
    slice_pet: int
    """Image number of the hottest voxel's slice, as the PET series numbers its images."""
    slice_ct: int | None
    voxels: int | None = None
    axis_3d_mm: float | None = None
    """Longest distance within the lesion in any direction."""
    suv_max: float | None = None
    suv_mean: float | None = None
    suv_peak: float | None = None
    """IBSI local: mean of the 1 cm3 sphere centred on the hottest voxel."""
    suv_peak_global: float | None = None
    """IBSI global: highest 1 cm3 sphere mean centred on any lesion voxel."""
    suv_peak_percist: float | None = None
    """As global with PERCIST's sphere of 12 mm diameter."""
    tlg_g: float | None = None
    relative_max: float | None = None
    relative_mean: float | None = None
    ct_mean_hu: float | None = None
    ratio_liver: float | None = None
    """SUVmax over the liver's SUVmean."""
    ratio_blood_pool: float | None = None
    """SUVmax over the mediastinal blood pool's SUVmean."""
    deauville: int | None = None
    """Deauville-type class 1-5 of this uptake against blood pool and liver; FDG only."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Location:
    """Where a lesion is, as deep as the anatomy given allows."""

    section: Section
    region: str
    """From the closed list of regions (`terms.anatomy.REGIONS`)."""
    organ: str | None
    """A TotalSegmentator class name or a name of `terms.anatomy` such as `lymph_node_4R`."""
    laterality: Laterality | None
    level: str | None
    """A vertebra (`T8`), rib (`rib_left_6`), lobe, segment or station; None when not known."""
    words: Mapping[str, str]
    """The place in words by language code, without article: `right hilum`, `ron phoi phai` (with
    its diacritics)."""
    confidence: float
    """0-1: how sure the place is."""
    source: str
    """`labels`, `built-in` or `phantom`."""
    approximate: bool = False
    """True when the words should say "approximately"."""
    alternative_region: str | None = None
    """The next best region, when there is a close second."""

    def __post_init__(self) -> None:
        """Refuse a confidence outside 0-1."""
        if not 0.0 <= self.confidence <= 1.0:
            raise ValueError(f"confidence {self.confidence} is not in 0-1")


@dataclass(frozen=True, slots=True, kw_only=True)
class Lesion:
    """One lesion with the same `id` in mask, table, sentence and every export."""

    id: int
    """Label in the lesion mask, from 1."""
    measurement: Measurement
    location: Location
    verdict: Verdict = "lesion"
    score: float | None = None
    """0-1: how sure the verdict is; None when the user gave the mask."""
    reason: str | None = None
    """Why it was proposed or set aside, one phrase."""
    name: str | None = None
    """Label of the segment as its file calls it."""
    flags: tuple[str, ...] = field(default_factory=tuple)
    """Codes such as `small-for-psf` that a reader should see beside the numbers."""

    def to_dict(self) -> dict[str, Any]:
        """Return one entry of `lesions` of the `measure` contract, flattened."""
        return {
            "id": self.id,
            **encode(self.measurement),
            "location": encode(self.location),
            "verdict": self.verdict,
            "score": self.score,
            "reason": self.reason,
            "name": self.name,
            "flags": list(self.flags),
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> "Lesion":
        """Read an entry of `lesions` of the `measure` contract; optional keys may be absent."""
        measured = {k: v for k, v in data.items() if k in field_names(Measurement)}
        own = {
            k: v
            for k, v in data.items()
            if k in field_names(cls) and k not in {"measurement", "location"}
        }
        return cls(
            measurement=decode(Measurement, measured),
            location=decode(Location, data["location"]),
            **{**own, "flags": tuple(own.get("flags", ()))},
        )
