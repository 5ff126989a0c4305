"""Which clock the dose decays by: the time that PET voxel values refer to, and the injection.

Reference time for DecayCorrection START, first that applies: GE's private scan time; Siemens'
private decay-correction time; DecayCorrectionDateTime (enhanced PET); the series time, unless it is
more than 1 s after the earliest acquisition of all slices; the time computed back from every frame
(all agreeing within 1 s); the earliest acquisition. No single rule is right for all vendors, so
every candidate is kept and `reference-time-conflict` is raised when the chosen or the series time
lies more than 60 s from the computed one, or the series time after the earliest acquisition.

Back-computation, with T the frame's duration and lambda = ln 2 / half life:

    T_ave = (1 / lambda) ln(lambda T / (1 - exp(-lambda T)))
    t_ref = t_acquired + T_ave - FrameReferenceTime

Injection: date and time when plausible against the reference; clock times alone otherwise, and only
for short-lived nuclides (de-identified dates are often stale). Sources: IBSI-SUV manual, QIBA SUV
pseudo-code, `correctness.md` 1.4-1.6.
"""

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from petscribe.core.errors import SuvError
from petscribe.io.suv.facts import FrameTime, SuvFacts

NEVER_GUESS_HALF_LIFE_S = 41400.0
"""From 11.5 h on, a missing day matters and is never guessed."""
_LONGEST_GUESS_S = 6 * 3600.0
_MOST_HALF_LIVES = 10.0
_LONGEST_EARLY_START_S = 3600.0
_SAME_S = 1.0
_CONFLICT_S = 60.0
_DAY_S = 86400.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """Reference and injection time, decided."""

    reference: datetime | None
    """None when the user stated the uptake time."""
    elapsed_s: float
    """From injection to reference."""
    candidates: Mapping[str, datetime]
    source: str
    """Name of the candidate chosen."""


def average_time_s(duration_s: float, decay_per_s: float) -> float:
    """Return T_ave: when within a frame the average count rate is reached."""
    product = decay_per_s * duration_s
    if product < 1e-9:
        return duration_s / 2.0
    return math.log(product / -math.expm1(-product)) / decay_per_s


def reference_candidates(facts: SuvFacts, decay_per_s: float) -> dict[str, datetime]:
    """Return every time that the voxel values could refer to, by the name of its source."""
    acquired = [f.acquired for f in facts.frames if f.acquired is not None]
    found = {
        "ge-private": _on_series_day(facts, facts.ge_scan),
        "siemens-private": facts.siemens_reference,
        "decay-correction-datetime": facts.decay_moment,
        "series": facts.series_time,
        "earliest-acquisition": min(acquired, default=None),
        "back-computed": _agreed(facts.frames, lambda f: _computed_back(f, decay_per_s), 1.0),
        "decay-factor": _agreed(facts.frames, lambda f: _by_decay_factor(f, decay_per_s), 2.0),
    }
    return {name: moment for name, moment in found.items() if moment is not None}


def choose_reference(candidates: Mapping[str, datetime]) -> str | None:
    """Return the name of the candidate to use, by the order in the module's docstring."""
    for name in ("ge-private", "siemens-private", "decay-correction-datetime"):
        if name in candidates:
            return name
    series, earliest = candidates.get("series"), candidates.get("earliest-acquisition")
    if series is not None and (earliest is None or _seconds(series, earliest) <= _SAME_S):
        return "series"
    for name in ("back-computed", "earliest-acquisition"):
        if name in candidates:
            return name
    return None


def decide_timing(facts: SuvFacts, half_life_s: float, warnings: list[str]) -> Timing:
    """Return when the voxels' activity is meant and how long after the injection that is.

    Raises:
        SuvError: a time is missing (codes `missing-reference-time`, `missing-injection-time`,
            `missing-injection-date`) or makes no sense (`negative-uptake-time`,
            `implausible-uptake-time`).
    """
    if facts.uptake_s is not None:
        return _stated(facts.uptake_s)
    candidates = reference_candidates(facts, math.log(2.0) / half_life_s)
    source = (
        _first_of(candidates, "earliest-acquisition", "series")
        if facts.decay_correction == "NONE"
        else choose_reference(candidates)
    )
    if source is None:
        raise SuvError(
            "missing-reference-time",
            "neither SeriesTime (0008,0031) nor AcquisitionTime (0008,0032) with its date",
        )
    if facts.decay_correction != "NONE":
        warnings.extend(_conflicts(candidates, source))
    reference = candidates[source]
    elapsed = elapsed_s(facts, reference, half_life_s, warnings)
    return Timing(reference=reference, elapsed_s=elapsed, candidates=candidates, source=source)


