"""Headers to plain facts: `SuvFacts` for the SUV, `Acquisition` for the report.

Reads attributes and judges nothing: what is absurd is for `subject`, `reference_time` and `suv` to
say. Attributes that belong to the whole series are compared over all slices; those that differ are
listed in `SuvFacts.mixed`. Patient name, id and birth date are never read into facts. Source: DICOM
PS3.3 C.8.9.1-4 (PET series, isotope, image), C.8.22 (enhanced PET), vendors' conformance statements
for the private attributes.
"""

import re
from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta

from petscribe.core.errors import SuvError
from petscribe.core.exam import Acquisition, Sex
from petscribe.io.dicom import tags
from petscribe.io.dicom.headers import Header
from petscribe.io.dicom.multiframe import ENHANCED_PET, Frame
from petscribe.io.dicom.tracer import tracer_of
from petscribe.io.suv.moments import join, parse_date, parse_datetime, parse_offset, parse_time
from petscribe.io.suv.nuclides import (
    half_life_s,
    nuclide_name,
    nuclide_of_code,
    nuclide_of_half_life,
)
from petscribe.io.suv.scale import FrameTime, SuvFacts, uptake_s
from petscribe.io.suv.subject import dose_bq, height_cm, known_sex, weight_kg

_GE = (0x0009, "GEMS_PETD")
_SIEMENS = (0x0071, "SIEMENS")
_PHILIPS = (0x7053, "Philips PET")
_GLUCOSE = re.compile(
    r"(?:glucose|bgl|blood sugar)\D{0,12}?(\d{1,3}(?:\.\d+)?)\s*(mg/dl|mmol/l)", re.IGNORECASE
)
_MG_DL_PER_MMOL_L = 18.016


def suv_facts(frames: Sequence[Frame]) -> SuvFacts:
    """Return what the slices of one PET series (in stack order) say about SUV."""
    header = frames[0].header
    drugs = header.items(tags.RADIOPHARMACEUTICAL_SEQUENCE)
    drug = _drug(header, drugs)
    zone = parse_offset(header.text(tags.TIMEZONE_OFFSET))
    suv_factor, activity_factor, unsigned = _philips(header)
    return SuvFacts(
        units=header.text(tags.UNITS),
        suv_type=header.text(tags.SUV_TYPE),
        decay_correction=_decay_correction(header),
        corrections=_corrections(header),
        weight_kg=header.number(tags.PATIENT_WEIGHT),
        height_m=header.number(tags.PATIENT_SIZE),
        sex=header.text(tags.PATIENT_SEX),
        age_years=_age_years(header),
        dose_bq=drug.number(tags.TOTAL_DOSE) if drug else None,
        dose_unit_is_mbq=header.text(tags.SOP_CLASS_UID) == ENHANCED_PET,
        half_life_s=drug.number(tags.HALF_LIFE) if drug else None,
        nuclide=_nuclide(drug),
        tracer=_tracer(header, drug),
        series_type=(header.texts(tags.SERIES_TYPE) or (None,))[0],
        series_time=_series_time(header),
        injection=parse_datetime(drug.text(tags.INJECTION_DATETIME), zone) if drug else None,
        injection_clock=parse_time(drug.text(tags.INJECTION_TIME)) if drug else None,
        ge_scan=parse_datetime(header.private(*_GE, 0x0D), zone),
        ge_injection=parse_datetime(header.private(*_GE, 0x3B), zone),
        siemens_reference=parse_datetime(header.private(*_SIEMENS, 0x22), zone),
        decay_moment=parse_datetime(header.text(tags.DECAY_CORRECTION_DATETIME), zone),
        philips_suv_factor=suv_factor,
        philips_activity_factor=activity_factor,
        philips_without_creator=unsigned,
        nonzero_intercept=any(f.header.number(tags.RESCALE_INTERCEPT) for f in frames),
        num_radiopharmaceuticals=1 if drug else max(1, len(drugs)),
        mixed=_mixed(frames),
        frames=tuple(_frame_time(f.header, zone) for f in frames),
    )


