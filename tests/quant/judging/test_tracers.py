"""Tracer rules: whose threshold, which organs, and that unknown tracers say so."""

from dataclasses import replace

import pytest

from petscribe.core.report import ReferenceRegion
from petscribe.quant.judging.tracers import (
    ANY,
    has_unlimited_uptake,
    organ_key,
    rules_for,
    seed_threshold,
    uptake_class,
)


def _region(organ, mean, sd):
    return ReferenceRegion(
        organ=organ,
        suv_mean=mean,
        suv_sd=sd,
        voxels=10,
        volume_ml=1.0,
        centre_lps_mm=(0.0, 0.0, 0.0),
        method="test",
        quality=1.0,
    )


REFERENCES = {"liver": _region("liver", 2.2, 0.25), "blood_pool": _region("blood_pool", 1.6, 0.2)}


def test_fdg_is_judged_against_the_liver():
    threshold, source = seed_threshold(rules_for("fdg"), REFERENCES, has_suv=True)
    assert threshold == pytest.approx(3.8)
    assert "liver" in source


@pytest.mark.parametrize("tracer", ["psma", "dotatate", "fluciclovine"])
def test_tracers_with_a_hot_liver_are_judged_against_blood(tracer):
    hot_liver = {**REFERENCES, "liver": _region("liver", 9.0, 1.0)}
    threshold, source = seed_threshold(rules_for(tracer), hot_liver, has_suv=True)
    assert threshold == seed_threshold(rules_for(tracer), REFERENCES, has_suv=True)[0]
    assert threshold >= 3.6
    assert "blood" in source


def test_without_references_a_fixed_suv_is_used_and_named():
    threshold, source = seed_threshold(rules_for("fdg"), {}, has_suv=True)
    assert threshold == 3.0
    assert "fixed SUV of 3" in source


def test_without_suv_and_references_nothing_can_be_called_high():
    assert seed_threshold(rules_for("fdg"), {}, has_suv=False) is None


def test_a_fixed_suv_is_never_applied_to_relative_units():
    low = {"blood_pool": _region("blood_pool", 0.1, 0.01)}
    assert seed_threshold(rules_for("psma"), low, has_suv=False)[0] == pytest.approx(0.22)
    liver = {"liver": _region("liver", 100.0, 10.0)}
    assert seed_threshold(rules_for("flt"), liver, has_suv=False)[0] == pytest.approx(170.0)


@pytest.mark.parametrize("tracer", ["unknown", "other"])
def test_an_unknown_tracer_keeps_its_name_but_borrows_rules(tracer):
    rules = rules_for(tracer)
    assert (rules.tracer, rules.judged_as) == (tracer, "fdg")


def test_excretion_is_normal_for_every_tracer():
    for tracer in ("fdg", "psma", "dotatate", "fluciclovine", "flt"):
        assert rules_for(tracer).normal["bladder"] == ANY


def test_the_brain_is_normal_for_fdg_only():
    assert rules_for("fdg").normal["brain"] == ANY
    assert "brain" not in rules_for("psma").normal
    assert "brain" not in rules_for("dotatate").normal


@pytest.mark.parametrize(
    ("organ", "expected"),
    [
        ("kidney_left", "kidney"),
        ("urinary_bladder", "bladder"),
        ("heart", "heart"),
        ("colon", "bowel"),
        ("sigmoid_colon", "bowel"),
        ("vertebrae_L3", "marrow"),
        ("hip_left", "marrow"),
        ("hip_joint_left", None),
        ("lung_upper_lobe_left", None),
        ("lymph_node_4R", None),
        ("liver", "liver"),
        ("liver_segment_4", "liver"),
        ("livermore", None),
        ("body", None),
    ],
)
def test_organ_names_find_their_class(organ, expected):
    assert uptake_class(organ) == expected


@pytest.mark.parametrize(
    ("group", "lateral_mm", "organ", "expected"),
    [
        ("kidney", 50.0, None, "kidney_left"),
        ("kidney", -50.0, "liver", "kidney_right"),
        ("bladder", -5.0, None, "urinary_bladder"),
        ("bowel", 20.0, None, "small_bowel"),
        ("bowel", -90.0, None, "colon"),
        ("bowel", -90.0, "duodenum", "duodenum"),
        ("salivary", 50.0, "parotid_gland_left", "parotid_gland_left"),
        ("salivary", 50.0, None, "salivary"),
        ("marrow", 0.0, "vertebrae_T8", "bone_marrow"),
        ("brain", 0.0, None, "brain"),
    ],
)
def test_normal_uptake_is_named_after_its_organ(group, lateral_mm, organ, expected):
    assert organ_key(group, lateral_mm=lateral_mm, organ=organ) == expected


def test_a_noisy_blood_pool_does_not_drown_every_lesion():
    noisy = {"blood_pool": replace(REFERENCES["blood_pool"], suv_mean=1.6, suv_sd=2.0)}
    assert seed_threshold(rules_for("psma"), noisy, has_suv=True)[0] == pytest.approx(4.0)


def test_the_heart_has_no_limit_for_fdg_only():
    assert has_unlimited_uptake("heart", "fdg")
    assert not has_unlimited_uptake("heart", "fluciclovine")
    assert has_unlimited_uptake("kidney_left", "psma")
    assert not has_unlimited_uptake("lung_upper_lobe_left", "fdg")
