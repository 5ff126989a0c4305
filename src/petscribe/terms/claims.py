"""A measured lesion as a finding: what of its measurements is said, and in which words.

The numbers of the finding are those that are printed (`terms.figures`), so that what is read back
from the sentence is the finding. No diagnosis is added, and no comparison with another exam.

Rules, stated once:

- type: a lymph node for node stations and the two regions that are nodes by name (above 30 mm a
  nodal mass); in the lung a nodule to 30 mm, a mass above (Fleischner Society's glossary, 2024);
  in hilum, mediastinum, pleura and retroperitoneum a mass above 30 mm; uptake that was set aside
  as normal is `uptake`, what is undecided is a `focus`; all else a lesion.
- uptake degree, from SUVmax over the reference organs' SUVmean: to the blood pool's low, to 1.5
  times the liver's mild, to 3 times moderate, above intense. Without references, for FDG only, the
  same steps at SUV 2, 3.5 and 7; else `increased`.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from petscribe.core.finding import Finding, FindingType, ImageRef, Side, SizeClaim, SuvClaim, Uptake
from petscribe.core.lesion import Laterality, Lesion, Location, Measurement
from petscribe.terms.anatomy import ORGANS, name
from petscribe.terms.figures import shown_ml, shown_mm, shown_suv
from petscribe.terms.phrasebook import phrases
from petscribe.terms.places import place_words, side_said
from petscribe.terms.sentences import sentence

MASS_MM: Final = 30.0
LIVER_STEPS: Final[tuple[tuple[float, Uptake], ...]] = ((1.5, "mild"), (3.0, "moderate"))
FDG_STEPS: Final[tuple[tuple[float, Uptake], ...]] = (
    (2.0, "low"),
    (3.5, "mild"),
    (7.0, "moderate"),
)
_DEGREES: Final = ("physiologic", "low", "mild", "moderate", "increased", "intense")
_NODE_REGIONS: Final = frozenset({"neck_nodes", "pelvis_nodes"})
_MASS_REGIONS: Final = frozenset({"hilum", "mediastinum", "pleura", "retroperitoneum"})


def finding_of(
    lesion: Lesion, *, with_suv: bool = True, lang: str = "en", tracer: str = "fdg"
) -> Finding:
    """Return what a report says about a measured lesion.

    Args:
        lesion: measured and located.
        with_suv: False for an exam in relative units: then no SUV and no degree of uptake.
        lang: language of the place's words.
        tracer: of `core.exam.Tracer`; decides the degree where no reference organ was measured.
    """
    measured, place = lesion.measurement, lesion.location
    words = place.words.get(lang) or _place_words(place)[lang]
    normal = lesion.verdict == "physiologic"
    return Finding(
        anatomy=words.lower(),
        region=place.region,
        laterality=side_said(words, place.laterality, lang),
        type=_type(lesion),
        uptake="physiologic" if normal else uptake_degree(measured, tracer, with_suv=with_suv),
        suv=_suvs(measured, peak=not normal) if with_suv else (),
        size_mm=() if normal else _sizes(measured),
        mtv_ml=None if normal else shown_ml(measured.mtv_ml),
        refs=(ImageRef(image=measured.slice_pet),),
        source="measured",
    )


def finding_of_group(
    lesions: Sequence[Lesion], *, with_suv: bool = True, lang: str = "en", tracer: str = "fdg"
) -> Finding:
    """Return what an impression says about several lesions of one region as one finding.

    Says the region, the side when it is the same for all (bilateral when both occur), the type and
    how many; the highest degree of uptake; the lowest and the highest SUVmax.

    Raises:
        ValueError: no lesions, or of several regions.
    """
    single = [finding_of(x, with_suv=with_suv, lang=lang, tracer=tracer) for x in lesions]
    regions = {finding.region for finding in single}
    if len(regions) != 1:
        raise ValueError(f"a group has one region, not {len(regions)}")
    if len(single) == 1:
        return replace(single[0], size_mm=(), mtv_ml=None, refs=(), suv=single[0].suv[:1])
    region = single[0].region
    side = _common_side([x.location.laterality for x in lesions])
    anatomy = name(region, lang, side=side).lower()
    types = {finding.type for finding in single}
    degrees = [finding.uptake for finding in single if finding.uptake is not None]
    return Finding(
        anatomy=anatomy,
        region=region,
        laterality=side_said(anatomy, side, lang),
        type=types.pop() if len(types) == 1 else "lesion",
        count=len(single),
        uptake=max(degrees, key=_DEGREES.index, default=None),
        suv=_suv_range([x.measurement.suv_max for x in lesions]) if with_suv else (),
        source="measured",
    )


def lesion_sentence(
    lesion: Lesion, lang: str, *, with_suv: bool = True, tracer: str = "fdg"
) -> str:
    """Return the report's sentence about a lesion, with what a reader must know about it."""
    finding = finding_of(lesion, with_suv=with_suv, lang=lang, tracer=tracer)
    return " ".join([sentence(finding, lang, tracer=tracer), *notes(lesion, lang)])


