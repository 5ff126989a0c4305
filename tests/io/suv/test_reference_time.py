# ruff: noqa: DTZ001 - the times of a header are local and naive by design
"""Which clock counts: vendors, beds, midnight, stale dates.

Times are naive here as in the code: local to the scanner.
"""

import math
from datetime import datetime, time, timedelta

import pytest

from petscribe.core.errors import SuvError
from petscribe.io.suv.facts import FrameTime, SuvFacts
from petscribe.io.suv.reference_time import (
    average_time_s,
    choose_reference,
    decide_timing,
    elapsed_s,
    reference_candidates,
)

F18, GA68, ZR89 = 6586.2, 4062.6, 282276.0
SERIES = datetime(2025, 1, 1, 11, 0, 0)
INJECTION = datetime(2025, 1, 1, 10, 0, 0)
MINUTE = timedelta(minutes=1)


def frame(acquired=SERIES, *, reference_s=None, duration_s=300.0, decay_factor=None):
    return FrameTime(
        acquired=acquired,
        duration_s=duration_s,
        frame_reference_s=reference_s,
        decay_factor=decay_factor,
    )


def facts(*frames, **changes):
    stated = {"series_time": SERIES, "injection": INJECTION, "decay_correction": "START", **changes}
    return SuvFacts(units="BQML", frames=frames or (frame(),), **stated)


def timing(given, half_life=F18):
    warnings: list[str] = []
    return decide_timing(given, half_life, warnings), warnings


def refusal(given, half_life=F18):
    with pytest.raises(SuvError) as caught:
        decide_timing(given, half_life, [])
    return caught.value.code


def t_ave_s(duration_s=300.0, half_life=F18):
    return average_time_s(duration_s, math.log(2) / half_life)


def test_the_average_count_rate_comes_before_the_middle_of_the_frame():
    assert 149.0 < t_ave_s() < 150.0
    assert average_time_s(300.0, 0.0) == 150.0


def test_series_time_is_the_reference_when_nothing_contradicts_it():
    decided, warnings = timing(facts())
    assert (decided.source, decided.elapsed_s, warnings) == ("series", 3600.0, [])


def test_a_later_bed_position_is_no_conflict():
    later = frame(SERIES + timedelta(seconds=1284), reference_s=1284.0 + t_ave_s())
    decided, warnings = timing(facts(later))
    assert (decided.source, warnings) == ("series", [])


def test_a_slice_taken_microseconds_before_the_series_is_no_conflict():
    decided, warnings = timing(facts(frame(SERIES - timedelta(microseconds=5))))
    assert (decided.source, warnings) == ("series", [])


def test_a_late_series_time_is_replaced_by_the_computed_one():
    """IBSI DRO_3_2: series 11:30, two beds acquired at 11:02:30 and 11:05."""
    beds = [frame(SERIES + timedelta(seconds=s), reference_s=s + t_ave_s()) for s in (150.0, 300.0)]
    decided, warnings = timing(facts(*beds, series_time=SERIES + 30 * MINUTE))
    assert decided.source == "back-computed"
    assert decided.elapsed_s == pytest.approx(3600.0, abs=0.01)
    assert warnings == ["reference-time-conflict"]


def test_ge_private_time_goes_before_all():
    """IBSI DRO_3_3: GE private 11:00, series and acquisition 11:30."""
    late = SERIES + 30 * MINUTE
    given = facts(frame(late, reference_s=t_ave_s()), series_time=late, ge_scan=SERIES)
    decided, warnings = timing(given)
    assert (decided.source, decided.elapsed_s) == ("ge-private", 3600.0)
    assert warnings == ["reference-time-conflict"]


def test_philips_series_time_is_kept_although_the_frame_disagrees():
    """Cornerstone PHILIPS_BQML: FrameReferenceTime 1328.7 s, acquired 1 s after the series."""
    given = facts(frame(SERIES + timedelta(seconds=1), reference_s=1328.7))
    decided, warnings = timing(given)
    assert (decided.source, warnings) == ("series", ["reference-time-conflict"])


def test_a_series_time_after_the_acquisition_without_frame_times_gives_way_to_the_acquisition():
    """Cornerstone CPS: series 45 min after the acquisition, FrameReferenceTime 0."""
    given = facts(frame(reference_s=0.0), series_time=SERIES + 45 * MINUTE)
    decided, warnings = timing(given)
    assert (decided.source, decided.elapsed_s) == ("earliest-acquisition", 3600.0)
    assert warnings == ["reference-time-conflict", "reference-time-from-acquisition"]


def test_siemens_private_and_enhanced_times_are_used():
    early = SERIES - MINUTE
    assert timing(facts(siemens_reference=early))[0].source == "siemens-private"
    assert timing(facts(decay_moment=early))[0].source == "decay-correction-datetime"


def test_the_earliest_of_all_slices_counts_not_the_first():
    frames = (frame(SERIES + 20 * MINUTE), frame(SERIES), frame(SERIES + 10 * MINUTE))
    found = reference_candidates(facts(*frames), math.log(2) / F18)
    assert found["earliest-acquisition"] == SERIES


def test_frames_that_disagree_compute_nothing_back():
    frames = (frame(reference_s=300.0), frame(reference_s=606.0))
    assert "back-computed" not in reference_candidates(facts(*frames), math.log(2) / F18)


def test_decay_factor_gives_the_published_reference():
    """PET2BIDS#367: acquired 17:10:15 for 1200 s, DF 1.45951: reference is SeriesTime 16:20:16."""
    bed = frame(datetime(2025, 1, 1, 17, 10, 15), duration_s=1200.0, decay_factor=1.45951)
    found = reference_candidates(facts(bed), math.log(2) / F18)
    series = datetime(2025, 1, 1, 16, 20, 16)
    assert abs((found["decay-factor"] - series).total_seconds()) < 0.15


