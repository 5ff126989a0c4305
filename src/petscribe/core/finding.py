"""The one record of a finding as a text says it: mined, phrased and compared.

Numbers here are claims read from, or destined for, a text; measured values live in `core.lesion`.
Values of each key are the closed lists of the finding schema, stated below.
"""

from dataclasses import dataclass, field
from typing import Literal

Stat = Literal["max", "mean", "peak", "unspecified"]
Operator = Literal["=", "~", "<", "<=", ">", ">=", "range"]
Time = Literal["current", "prior", "delayed"]
Uptake = Literal[
    "intense", "increased", "moderate", "mild", "low", "none", "physiologic", "decreased"
]
FindingType = Literal[
    "nodule", "mass", "node", "nodal_mass", "lesion", "focus", "uptake", "thickening", "cyst"
]
Side = Literal["left", "right", "bilateral", "midline"]
Change = Literal["new", "increased", "decreased", "stable", "resolved"]
Certainty = Literal["definite", "probable", "possible", "unlikely"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SuvClaim:
    """One SUV as a text states it; `low`/`high` only with `op` `range`."""

    stat: Stat
    value: float | None
    low: float | None = None
    high: float | None = None
    op: Operator = "="
    time: Time = "current"
    site: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SizeClaim:
    """One size as a text states it, millimetres in text order."""

    dims: tuple[float, ...]
    time: Literal["current", "prior"] = "current"


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageRef:
    """A reference to an image of a series."""

    series: int | None = None
    image: int | None = None
    image_end: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnosis:
    """A diagnosis with how sure the text is of it."""

    label: str
    certainty: Certainty


@dataclass(frozen=True, slots=True, kw_only=True)
class UptakeRelation:
    """Uptake compared in words with a reference organ."""

    organ: str
    """`blood_pool`, `liver`, `brain`, ..."""
    relation: Literal["above", "equal", "below"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What a text says about one lesion or site; null keys are "the text does not say"."""

    anatomy: str
    """The site in the text's own words, lower case, side in front for a split bilateral finding."""
    region: str
    laterality: Side | None = None
    type: FindingType | None = None
    count: int | Literal["multiple"] = 1
    negated: bool = False
    uptake: Uptake | None = None
    suv: tuple[SuvClaim, ...] = ()
    size_mm: tuple[SizeClaim, ...] = ()
    mtv_ml: float | None = None
    tlg: float | None = None
    refs: tuple[ImageRef, ...] = ()
    change: Change | None = None
    dx: tuple[Diagnosis, ...] = ()
    vs: tuple[UptakeRelation, ...] = ()
    span: tuple[int, int] = (0, 0)
    source: str = "rules"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferenceValue:
    """An SUV of a reference organ as a text states it ("liver background SUV mean 2.1")."""

    organ: str
    stat: Stat
    value: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Scores:
    """Whole-text response scores."""

    deauville: int | None = None
    other: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class MinedText:
    """Everything one text says: one line of `petscribe mine`."""

    id: str
    text: str
    lang: str
    findings: tuple[Finding, ...] = ()
    reference_regions: tuple[ReferenceValue, ...] = ()
    scores: Scores = field(default_factory=Scores)
