"""What each series is for, and which PET and CT make the exam.

Roles come from SOP class, modality and image type. PET is chosen among series that form a volume
and hold activity: attenuation-corrected ones only, those with an SUV first, original before
derived, then the longest along the body, the most slices, the finer pixels, the lower series
number. CT is chosen among those in the PET's frame of reference: the one that covers most of the
PET (in steps of 10 %), soft-tissue before sharp kernels, the attenuation-correction CT before a
diagnostic one (it was breathed and lain like the PET), original before derived, the most slices.
Every series not used gets a code and one line why. Knows headers and grids, no voxels.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from petscribe.core.errors import InputError, PetscribeError
from petscribe.core.exam import Role, SuvScale
from petscribe.io.dicom import tags
from petscribe.io.dicom.multiframe import CT_CLASSES, PET_CLASSES
from petscribe.io.dicom.scan import FoundSeries
from petscribe.io.dicom.stack import Stack
from petscribe.io.suv.scale import REFUSED_UNITS, SuvFacts

UNUSABLE = frozenset(REFUSED_UNITS.values()) | {
    "units-unknown",
    "not-attenuation-corrected",
    "mixed-series-metadata",
}
"""SUV refusals after which a PET is not measured in relative units either."""

_MASKS = frozenset({"SEG", "RTSTRUCT"})
_DERIVED = frozenset(
    {"MIP", "PROJECTION IMAGE", "REFORMATTED", "MPR", "FUSED", "FUSION", "FUSED IMAGE", "VRT"}
    | {"SSD", "CSA MIP", "CSA MPR", "SCREEN SAVE", "SCREENSHOT", "MAX_IP", "CURVED MPR", "CPR"}
)
_SHARP = re.compile(r"\bB[67]\d|\bBr[67]\d|\bBl[67]\d|lung|bone|edge|sharp|\bYB\b|\bFC[35]\d", re.I)
_ATTENUATION = re.compile(r"\bAC\b|CTAC|\bACCT|atten|low.?dose|\bLD\b", re.I)
_HOUNSFIELD = frozenset({"", "HU", "US", "UNSPECIFIED", "HU_MOD"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """Why a series is not used."""

    code: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A series with what is known of it: a stack that could be used, or why there is none."""

    series: FoundSeries
    role: Role
    stack: Stack | None = None
    fault: PetscribeError | None = None
    facts: SuvFacts | None = None
    """What a usable PET's headers say about SUV."""
    suv: SuvScale | None = None
    verdict: Verdict | None = None
    """Set when the series is out of the running."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """The series that make the exam, and why the others do not."""

    pet: int | None
    ct: int | None
    verdicts: dict[int, Verdict]
    """By position in the list of candidates."""
    fault: PetscribeError | None = None
    """Why no exam can be made although there are PET series."""


def role_of(series: FoundSeries) -> tuple[Role, Verdict | None]:
    """Return a series' role, and why it is out when its headers alone say so."""
    header = series.instances[0].header
    modality, sop_class = series.modality, header.text(tags.SOP_CLASS_UID)
    if modality in _MASKS:
        return "mask", Verdict(
            code="mask-not-used", reason="lesions are read only from what --mask names"
        )
    if modality == "PT" and sop_class in PET_CLASSES:
        return "pet", _not_a_volume(series)
    if modality == "CT" and sop_class in CT_CLASSES:
        return "ct", _not_a_volume(series)
    if modality in {"PT", "CT"}:
        return "other", Verdict(
            code="secondary-capture",
            reason=f"{modality} pictures of another kind (capture, MIP, parametric), not slices",
        )
    return "other", Verdict(
        code="other-modality", reason=f"modality {_plain(modality)} is neither PET nor CT"
    )


def choose(candidates: Sequence[Candidate]) -> Choice:
    """Choose PET and CT."""
    verdicts = {i: v for i, c in enumerate(candidates) if (v := _own_verdict(c)) is not None}
    pets = [i for i, c in enumerate(candidates) if c.role == "pet" and i not in verdicts]
    fault = _several_exams([candidates[i] for i in pets])
    if not pets or fault is not None:
        return Choice(pet=None, ct=None, verdicts=verdicts, fault=fault)
    pets.sort(key=lambda i: _pet_rank(candidates[i]))
    pet = pets[0]
    for i in pets[1:]:
        verdicts[i] = Verdict(
            code="another-pet-chosen",
            reason=f"the PET series {tail(candidates[pet])} was chosen: "
            + _pet_difference(candidates[pet], candidates[i]),
        )
    ct = _choose_ct(candidates, pet, verdicts)
    return Choice(pet=pet, ct=ct, verdicts=verdicts)


