"""Scores by kind of case: every case is somewhere, and a bad region shows."""

from dataclasses import replace

import pytest

from petscribe.evaluation.run.evaluate import Settings, evaluate
from petscribe.evaluation.run.strata import SCORES

SETTINGS = Settings(task="finding", resamples=20)


def test_every_case_is_in_one_stratum_of_each_kind(cases, evaluation):
    strata = evaluation.strata
    assert set(strata) == {"region", "size", "uptake"}
    for found in strata.values():
        assert sum(x["pet_finding_score"]["n"] for x in found.values()) == len(cases)
        assert all(set(x) == set(SCORES) for x in found.values())
    assert set(strata["region"]) == {"lung", "axilla", "liver", "adrenal", "bone_spine", "spleen"}


def test_a_region_that_fails_is_seen(cases):
    failing = [
        replace(x, prediction="Spleen is normal." if "liver" in x.reference else x.reference)
        for x in cases
    ]
    regions = evaluate(failing, SETTINGS).strata["region"]
    assert regions["liver"]["pet_finding_score"]["mean"] == 0.0
    assert regions["lung"]["pet_finding_score"]["mean"] == pytest.approx(1.0)


def test_stated_tracers_are_strata(cases):
    traced = [replace(x, more={"tracer": "psma" if i % 2 else "fdg"}) for i, x in enumerate(cases)]
    assert set(evaluate(traced, SETTINGS).strata["tracer"]) == {"fdg", "psma"}


def test_a_reference_without_findings_is_unknown(cases):
    normal = replace(cases[0], reference="Spleen is normal.", prediction="Spleen is normal.")
    strata = evaluate([normal, *cases[1:]], SETTINGS).strata
    assert strata["region"]["unknown"]["pet_finding_score"]["n"] == 1