def acquisition_of(facts: SuvFacts, pet: Header, ct: Header | None) -> Acquisition:
    """Return how the exam was made, as far as its headers say it and it makes sense."""
    drugs = pet.items(tags.RADIOPHARMACEUTICAL_SEQUENCE)
    drug = _drug(pet, drugs)
    day = parse_date(pet.text(tags.STUDY_DATE))
    sex: Sex | None = known_sex(facts)  # type: ignore[assignment]
    age = _age_years(pet)
    return Acquisition(
        tracer=_tracer(pet, drug),  # type: ignore[arg-type]
        tracer_text=_tracer_text(drug),
        radionuclide=facts.nuclide,
        half_life_s=_positive(facts.half_life_s) or half_life_s(facts.nuclide),
        weight_kg=_or_none(lambda: weight_kg(facts, [])),
        height_cm=height_cm(facts, []),
        sex=sex,
        age_years=int(age) if age is not None else None,
        injected_activity_bq=_or_none(lambda: dose_bq(facts, [])),
        uptake_time_s=uptake_s(facts),
        glucose_mmol_l=_glucose(pet),
        study_date=day.isoformat() if day else None,
        study_description=pet.words(tags.STUDY_DESCRIPTION),
        manufacturer=pet.words(tags.MANUFACTURER),
        scanner_model=pet.words(tags.MODEL_NAME),
        ct_contrast=_contrast(ct),
        ct_kvp=_positive(ct.number(tags.KVP)) if ct else None,
    )


def _drug(header: Header, drugs: tuple[Header, ...]) -> Header | None:
    """Return the one radiopharmaceutical, or the one that an enhanced frame names."""
    if len(drugs) == 1:
        return drugs[0]
    agent = header.ushort(tags.AGENT_NUMBER)
    named = [d for d in drugs if agent is not None and d.ushort(tags.AGENT_NUMBER) == agent]
    return named[0] if len(named) == 1 else None


def _decay_correction(header: Header) -> str | None:
    stated = header.text(tags.DECAY_CORRECTION)
    if stated:
        return stated.upper()
    flag = header.text(tags.DECAY_CORRECTED)
    return {"YES": "START", "NO": "NONE"}.get((flag or "").upper())


def _corrections(header: Header) -> tuple[str, ...]:
    """Return CorrectedImage, or what the flags of enhanced PET amount to."""
    listed = header.texts(tags.CORRECTED_IMAGE)
    flags = ((tags.ATTENUATION_CORRECTED, "ATTN"), (tags.DECAY_CORRECTED, "DECY"))
    return listed + tuple(n for tag, n in flags if (header.text(tag) or "").upper() == "YES")


def _series_time(header: Header) -> datetime | None:
    day = parse_date(header.text(tags.SERIES_DATE)) or parse_date(header.text(tags.STUDY_DATE))
    return join(day, parse_time(header.text(tags.SERIES_TIME)))


def _frame_time(header: Header, zone: timedelta | None) -> FrameTime:
    day: date | None = (
        parse_date(header.text(tags.ACQUISITION_DATE))
        or parse_date(header.text(tags.SERIES_DATE))
        or parse_date(header.text(tags.STUDY_DATE))
    )
    acquired = (
        parse_datetime(header.text(tags.FRAME_ACQUISITION_DATETIME), zone)
        or join(day, parse_time(header.text(tags.ACQUISITION_TIME)))
        or parse_datetime(header.text(tags.ACQUISITION_DATETIME), zone)
    )
    duration = header.number(tags.FRAME_DURATION) or header.double(tags.FRAME_ACQUISITION_DURATION)
    return FrameTime(
        acquired=acquired,
        duration_s=_thousandth(duration),
        frame_reference_s=_thousandth(header.number(tags.FRAME_REFERENCE_TIME)),
        decay_factor=header.number(tags.DECAY_FACTOR),
    )


def _philips(header: Header) -> tuple[float | None, float | None, bool]:
    """Return SUV and activity factor, and whether they stand in a block without creator.

    Such a block is believed from Philips alone: anonymisers drop the creator and keep the values.
    """
    group = _PHILIPS[0]
    signed = any(tag >> 16 == group for tag in header.creators)
    if signed:
        texts = [header.private(*_PHILIPS, element) for element in (0x00, 0x09)]
    elif "PHILIPS" in (header.text(tags.MANUFACTURER) or "").upper():
        texts = [header.text((group << 16) | 0x1000 | element) for element in (0x00, 0x09)]
    else:
        return None, None, False
    suv, activity = (_decimal(text) for text in texts)
    return suv, activity, not signed


def _decimal(text: str | None) -> float | None:
    if text is None:
        return None
    return Header(values={0: text.encode("latin-1", "replace")}).number(0)


