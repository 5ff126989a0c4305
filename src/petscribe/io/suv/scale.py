"""From facts to SUV: the factor that turns rescaled PET values into g/ml, or the reason for none.

Let c be a voxel after its own slice's slope and intercept, W the weight in kg, D the administered
activity in Bq, dt the time from injection to the reference time, T the frame's duration in s and
lambda = ln 2 / half life. Then

    SUVbw = c 1000 W / (D exp(-lambda dt))                                   DecayCorrection START
    SUVbw = c 1000 W / D                                                                     ADMIN
    SUVbw = c 1000 W / D  lambda T / (1 - exp(-lambda T))  exp(lambda (t_acq - t_inj))        NONE

with t_acq of each frame. Values that are an SUV already (Units GML, CM2ML) are converted from the
body measure they were divided by: SUVbw = c W / LBM, c W / IBW, c 1000 W / (1e4 BSA). Philips
counts (CNTS) use the private factors. All else is refused with its own code. Pure functions: no
files, no voxels. Sources: DICOM PS3.3 C.8.9.1, IBSI-SUV manual, QIBA vendor-neutral pseudo-code,
`correctness.md` 1.1-1.8.
"""

import math
from dataclasses import dataclass, field, replace
from datetime import datetime

from petscribe.core.errors import SuvError
from petscribe.core.exam import SuvScale
from petscribe.io.suv.body_size import (
    LbmFormula,
    body_surface_area_m2,
    ideal_body_weight_kg,
    lean_body_mass_kg,
)
from petscribe.io.suv.facts import FrameTime, SuvFacts
from petscribe.io.suv.nuclides import half_life_s
from petscribe.io.suv.reference_time import (
    Timing,
    average_time_s,
    decide_timing,
    reference_candidates,
)
from petscribe.io.suv.subject import dose_bq, half_life, height_cm, known_sex, weight_kg

__all__ = [
    "FrameTime",
    "SuvFacts",
    "body_surface_area_m2",
    "half_life_s",
    "ideal_body_weight_kg",
    "lean_body_mass_kg",
    "suv_scale",
    "uptake_s",
]

LBM_FORMULA: LbmFormula = "janmahasatian"

REFUSED_UNITS = {
    "PROPCNTS": "units-propcnts",
    "PROPCPS": "units-propcps",
    "CPS": "units-cps",
    "PCNT": "units-pcnt",
    "1CM": "units-1cm",
    "NONE": "units-none",
    "MGMINML": "units-rate",
    "UMOLMINML": "units-rate",
    "MLMING": "units-rate",
    "MLMINML": "units-rate",
    "UMOLML": "units-concentration",
    "MLML": "units-concentration",
    "MLG": "units-concentration",
    "CM2": "units-concentration",
    "STDDEV": "units-stddev",
}
"""Code of the refusal for every DICOM unit that no SUV can be had from."""

