# ruff: noqa: DTZ001 - the times of a header are local and naive by design
"""SUV: physical truths, published numbers, refusals, and bugs of others.

Times are naive here as in the code: local to the scanner.
"""

import dataclasses
import math
from datetime import datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from petscribe.io.suv.scale import (
    REFUSED_UNITS,
    FrameTime,
    SuvFacts,
    body_surface_area_m2,
    half_life_s,
    ideal_body_weight_kg,
    lean_body_mass_kg,
    suv_scale,
    uptake_s,
)

F18 = 6586.2
SERIES = datetime(2025, 1, 1, 11)
FDG = SuvFacts(
    units="BQML",
    decay_correction="START",
    corrections=("ATTN", "DECY"),
    weight_kg=70.0,
    height_m=1.75,
    sex="M",
    dose_bq=368.08e6,
    half_life_s=F18,
    nuclide="F-18",
    tracer="fdg",
    series_time=SERIES,
    injection=datetime(2025, 1, 1, 10),
    frames=(FrameTime(acquired=SERIES, duration_s=300.0),),
)


def scale(**changes):
    return suv_scale(dataclasses.replace(FDG, **changes))


def test_suv_is_one_when_activity_is_uniform():
    left_bq = 368.08e6 * math.exp(-math.log(2) * 3600 / F18)
    concentration_bqml = left_bq / 70_000.0
    assert concentration_bqml * scale().factor_bw == pytest.approx(1.0, rel=1e-12)


def test_one_half_life_doubles_the_factor():
    injected = SERIES - timedelta(seconds=F18)
    assert scale(injection=injected).factor_bw == pytest.approx(2 * 70_000.0 / 368.08e6, rel=1e-9)


def test_a_dose_given_at_administration_is_not_decayed_again():
    """horosproject/horos#653: a uniform phantom must give 1.00, not 2.096."""
    admin = scale(decay_correction="ADMIN", injection=None)
    assert (admin.method, admin.factor_bw) == ("bqml-admin", pytest.approx(70_000.0 / 368.08e6))


@given(st.floats(1e6, 1e9), st.floats(1.01, 10.0))
def test_suv_is_inverse_to_the_dose(dose, times):
    one, more = scale(dose_bq=dose), scale(dose_bq=dose * times)
    assert one.factor_bw == pytest.approx(more.factor_bw * times)


@given(st.floats(3.0, 300.0), st.floats(1.01, 2.0))
def test_suv_is_proportional_to_the_weight(weight, times):
    one, more = scale(weight_kg=weight), scale(weight_kg=weight * times)
    assert more.factor_bw == pytest.approx(one.factor_bw * times)


@given(st.floats(0.0, 3.0))
def test_each_hour_of_waiting_raises_the_factor_by_the_decay(hours):
    waited = scale(injection=SERIES - timedelta(hours=hours))
    expected = 70_000.0 / 368.08e6 * math.exp(math.log(2) * hours * 3600 / F18)
    assert waited.factor_bw == pytest.approx(expected, rel=1e-6)


def test_undecayed_frames_each_get_their_own_factor():
    beds = tuple(
        FrameTime(acquired=SERIES + timedelta(seconds=s), duration_s=603.0) for s in (0, 603)
    )
    none = scale(decay_correction="NONE", corrections=("ATTN",), frames=beds)
    rate = math.log(2) / F18
    within = rate * 603 / (1 - math.exp(-rate * 603))
    expected = [70_000 / 368.08e6 * within * math.exp(rate * (3600 + s)) for s in (0, 603)]
    assert none.method == "bqml-none"
    assert none.factor_bw is None
    assert none.slice_factors_bw == pytest.approx(tuple(expected), rel=1e-12)


def test_undecayed_frames_at_one_time_share_a_factor():
    none = scale(decay_correction="NONE", corrections=("ATTN",))
    assert none.slice_factors_bw is None
    assert none.factor_bw is not None