def elapsed_s(
    facts: SuvFacts, reference: datetime, half_life_s: float, warnings: list[str]
) -> float:
    """Return the seconds from injection to `reference`, trusting dates only when plausible."""
    dated = _dated_injections(facts, half_life_s)
    clocks = [c for c in (facts.injection_clock, *(d.time() for d in dated)) if c is not None]
    if len(clocks) > 1 and any(_clock_gap_s(clocks[0], c) > _SAME_S for c in clocks[1:]):
        warnings.append("injection-times-differ")
    for moment in dated:
        elapsed = _seconds(reference, moment)
        if _is_plausible(elapsed, facts, half_life_s):
            return elapsed
    if not clocks:
        raise SuvError(
            "missing-injection-time",
            "no RadiopharmaceuticalStartDateTime (0018,1078) and no start time (0018,1072)",
        )
    if half_life_s >= NEVER_GUESS_HALF_LIFE_S:
        raise _without_day(dated, reference, half_life_s)
    return _by_clock(clocks, dated, reference, (facts, half_life_s, warnings))


def _dated_injections(facts: SuvFacts, half_life_s: float) -> list[datetime]:
    moments = [facts.injection]
    # GE's private injection time is the last resort: a public clock time may have been corrected
    if facts.injection_clock is None or half_life_s >= NEVER_GUESS_HALF_LIFE_S:
        moments.append(_on_series_day(facts, facts.ge_injection))
    return [m for m in moments if m is not None]


def _on_series_day(facts: SuvFacts, moment: datetime | None) -> datetime | None:
    """Move GE's private times by whole days when the header's public dates were shifted.

    De-identification moves SeriesDate and forgets private times; the days between GE's scan time
    and the series time are that shift.
    """
    if moment is None or facts.ge_scan is None or facts.series_time is None:
        return moment
    shift = facts.series_time.date() - facts.ge_scan.date()
    return moment if abs(shift) <= timedelta(days=1) else _moved(moment, shift.total_seconds())


def _is_plausible(elapsed: float, facts: SuvFacts, half_life_s: float) -> bool:
    return _earliest_s(facts) <= elapsed < 2.0 * half_life_s


def _earliest_s(facts: SuvFacts) -> float:
    """A dynamic scan may start before the injection, up to an hour; others may not."""
    moving = facts.series_type in {"DYNAMIC", "GATED"} and facts.decay_correction != "NONE"
    return -_LONGEST_EARLY_START_S if moving else 0.0


def _by_clock(
    clocks: Iterable[time],
    dated: list[datetime],
    reference: datetime,
    context: tuple[SuvFacts, float, list[str]],
) -> float:
    facts, half_life_s, warnings = context
    for clock in clocks:
        elapsed = _seconds(reference, datetime.combine(reference.date(), clock))
        overnight = elapsed < _earliest_s(facts)
        elapsed += _DAY_S if overnight else 0.0
        if elapsed < min(_LONGEST_GUESS_S, _MOST_HALF_LIVES * half_life_s):
            stated = [_seconds(reference, moment) for moment in dated]
            if stated and all(abs(s - elapsed) > _SAME_S for s in stated):
                warnings.append("injection-date-ignored")
            elif overnight:
                warnings.append("injection-day-before")
            return elapsed
    raise _no_sense(next(iter(clocks)), dated, reference)


def _no_sense(clock: time, dated: list[datetime], reference: datetime) -> SuvError:
    injected = dated[0] if dated else datetime.combine(reference.date(), clock)
    if injected > reference:
        return SuvError(
            "negative-uptake-time",
            f"injection at {injected:%H:%M:%S} lies after the image's reference time "
            f"{reference:%H:%M:%S}: correct one of them",
        )
    hours = _seconds(reference, injected) / 3600.0
    return SuvError(
        "implausible-uptake-time",
        f"{hours:.1f} h between injection ({injected:%H:%M:%S}) and image ({reference:%H:%M:%S}), "
        "expected less for this nuclide",
    )