def test_a_decay_factor_of_one_says_nothing():
    assert "decay-factor" not in reference_candidates(
        facts(frame(decay_factor=1.0)), math.log(2) / F18
    )


def test_a_decay_factor_far_from_the_chosen_time_is_warned_of():
    within = math.exp(math.log(2) / F18 * t_ave_s())
    half_hour = math.exp(math.log(2) / F18 * 1800.0)
    _, warnings = timing(facts(frame(decay_factor=within * half_hour)))
    assert warnings == ["decay-factor-disagrees"]


def test_no_time_at_all_is_refused():
    assert refusal(facts(FrameTime(), series_time=None)) == "missing-reference-time"
    assert choose_reference({}) is None


def test_a_clock_time_alone_suffices_for_short_lived_nuclides():
    given = facts(injection=None, injection_clock=time(10))
    assert timing(given)[0].elapsed_s == 3600.0
    assert timing(given)[1] == []


def test_a_scan_after_midnight_counts_from_the_day_before():
    given = facts(
        injection=None, injection_clock=time(23, 30), series_time=datetime(2025, 1, 2, 0, 30)
    )
    decided, warnings = timing(SuvFacts(**{**_fields(given), "frames": ()}))
    assert (decided.elapsed_s, warnings) == (3600.0, ["injection-day-before"])


def _fields(given):
    return {name: getattr(given, name) for name in given.__dataclass_fields__}


def test_a_stale_date_is_ignored_and_warned_of():
    given = facts(injection=datetime(1959, 12, 24, 10, 0))
    decided, warnings = timing(given)
    assert (decided.elapsed_s, warnings) == (3600.0, ["injection-date-ignored"])


def test_a_shifted_date_time_beats_a_stale_clock():
    """Dicognito shifts date-times and leaves StartTime alone."""
    decided, warnings = timing(facts(injection_clock=time(2, 0)))
    assert (decided.elapsed_s, warnings) == (3600.0, ["injection-times-differ"])


def test_an_injection_after_the_scan_is_refused():
    assert refusal(facts(injection=SERIES + 30 * MINUTE)) == "negative-uptake-time"


def test_a_dynamic_scan_may_start_before_the_injection():
    given = facts(injection=SERIES + 10 * MINUTE, series_type="DYNAMIC")
    assert timing(given)[0].elapsed_s == -600.0


def test_six_hours_by_the_clock_are_refused():
    given = facts(injection=None, injection_clock=time(5))
    assert refusal(given) == "implausible-uptake-time"


def test_a_late_scan_with_a_full_date_is_believed_up_to_six_hours():
    assert timing(facts(injection=SERIES - timedelta(hours=4)))[0].elapsed_s == 4 * 3600.0


def test_long_lived_nuclides_are_never_given_a_date():
    assert (
        refusal(facts(injection=None, injection_clock=time(10)), ZR89) == "missing-injection-date"
    )
    assert refusal(facts(injection=SERIES - timedelta(days=40)), ZR89) == "implausible-uptake-time"
    assert refusal(facts(injection=SERIES + timedelta(days=1)), ZR89) == "negative-uptake-time"


def test_days_between_injection_and_scan_are_kept_for_zirconium():
    given = facts(injection=SERIES - timedelta(days=4))
    assert timing(given, ZR89)[0].elapsed_s == 4 * 86400.0


def test_no_injection_time_is_refused():
    assert refusal(facts(injection=None)) == "missing-injection-time"


def test_ge_private_injection_fills_in_when_no_public_time_is_there():
    given = facts(
        injection=None,
        ge_scan=datetime(1959, 12, 24, 11, 0),
        ge_injection=datetime(1959, 12, 24, 10, 0),
    )
    assert timing(given)[0].elapsed_s == 3600.0


def test_ge_private_times_move_with_the_series_date():
    """ACRIN: SeriesDate was shifted by the de-identification, GE's private dates were not."""
    given = facts(ge_scan=datetime(1959, 12, 24, 11, 0), injection=INJECTION)
    decided, warnings = timing(given)
    assert (decided.source, decided.reference, decided.elapsed_s) == ("ge-private", SERIES, 3600.0)
    assert warnings == []


def test_stale_ge_times_serve_long_lived_nuclides_too():
    given = facts(
        injection=None,
        ge_scan=datetime(1959, 12, 24, 11, 0),
        ge_injection=datetime(1959, 12, 20, 11, 0),
    )
    assert timing(given, ZR89)[0].elapsed_s == 4 * 86400.0


def test_a_scan_over_midnight_is_no_stale_date():
    given = facts(ge_scan=datetime(2024, 12, 31, 23, 59), injection=datetime(2024, 12, 31, 22, 59))
    assert timing(given)[0].elapsed_s == 3600.0


def test_uncorrected_decay_counts_from_the_earliest_acquisition():
    given = facts(series_time=SERIES - 5 * MINUTE, decay_correction="NONE")
    assert timing(given)[0].source == "earliest-acquisition"


def test_a_stated_uptake_needs_no_clock():
    given = facts(uptake_s=3600.0, series_time=None, injection=None)
    assert timing(given)[0].elapsed_s == 3600.0
    assert refusal(facts(uptake_s=-1.0)) == "negative-uptake-time"


def test_elapsed_time_of_very_short_lived_nuclides_is_bounded():
    with pytest.raises(SuvError):
        elapsed_s(facts(), SERIES, 122.24, [])