def _mixed(frames: Sequence[Frame]) -> tuple[str, ...]:
    rules: tuple[tuple[str, Callable[[Header], object]], ...] = (
        ("Units", lambda h: h.text(tags.UNITS)),
        ("SUVType", lambda h: h.text(tags.SUV_TYPE)),
        ("DecayCorrection", _decay_correction),
        ("CorrectedImage", lambda h: [n for n in ("ATTN", "DECY") if n in _corrections(h)]),
        ("PatientWeight", lambda h: h.number(tags.PATIENT_WEIGHT)),
        ("SeriesTime", lambda h: h.text(tags.SERIES_TIME)),
        ("RadiopharmaceuticalInformationSequence", _drug_numbers),
        ("Philips factors", _philips),
    )
    headers = [f.header for f in frames]
    return tuple(name for name, of in rules if len({repr(of(h)) for h in headers}) > 1)


def _drug_numbers(header: Header) -> object:
    read = (tags.INJECTION_DATETIME, tags.INJECTION_TIME, tags.TOTAL_DOSE, tags.HALF_LIFE)
    drugs = header.items(tags.RADIOPHARMACEUTICAL_SEQUENCE)
    return [tuple(drug.text(tag) for tag in read) for drug in drugs]


def _nuclide(drug: Header | None) -> str | None:
    if drug is None:
        return None
    for code in drug.items(tags.NUCLIDE_CODE_SEQUENCE):
        found = nuclide_of_code(code.text(tags.CODE_VALUE)) or nuclide_name(
            code.words(tags.CODE_MEANING)
        )
        if found:
            return found
    by_words = nuclide_name(drug.words(tags.RADIOPHARMACEUTICAL))
    return by_words or nuclide_of_half_life(drug.number(tags.HALF_LIFE))


def _tracer(header: Header, drug: Header | None) -> str:
    codes = drug.items(tags.TRACER_CODE_SEQUENCE) if drug else ()
    words = [c.words(tags.CODE_MEANING) for c in codes]
    if drug:
        words.append(drug.words(tags.RADIOPHARMACEUTICAL))
    hint = " ".join(
        header.words(tag) or "" for tag in (tags.SERIES_DESCRIPTION, tags.STUDY_DESCRIPTION)
    )
    return tracer_of([c.text(tags.CODE_VALUE) for c in codes], words, hint)


def _tracer_text(drug: Header | None) -> str | None:
    if drug is None:
        return None
    codes = drug.items(tags.TRACER_CODE_SEQUENCE)
    meaning = codes[0].words(tags.CODE_MEANING) if codes else None
    return drug.words(tags.RADIOPHARMACEUTICAL) or meaning


def _age_years(header: Header) -> float | None:
    match = re.fullmatch(r"(\d{1,3})([DWMY])", (header.text(tags.PATIENT_AGE) or "").upper())
    if match:
        per_year = {"D": 365.25, "W": 52.18, "M": 12.0, "Y": 1.0}
        return int(match.group(1)) / per_year[match.group(2)]
    born = parse_date(header.text(tags.PATIENT_BIRTH_DATE))
    day = parse_date(header.text(tags.STUDY_DATE))
    if born is None or day is None or born > day:
        return None
    return (day - born).days // 365.25


def _glucose(header: Header) -> float | None:
    """Return blood glucose when a free text of the header states it with its unit."""
    for tag in (tags.STUDY_DESCRIPTION, tags.SERIES_DESCRIPTION):
        match = _GLUCOSE.search(header.words(tag) or "")
        if match:
            value = float(match.group(1))
            is_mg = match.group(2).lower() == "mg/dl"
            return round(value / _MG_DL_PER_MMOL_L, 2) if is_mg else value
    return None


def _contrast(ct: Header | None) -> bool | None:
    """Return whether a CT header names a contrast agent; None when it has no such attribute."""
    if ct is None:
        return None
    present = tags.CONTRAST_AGENT in ct.values or tags.CONTRAST_AGENT_SEQUENCE in ct.values
    if not present:
        return None
    named = (ct.text(tags.CONTRAST_AGENT) or "").upper()
    return bool(ct.values.get(tags.CONTRAST_AGENT_SEQUENCE)) or named not in {"", "NONE", "NO"}


def _thousandth(milliseconds: float | None) -> float | None:
    return None if milliseconds is None else milliseconds / 1000.0


def _positive(value: float | None) -> float | None:
    return value if value is not None and 0 < value < float("inf") else None


def _or_none(read: Callable[[], float]) -> float | None:
    try:
        return read()
    except SuvError:
        return None