def _without_day(dated: list[datetime], reference: datetime, half_life_s: float) -> SuvError:
    if not dated:
        return SuvError(
            "missing-injection-date",
            f"half life {half_life_s:g} s: the injection needs a date (0018,1078), "
            "a clock time alone is not enough",
        )
    days = _seconds(reference, dated[0]) / _DAY_S
    code = "negative-uptake-time" if days < 0 else "implausible-uptake-time"
    return SuvError(
        code, f"{days:.2f} days between injection and image at a half life of {half_life_s:g} s"
    )


def _conflicts(candidates: Mapping[str, datetime], source: str) -> list[str]:
    chosen, series = candidates[source], candidates.get("series")
    back, earliest = candidates.get("back-computed"), candidates.get("earliest-acquisition")
    found: list[str] = []
    far = back is not None and any(
        abs(_seconds(moment, back)) > _CONFLICT_S
        for moment in (chosen, series)
        if moment is not None
    )
    late = series is not None and earliest is not None and _seconds(series, earliest) > _SAME_S
    if far or late:
        found.append("reference-time-conflict")
    if source == "earliest-acquisition":
        found.append("reference-time-from-acquisition")
    factor = candidates.get("decay-factor")
    if factor is not None and abs(_seconds(factor, chosen)) > _CONFLICT_S:
        found.append("decay-factor-disagrees")
    return found


def _computed_back(frame: FrameTime, decay_per_s: float) -> datetime | None:
    reference, duration = frame.frame_reference_s, frame.duration_s
    if frame.acquired is None or not _positive(reference) or not _positive(duration):
        return None
    shift = average_time_s(duration or 0.0, decay_per_s) - (reference or 0.0)
    return _moved(frame.acquired, shift)


def _by_decay_factor(frame: FrameTime, decay_per_s: float) -> datetime | None:
    """Invert DecayFactor = exp(lambda dt) lambda T / (1 - exp(-lambda T)), dt = t_acq - t_ref."""
    factor, duration = frame.decay_factor, frame.duration_s
    if frame.acquired is None or not _positive(factor) or not _positive(duration):
        return None
    within = decay_per_s * (duration or 0.0)
    if within < 1e-9:
        return None
    before = (factor or 1.0) * -math.expm1(-within) / within
    if before < 1.0 - 1e-4:
        return None  # below what decay within the frame alone gives: not filled in
    return _moved(frame.acquired, -math.log(before) / decay_per_s)


def _agreed(
    frames: Iterable[FrameTime], of: Callable[[FrameTime], datetime | None], tolerance_s: float
) -> datetime | None:
    moments = [of(frame) for frame in frames]
    known = [m for m in moments if m is not None]
    if not known or len(known) < len(moments):
        return None
    return min(known) if _seconds(max(known), min(known)) <= tolerance_s else None


def _stated(uptake_s: float) -> Timing:
    if not math.isfinite(uptake_s) or uptake_s < 0:
        raise SuvError("negative-uptake-time", f"an uptake time of {uptake_s:g} s is impossible")
    return Timing(reference=None, elapsed_s=uptake_s, candidates={}, source="stated")


def _first_of(candidates: Mapping[str, datetime], *names: str) -> str | None:
    return next((name for name in names if name in candidates), None)


def _positive(value: float | None) -> bool:
    return value is not None and math.isfinite(value) and value > 0


def _moved(moment: datetime, seconds: float) -> datetime | None:
    try:
        return moment + timedelta(seconds=seconds)
    except (OverflowError, ValueError):
        return None


def _seconds(later: datetime, earlier: datetime) -> float:
    return (later - earlier).total_seconds()


def _clock_gap_s(one: time, other: time) -> float:
    day = datetime(2000, 1, 1)  # noqa: DTZ001  any day: only the clocks are compared
    return abs(_seconds(datetime.combine(day, one), datetime.combine(day, other)))
