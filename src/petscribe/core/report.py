"""The report and what surrounds it: bound sentences, problems, reference regions.

`Report.to_dict` is `report.json`; `Measured.to_dict` is the `measure` contract, which the report
extends.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from petscribe.core.codec import decode, encode
from petscribe.core.errors import InputError
from petscribe.core.lesion import Lesion

SCHEMA_VERSION = "1.0"
"""Raised when a key changes meaning; new keys do not raise it."""

ProblemKind = Literal[
    "number", "laterality", "region", "invented", "missed", "negation", "prior_as_current"
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """A place where a text contradicts the measurements: one entry of the `check` contract."""

    kind: ProblemKind
    quote: str
    span: tuple[int, int]
    lesion: int | None
    message: str = ""
    """One line: what the text says and what was measured."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferenceRegion:
    """Uptake of a reference organ, measured in a stated volume."""

    organ: str
    """`liver` or `blood_pool`."""
    suv_mean: float
    suv_sd: float
    voxels: int
    volume_ml: float
    centre_lps_mm: tuple[float, float, float]
    method: str
    """Like `3 cm sphere, right lobe` - stated because the value depends on it."""
    quality: float
    """0-1: how far the place can be trusted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """Sums over lesions (verdict `lesion` or a user's mask); None without SUV."""

    lesions: int
    mtv_ml: float
    tlg_g: float | None
    suv_max: float | None = None
    suv_mean: float | None = None
    """Volume-weighted."""
    dmax_mm: float | None = None
    """Largest distance between two lesion centroids; 0 with one lesion, None with none."""
    sdmax_per_m: float | None = None
    """Dmax over body surface area; None without weight and height."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """The `measure` contract: the exam, its lesions and everything else measured on it."""

    exam: Mapping[str, Any]
    lesions: tuple[Lesion, ...]
    physiologic: tuple[Lesion, ...]
    """Uptake set aside as normal (or undecided), measured and located in the same way."""
    reference_regions: Mapping[str, ReferenceRegion]
    totals: Totals
    coverage: tuple[str, ...]
    """Regions (closed list) that lie inside the field of view."""
    warnings: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON object of `measure --json`."""
        return {
            "schema_version": SCHEMA_VERSION,
            "exam": dict(self.exam),
            "lesions": [lesion.to_dict() for lesion in self.lesions],
            "physiologic": [lesion.to_dict() for lesion in self.physiologic],
            "reference_regions": {k: encode(v) for k, v in self.reference_regions.items()},
            "totals": encode(self.totals),
            "coverage": list(self.coverage),
            "warnings": list(self.warnings),
        }

    @classmethod
    def from_dict(cls, data: Any) -> "Measured":  # noqa: ANN401 - JSON is untyped by nature
        """Read an object in the `measure` contract; keys beyond the contract may be absent.

        A reference region without all its keys is left out, with the warning
        `reference-region-incomplete`.

        Raises:
            InputError: a contract key is missing or ill-typed (code `bad-record`).
        """
        try:
            regions, faults = _read_regions(data.get("reference_regions", {}))
            return cls(
                exam=dict(data["exam"]),
                lesions=tuple(Lesion.from_dict(x) for x in data["lesions"]),
                physiologic=tuple(Lesion.from_dict(x) for x in data.get("physiologic", ())),
                reference_regions=regions,
                totals=decode(Totals, data["totals"]),
                coverage=tuple(data.get("coverage", ())),
                warnings=(*data.get("warnings", ()), *faults),
            )
        except (KeyError, TypeError, AttributeError, ValueError) as fault:
            raise InputError("bad-record", f"not in the measure contract: {fault}") from fault


def _read_regions(data: Mapping[str, Any]) -> tuple[dict[str, ReferenceRegion], tuple[str, ...]]:
    regions: dict[str, ReferenceRegion] = {}
    faults: tuple[str, ...] = ()
    for organ, region in data.items():
        try:
            regions[organ] = decode(ReferenceRegion, {"organ": organ, **region})
        except (InputError, TypeError):
            faults = ("reference-region-incomplete",)
    return regions, faults


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """A drafted sentence, bound to its lesion; without one it speaks of a region."""

    lesion: int | None
    section: str
    """`head_neck`, `chest`, `abdomen_pelvis`, `musculoskeletal`; `whole_body` in the impression."""
    text: str
    slots: Mapping[str, float | int | str | None] = field(default_factory=dict)
    """Every value printed in the sentence, by name, as measured (not rounded)."""
    evidence: Mapping[str, Any] = field(default_factory=dict)
    """Where to look: `hottest_lps_mm`, `slice_pet`, `slice_ct`, location source."""
    confidence: float | None = None
    notes: tuple[str, ...] = ()
    """What a reader should know about how the sentence came about; makes no claim of its own."""
    verified: bool = False
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """A lesion's sentence as a model wrote it, its slots filled by measured values."""

    text: str | None
    """None: the model's sentence is not used, the term base writes its own."""
    author: str
    """Name of the model, or `rules`."""
    confidence: float
    """0-1."""
    notes: tuple[str, ...] = ()
    opinions: Mapping[str, Any] = field(default_factory=dict)
    """What the model's heads say of the lesion: `{"side": {"value", "probability"}, ...}`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """A whole report in one language."""

    measured: Measured
    language: str
    technique: str
    """Technique and comparison paragraph, from the header only."""
    findings: tuple[Sentence, ...]
    impression: tuple[Sentence, ...]
    notice: str
    """The research notice, in the report's language."""
    manifest: Mapping[str, Any]

    @property
    def verified(self) -> bool:
        """Whether every sentence was parsed back and agreed with the measurements."""
        return all(sentence.verified for sentence in (*self.findings, *self.impression))

    def to_dict(self) -> dict[str, Any]:
        """Return `report.json`."""
        sections: dict[str, list[str]] = {}
        for sentence in self.findings:
            sections.setdefault(sentence.section, []).append(sentence.text)
        return {
            **self.measured.to_dict(),
            "language": self.language,
            "technique": self.technique,
            "findings": [encode(sentence) for sentence in self.findings],
            "sections": {name: " ".join(texts) for name, texts in sections.items()},
            "impression": [encode(sentence) for sentence in self.impression],
            "verified": self.verified,
            "notice": self.notice,
            "manifest": dict(self.manifest),
        }