@pytest.mark.parametrize(
    ("frame", "code"),
    [
        (FrameTime(acquired=SERIES), "missing-frame-duration"),
        (FrameTime(acquired=SERIES, duration_s=0.0), "missing-frame-duration"),
        (FrameTime(duration_s=300.0), "missing-frame-time"),
    ],
)
def test_undecayed_frames_need_their_times(frame, code):
    whole = FrameTime(acquired=SERIES, duration_s=300.0)
    none = scale(decay_correction="NONE", corrections=("ATTN",), frames=(whole, frame))
    assert none.refused == code


def test_body_weight_suv_is_taken_as_it_is():
    for suv_type in (None, "", "BW"):
        found = scale(units="GML", suv_type=suv_type)
        assert (found.factor_bw, found.method) == (1.0, "gml-bw")


@pytest.mark.parametrize(
    ("suv_type", "mass"),
    [
        ("LBM", lean_body_mass_kg(70.0, 175.0, "M", "morgan120")),
        ("LBMJAMES128", lean_body_mass_kg(70.0, 175.0, "M", "james128")),
        ("LBMJANMA", lean_body_mass_kg(70.0, 175.0, "M")),
        ("IBW", ideal_body_weight_kg(175.0, "M")),
    ],
)
def test_other_normalisations_are_converted_not_taken_as_body_weight(suv_type, mass):
    found = scale(units="GML", suv_type=suv_type)
    assert found.factor_bw == pytest.approx(70.0 / mass)
    assert found.method == f"gml-{suv_type.lower()}"


def test_the_sex_other_is_told_when_a_formula_needs_it():
    assert "sex-other" in scale(units="GML", suv_type="IBW", sex="O").warnings


def test_body_surface_suv_is_converted():
    found = scale(units="CM2ML", suv_type="BSA")
    expected = 1000 * 70.0 / (1e4 * body_surface_area_m2(70.0, 175.0))
    assert (found.method, found.factor_bw) == ("cm2ml-bsa", pytest.approx(expected))


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"units": "GML", "suv_type": "LBM", "height_m": None}, "missing-height"),
        ({"units": "GML", "suv_type": "IBW", "sex": None}, "missing-sex"),
        ({"units": "CM2ML", "height_m": None}, "missing-height"),
        ({"units": "CM2ML", "weight_kg": None}, "missing-weight"),
        ({"units": "CM2ML", "suv_type": "BW"}, "unknown-suv-type"),
        ({"units": "GML", "suv_type": "NEW"}, "unknown-suv-type"),
        ({"units": None}, "missing-units"),
        ({"units": "FURLONG"}, "units-unknown"),
        ({"units": "CNTS"}, "counts-without-factor"),
        ({"units": "CNTS", "philips_suv_factor": 0.0}, "counts-without-factor"),
        ({"corrections": ("DECY",)}, "not-attenuation-corrected"),
        ({"corrections": ("ATTN",)}, "not-decay-corrected"),
        ({"decay_correction": "NONE"}, "decay-contradiction"),
        ({"decay_correction": "SOON"}, "unknown-decay-correction"),
        ({"decay_correction": None}, "unknown-decay-correction"),
        ({"weight_kg": 0.0}, "bad-weight"),
        ({"weight_kg": None}, "missing-weight"),
        ({"dose_bq": None}, "missing-dose"),
        ({"dose_bq": -1.0}, "bad-dose"),
        ({"half_life_s": None, "nuclide": None}, "missing-half-life"),
        ({"half_life_s": 0.0}, "bad-half-life"),
        ({"injection": None}, "missing-injection-time"),
        ({"injection": datetime(2025, 1, 1, 11, 30)}, "negative-uptake-time"),
        ({"series_time": None, "frames": ()}, "missing-reference-time"),
        ({"num_radiopharmaceuticals": 2}, "several-radiopharmaceuticals"),
        ({"mixed": ("PatientWeight",)}, "mixed-series-metadata"),
    ],
)
def test_what_gives_no_suv_is_refused_with_its_own_code(changes, code):
    found = scale(**changes)
    assert (found.refused, found.factor_bw, found.slice_factors_bw) == (code, None, None)
    assert found.refused_message