def notes(lesion: Lesion, lang: str) -> tuple[str, ...]:
    """Return one short sentence per caution: undecided, an approximate place, known flags."""
    book = phrases(lang)
    said = [str(book["undecided"])] if lesion.verdict == "undecided" else []
    said += [str(book["approximate"])] if lesion.location.approximate else []
    said += [str(book["flags"][flag]) for flag in lesion.flags if flag in book["flags"]]
    return tuple(said)


def uptake_degree(measured: Measurement, tracer: str, *, with_suv: bool = True) -> Uptake | None:
    """Return the degree of uptake by the steps stated above; None without SUV."""
    if not with_suv or measured.suv_max is None:
        return None
    if measured.ratio_liver is not None:
        if measured.ratio_blood_pool is not None and measured.ratio_blood_pool <= 1.0:
            return "low"
        return _step(measured.ratio_liver, LIVER_STEPS)
    if tracer == "fdg":
        return _step(measured.suv_max, FDG_STEPS)
    return "increased"


def _step(value: float, steps: tuple[tuple[float, Uptake], ...]) -> Uptake:
    return next((degree for limit, degree in steps if value <= limit), "intense")


def _type(lesion: Lesion) -> FindingType:
    large = lesion.measurement.long_axis_mm > MASS_MM
    region = lesion.location.region
    if lesion.verdict == "physiologic":
        return "uptake"
    if lesion.verdict == "undecided":
        return "focus"
    organ = ORGANS.get(lesion.location.organ or "")
    if (organ and organ.kind == "node") or region in _NODE_REGIONS:
        return "nodal_mass" if large else "node"
    if region == "lung":
        return "mass" if large else "nodule"
    return "mass" if large and region in _MASS_REGIONS else "lesion"


def _common_side(sides: Sequence[Laterality | None]) -> Side | None:
    if set(sides) == {"left", "right"}:
        return "bilateral"
    return sides[0] if len(set(sides)) == 1 else None


def _suv_range(values: Sequence[float | None]) -> tuple[SuvClaim, ...]:
    shown = sorted(shown_suv(value) for value in values if value is not None)
    if not shown:
        return ()
    if shown[0] == shown[-1]:
        return (SuvClaim(stat="max", value=shown[0]),)
    return (SuvClaim(stat="max", value=None, low=shown[0], high=shown[-1], op="range"),)


def _place_words(place: Location) -> dict[str, str]:
    return place_words(
        region=place.region, organ=place.organ, laterality=place.laterality, level=place.level
    )


def _suvs(measured: Measurement, *, peak: bool) -> tuple[SuvClaim, ...]:
    said = []
    if measured.suv_max is not None:
        said.append(SuvClaim(stat="max", value=shown_suv(measured.suv_max)))
    if peak and measured.suv_peak is not None:
        said.append(SuvClaim(stat="peak", value=shown_suv(measured.suv_peak)))
    return tuple(said)


def _sizes(measured: Measurement) -> tuple[SizeClaim, ...]:
    dims = (shown_mm(measured.long_axis_mm), shown_mm(measured.short_axis_mm))
    return (SizeClaim(dims=dims),)