def tail(candidate: Candidate) -> str:
    """Return how messages call a series: the end of its UID."""
    return series_tail(candidate.series.uid)


def series_tail(uid: str) -> str:
    """Return the last characters of a UID as messages show them."""
    return f"...{_plain(uid)[-8:]}" if uid else "(no UID)"


def _not_a_volume(series: FoundSeries) -> Verdict | None:
    header = series.instances[0].header
    tokens = set(header.texts(tags.IMAGE_TYPE)) | set(header.texts(tags.FRAME_TYPE))
    photometric = (header.text(tags.PHOTOMETRIC) or "MONOCHROME2").upper()
    if "LOCALIZER" in tokens:
        return Verdict(code="localizer", reason="a scout (localizer) picture, not a volume")
    if (header.ushort(tags.SAMPLES_PER_PIXEL) or 1) != 1 or "MONOCHROME" not in photometric:
        return Verdict(code="colour-image", reason="colour pictures, not measured values")
    if tokens & _DERIVED or "REPROJECTION" in header.texts(tags.SERIES_TYPE):
        return Verdict(
            code="derived-image", reason="a projection, reformat or fusion, not the scan"
        )
    if header.texts(tags.COUNTS_SOURCE)[:1] == ("TRANSMISSION",):
        return Verdict(
            code="transmission-image", reason="a transmission scan, not an emission scan"
        )
    kind = (header.text(tags.RESCALE_TYPE) or "").upper()
    if series.modality == "CT" and kind not in _HOUNSFIELD:
        return Verdict(code="not-hounsfield", reason=f"CT values in {_plain(kind)}, not HU")
    return None


def _own_verdict(candidate: Candidate) -> Verdict | None:
    if candidate.verdict is not None:
        return candidate.verdict
    if candidate.fault is not None:
        return Verdict(code=candidate.fault.code, reason=candidate.fault.message)
    suv = candidate.suv
    if suv is not None and suv.refused in UNUSABLE:
        return Verdict(code=suv.refused or "", reason=suv.refused_message or "")
    return None


def _several_exams(pets: Sequence[Candidate]) -> InputError | None:
    people = {_person(c) for c in pets} - {""}
    if len(people) > 1:
        return InputError(
            "several-patients",
            f"PET series of {len(people)} patients in one place: give the folder of one exam",
        )
    studies = {_text(c, tags.STUDY_UID) for c in pets}
    if len(studies) > 1:
        dates = sorted({_text(c, tags.STUDY_DATE)[:8] or "undated" for c in pets})
        return InputError(
            "several-studies",
            f"PET series of {len(studies)} studies ({', '.join(map(_plain, dates[:4]))}): give the "
            "folder of one",
        )
    return None


def _pet_rank(candidate: Candidate) -> tuple[object, ...]:
    assert candidate.stack is not None
    grid = candidate.stack.grid
    has_suv = candidate.suv is not None and candidate.suv.refused is None
    extent_cm = round(grid.shape[0] * grid.spacing_mm[0] / 10.0)
    return (
        not has_suv,
        not _is_original(candidate),
        -extent_cm,
        -grid.shape[0],
        round(grid.spacing_mm[1] * grid.spacing_mm[2], 3),
        _series_number(candidate),
        candidate.series.uid,
    )


def _pet_difference(chosen: Candidate, other: Candidate) -> str:
    names = (
        "it has an SUV",
        "it is original",
        "it is longer",
        "it has more slices",
        "its pixels are finer",
        "its series number is lower",
    )
    for name, one, two in zip(names, _pet_rank(chosen), _pet_rank(other), strict=False):
        if one != two:
            return name
    return "it comes first"