@pytest.mark.parametrize("unit", sorted(REFUSED_UNITS))
def test_every_other_unit_is_refused_and_named(unit):
    found = scale(units=unit)
    assert found.refused == REFUSED_UNITS[unit]
    assert unit in found.refused_message


def test_a_hostile_unit_is_not_echoed():
    assert "\n" not in scale(units="BQ\nML<script>").refused_message


def test_philips_factor_is_the_suv_of_counts():
    """Cornerstone PHILIPS_CNTS_AND_SUV needs nothing but the factor."""
    found = scale(units="CNTS", philips_suv_factor=7.28e-4, weight_kg=None, dose_bq=None)
    assert (found.factor_bw, found.method) == (7.28e-4, "cnts-suv-factor")


def test_philips_suv_factor_goes_before_the_activity_factor():
    ratio = 70_000.0 / 368.08e6 * math.exp(math.log(2) * 3600 / F18)
    found = scale(units="CNTS", philips_suv_factor=ratio * 2.0, philips_activity_factor=2.0)
    assert found.factor_bw == pytest.approx(ratio * 2.0)
    assert found.warnings == ()


def test_philips_factors_that_contradict_the_dose_are_warned_of():
    found = scale(units="CNTS", philips_suv_factor=5e-4, philips_activity_factor=2.0)
    assert found.warnings == ("philips-factors-disagree",)


def test_philips_activity_factor_leads_to_the_dose():
    found = scale(units="CNTS", philips_activity_factor=0.5)
    assert found.method == "cnts-activity-start"
    assert found.factor_bw == pytest.approx(0.5 * scale().factor_bw)


def test_an_unsigned_private_block_is_warned_of():
    found = scale(units="CNTS", philips_suv_factor=5e-4, philips_without_creator=True)
    assert found.warnings == ("private-creator-missing",)


PHILIPS = {"philips_suv_factor": 0.003515736, "philips_activity_factor": 4.709921}


def _philips_bqml(**changes):
    """Cornerstone PHILIPS_BQML: only its ratio and its times are published here.

    The dose is the one that makes the published factor 7.463747e-4 come out of the series time.
    """
    elapsed = 3600.0
    dose = 70_000.0 * math.exp(math.log(2) / F18 * elapsed) / 7.463747013889488e-4
    frame = FrameTime(
        acquired=SERIES + timedelta(seconds=1), duration_s=60.0, frame_reference_s=1328.7
    )
    return scale(dose_bq=dose, frames=(frame,), **PHILIPS, **changes)


def test_philips_own_factors_confirm_the_series_time():
    found = _philips_bqml()
    assert found.factor_bw == pytest.approx(7.463747013889488e-4, rel=1e-9)
    assert found.factor_bw == pytest.approx(0.003515736 / 4.709921, rel=1e-3)
    assert found.warnings == ("reference-time-conflict",)


def test_philips_own_factors_overrule_a_wrong_time():
    late = SERIES + timedelta(minutes=30)
    found = _philips_bqml(ge_scan=late)
    assert found.factor_bw == pytest.approx(7.463747013889488e-4, rel=1e-9)
    assert "reference-time-arbitrated" in found.warnings
    assert found.reference_time == SERIES.isoformat()


def test_philips_factors_that_fit_no_time_only_warn():
    found = scale(philips_suv_factor=1.0, philips_activity_factor=1.0)
    assert found.factor_bw == scale().factor_bw
    assert found.warnings == ("philips-factors-disagree",)


def test_philips_factors_do_not_scale_becquerel():
    assert scale(**PHILIPS).factor_bw == scale().factor_bw


def test_the_other_norms_follow_their_formulas():
    facts = {"weight_kg": 75.0, "height_m": 1.85, "dose_bq": 100e6, "decay_correction": "ADMIN"}
    found = scale(**facts)
    assert found.factor_bw * 1e6 == pytest.approx(750.0)
    assert found.factor_bsa * 1e6 == pytest.approx(198.137584271178)
    assert found.factor_lbm * 1e6 == pytest.approx(609.1533588651974)
    assert found.factor_ibw * 1e6 == pytest.approx(829.8)
    assert found.lbm_formula == "janmahasatian"