_GML_FORMULA: dict[str, LbmFormula] = {
    "LBM": "morgan120",
    "LBMJAMES128": "james128",
    "LBMJANMA": "janmahasatian",
}
_FDG_UPTAKE_S = (30 * 60.0, 180 * 60.0)
_PHILIPS_AGREE_FRAC = 0.01
_SAME_FRAC = 1e-9
_MOST_DECAY = 10.0 * math.log(2.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Factor:
    """A factor and how it was reached."""

    method: str
    factor: float | None = None
    by_slice: tuple[float, ...] | None = None
    timing: Timing | None = None


@dataclass(slots=True)
class _Work:
    """Facts with the warnings that gather while they are judged."""

    facts: SuvFacts
    warnings: list[str] = field(default_factory=list)


def suv_scale(facts: SuvFacts) -> SuvScale:
    """Return the factor to SUVbw with its provenance; a refusal is in `refused`, never raised."""
    work = _Work(facts)
    try:
        _refuse_mixtures(facts)
        _refuse_uncorrected(facts)
        found = _by_units(work)
    except SuvError as fault:
        return SuvScale(
            factor_bw=None,
            method="refused",
            candidates=_candidates(facts),
            warnings=_unique(work.warnings),
            refused=fault.code,
            refused_message=fault.message,
        )
    if facts.nonzero_intercept:
        work.warnings.append("nonzero-intercept")
    _note_unusual_uptake(work, found.timing)
    return _with_other_norms(work, found)


def uptake_s(facts: SuvFacts) -> float | None:
    """Return the time from injection to the voxels' reference time (or scan start), or None."""
    try:
        return decide_timing(facts, half_life(facts, []), []).elapsed_s
    except SuvError:
        return None


def _by_units(work: _Work) -> _Factor:
    units = (work.facts.units or "").strip().upper()
    if units == "BQML":
        return _from_activity(work, "bqml")
    if units == "GML":
        return _from_normalised(work, (work.facts.suv_type or "BW").strip().upper())
    if units == "CM2ML":
        if (work.facts.suv_type or "BSA").strip().upper() != "BSA":
            raise _unknown_type(work.facts)
        return _from_area(work)
    if units == "CNTS":
        return _from_counts(work)
    if not units:
        raise SuvError("missing-units", "no Units (0054,1001): the voxel values have no meaning")
    code = REFUSED_UNITS.get(units, "units-unknown")
    shown = units if units.isascii() and units.isalnum() else "?"
    raise SuvError(code, f"Units (0054,1001) is {shown[:16]}: no SUV can be computed from it")


def _refuse_mixtures(facts: SuvFacts) -> None:
    if facts.mixed:
        raise SuvError(
            "mixed-series-metadata",
            f"slices of the series disagree on {', '.join(facts.mixed)}: not one acquisition",
        )
    if facts.num_radiopharmaceuticals > 1:
        raise SuvError(
            "several-radiopharmaceuticals",
            f"{facts.num_radiopharmaceuticals} radiopharmaceuticals in the header, "
            "one expected: whose dose the voxels show is not known",
        )


def _refuse_uncorrected(facts: SuvFacts) -> None:
    units = (facts.units or "").strip().upper()
    if units in REFUSED_UNITS or not units:
        return  # the unit is the clearer reason
    if "ATTN" not in facts.corrections:
        raise SuvError(
            "not-attenuation-corrected",
            "CorrectedImage (0028,0051) does not list ATTN: not a quantitative PET",
        )
    decayed, correction = "DECY" in facts.corrections, facts.decay_correction
    if correction == "NONE" and decayed:
        raise SuvError(
            "decay-contradiction",
            "CorrectedImage (0028,0051) lists DECY but DecayCorrection (0054,1102) is NONE",
        )
    if not decayed and correction != "NONE":
        raise SuvError(
            "not-decay-corrected",
            "CorrectedImage (0028,0051) does not list DECY and DecayCorrection (0054,1102) is not "
            "NONE",
        )


def _from_activity(work: _Work, method: str, per_unit: float = 1.0) -> _Factor:
    """Return the factor for values that give Bq/ml when multiplied by `per_unit`."""
    facts = work.facts
    base = per_unit * 1000.0 * weight_kg(facts, work.warnings) / dose_bq(facts, work.warnings)
    correction = facts.decay_correction
    if correction == "ADMIN":
        return _Factor(method=f"{method}-admin", factor=base)
    if correction not in {"START", "NONE"}:
        raise SuvError(
            "unknown-decay-correction",
            f"DecayCorrection (0054,1102) is {(correction or 'absent')[:16]}, "
            "expected START, ADMIN or NONE",
        )
    half = half_life(facts, work.warnings)
    timing = decide_timing(facts, half, work.warnings)
    decay_per_s = math.log(2.0) / half
    if correction == "NONE":
        slices = tuple(base * grown for grown in _undecayed(facts, timing, decay_per_s))
        return _per_slice(f"{method}-none", slices, timing)
    factor = base * math.exp(decay_per_s * timing.elapsed_s)
    if method == "bqml":
        timing, factor = _arbitrated(work, timing, (base, decay_per_s))
    return _Factor(method=f"{method}-start", factor=factor, timing=timing)


def _undecayed(facts: SuvFacts, timing: Timing, decay_per_s: float) -> list[float]:
    """Return by how much each frame's activity at injection exceeds what it shows."""
    grown: list[float] = []
    for frame in facts.frames or (FrameTime(),):
        duration = frame.duration_s
        if timing.reference is not None and frame.acquired is None:
            raise SuvError(
                "missing-frame-time",
                "DecayCorrection is NONE and a slice has no AcquisitionTime (0008,0032)",
            )
        if duration is None or not math.isfinite(duration) or duration <= 0:
            raise SuvError(
                "missing-frame-duration",
                "DecayCorrection is NONE and a slice has no ActualFrameDuration (0018,1242)",
            )
        later = _seconds(frame.acquired, timing.reference)
        # the mean over a frame is what the activity was at its average time
        age = timing.elapsed_s + later + average_time_s(duration, decay_per_s)
        grown.append(_growth(decay_per_s * age))
    return grown


def _growth(exponent: float) -> float:
    if abs(exponent) > _MOST_DECAY:
        raise SuvError(
            "implausible-uptake-time",
            "a slice was acquired more than ten half lives away from the injection",
        )
    return math.exp(exponent)


def _arbitrated(work: _Work, timing: Timing, rates: tuple[float, float]) -> tuple[Timing, float]:
    """Let Philips' own factors choose among the candidate times, when they fit one and not ours.

    SUV factor / activity factor = 1000 W / D_ref, whatever the Units.
    """
    base, decay_per_s = rates
    factor = base * math.exp(decay_per_s * timing.elapsed_s)
    expected = _philips_ratio(work.facts)
    if expected is None or timing.reference is None:
        return timing, factor
    if abs(factor / expected - 1.0) <= _PHILIPS_AGREE_FRAC:
        return timing, factor
    for name, moment in timing.candidates.items():
        elapsed = timing.elapsed_s + _seconds(moment, timing.reference)
        if not 0.0 <= decay_per_s * elapsed <= _MOST_DECAY:
            continue  # a stale date
        other = base * math.exp(decay_per_s * elapsed)
        if abs(other / expected - 1.0) <= _PHILIPS_AGREE_FRAC:
            work.warnings.append("reference-time-arbitrated")
            chosen = replace(timing, reference=moment, elapsed_s=elapsed, source=name)
            return chosen, other
    work.warnings.append("philips-factors-disagree")
    return timing, factor


def _philips_ratio(facts: SuvFacts) -> float | None:
    suv, activity = facts.philips_suv_factor, facts.philips_activity_factor
    return suv / activity if _usable(suv) and _usable(activity) and suv and activity else None


def _from_normalised(work: _Work, suv_type: str) -> _Factor:
    """Convert values that are g/ml already, by what they were normalised with."""
    facts = work.facts
    if suv_type in {"", "BW"}:
        return _Factor(method="gml-bw", factor=1.0)
    if suv_type in _GML_FORMULA:
        height, sex = _height_and_sex(work)
        mass = lean_body_mass_kg(
            weight_kg(facts, work.warnings), height, sex, _GML_FORMULA[suv_type]
        )
    elif suv_type == "IBW":
        mass = ideal_body_weight_kg(*_height_and_sex(work))
    else:
        raise _unknown_type(facts)
    if mass is None:
        raise SuvError(
            "impossible-body-size",
            f"the formula of SUVType {suv_type} gives no positive mass for this weight and height",
        )
    weight = weight_kg(facts, [])
    return _Factor(method=f"gml-{suv_type.lower()}", factor=weight / mass)


def _from_area(work: _Work) -> _Factor:
    height = height_cm(work.facts, work.warnings)
    if height is None:
        raise SuvError("missing-height", "Units CM2ML needs PatientSize (0010,1020) in metres")
    weight = weight_kg(work.facts, work.warnings)
    area_cm2 = 1e4 * body_surface_area_m2(weight, height)
    return _Factor(method="cm2ml-bsa", factor=1000.0 * weight / area_cm2)


def _from_counts(work: _Work) -> _Factor:
    facts = work.facts
    suv, activity = facts.philips_suv_factor, facts.philips_activity_factor
    if facts.philips_without_creator and (_usable(suv) or _usable(activity)):
        work.warnings.append("private-creator-missing")
    if _usable(suv) and suv is not None:
        if _usable(activity) and activity is not None:
            _check_philips(work, suv / activity)
        return _Factor(method="cnts-suv-factor", factor=suv)
    if _usable(activity) and activity is not None:
        return _from_activity(work, "cnts-activity", activity)
    raise SuvError(
        "counts-without-factor",
        "Units is CNTS and neither Philips factor (7053,1000), (7053,1009) is there and not zero",
    )


def _check_philips(work: _Work, ratio: float) -> None:
    silent = _Work(replace(work.facts, philips_suv_factor=None))
    try:
        own = _from_activity(silent, "cnts-activity").factor
    except SuvError:
        return  # without weight, dose or times there is nothing to compare with
    if own is not None and abs(own / ratio - 1.0) > _PHILIPS_AGREE_FRAC:
        work.warnings.append("philips-factors-disagree")


def _height_and_sex(work: _Work) -> tuple[float, str]:
    height, sex = height_cm(work.facts, work.warnings), known_sex(work.facts)
    if height is None:
        raise SuvError("missing-height", "this SUVType needs PatientSize (0010,1020) in metres")
    if sex is None:
        raise SuvError("missing-sex", "this SUVType needs PatientSex (0010,0040): M, F or O")
    if sex == "O":
        work.warnings.append("sex-other")
    return height, sex


def _with_other_norms(work: _Work, found: _Factor) -> SuvScale:
    facts, factor = work.facts, found.factor
    weight, height, sex = _weight_or_none(facts), height_cm(facts, []), known_sex(facts)
    lean = ideal = area = None
    if weight is not None and height is not None:
        area = 10.0 * body_surface_area_m2(weight, height)
        if sex is not None:
            lean = lean_body_mass_kg(weight, height, sex, LBM_FORMULA)
            ideal = ideal_body_weight_kg(height, sex)

    def scaled(measure: float | None) -> float | None:
        missing = factor is None or measure is None or weight is None
        return None if missing else factor * measure / weight  # type: ignore[operator]

    timing = found.timing
    return SuvScale(
        factor_bw=factor,
        method=found.method,
        reference_time=_iso(timing.reference) if timing else None,
        candidates={n: m.isoformat() for n, m in timing.candidates.items()} if timing else {},
        warnings=_unique(work.warnings),
        slice_factors_bw=found.by_slice,
        factor_lbm=scaled(lean),
        lbm_formula=LBM_FORMULA if scaled(lean) is not None else None,
        factor_bsa=scaled(area),
        factor_ibw=scaled(ideal),
    )


def _weight_or_none(facts: SuvFacts) -> float | None:
    try:
        return weight_kg(facts, [])
    except SuvError:
        return None


def _candidates(facts: SuvFacts) -> dict[str, str]:
    """Return the reference times that a refused series could have had, for whoever looks why."""
    try:
        decay_per_s = math.log(2.0) / half_life(facts, [])
    except SuvError:
        return {}
    found = reference_candidates(facts, decay_per_s)
    return {name: moment.isoformat() for name, moment in found.items()}


def _per_slice(method: str, slices: tuple[float, ...], timing: Timing) -> _Factor:
    if max(slices) - min(slices) <= _SAME_FRAC * max(slices):
        return _Factor(method=method, factor=slices[0], timing=timing)
    return _Factor(method=method, by_slice=slices, timing=timing)


def _note_unusual_uptake(work: _Work, timing: Timing | None) -> None:
    if work.facts.tracer != "fdg" or timing is None:
        return
    if not _FDG_UPTAKE_S[0] <= timing.elapsed_s <= _FDG_UPTAKE_S[1]:
        work.warnings.append("unusual-uptake-time")


def _unknown_type(facts: SuvFacts) -> SuvError:
    shown = "".join(c for c in (facts.suv_type or "") if c.isascii() and c.isalnum())[:16]
    return SuvError(
        "unknown-suv-type",
        f"SUVType (0054,1006) {shown or '?'} does not go with Units {(facts.units or '')[:8]}",
    )


def _usable(factor: float | None) -> bool:
    return factor is not None and math.isfinite(factor) and factor > 0


def _seconds(later: datetime | None, earlier: datetime | None) -> float:
    return (later - earlier).total_seconds() if later is not None and earlier is not None else 0.0


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment is not None else None


def _unique(codes: list[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(codes))