def _choose_ct(
    candidates: Sequence[Candidate], pet: int, verdicts: dict[int, Verdict]
) -> int | None:
    scan = candidates[pet]
    usable: list[int] = []
    for i, candidate in enumerate(candidates):
        if candidate.role != "ct" or i in verdicts:
            continue
        verdict = _unfit_for(scan, candidate)
        if verdict is None:
            usable.append(i)
        else:
            verdicts[i] = verdict
    usable.sort(key=lambda i: _ct_rank(scan, candidates[i]))
    for i in usable[1:]:
        verdicts[i] = Verdict(
            code="another-ct-chosen",
            reason=f"the CT series {tail(candidates[usable[0]])} was chosen: "
            + _ct_difference(scan, candidates[usable[0]], candidates[i]),
        )
    return usable[0] if usable else None


def _unfit_for(pet: Candidate, ct: Candidate) -> Verdict | None:
    assert pet.stack is not None
    assert ct.stack is not None
    one, other = _person(pet), _person(ct)
    if one and other and one != other:
        return Verdict(code="other-patient", reason="a CT of another patient than the PET's")
    frames = pet.stack.grid.frame_uid, ct.stack.grid.frame_uid
    if None not in frames and frames[0] != frames[1]:
        return Verdict(
            code="other-frame", reason="its frame of reference is not the PET's: not aligned"
        )
    if None in frames and _text(pet, tags.STUDY_UID) != _text(ct, tags.STUDY_UID):
        return Verdict(
            code="other-study", reason="a CT of another study, frame of reference unknown"
        )
    if _coverage(pet, ct) <= 0:
        return Verdict(code="no-overlap", reason="the CT shows no part of what the PET shows")
    return None


def _ct_rank(pet: Candidate, ct: Candidate) -> tuple[object, ...]:
    assert ct.stack is not None
    header = ct.stack.frames[0].header
    kernel = f"{header.text(tags.CONVOLUTION_KERNEL) or ''} {_description(ct)}"
    return (
        -round(_coverage(pet, ct) * 10),
        bool(_SHARP.search(kernel)),
        not _ATTENUATION.search(_description(ct)),
        not _is_original(ct),
        -ct.stack.grid.shape[0],
        _series_number(ct),
        ct.series.uid,
    )


def _ct_difference(pet: Candidate, chosen: Candidate, other: Candidate) -> str:
    names = (
        f"it covers {_coverage(pet, chosen):.0%} of the PET, this one {_coverage(pet, other):.0%}",
        "its kernel is soft, this one's sharp",
        "it is the attenuation-correction CT, this one is diagnostic",
        "it is original",
        "it has more slices",
        "its series number is lower",
    )
    ranks = zip(names, _ct_rank(pet, chosen), _ct_rank(pet, other), strict=False)
    return next((name for name, one, two in ranks if one != two), "it comes first")


def _coverage(pet: Candidate, ct: Candidate) -> float:
    """Return which part of the PET's extent from feet to head the CT covers; 0 when aside."""
    assert pet.stack is not None
    assert ct.stack is not None
    low, high = pet.stack.grid.bounds_mm
    ct_low, ct_high = ct.stack.grid.bounds_mm
    shared = [min(high[k], ct_high[k]) - max(low[k], ct_low[k]) for k in range(3)]
    return shared[2] / (high[2] - low[2]) if min(shared) > 0 else 0.0


def _is_original(candidate: Candidate) -> bool:
    tokens = candidate.series.instances[0].header.texts(tags.IMAGE_TYPE)
    return tokens[:1] == ("ORIGINAL",) and "SECONDARY" not in tokens


def _series_number(candidate: Candidate) -> int:
    return candidate.series.instances[0].header.whole(tags.SERIES_NUMBER) or 0


def _description(candidate: Candidate) -> str:
    return candidate.series.instances[0].header.words(tags.SERIES_DESCRIPTION) or ""


def _person(candidate: Candidate) -> str:
    """Return what tells patients apart; compared only, never shown."""
    return _text(candidate, tags.PATIENT_ID) or _text(candidate, tags.PATIENT_NAME)


def _text(candidate: Candidate, tag: int) -> str:
    return candidate.series.instances[0].header.text(tag) or ""


def _plain(text: str) -> str:
    return "".join(c for c in text if c.isascii() and (c.isalnum() or c in "._-"))[:64] or "?"