def test_without_height_or_sex_only_the_possible_norms_are_given():
    assert scale(height_m=None).factor_lbm is None
    assert scale(height_m=None).lbm_formula is None
    assert scale(sex=None).factor_lbm is None
    assert scale(sex=None).factor_bsa is not None


def test_every_candidate_time_is_recorded():
    found = scale(ge_scan=SERIES)
    assert found.candidates["ge-private"] == found.candidates["series"] == "2025-01-01T11:00:00"
    assert found.reference_time == "2025-01-01T11:00:00"


def test_an_fdg_scan_after_ten_minutes_is_warned_of():
    early = {"injection": SERIES - timedelta(minutes=10)}
    assert scale(**early).warnings == ("unusual-uptake-time",)
    assert scale(**early, tracer="psma").warnings == ()


def test_a_nonzero_intercept_is_warned_of():
    assert scale(nonzero_intercept=True).warnings == ("nonzero-intercept",)


def test_a_dose_in_megabecquerel_gives_the_same_factor():
    found = scale(dose_bq=368.08)
    assert found.factor_bw == pytest.approx(scale().factor_bw)
    assert found.warnings == ("dose-in-mbq",)


def test_days_are_not_dropped():
    """Mirp before 2.7.0 used `.seconds`."""
    zr = scale(
        nuclide="Zr-89",
        half_life_s=282276.0,
        tracer="other",
        injection=SERIES - timedelta(days=3, hours=1),
    )
    rate = math.log(2) / 282276.0
    assert zr.factor_bw == pytest.approx(70_000 / 368.08e6 * math.exp(rate * 73 * 3600))


def test_the_clock_alone_works_over_midnight():
    """z-rad before 26.9.0 failed here."""
    found = scale(
        injection=None,
        injection_clock=time(23, 30),
        series_time=datetime(2025, 1, 2, 0, 30),
        frames=(),
    )
    assert found.factor_bw == pytest.approx(scale().factor_bw)


def test_gallium_decays_as_gallium():
    found = scale(half_life_s=4057.7, nuclide="Ga-68", tracer="psma")
    assert found.factor_bw == pytest.approx(
        70_000 / 368.08e6 * math.exp(math.log(2) * 3600 / 4057.7)
    )


def test_uptake_is_known_without_any_unit():
    assert uptake_s(dataclasses.replace(FDG, units="GML")) == 3600.0
    assert uptake_s(dataclasses.replace(FDG, injection=None)) is None


def test_half_life_is_offered_here():
    assert half_life_s("F-18") == F18


_number = st.none() | st.floats(allow_nan=True, allow_infinity=True)
_moment = st.none() | st.datetimes()


@given(
    weight_kg=_number,
    height_m=_number,
    dose_bq=_number,
    half_life_s=_number,
    series_time=_moment,
    injection=_moment,
    ge_scan=_moment,
    philips_suv_factor=_number,
    philips_activity_factor=_number,
    units=st.sampled_from(["BQML", "GML", "CM2ML", "CNTS", "", "XYZ"]),
    suv_type=st.sampled_from([None, "BW", "LBM", "LBMJANMA", "IBW", "BSA"]),
    decay_correction=st.sampled_from(["START", "ADMIN", "NONE"]),
    frames=st.lists(
        st.builds(
            FrameTime,
            acquired=_moment,
            duration_s=_number,
            frame_reference_s=_number,
            decay_factor=_number,
        ),
        max_size=3,
    ).map(tuple),
)
def test_no_facts_break_the_arithmetic(**facts):
    found = scale(
        corrections=("ATTN", "DECY") if facts["decay_correction"] != "NONE" else ("ATTN",), **facts
    )
    factors = [found.factor_bw, *(found.slice_factors_bw or ())]
    assert all(f is None or (math.isfinite(f) and f >= 0) for f in factors)
    assert (found.refused is None) == any(f is not None for f in factors)
